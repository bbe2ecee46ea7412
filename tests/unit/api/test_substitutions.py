"""What an endpoint did instead of what was asked; names of one thing as the dialects spell them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sdstudio.api import substitutions
from sdstudio.core.request import GenerationRequest, Hires, Img2Img, Inpaint, InputImage
from sdstudio.core.result import GeneratedImage

REQUEST = GenerationRequest(seed=1, width=64, height=64)


def image(width: int = 64, height: int = 64, recipe: str = "") -> GeneratedImage:
    text = f"x\nSteps: 1, {recipe}, Seed: 1, Size: 64x64" if recipe else ""
    return GeneratedImage(Path("x"), "", 0, "png", width, height, infotext=text)


def notes(
    request: GenerationRequest, *images: GeneratedImage, interrupted: bool = False, **info: Any
) -> list[str]:
    return list(substitutions.notes(request, images or (image(),), info, interrupted=interrupted))


@pytest.mark.parametrize(
    ("asked", "used", "same"),
    [
        ("Euler a", "Euler a", True),
        ("Euler a", "euler_a", True),
        ("k_dpmpp_2m", "DPM++ 2M", True),
        ("DPM++ 2M", "dpm++2m", True),
        ("DPM++ 2M Karras", "DPM++ 2M", True),
        ("DPM++ 2M SDE", "DPM++ 2M", False),
        ("DPM2 a", "DPM2", False),
        ("Euler", "Euler a", False),
        ("Euler a", "NONE", False),
        ("", "DPM++ 2M", True),
        ("Euler a", "", True),
    ],
)
def test_samplers(asked: str, used: str, *, same: bool) -> None:
    assert (notes(replace(REQUEST, sampler_name=asked), sampler_name=used) == []) == same


def test_a_combined_name_in_the_answer_is_the_two_asked_for() -> None:
    """A1111 before 1.9, and sd.cpp's infotext."""
    request = replace(REQUEST, sampler_name="DPM++ 2M", scheduler="Karras")
    assert notes(request, sampler_name="DPM++ 2M Karras") == []


@pytest.mark.parametrize(
    ("asked", "used", "same"),
    [
        ("Karras", "Karras", True),
        ("karras", "Karras", True),
        ("sgm_uniform", "SGM Uniform", True),
        ("Automatic", "Karras", True),
        ("", "Karras", True),
        ("Karras", "Automatic", False),
        ("Karras", "", True),
    ],
)
def test_schedules(asked: str, used: str, *, same: bool) -> None:
    made = image(recipe=f"Sampler: Euler a, Schedule type: {used}" if used else "Sampler: Euler a")
    assert (notes(replace(REQUEST, scheduler=asked), made) == []) == same


@pytest.mark.parametrize(
    ("asked", "name", "digest", "same"),
    [
        ("model.safetensors", "model", "", True),
        ("dir/model.safetensors [7575e96f79]", "dir_model", "ffffffffff", True),
        ("dir\\model.ckpt", "dir_model", "", True),
        ("renamed.safetensors [7575e96f79]", "model", "7575e96f79", True),
        ("7575e96f79", "model", "7575e96f79", True),
        ("other.safetensors", "model", "7575e96f79", False),
        ("", "model", "7575e96f79", True),
        ("other", "", "", True),
    ],
)
def test_checkpoints(asked: str, name: str, digest: str, *, same: bool) -> None:
    request = replace(REQUEST, checkpoint=asked)
    assert (notes(request, sd_model_name=name, sd_model_hash=digest) == []) == same


@pytest.mark.parametrize(
    ("sampler", "schedule", "wrote", "told"),
    [
        ("Euler a", "Automatic", "euler_a", ()),
        ("Euler a", "Karras", "euler_a karras", ()),
        ("Euler a", "Automatic", "euler_a karras", ()),
        ("default", "default", "NONE", ()),
        ("Nonsense", "Karras", "NONE karras", ("does not know the sampler “Nonsense”",)),
        ("Euler a", "Nonsense", "euler_a", ("does not know the schedule “Nonsense”",)),
        ("Euler a", "Karras", "heun simple", ("“heun” instead of “Euler a”", "“simple” instead of “Karras”")),
    ],
)
def test_sd_cpp_writes_the_schedule_behind_the_sampler(
    sampler: str, schedule: str, wrote: str, told: tuple[str, ...]
) -> None:
    made = image(recipe=f"Sampler: {wrote}, Version: stable-diffusion.cpp")
    found = notes(replace(REQUEST, sampler_name=sampler, scheduler=schedule), made)
    assert len(found) == len(told)
    assert all(part in note for part, note in zip(told, found, strict=True))


def test_seeds() -> None:
    """sd.cpp takes no seed of 2³¹ and more."""
    made = replace(image(), seed=5)
    assert notes(replace(REQUEST, seed=2**31), made) == ["The endpoint used the seed 5 instead of 2147483648."]
    assert notes(replace(REQUEST, seed=5), made, replace(image(), seed=6)) == []
    assert notes(replace(REQUEST, seed=5), image()) == []


def test_vaes() -> None:
    request = replace(REQUEST, vae="sharp.pt")
    assert notes(request, sd_vae_name="sharp.pt") == []
    assert notes(request, sd_vae_name=None) == ["The endpoint used no VAE of its own instead of “sharp.pt”."]
    assert notes(request, sd_vae_name="soft.pt") == [
        "The endpoint used the VAE “soft.pt” instead of “sharp.pt”."
    ]
    assert notes(request) == []
    assert notes(replace(REQUEST, vae="Automatic"), sd_vae_name="soft.pt") == []


def test_counts() -> None:
    four = replace(REQUEST, batch_size=2, n_iter=2)
    assert notes(four, image(), image()) == ["2 of the 4 pictures asked for came."]
    assert notes(four, image(), interrupted=True) == ["It was stopped: 1 of the 4 pictures asked for came."]
    assert notes(REQUEST, image(), image()) == []


def test_sizes() -> None:
    assert notes(REQUEST, image(128, 64)) == ["The endpoint made 128×64 instead of 64×64 pixels."]
    assert notes(REQUEST, image(128, 64), interrupted=True) == []
    hires = replace(REQUEST, hires=Hires(scale=1.6))
    assert notes(hires, image(102, 102)) == []
    assert notes(hires, image(96, 96)) == []
    assert notes(hires, image(64, 64)) != []
    grid = replace(image(512, 512), role="grid")
    assert notes(REQUEST, grid, image()) == []


def test_an_only_masked_picture_has_the_size_of_its_source() -> None:
    source = InputImage("a", 300, 200)
    request = replace(REQUEST, img2img=Img2Img(source, inpaint=Inpaint(source, only_masked=True)))
    assert notes(request, image(300, 200)) == []
    assert notes(request, image(64, 64)) == ["The endpoint made 64×64 instead of 300×200 pixels."]
