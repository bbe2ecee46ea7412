"""Source pictures and secrets that stand in a text: given back apart, and never shown."""

from __future__ import annotations

import base64
import json

import pytest

from sdstudio.api.snippets import BEARER, SignInWay, basic, own_header, read
from tests.fakes.clients import picture

URL = "http://127.0.0.1:7860"
PNG = base64.b64encode(picture()).decode()


@pytest.mark.parametrize("head", ["", "data:image/png;base64,"])
@pytest.mark.parametrize("form", ["json", "curl", "python"])
def test_pictures_in_the_text_are_given_back(head: str, form: str) -> None:
    body = {"prompt": "a", "init_images": [head + PNG], "mask": PNG, "inpaint_full_res": 1}
    text = {
        "json": json.dumps(body),
        "curl": f"curl -d '{json.dumps(body)}' {URL}/sdapi/v1/img2img",
        "python": f"import requests\nrequests.post('{URL}/sdapi/v1/img2img', json={body!r})",
    }[form]
    reading = read(text)
    assert (reading.kind, reading.source, reading.mask) == ("img2img", picture(), picture())
    assert (reading.inpaint, reading.needs, reading.corrections) == ({"only_masked": True}, (), ())
    assert PNG[:40] not in repr(reading)


@pytest.mark.parametrize(
    ("value", "correction"),
    [
        ('"https://host.example/a.png"', "which is not fetched"),
        ('"not base64!"', "`not base64!` stands in the place of the source picture: choose one."),
        ('"YmFzZTY0IG9mIHRleHQ="', "`YmFzZTY0IG9mIHRleHQ=` stands in the place of the source picture"),
        ("picture", "`picture` stands for the source picture: choose one."),
        ('to_base64("me.png")', "was read from a file “me.png”: choose it here."),
        ("null", ""),
    ],
)
def test_what_stands_in_the_place_of_a_picture(value: str, correction: str) -> None:
    reading = read('{"prompt": "a", "init_images": [' + value + "]}")
    assert (reading.kind, reading.source, reading.needs) == ("img2img", None, ("source",))
    assert correction in "".join(reading.corrections)


def test_only_one_source_is_taken() -> None:
    reading = read(json.dumps({"prompt": "a", "init_images": [PNG, PNG]}))
    assert reading.source == picture()
    assert reading.corrections == ("Only the first of 2 pictures is taken.",)


def test_a_source_sent_to_the_wrong_route() -> None:
    body = json.dumps({"prompt": "a", "init_images": [PNG]})
    reading = read(f"curl -d '{body}' {URL}/sdapi/v1/txt2img")
    assert reading.kind == "img2img"
    assert reading.corrections == ("A source picture is given, so the route is img2img, not txt2img.",)


CURL = 'curl {} -d \'{{"prompt": "a"}}\' {}/sdapi/v1/txt2img'
SECRET = "s3cr3t-Marker.42"
PAIR = base64.b64encode(f"me:{SECRET}".encode()).decode()
IN_PYTHON = f'requests.post("{URL}/sdapi/v1/txt2img", json={{"prompt": "a"}}, auth=("me", "{SECRET}"))'
IN_JAVASCRIPT = f"""
const TOKEN = "{SECRET}";
fetch("{URL}/sdapi/v1/txt2img", {{
  headers: {{ Authorization: `Bearer ${{TOKEN}}` }},
  body: JSON.stringify({{ prompt: "a" }}),
}})
"""
SIGN_INS: list[tuple[str, SignInWay]] = [
    (CURL.format(f"-H 'Authorization: Bearer {SECRET}'", URL), BEARER),
    (CURL.format(f"-H 'authorization:bearer {SECRET}'", URL), BEARER),
    (CURL.format(f"--oauth2-bearer {SECRET}", URL), BEARER),
    (CURL.format(f"-u me:{SECRET}", URL), basic("me")),
    (CURL.format(f"-H 'Authorization: Basic {PAIR}'", URL), basic("me")),
    (CURL.format("", f"http://me:{SECRET}@127.0.0.1:7860"), basic("me")),
    (CURL.format(f"-H 'X-API-Key: {SECRET}'", URL), own_header("X-API-Key")),
    (CURL.format(f"-H 'Authorization: {SECRET}'", URL), own_header("Authorization")),
    (IN_PYTHON, basic("me")),
    (IN_JAVASCRIPT, BEARER),
    (f'{{"prompt": "a"}} to {URL}/sdapi/v1/txt2img with "Authorization": "Bearer {SECRET}"', BEARER),
]


@pytest.mark.parametrize(("text", "way"), SIGN_INS, ids=map(str, range(len(SIGN_INS))))
def test_a_secret_is_found_and_never_shown(text: str, way: SignInWay) -> None:
    reading = read(text)
    assert reading.token is not None
    assert (reading.token.value, reading.token.way, reading.sign_in) == (SECRET, way, way)
    assert reading.endpoint_url == URL
    assert SECRET not in f"{reading!r}{reading.corrections}{reading.left_out}{reading.values}"
    assert PAIR not in repr(reading)


@pytest.mark.parametrize(
    "token",
    [
        "X",
        "xxx",
        "<your token>",
        "YOUR_API_KEY",
        "{token}",
        "$TOKEN",
        "${TOKEN}",
        "…",
        "access token",
        "%TOKEN%",
    ],
)
def test_a_placeholder_is_no_secret(token: str) -> None:
    reading = read(CURL.format(f"-H 'Authorization: Bearer {token}'", URL))
    assert (reading.sign_in, reading.token) == (BEARER, None)


def test_a_word_that_may_be_somebodys_password_is_not_shown() -> None:
    reading = read(CURL.format("-u me:password", URL))
    assert (reading.sign_in, reading.token) == (basic("me"), None)
    assert reading.corrections == ("A word stands in the place of a password; it is not sent.",)
    assert read(CURL.format("-u me:mypassword", URL)).token is not None
