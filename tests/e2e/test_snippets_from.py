"""`sdstudio generate --from FILE`: code that was copied or found becomes pictures, and its secrets nothing."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from sdstudio.__main__ import main
from sdstudio.api.snippets import BEARER, LABELS, Form, picture_files, write
from sdstudio.core.request import GenerationRequest
from tests.e2e.test_snippets_run import IMG2IMG as INPAINT
from tests.e2e.test_snippets_run import INPUTS, MASK_FILE, SOURCE_FILE
from tests.fakes.practice import start_practice
from tests.fakes.program import Finished

PAGE = Path(__file__).resolve().parents[1] / "data/snippets/automatic1111_endpoint_page.txt"
REQUEST = GenerationRequest(
    prompt='a "boat"\non $water',
    negative_prompt="it's fog",
    seed=11,
    steps=2,
    width=64,
    height=128,
    cfg_scale=5.5,
)
SECRET = "s3cr3t-Marker.42"
Call = Callable[..., Finished]


@pytest.fixture(scope="module")
def live() -> Iterator[str]:
    with start_practice() as url:
        yield url


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], tmp_path: Path, live: str) -> Call:
    """`generate` with these arguments, in a data folder of its own; the folder is `tmp_path / name`."""

    def called(*arguments: str | Path, name: str = "data") -> Finished:
        words = ["generate", *map(str, arguments), "--endpoint", live, "--data-dir", str(tmp_path / name)]
        status = main(words)
        said = capsys.readouterr()
        return Finished(status, said.out, said.err)

    return called


def page_lines(first: int, last: int) -> str:
    return "\n".join(PAGE.read_text("utf-8").split("\n")[first - 1 : last])


@pytest.fixture(scope="module")
def expected(live: str, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What the same request gives that is typed in as arguments."""
    out = tmp_path_factory.mktemp("expected") / "picture.png"
    texts = [REQUEST.prompt, "--negative", REQUEST.negative_prompt]
    numbers = ["--seed", "11", "--steps", "2", "--width", "64", "--height", "128", "--cfg", "5.5"]
    places = ["--endpoint", live, "--out", str(out), "--data-dir", str(out.parent / "data")]
    assert main(["generate", *texts, *numbers, *places]) == 0
    return out.read_bytes()


@pytest.mark.parametrize("form", LABELS)
def test_every_form_makes_the_same_picture(
    call: Call, live: str, tmp_path: Path, expected: bytes, form: Form
) -> None:
    file = tmp_path / "request"
    file.write_text(write(form, REQUEST, live, BEARER).text, encoding="utf-8")
    done = call("--from", file)
    assert (done.status, done.errors) == (
        0,
        f"Read from {LABELS.get(form) if form != 'notebook' else form}: a request for txt2img.\n",
    )
    assert done.paths[0].read_bytes() == expected


def test_inpainting_with_its_pictures_in_the_text_or_beside_it(call: Call, live: str, tmp_path: Path) -> None:
    with_pictures, beside = tmp_path / "payload.json", tmp_path / "request.sh"
    with_pictures.write_text(write("json", INPAINT, live, BEARER, pictures=INPUTS).text, encoding="utf-8")
    beside.write_text(write("curl", INPAINT, live, BEARER).text, encoding="utf-8")
    names = list(picture_files(INPAINT, INPUTS))
    for name, content in picture_files(INPAINT, INPUTS).items():
        (tmp_path / name).write_bytes(content)
    one = call("--from", with_pictures, name="one")
    other = call("--from", beside, "--init", tmp_path / names[0], "--mask", tmp_path / names[1], name="other")
    assert (one.status, other.status) == (0, 0)
    assert one.paths[0].read_bytes() == other.paths[0].read_bytes()
    assert f"The source picture was read from a file “{names[0]}”: choose it here." in other.errors
    assert SOURCE_FILE != MASK_FILE


@pytest.mark.parametrize(
    ("first", "last", "wrong"),
    [
        (15, 20, ""),
        (21, 26, "`X` stands for a token"),
        (27, 42, "`data=` sends a form"),
        (43, 51, "`{address}`"),
    ],
    ids=["payload", "curl", "python", "javascript"],
)
def test_the_pages_txt2img_as_printed(call: Call, tmp_path: Path, first: int, last: int, wrong: str) -> None:
    file = tmp_path / "sample"
    file.write_text(page_lines(first, last), encoding="utf-8")
    done = call("--from", file, "--steps", "2")
    assert done.status == 0
    assert wrong in done.errors
    with Image.open(done.paths[0]) as made:
        assert made.size == (512, 512)
        assert made.info["parameters"].startswith("portrait of a young women, blue eyes, cinematic\nSteps: 2,")


@pytest.mark.parametrize(("first", "last"), [(67, 75), (76, 81), (82, 100), (101, 109)])
def test_the_pages_img2img_as_printed_wants_a_picture(
    call: Call, tmp_path: Path, first: int, last: int
) -> None:
    file, source = tmp_path / "sample", tmp_path / "source.png"
    file.write_text(page_lines(first, last), encoding="utf-8")
    Image.new("RGB", (512, 512), "teal").save(source)
    done = call("--from", file)
    assert done.status == 2
    assert "The picture to start from is not in the text that was read: give it with --init" in done.errors
    done = call("--from", file, "--init", source)
    assert done.status == 0
    with Image.open(done.paths[0]) as made:
        assert "Denoising strength: 0.2" in made.info["parameters"]
        assert "CFG scale: 7" in made.info["parameters"]


def test_standard_input_and_options_that_count_more(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = io.TextIOWrapper(io.BytesIO(PAGE.read_bytes()))
    monkeypatch.setattr(sys, "stdin", page)
    size = ("--width", "64", "--height", "64")
    options = ("--steps", "1", "--seed", "4", "--sampler", "heun", "--count", "2")
    done = call("a lighthouse", "--from", "-", *size, *options, "--json")
    request = done.document["request"]
    assert (request["prompt"], request["width"], request["steps"], request["seed"]) == (
        "a lighthouse",
        64,
        1,
        4,
    )
    assert (request["sampler_name"], request["n_iter"], len(done.document["pictures"])) == ("Heun", 2, 2)
    assert any("3 different requests" in sentence for sentence in done.document["corrections"])
    assert done.document["corrections"] == done.errors.splitlines()


def test_a_recipe_with_an_old_name_for_its_sampler(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "recipe.txt"
    text = "a boat\nSteps: 2, Sampler: DPM++ 2M Karras, CFG scale: 6, Seed: 9, Size: 64x64"
    file.write_text(text, encoding="utf-16")
    done = call("--from", file, "--json")
    request = done.document["request"]
    assert (request["sampler_name"], request["scheduler"], request["seed"]) == ("DPM++ 2M", "Karras", 9)


def test_a_secret_in_the_text_is_neither_sent_nor_kept(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The endpoint wants exactly this token, and still does not get it; nor does any file or stream."""
    file, data = tmp_path / "request.sh", tmp_path / "data"
    with start_practice("--token", SECRET) as url:
        body = '{"prompt": "a", "steps": 1}'
        file.write_text(f"curl -H 'Authorization: Bearer {SECRET}' -d '{body}' {url}/sdapi/v1/txt2img")
        status = main(["generate", "--from", str(file), "--endpoint", url, "--json", "--data-dir", str(data)])
    said = capfd.readouterr()
    assert status == 4
    assert "A secret to sign in with was found and ignored; set the variable SDSTUDIO_TOKEN" in said.err
    assert SECRET not in said.out + said.err
    files = [path for path in data.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if SECRET.encode() in path.read_bytes()]


def test_the_address_in_the_text_is_only_told(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "request.json"
    file.write_text(
        """curl -d '{"prompt": "a", "steps": 1, "width": 64, "height": 64}' http://127.0.0.1:9/sdapi/v1/txt2img"""
    )
    status = main(["generate", "--from", str(file), "--data-dir", str(tmp_path / "data")])
    said = capfd.readouterr()
    assert status == 0, "made at the practice endpoint, not where the text points to"
    assert "It was written for http://127.0.0.1:9; --endpoint says where it is made." in said.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"just words", "There is no request in this text"),
        (b"\xff\x00\xfe", "There is no request in this text"),
        (b'{"prompt": "a", "init_images": ["https://host.example/a.png"]}', "which is not fetched"),
        (None, "can't be read"),
    ],
)
def test_what_cannot_be_used_is_2(call: Call, tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "request"
    if content is not None:
        file.write_bytes(content)
    done = call("--from", file)
    assert done.status == 2
    assert said in done.errors


def test_neither_prompt_nor_file_is_2(call: Call) -> None:
    done = call("--steps", "3")
    assert done.status == 2
    assert "Say what is to be seen, or give a file with a request by --from" in done.errors
