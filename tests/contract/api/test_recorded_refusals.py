"""Every unsuccessful answer recorded from four servers, over a real socket: the right error, in plain words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sdstudio.api import refusals
from sdstudio.api.access import Access
from sdstudio.api.client import Client
from sdstudio.api.transport import Transport
from sdstudio.api.worker import Worker
from sdstudio.core import errors
from sdstudio.core.endpoint import EndpointProfile
from sdstudio.core.errors import EndpointError
from sdstudio.core.request import GenerationRequest
from tests.fakes.replay import Recorded, Replay, all_recorded, recorded

REQUEST = GenerationRequest(prompt="a red apple on a table", seed=42, width=64, height=64, steps=2)
REFUSED, FAILED, NOT_OFFERED = errors.RequestRefused, errors.GenerationFailed, errors.NotOffered

# By case, for every server that refuses it; servers that differ are named.
EXPECTED: dict[str, type[EndpointError]] = {
    "bad_alwayson_script_unknown": REFUSED,
    "bad_auth_none": errors.NotAuthorised,
    "bad_auth_wrong": errors.NotAuthorised,
    "bad_auth_wrong_post": errors.NotAuthorised,
    "bad_batch_zero": FAILED,
    "bad_cfg_string": REFUSED,
    "bad_empty_body": errors.RequestTooLarge,
    "sdcpp/bad_empty_body": REFUSED,
    "bad_empty_object": REFUSED,
    "bad_form_body_form_ct": REFUSED,
    "bad_form_body_json_ct": REFUSED,
    "bad_huge_width": errors.OutOfMemory,
    "sdcpp/bad_huge_width": FAILED,
    "bad_img2img_bad_base64": REFUSED,
    "bad_img2img_bad_mask": REFUSED,
    "bad_img2img_base64_not_image": REFUSED,
    "bad_img2img_init_images_empty": FAILED,
    "bad_img2img_init_images_null": FAILED,
    "sdcpp/bad_img2img_init_images_null": REFUSED,
    "bad_img2img_init_images_string": REFUSED,
    "bad_img2img_no_init_images": REFUSED,
    "bad_img2img_url_image": REFUSED,
    "bad_json_array": REFUSED,
    "bad_json_broken": REFUSED,
    "bad_json_no_content_type": REFUSED,
    "bad_json_null": errors.RequestTooLarge,
    "sdcpp/bad_json_null": REFUSED,
    "bad_path_get_txt2img": NOT_OFFERED,
    "bad_path_imgt2img": NOT_OFFERED,
    "bad_path_trailing_slash": errors.EndpointMoved,
    "sdcpp/bad_path_trailing_slash": NOT_OFFERED,
    "bad_path_unknown_get": NOT_OFFERED,
    "bad_prompt_is_null": FAILED,
    "sdcpp/bad_prompt_is_null": REFUSED,
    "bad_prompt_is_number": REFUSED,
    "bad_prompt_missing": REFUSED,
    "bad_script_unknown": REFUSED,
    "bad_seed_string": REFUSED,
    "bad_steps_huge_string": REFUSED,
    "bad_steps_negative": FAILED,
    "bad_steps_zero": FAILED,
    "bad_width_abc": REFUSED,
    "bad_width_float": REFUSED,
    "bad_width_negative": FAILED,
    "sdcpp/bad_width_negative": REFUSED,
    "bad_width_numeric_string": REFUSED,
    "bad_width_zero": FAILED,
    "sdcpp/bad_width_zero": REFUSED,
    "error_nans_exception": FAILED,
    "img2img_no_width_height": FAILED,
    "sdcpp/img2img_no_width_height": REFUSED,
    "txt2img_empty_prompt": REFUSED,
    "txt2img_hires": FAILED,
    # not generations
    "extra_single_image_bad_upscaler": REFUSED,
    "options_preflight_cors": REFUSED,
    "post_options_unknown_key": REFUSED,
    "post_options_unknown_model": REFUSED,
    "get_cmd_flags": FAILED,
}


def expected(case: Recorded) -> type[EndpointError]:
    own = EXPECTED.get(f"{case.server}/{case.case}")
    if case.status in (404, 405) and own is None and not case.case.startswith("bad_"):
        return NOT_OFFERED
    return own or EXPECTED[case.case]


def name_of(case: Recorded) -> str:
    return f"{case.server}/{case.case}"


def is_generation(case: Recorded) -> bool:
    return case.request["method"] == "POST" and "2img" in case.request["path"]


UNSUCCESSFUL = [case for case in all_recorded() if case.answered and not 200 <= case.status < 300]


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    worker = Worker("test")
    yield worker
    await worker.aclose()


async def no_input(_: str) -> bytes:
    raise AssertionError("nothing goes in")


@pytest.mark.parametrize("case", [case for case in UNSUCCESSFUL if is_generation(case)], ids=name_of)
async def test_a_refused_generation(case: Recorded, tmp_path: Path) -> None:
    async with Replay(
        lambda request: case.reply() if request.path.startswith("/sdapi/v1/txt2img") else None
    ) as server:
        client = Client.at(server.url, "a-token" if "auth_wrong" in case.case else None, spool=tmp_path)
        try:
            with pytest.raises(EndpointError) as caught:
                await client.generate(REQUEST, no_input, lambda _: None)
        finally:
            await client.aclose()
        assert len(server.asked("/sdapi/v1/txt2img")) == 1
    assert type(caught.value) is expected(case)
    in_words(caught.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("case", [case for case in UNSUCCESSFUL if not is_generation(case)], ids=name_of)
async def test_a_refused_question(case: Recorded, worker: Worker) -> None:
    async with Replay(lambda _: case.reply()) as server:
        transport = Transport(Access.of(EndpointProfile("x", "x", server.url), {}), worker)
        try:
            with pytest.raises(EndpointError) as caught:
                await transport.ask(case.request["method"], case.request["path"])
        finally:
            await transport.aclose()
    assert type(caught.value) is expected(case)
    in_words(caught.value)


def in_words(error: EndpointError) -> None:
    """A title that is one short sentence, a reason, a remedy; the raw text short and without a picture in it."""
    assert 0 < len(error.title) <= 90
    assert not error.title.endswith(".")
    assert 0 < len(error.message) <= 600
    assert error.message[-1] not in " \n"
    assert error.remedy.endswith((".", "?"))
    assert len(error.raw.encode()) <= 2100
    assert "iVBORw0KGgoAAAANSUhEUgAAAEAAAABACA" not in str(error) + error.raw


def test_every_recorded_refusal_is_in_the_table() -> None:
    assert {case.case for case in UNSUCCESSFUL if case.case.startswith("bad_")} <= {
        name.rpartition("/")[2] for name in EXPECTED
    }
    assert len(UNSUCCESSFUL) > 180


def test_a_picture_that_a_refusal_repeats_is_shortened() -> None:
    """Forge's 422 has the whole value in it."""
    case = recorded("forge", "bad_img2img_init_images_string")
    assert len(case.document["detail"][0]["input"]) > 400
    reply = case.reply()
    asked = refusals.Asked("/sdapi/v1/img2img", "host", generation=True)
    error = refusals.refusal(422, reply.headers, b"".join(reply.chunks), asked)
    assert "[424 characters]" in error.raw
