"""Every recorded answer with pictures, over a real socket: the server's own bytes, seeds, recipes and roles."""

from __future__ import annotations

import base64
import dataclasses
import io
import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from sdstudio.core import infotext
from sdstudio.core.errors import GenerationFailed
from sdstudio.core.request import GenerationRequest, Hires, Img2Img, Inpaint, InputImage
from sdstudio.core.result import GenerationResult
from tests.fakes.clients import NewClient
from tests.fakes.replay import Recorded, Replay, Reply, Request, all_recorded, recorded


def _with_pictures(case: Recorded) -> bool:
    generation = case.answered and case.status == 200 and case.request.get("path", "").endswith("2img")
    return generation and case.request["method"] == "POST" and bool(case.document["images"])


CASES = [case for case in all_recorded() if _with_pictures(case)]


def png(size: tuple[int, int] = (64, 64)) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "teal").save(written, "PNG")
    return written.getvalue()


def request_of(case: Recorded) -> GenerationRequest:
    """The recorded request in our own words, as far as it can be said in them."""
    sent = case.request.get("json")
    sent = sent if isinstance(sent, dict) else {}

    def value(name: str, kind: type, default: Any) -> Any:
        return sent[name] if type(sent.get(name)) is kind else default

    seed = value("seed", int, 42)
    request = GenerationRequest(
        prompt=value("prompt", str, ""),
        negative_prompt=value("negative_prompt", str, ""),
        seed=seed if 0 <= seed < 2**32 else 42,
        width=64,
        height=64,
        steps=max(1, value("steps", int, 2)),
        batch_size=max(1, value("batch_size", int, 1)),
        n_iter=value("n_iter", int, 1),
        sampler_name=value("sampler_name", str, ""),
        scheduler=value("scheduler", str, "Automatic"),
        checkpoint=(value("override_settings", dict, {})).get("sd_model_checkpoint", ""),
        hires=Hires(scale=sent["hr_scale"], upscaler="Latent") if sent.get("enable_hr") else None,
    )
    if not case.request["path"].endswith("img2img"):
        return request
    only_masked = bool(sent.get("inpaint_full_res", True))
    inpaint = Inpaint(InputImage("mask", 64, 64), only_masked=only_masked) if "mask" in sent else None
    side = 128 if inpaint and only_masked else 64
    return dataclasses.replace(request, img2img=Img2Img(InputImage("source", side, side), inpaint=inpaint))


async def made(case: Recorded, new_client: NewClient) -> tuple[GenerationResult, Request]:
    async def read_input(_: str) -> bytes:
        return png()

    async with Replay(lambda r: case.reply() if r.path.endswith("2img") else None) as server:
        client = new_client(server.url)
        result = await client.generate(request_of(case), read_input, lambda _: None, "task(x)")
        (sent,) = [request for request in server.requests if request.path.endswith("2img")]
    return result, sent


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.server}/{case.case}")
async def test_an_answer_with_pictures(case: Recorded, new_client: NewClient, tmp_path: Path) -> None:
    result, sent = await made(case, new_client)

    document = case.document
    info = json.loads(document["info"])
    assert [image.path.read_bytes() for image in result.images] == [
        base64.b64decode(text) for text in document["images"]
    ]
    assert len(list((tmp_path / "spool").iterdir())) == len(document["images"])
    assert result.info == info
    assert sent.path == case.request["path"]
    for image in result.images:
        with Image.open(image.path) as opened:
            assert (image.format, (image.width, image.height)) == (opened.format.lower(), opened.size)  # type: ignore[union-attr]
    pictures = [image for image in result.images if image.role == "picture"]
    assert 1 <= len(pictures) <= len(info["all_seeds"])
    for number, image in enumerate(pictures):
        assert image.seed == infotext.parse(image.infotext).seed
        if "nowebui" not in case.server:  # its pictures are its twin's
            assert image.seed == info["all_seeds"][number]
            assert image.infotext == info["infotexts"][number + (info.get("index_of_first_image") or 0)]


async def test_a_grid_comes_first_and_is_no_picture(new_client: NewClient) -> None:
    for server in ("a1111", "forge"):
        result, _ = await made(recorded(server, "txt2img_save_images_batch_grid"), new_client)
        assert [image.role for image in result.images] == ["grid", "picture", "picture"]
        assert [image.seed for image in result.images] == [None, 42, 43]
        assert result.notes == ()


async def test_an_interrupted_run_gives_fewer_pictures_than_seeds(new_client: NewClient) -> None:
    result, _ = await made(recorded("a1111", "interrupt_n_iter_run_itself"), new_client)
    assert len(result.info["all_seeds"]) == 4
    assert [image.seed for image in result.images] == [42]
    assert result.images[0].format == "jpeg"
    assert result.notes == ("1 of the 4 pictures asked for came.",)


@pytest.mark.parametrize(
    ("server", "case", "note"),
    [
        ("a1111", "bad_sampler_unknown", "used the sampler “DPM++ 2M” instead of"),
        ("forge", "bad_sampler_unknown", "used the sampler “DPM++ 2M” instead of"),
        ("sdcpp", "bad_sampler_unknown", "does not know the sampler"),
        ("a1111", "bad_scheduler_unknown", "used the schedule “Automatic” instead of"),
        ("forge", "bad_scheduler_unknown", "used the schedule “Automatic” instead of"),
        ("a1111", "txt2img_override_unknown_model", "used the checkpoint “random-tiny” instead of"),
        ("forge", "txt2img_override_unknown_model", "used the checkpoint “random-sd15” instead of"),
        ("sdcpp", "txt2img_override_unknown_model", "used the checkpoint “random-sd15.safetensors” instead of"),
        ("sdcpp", "bad_width_not_multiple_of_8", "made 128×128 instead of 64×64 pixels"),
        ("sdcpp", "txt2img_hires", "made 128×128 instead of 96×96 pixels"),
        ("sdcpp", "txt2img_batch_2x2", "2 of the 4 pictures asked for came"),
    ],
)
async def test_silent_substitutions_are_told(server: str, case: str, note: str, new_client: NewClient) -> None:
    result, _ = await made(recorded(server, case), new_client)
    assert note in " ".join(result.notes)


@pytest.mark.parametrize(
    ("server", "case"),
    [
        *itertools.product(
            ("a1111", "forge"),
            (
                "txt2img_ok",
                "txt2img_batch_2x2",
                "txt2img_scheduler_karras",
                "txt2img_old_sampler_name",
                "img2img_ok",
                "img2img_mask",
                "img2img_mask_full_res",
            ),
        ),
        ("a1111", "txt2img_hires"),  # Forge fails without its two extra fields
        ("a1111", "txt2img_override_model"),
    ],
)
async def test_what_was_made_as_asked_has_no_note(server: str, case: str, new_client: NewClient) -> None:
    result, _ = await made(recorded(server, case), new_client)
    assert result.notes == ()


async def test_sdcpp_spells_its_sampler_otherwise_and_gets_no_note(new_client: NewClient) -> None:
    result, _ = await made(recorded("sdcpp", "txt2img_ok"), new_client)
    assert result.info["sampler_name"] == "euler_a"
    assert result.notes == ()


@pytest.mark.parametrize("server", ["a1111", "a1111_nowebui", "forge"])
async def test_success_without_pictures_is_a_failure_in_words(
    server: str, new_client: NewClient, tmp_path: Path
) -> None:
    with pytest.raises(GenerationFailed) as caught:
        await made(recorded(server, "txt2img_send_images_false"), new_client)
    assert caught.value.title == "The endpoint says it succeeded but sent no picture"
    assert not list((tmp_path / "spool").iterdir())


async def test_koboldcpps_empty_picture_is_a_failure_in_words(new_client: NewClient) -> None:
    """seen_on_the_wire §1: an init image it cannot read gives 200 and `[""]`."""
    answer = Reply.of({"images": [""], "parameters": {}, "info": ""})
    async with Replay(lambda _: answer) as server:
        with pytest.raises(GenerationFailed) as caught:
            await new_client(server.url).generate(GenerationRequest(seed=1), _no_input, lambda _: None)
    assert "sent no picture" in caught.value.title


async def test_a_unicode_prompt_is_read_right_from_every_server(new_client: NewClient) -> None:
    """A1111 writes iTXt, sd.cpp raw UTF-8 into tEXt."""
    for server in ("a1111", "forge", "sdcpp"):
        case = recorded(server, "txt2img_unicode_prompt")
        result, _ = await made(case, new_client)
        assert infotext.parse(result.images[0].infotext).prompt == case.request["json"]["prompt"]


async def _no_input(_: str) -> bytes:
    raise AssertionError("nothing goes in")
