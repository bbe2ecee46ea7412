"""What is written can be read: every form of code gives the request back, without a word of correction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from sdstudio.api import payload
from sdstudio.api.snippets import (
    BEARER,
    LABELS,
    NO_SIGN_IN,
    Form,
    Reading,
    SignInWay,
    basic,
    own_header,
    read,
    write,
    write_notebook,
)
from sdstudio.core.request import GenerationRequest
from tests.fakes.clients import picture
from tests.unit.api.snippets.prompts import MASK, SOURCE, requests
from tests.unit.api.snippets.test_writing import IMG2IMG, REQUEST

ADDRESS = "https://host.example:8443/ba'se"

PICTURES = {SOURCE.sha256: picture("teal"), MASK.sha256: picture("white")}
# What is not said stays as it is: nothing, so that a value that got lost shows.
BLANK = GenerationRequest(sampler_name="", scheduler="", steps=1, width=64, height=64, cfg_scale=0)
CODE: list[Form] = ["curl", "requests", "httpx", "javascript", "notebook"]


def again(reading: Reading) -> GenerationRequest:
    mask = MASK if reading.inpaint is not None else None
    return reading.request(BLANK, source=SOURCE, mask=mask)


def only_of_pictures(sentences: tuple[str, ...]) -> bool:
    """That a picture has to be chosen here is no correction of the code."""
    return all(sentence.endswith("choose it here.") for sentence in sentences)


@pytest.mark.parametrize("form", CODE)
@given(request_=requests())
@settings(max_examples=40)
def test_code(form: Form, request_: GenerationRequest) -> None:
    reading = read(write(form, request_, ADDRESS, BEARER).text)
    assert again(reading) == request_
    assert (reading.endpoint_url, reading.sign_in, reading.token) == (ADDRESS, BEARER, None)
    assert only_of_pictures(reading.corrections)
    assert (reading.left_out, reading.others) == ((), ())
    needed = ("source", "mask") if reading.inpaint is not None else ("source",)
    assert reading.needs == (needed if request_.img2img else ())


@given(request_=requests(img2img=False))
@settings(max_examples=40)
def test_json(request_: GenerationRequest) -> None:
    reading = read(write("json", request_, ADDRESS, NO_SIGN_IN).text)
    assert again(reading) == request_
    assert reading.corrections == ()


def test_json_with_its_pictures() -> None:
    reading = read(write("json", IMG2IMG, ADDRESS, NO_SIGN_IN, pictures=PICTURES).text)
    assert again(reading) == IMG2IMG
    sent = payload.images(IMG2IMG, PICTURES)
    assert (reading.source, reading.mask) == (sent["init_images"], sent["mask"])
    assert (reading.needs, reading.corrections) == ((), ())


def test_a_notebook_gives_its_whole_batch() -> None:
    batch = [replace(REQUEST, seed=seed, prompt=f"boat {seed}") for seed in range(5)] + [IMG2IMG]
    reading = read(write_notebook(batch, ADDRESS, BEARER).text)
    assert [again(each) for each in (reading, *reading.others)] == batch
    assert "6 different requests" in reading.corrections[-1]


@pytest.mark.parametrize("form", ["curl", "requests", "httpx", "javascript", "notebook"])
@pytest.mark.parametrize(
    ("way", "read_as"),
    [
        (NO_SIGN_IN, None),
        (basic(), basic()),
        (basic("me"), basic()),
        (own_header("X-API-Key"), own_header("X-API-Key")),
    ],
    ids=str,
)
def test_the_way_to_sign_in(form: Form, way: SignInWay, read_as: SignInWay | None) -> None:
    reading = read(write(form, REQUEST, ADDRESS, way).text)
    assert reading.sign_in in (read_as, way if way.kind != "none" else None)
    assert reading.token is None
    assert reading.corrections == ()


@pytest.mark.parametrize("form", LABELS)
def test_code_says_in_which_form_it_came(form: Form) -> None:
    reading = read(write(form, REQUEST, ADDRESS, BEARER).text)
    assert reading.form == {"notebook": "notebook"}.get(form, LABELS[form])


def test_the_programs_own_body() -> None:
    """As it goes over the wire: with a task id, and an answer's echo of it."""
    body = payload.encode(IMG2IMG, PICTURES, task_id="task(1)")
    reading = read(body.decode())
    assert again(reading) == IMG2IMG
    assert reading.corrections == ()
    echo: Mapping[str, Any] = json.loads(body) | {"init_images": None, "mask": None, "seed": -1}
    answer = {"images": ["iVBORw0KGgo="], "parameters": echo, "info": json.dumps({"seed": 7})}
    echoed = read(json.dumps(answer))
    assert (echoed.kind, echoed.needs, echoed.values["seed"]) == ("img2img", ("source",), 7)
    assert echoed.form == "answer"
