"""Whatever a prompt holds, every form of code says what the program says: judged by each language's own parser."""

from __future__ import annotations

import ast
import io
import json
import shlex
import subprocess
import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sdstudio.api import payload
from sdstudio.api.snippets import (
    BEARER,
    LABELS,
    NO_SIGN_IN,
    Form,
    basic,
    own_header,
    picture_files,
    write,
    write_notebook,
)
from sdstudio.api.snippets.notation import JSON, json_quoted, python_quoted, shell_quoted
from sdstudio.core.errors import InvalidRequest, UnreadableImage
from sdstudio.core.request import GenerationRequest, Img2Img, Inpaint
from tests.fakes.node import NODE
from tests.unit.api.snippets.prompts import HOSTILE, MASK, SOURCE, requests, texts

ADDRESS = "https://host.example/ba'se$x"
REQUEST = GenerationRequest(prompt="a boat", seed=7)
IMG2IMG = GenerationRequest(prompt="a boat", seed=7, img2img=Img2Img(SOURCE, inpaint=Inpaint(MASK)))
FILES = {"init_images": "source-5a5a5a5a5a.png", "mask": "mask-3c3c3c3c3c-of-5a5a5a5a5a.png"}


def said(request: GenerationRequest) -> dict[str, Any]:
    """What the code should say, with the names of files in the place of pictures."""
    expected = payload.fields(request)
    if request.img2img:
        expected["init_images"] = [FILES["init_images"]]
        if request.img2img.inpaint:
            expected["mask"] = FILES["mask"]
    return expected


def assigned(module: ast.Module, name: str) -> Any:
    """The value of the literal that `name` is set to; `base64_of("x")` counts as "x"."""

    class Opened(ast.NodeTransformer):
        def visit_Call(self, node: ast.Call) -> ast.AST:
            assert isinstance(node.func, ast.Name)
            assert node.func.id == "base64_of"
            return node.args[0]

    statements = [each for each in module.body if isinstance(each, ast.Assign)]
    (value,) = [each.value for each in statements if ast.unparse(each.targets[0]) == name]
    return ast.literal_eval(Opened().visit(value))


@given(requests())
@settings(max_examples=60)
def test_python(request_: GenerationRequest) -> None:
    for form in ("requests", "httpx"):
        module = ast.parse(write(form, request_, ADDRESS, BEARER).text)
        assert assigned(module, "payload") == said(request_)
        posts = [
            node for node in ast.walk(module) if isinstance(node, ast.Call) and "post" in ast.unparse(node.func)
        ]
        assert ast.literal_eval(posts[0].args[0]) == ADDRESS + payload.route(request_)


@given(requests(img2img=False))
@settings(max_examples=60)
def test_curl(request_: GenerationRequest) -> None:
    words = shlex.split(write("curl", request_, ADDRESS, NO_SIGN_IN).text, comments=False)
    assert json.loads(words[words.index("-d") + 1]) == said(request_)
    assert ADDRESS + "/sdapi/v1/txt2img" in words


@given(requests(img2img=True))
@settings(max_examples=60)
def test_curl_with_pictures(request_: GenerationRequest) -> None:
    """What the group before the pipe writes."""
    words = shlex.split(write("curl", request_, ADDRESS, NO_SIGN_IN).text, comments=False)
    group = words[words.index("{") : words.index("curl")]
    body = "".join(
        group[at + 2]
        for at, word in enumerate(group)
        if word in ("printf", "base64") and group[at + 1] in ("%s", "<")
    )
    assert json.loads(body) == said(request_)


@given(st.lists(texts, min_size=1, max_size=30))
@settings(max_examples=12)
def test_strings_by_the_shell_and_by_node(prompts: list[str]) -> None:
    prompts += [*HOSTILE, "".join(HOSTILE)]
    typed = [prompt.replace("\0", "") for prompt in prompts]
    script = "".join(f"printf '%s\\0' {shell_quoted(prompt)}\n" for prompt in typed)
    shell = subprocess.run(["sh"], input=script.encode(), capture_output=True, check=True)
    assert shell.stdout.decode().split("\0")[:-1] == typed
    module = f"console.log(JSON.stringify([{', '.join(map(json_quoted, prompts))}]))"
    node = subprocess.run([NODE, "--input-type=module"], input=module.encode(), capture_output=True, check=True)
    assert json.loads(node.stdout) == prompts
    assert ast.literal_eval(f"[{', '.join(map(python_quoted, prompts))}]") == prompts
    assert json.loads(JSON.written(prompts)) == prompts


@given(requests(img2img=False), requests(img2img=False))
@settings(max_examples=8)
def test_javascript(one: GenerationRequest, other: GenerationRequest) -> None:
    """The whole module, with a fetch that tells what it was given."""
    fetch = (
        "globalThis.fetch = async (url, options) => {\n"
        "  console.log(JSON.stringify([url, options.body, options.headers]));\n"
        "  return { ok: true, json: async () => ({ images: [] }) };\n};\n"
    )
    for request in (one, other):
        module = fetch + write("javascript", request, ADDRESS, NO_SIGN_IN).text
        node = subprocess.run(
            [NODE, "--input-type=module"], input=module.encode(), capture_output=True, check=True
        )
        url, body, _headers = json.loads(node.stdout)
        assert (url, json.loads(body)) == (ADDRESS + "/sdapi/v1/txt2img", said(request))


@given(st.lists(requests(), min_size=1, max_size=5))
@settings(max_examples=40)
def test_a_notebook_holds_every_request_of_a_batch(batch: list[GenerationRequest]) -> None:
    notebook = json.loads(write_notebook(batch, ADDRESS, BEARER).text)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    code = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    module = ast.parse("\n".join(code))
    shared = assigned(module, "shared")
    own = assigned(module, "batch")
    assert [repr(sorted((shared | each).items())) for each in own] == [
        repr(sorted(said(request).items())) for request in batch
    ]


@given(requests())
@settings(max_examples=30)
def test_nothing_unseen_is_left_in_code(request_: GenerationRequest) -> None:
    """No control, joiner or mark that turns the direction of writing: code must look like what it does."""
    for form in ("curl", "requests", "javascript", "notebook"):
        text = write(form, request_, ADDRESS, BEARER).text.replace("\n", "")
        assert not {"Cc", "Cf", "Zl", "Zp"} & {unicodedata.category(character) for character in text}


def test_a_payload_holds_its_pictures() -> None:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(file, "PNG")
    pictures = {SOURCE.sha256: file.getvalue(), MASK.sha256: file.getvalue()}
    snippet = write("json", IMG2IMG, ADDRESS, BEARER, pictures=pictures)
    sent = json.loads(payload.encode(IMG2IMG, pictures, task_id=""))
    del sent["force_task_id"]
    assert json.loads(snippet.text) == sent
    assert snippet.files == ()
    files = picture_files(IMG2IMG, pictures)
    assert list(files) == list(FILES.values())
    assert files[FILES["init_images"]] == payload.images(IMG2IMG, pictures)["init_images"]


def test_a_payload_without_its_pictures_is_refused() -> None:
    with pytest.raises(UnreadableImage):
        write("json", IMG2IMG, ADDRESS, BEARER)


@pytest.mark.parametrize("form", LABELS)
def test_what_cannot_be_sent_cannot_be_copied(form: Form) -> None:
    for request, field in [
        (GenerationRequest(width=100), "width"),
        (GenerationRequest(prompt="half \ud83d"), "prompt"),
        (GenerationRequest(checkpoint="half \ud83d"), "override_settings"),
    ]:
        with pytest.raises(InvalidRequest) as refused:
            write(form, request, ADDRESS, BEARER)
        assert refused.value.field == field
    with pytest.raises(InvalidRequest, match="user name or password"):
        write(form, REQUEST, "https://me:secret@host.example", BEARER)


def test_an_empty_batch_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        write_notebook([], ADDRESS, BEARER)


@pytest.mark.parametrize("name", ["", "X Key", "X-Key:", "X$Key", 'X"', "-x", "a\nb", "é"])
def test_a_header_that_needs_quoting_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest):
        own_header(name)


@pytest.mark.parametrize("form", ["curl", "requests", "httpx", "javascript", "notebook"])
@pytest.mark.parametrize(
    "kind", [BEARER, basic(), basic("me"), own_header("X-API-Key")], ids=lambda kind: kind.kind
)
def test_the_secret_is_read_from_the_environment(form: Form, kind: Any) -> None:
    assert "SDSTUDIO_TOKEN" in write(form, REQUEST, ADDRESS, kind).text
    assert "SDSTUDIO_TOKEN" not in write(form, REQUEST, ADDRESS, NO_SIGN_IN).text


@pytest.mark.parametrize("form", ["curl", "requests", "httpx", "javascript", "notebook"])
def test_pictures_can_lie_in_a_folder_with_any_name(form: Form, tmp_path: Any) -> None:
    folder = tmp_path / 'it\'s "odd" $x'
    snippet = write(form, IMG2IMG, ADDRESS, BEARER, folder=folder)
    assert snippet.files == tuple(str(folder / name) for name in FILES.values())
    if form in ("requests", "httpx"):
        source = assigned(ast.parse(snippet.text), "payload")["init_images"]
        assert source == [str(folder / FILES["init_images"])]
