"""Copied-out code, really run against a live endpoint: it leaves the very pictures that the program makes."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from sdstudio.api import payload
from sdstudio.api.client import Client
from sdstudio.api.snippets import (
    BEARER,
    NO_SIGN_IN,
    Form,
    SignInWay,
    basic,
    picture_files,
    write,
    write_notebook,
)
from sdstudio.core.endpoint import EndpointProfile, ExtraHeader
from sdstudio.core.request import GenerationRequest, Hires, Img2Img, Inpaint, InputImage
from tests.fakes.clients import answering, picture
from tests.fakes.node import NODE
from tests.fakes.practice import start_practice
from tests.fakes.replay import Replay, Reply

TOKEN = "an$odd`to'ken\"!%\\"
ODD = 'it\'s $a `b` \\ "c" !'
USER, PASSWORD = "us€r$'\"", "pass:w0rd$"
HOSTILE = (
    'it\'s a "boat", $HOME `id` $(id) \\ \\n %PATH% !! \'\'\'"""\n\tEOF JSON }\0 <lora:x:1> '
    'ünïcödé 图 😀👩\u200d🎨 \u2028\u2029\u202e\x7f "images": ["AAAA"], {address} {{x}} ${x} #no comment //no'
)
TXT2IMG = GenerationRequest(
    prompt=HOSTILE, negative_prompt=HOSTILE[::-1], width=64, height=64, steps=3, seed=2**32 - 2, n_iter=2
)


def _stored(colour: str, size: tuple[int, int], kind: str = "JPEG") -> tuple[InputImage, bytes]:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind)
    return InputImage(hashlib.sha256(file.getvalue()).hexdigest(), *size), file.getvalue()


SOURCE, SOURCE_FILE = _stored("teal", (72, 64))
MASK, MASK_FILE = _stored("white", (72, 64), "PNG")
INPUTS = {SOURCE.sha256: SOURCE_FILE, MASK.sha256: MASK_FILE}
IMG2IMG = replace(
    TXT2IMG, n_iter=1, width=72, img2img=Img2Img(SOURCE, denoising_strength=0.5, inpaint=Inpaint(MASK, blur=2))
)
HIRES = replace(TXT2IMG, n_iter=1, cfg_scale=6.5, hires=Hires(scale=2, steps=2), checkpoint="practice")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with start_practice("--token", TOKEN) as url:
        yield url


@pytest.fixture(scope="module")
def basic_address() -> Iterator[str]:
    with start_practice("--api-auth", f"{USER}:{PASSWORD}") as url:
        yield url


def run(words: Sequence[str | Path], folder: Path, secret: str = TOKEN) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*words],
        cwd=folder,
        env=dict(os.environ, SDSTUDIO_TOKEN=secret, SDSTUDIO_HEADER_9_KEY="another"),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


OWN_HEADERS = SignInWay.of(
    EndpointProfile(
        "id",
        "name",
        "https://host.example",
        sign_in="header",
        header_name="X-API-Key",
        extra_headers=(ExtraHeader("X-Plain", ODD), ExtraHeader("X-Empty"), ExtraHeader("9-Key", secret=True)),
    )
)
COMMANDS: dict[str, list[str | Path]] = {
    "curl": ["sh"],
    "requests": [sys.executable, "-W", "error"],
    "httpx": [sys.executable, "-W", "error"],
    "javascript": [NODE],
}
FORMS: list[Form] = ["curl", "requests", "httpx", "javascript"]


def run_snippet(
    form: Form,
    request: GenerationRequest,
    url: str,
    folder: Path,
    sign_in: SignInWay = BEARER,
    secret: str = TOKEN,
    shell: str = "",
) -> subprocess.CompletedProcess[str]:
    """The snippet and the pictures it reads, as files in a folder, run there."""
    snippet = write(form, request, url, sign_in)
    (folder / snippet.file_name).write_text(snippet.text, encoding="utf-8", newline="\n")
    for name, content in picture_files(request, INPUTS).items():
        (folder / name).write_bytes(content)
    command = [shell] if shell else COMMANDS[form]
    return run([*command, snippet.file_name], folder, secret)


def pictures_of(ended: subprocess.CompletedProcess[str], folder: Path) -> list[bytes]:
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    return [(folder / name).read_bytes() for name in ended.stdout.splitlines()]


async def app_pictures(url: str, *requests: GenerationRequest) -> list[bytes]:
    """The same by the program's own client."""
    made: list[bytes] = []
    with tempfile.TemporaryDirectory() as spool:
        client = Client.at(url, TOKEN, spool=Path(spool))
        for request in requests:
            result = await client.generate(request, _read_input, lambda _: None)
            made += [image.path.read_bytes() for image in result.images]
        await client.aclose()
    return made


async def _read_input(sha256: str) -> bytes:
    return INPUTS[sha256]


@pytest.mark.parametrize("request_", [TXT2IMG, IMG2IMG, HIRES], ids=["txt2img", "inpaint", "hires"])
@pytest.mark.parametrize("form", FORMS)
async def test_it_makes_the_programs_own_pictures(
    address: str, tmp_path: Path, form: Form, request_: GenerationRequest
) -> None:
    made = pictures_of(run_snippet(form, request_, address, tmp_path), tmp_path)
    assert made == await app_pictures(address, request_)
    assert len(made) == request_.count


@pytest.mark.parametrize("shell", [name for name in ("bash", "zsh", "ksh") if shutil.which(name)])
def test_curl_in_other_shells(address: str, tmp_path: Path, shell: str) -> None:
    assert len(pictures_of(run_snippet("curl", TXT2IMG, address, tmp_path, shell=shell), tmp_path)) == 2


def test_curl_with_a_prompt_too_long_for_a_command_line(address: str, tmp_path: Path) -> None:
    request = replace(TXT2IMG, prompt="'" + "图" * 99_999, negative_prompt="", n_iter=1)
    assert len(pictures_of(run_snippet("curl", request, address, tmp_path), tmp_path)) == 1


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("user", ["", USER])
def test_basic(basic_address: str, tmp_path: Path, form: Form, user: str) -> None:
    secret = PASSWORD if user else f"{USER}:{PASSWORD}"
    ended = run_snippet(form, replace(TXT2IMG, n_iter=1), basic_address, tmp_path, basic(user), secret)
    assert len(pictures_of(ended, tmp_path)) == 1


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("sign_in", [OWN_HEADERS, NO_SIGN_IN], ids=["headers", "none"])
async def test_what_is_sent(tmp_path: Path, form: Form, sign_in: SignInWay) -> None:
    """Over a recording server: the header, the path below a base, and seeds that JavaScript would round."""
    request = replace(TXT2IMG, seed=2**63 - 1, subseed=2**53 + 1, subseed_strength=0.5)
    async with Replay(lambda _: answering(picture())) as server:
        ended = await asyncio.to_thread(
            run_snippet, form, request, f"{server.url}/it's$a/", tmp_path, sign_in, "raw secret"
        )
        assert pictures_of(ended, tmp_path) == [picture()]
    (sent,) = server.requests
    assert sent.json == payload.fields(request)
    assert sent.path in ("/it's$a/sdapi/v1/txt2img", "/it%27s$a/sdapi/v1/txt2img")
    expected = ["raw secret", ODD, "another"] if sign_in is OWN_HEADERS else [None] * 3
    assert [sent.headers.get(name) for name in ("x-api-key", "x-plain", "9-key")] == expected
    assert any(name.startswith("x-empty") for name in sent.headers) == (sign_in is OWN_HEADERS)
    assert "authorization" not in sent.headers
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["accept"] == "application/json"


@pytest.mark.parametrize("form", FORMS)
def test_a_wrong_token_is_told_and_fails(address: str, tmp_path: Path, form: Form) -> None:
    ended = run_snippet(form, TXT2IMG, address, tmp_path, secret="another")
    assert ended.returncode != 0
    assert "401" in ended.stderr
    assert "another" not in ended.stderr
    assert not list(tmp_path.glob("*.png"))


@pytest.mark.parametrize("form", FORMS)
async def test_an_endpoint_that_has_moved_is_not_followed(tmp_path: Path, form: Form) -> None:
    """A redirected POST would arrive as a GET, and the token with it, wherever the answer points to."""
    async with Replay(lambda _: Reply(302, {"location": "/elsewhere"})) as server:
        ended = await asyncio.to_thread(run_snippet, form, TXT2IMG, server.url, tmp_path)
    assert ended.returncode != 0
    assert [request.method for request in server.requests] == ["POST"]
    assert not list(tmp_path.glob("*.png"))


@pytest.mark.parametrize("form", FORMS)
def test_a_missing_source_stops_it_before_anything_is_sent(tmp_path: Path, form: Form) -> None:
    snippet = write(form, IMG2IMG, "http://127.0.0.1:9", BEARER)
    (tmp_path / snippet.file_name).write_text(snippet.text, encoding="utf-8", newline="\n")
    ended = run([*COMMANDS[form], snippet.file_name], tmp_path)
    assert ended.returncode != 0
    assert snippet.files[0] in ended.stderr


_EXECUTE = """
import json, pathlib, sys
cells = json.loads(pathlib.Path(sys.argv[1]).read_text("utf-8"))["cells"]
names = {"__name__": "__main__"}
for cell in cells:
    if cell["cell_type"] == "code":
        exec("".join(cell["source"]), names)
"""


async def test_a_notebooks_cells_in_order(address: str, tmp_path: Path) -> None:
    requests = [TXT2IMG, replace(TXT2IMG, seed=5, n_iter=1), IMG2IMG, HIRES]
    snippet = write_notebook(requests, address, BEARER)
    (tmp_path / snippet.file_name).write_text(snippet.text, encoding="utf-8")
    for name, content in picture_files(IMG2IMG, INPUTS).items():
        (tmp_path / name).write_bytes(content)
    ended = run([sys.executable, "-W", "error", "-c", _EXECUTE, snippet.file_name], tmp_path)
    assert pictures_of(ended, tmp_path) == await app_pictures(address, *requests)


def test_the_json_payload_is_the_programs_body(address: str, tmp_path: Path) -> None:
    """As curl sends it from a file, which is what it is for."""
    snippet = write("json", IMG2IMG, address, BEARER, pictures=INPUTS)
    own = json.loads(payload.encode(IMG2IMG, INPUTS, task_id="x"))
    assert own.pop("force_task_id") == "x"
    assert json.loads(snippet.text) == own
