"""The endpoint page that this program began with: each of its samples as printed, and the whole page at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from sdstudio.api.snippets import BEARER, Reading, might_hold_request, read
from sdstudio.core.errors import InvalidRequest
from sdstudio.core.request import InputImage

ROOT = Path(__file__).resolve().parents[4]
PAGE = (ROOT / "tests/data/snippets/automatic1111_endpoint_page.txt").read_text("utf-8")
PORTRAIT = "portrait of a young women, blue eyes, cinematic"
ADDRESS = "`{address}` stands for an endpoint's address; the one chosen here is used."
TOKEN = "`X` stands for a token; it is not sent."
ROUTE = "The route is img2img, not imgt2img."
FORM = "`data=` sends a form; the values go as JSON (`json=`)."
COMMENTS = "`#` comments are not part of JSON and were left out."
SOURCE = "`encoded_base64_image` stands for the source picture: choose one."


def lines(first: int, last: int) -> str:
    """Lines of the page, counted from 1, both included."""
    return "\n".join(PAGE.split("\n")[first - 1 : last])


TXT2IMG = {
    "JSON payload": (lines(15, 20), ()),
    "curl": (lines(21, 26), (ADDRESS, TOKEN)),
    "Python (requests)": (lines(27, 42), (FORM, ADDRESS, TOKEN)),
    "JavaScript (fetch)": (lines(43, 51), (ADDRESS, TOKEN)),
}
IMG2IMG = {
    "JSON payload": (lines(67, 75), (COMMENTS, SOURCE)),
    "curl": (lines(76, 81), (ROUTE, ADDRESS, TOKEN, SOURCE)),
    "Python (requests)": (lines(82, 100), (FORM, ROUTE, ADDRESS, TOKEN, SOURCE)),
    "JavaScript (fetch)": (lines(101, 109), (ROUTE, ADDRESS, TOKEN, SOURCE)),
}


@pytest.mark.parametrize("form", TXT2IMG)
def test_txt2img(form: str) -> None:
    text, corrections = TXT2IMG[form]
    reading = read(text)
    assert (reading.form, reading.kind) == (form, "txt2img")
    assert reading.values == {"prompt": PORTRAIT, "steps": 25, "width": 512, "height": 512}
    assert set(reading.corrections) == set(corrections)
    assert (reading.endpoint_url, reading.token, reading.others) == (None, None, ())
    assert reading.sign_in == (None if form == "JSON payload" else BEARER)
    assert reading.request().checked().prompt == PORTRAIT


@pytest.mark.parametrize("form", IMG2IMG)
def test_img2img(form: str) -> None:
    text, corrections = IMG2IMG[form]
    reading = read(text)
    prompt = "girl with red eyes" if form == "JSON payload" else "a dog sitting on a bench"
    assert (reading.form, reading.kind) == (form, "img2img")
    assert reading.values == {"prompt": prompt, "steps": 30, "width": 512, "height": 512, "cfg_scale": 7}
    assert (reading.img2img, reading.needs) == ({"denoising_strength": 0.2}, ("source",))
    assert set(reading.corrections) == set(corrections)
    source = InputImage("5a" * 32, 512, 512)
    part = reading.request(source=source).checked().img2img
    assert part is not None
    assert (part.source, part.denoising_strength) == (source, 0.2)
    with pytest.raises(InvalidRequest) as missing:
        reading.request()
    assert missing.value.field == "source"


def summary(reading: Reading) -> tuple[str, str, object]:
    return reading.form, reading.kind, reading.values["prompt"]


def test_the_whole_page() -> None:
    reading = read(PAGE)
    forms = "JSON payload, curl, Python (requests), JavaScript (fetch)"
    assert summary(reading) == (forms, "txt2img", PORTRAIT)
    assert [summary(other) for other in reading.others] == [
        ("JSON payload", "img2img", "girl with red eyes"),
        ("curl, Python (requests), JavaScript (fetch)", "img2img", "a dog sitting on a bench"),
    ]
    assert {ADDRESS, TOKEN, FORM} < set(reading.corrections)
    assert reading.corrections[-1].startswith(
        "The text holds 3 different requests; the first is taken: txt2img “"
    )
    assert reading.endpoint_url is None


def test_an_address_that_is_an_example_is_not_taken_for_ones_own() -> None:
    assert read(lines(1, 20)).endpoint_url is None
    own = read(lines(1, 20).replace("Example: ", "Endpoint "))
    assert own.endpoint_url == "https://71bd1b92256e.app.modelserve.ai"


@pytest.mark.parametrize("ends", ["\r\n", "\r\n\r\n", "\n\n"])
def test_line_ends_of_other_systems(ends: str) -> None:
    reading = read(PAGE.replace("\n", ends) if ends != "\n\n" else PAGE + ends)
    assert summary(reading)[2] == PORTRAIT


@pytest.mark.parametrize(("text", "_corrections"), [*TXT2IMG.values(), *IMG2IMG.values()])
def test_a_paste_is_worth_a_look(text: str, _corrections: object) -> None:
    assert might_hold_request(text)
    assert might_hold_request("a boat\nSteps: 20, Sampler: Euler, Seed: 1")
    assert not might_hold_request("portrait of a young woman, blue eyes, 8 steps: up the stairs")
