"""Arguments become the request they mean."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sdstudio.api.offer import Offer
from sdstudio.cli.options import GenerateOptions, picture_bytes
from sdstudio.cli.parser import parser
from sdstudio.core.errors import InvalidRequest, UnreadableImage
from sdstudio.core.request import GenerationRequest, InputImage

OFFER = Offer(samplers=("Euler", "euler_a"), schedulers=("Automatic", "Karras"))


def options(*arguments: str) -> GenerateOptions:
    return GenerateOptions.of(parser(lambda _: None).parse_args(["generate", *arguments]))


def img2img(size: tuple[int, int], *arguments: str) -> GenerationRequest:
    asked = options("x", "--init", "a.png", *arguments)
    return asked.with_source(asked.request(), InputImage("a", *size), None)


def test_nothing_but_a_prompt_is_the_seed_pages_txt2img() -> None:
    request = options("a boat").request()
    assert request == GenerationRequest("a boat", steps=25, width=512, height=512, cfg_scale=7)


@pytest.mark.parametrize(
    ("picture", "arguments", "size"),
    [
        ((512, 512), (), (512, 512)),
        ((200, 100), (), (200, 104)),
        ((10, 10), (), (64, 64)),
        ((6000, 4000), (), (2048, 1368)),
        ((6000, 4000), ("--width", "4000"), (4000, 2664)),
        ((200, 100), ("--width", "400"), (400, 200)),
        ((200, 100), ("--height", "64"), (128, 64)),
        ((200, 100), ("--width", "64", "--height", "64"), (64, 64)),
    ],
)
def test_the_size_follows_the_picture_where_it_is_not_given(
    picture: tuple[int, int], arguments: tuple[str, ...], size: tuple[int, int]
) -> None:
    request = img2img(picture, *arguments)
    assert (request.width, request.height) == size
    request.checked()


def test_img2img_takes_the_seed_pages_defaults() -> None:
    request = img2img((512, 512))
    assert request.img2img
    assert (request.steps, request.img2img.denoising_strength, request.cfg_scale) == (30, 0.2, 7)


def test_what_is_repainted_may_change_more_by_itself() -> None:
    asked = options("x", "--init", "a.png", "--mask", "m.png")
    request = asked.with_source(asked.request(), InputImage("a", 64, 64), InputImage("m", 64, 64))
    assert request.img2img
    assert request.img2img.inpaint
    assert request.img2img.denoising_strength == 0.75
    with pytest.raises(InvalidRequest, match="same size"):
        asked.with_source(asked.request(), InputImage("a", 64, 64), InputImage("m", 64, 72))


def test_names_are_spelt_as_the_endpoint_does() -> None:
    asked = options("x", "--sampler", "EULER", "--scheduler", "karras")
    request = asked.with_offered_names(asked.request(), OFFER)
    assert (request.sampler_name, request.scheduler) == ("Euler", "Karras")
    asked = options("x", "--sampler", "Euler a")
    assert asked.with_offered_names(asked.request(), OFFER).sampler_name == "euler_a"


def test_a_usual_name_that_is_not_offered_is_left_to_the_endpoint_an_asked_one_is_refused() -> None:
    asked = options("x")
    offer = replace(OFFER, samplers=("Heun",))
    assert asked.with_offered_names(asked.request(), offer).sampler_name == ""
    for arguments, has in (
        (("--sampler", "DDIM"), "Euler, euler_a"),
        (("--scheduler", "Beta"), "Automatic, Karras"),
    ):
        with pytest.raises(InvalidRequest, match=has):
            options("x", *arguments).with_offered_names(asked.request(), OFFER)


def test_where_the_endpoint_lists_none_any_name_goes() -> None:
    asked = options("x", "--sampler", "mine")
    offer = replace(OFFER, missing=frozenset({"samplers", "schedulers"}))
    assert asked.with_offered_names(asked.request(), offer).sampler_name == "mine"


def test_only_files_are_read_as_pictures(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"bytes")
    assert picture_bytes(tmp_path / "a.png") == b"bytes"
    for path in (tmp_path, tmp_path / "b.png", Path("/dev/zero"), Path("a\0b"), tmp_path / ("x" * 300)):
        with pytest.raises(UnreadableImage):
            picture_bytes(path)


@pytest.mark.parametrize("place", [(), ("generate", "x"), ("serve",)])
def test_the_data_folder_may_stand_before_and_after_every_command(
    tmp_path: Path, place: tuple[str, ...]
) -> None:
    top = parser(lambda _: None)
    given = ["--data-dir", str(tmp_path)]
    assert top.parse_args([*given, *place]).data_dir == tmp_path
    assert top.parse_args([*place, *given]).data_dir == tmp_path
    assert not hasattr(top.parse_args([*place]), "data_dir")
