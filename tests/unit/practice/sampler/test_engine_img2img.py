"""img2img and inpainting by the engine."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from sdstudio.practice.engine import Recipe, paint, pass_steps

from .conftest import Watching, distance


def repainted(source: Image.Image, **changes) -> Image.Image:
    recipe = {"prompt": "landscape", "width": 128, "height": 128, "steps": 12, "seed": 3} | changes
    return paint(Recipe(init=source, **recipe), Watching())


@pytest.fixture(scope="module")
def own() -> Image.Image:
    """A picture of the denoiser's own."""
    return paint(Recipe(prompt="landscape", width=128, height=128, steps=12, seed=8), Watching())


@pytest.fixture
def hole() -> Image.Image:
    mask = Image.new("L", (128, 128))
    ImageDraw.Draw(mask).rectangle((40, 44, 87, 91), fill=255)
    return mask


@pytest.mark.parametrize(
    ("steps", "strength", "real"), [(30, 0.2, 7), (20, 0.75, 16), (20, 1.0, 20), (25, 0.0, 1), (10, 0.55, 6)]
)
def test_the_strength_s_share_of_the_steps_is_taken(steps, strength, real) -> None:
    recipe = Recipe(
        init=Image.new("RGB", (64, 64)), steps=steps, denoising_strength=strength, width=64, height=64
    )
    assert pass_steps(recipe) == (real,)
    watch = Watching()
    paint(recipe, watch)
    assert watch.seen[-1] == (real, real)


def test_low_strength_keeps_a_foreign_picture_and_high_does_not(foreign) -> None:
    away = {
        strength: distance(foreign, repainted(foreign, denoising_strength=strength))
        for strength in (0.0, 0.2, 0.5, 0.9)
    }
    assert away[0.0] < 4
    assert away[0.2] < 10
    assert away[0.2] < away[0.5] < away[0.9]
    assert away[0.9] > 40


def test_low_strength_keeps_an_own_picture_and_high_does_not(own) -> None:
    low, high = (distance(own, repainted(own, denoising_strength=strength)) for strength in (0.2, 1.0))
    assert low < 8
    assert high > 2 * low


def test_details_of_the_source_survive_low_strength(foreign) -> None:
    """Stripes finer than the working size's pixels are still there."""
    striped = np.asarray(Image.new("RGB", (256, 256), (120, 130, 140))).copy()
    striped[:, ::2] += 60
    kept = np.asarray(repainted(Image.fromarray(striped), width=256, height=256, denoising_strength=0.2), float)
    contrast = (kept[:, ::2] - kept[:, 1::2]).mean()
    assert contrast > 45


def test_img2img_repeats_and_seeds_differ(foreign) -> None:
    first = repainted(foreign, denoising_strength=0.8)
    assert first.tobytes() == repainted(foreign, denoising_strength=0.8).tobytes()
    assert distance(first, repainted(foreign, denoising_strength=0.8, seed=4)) > 1


@pytest.mark.parametrize("mode", range(4))
def test_resize_modes_give_the_asked_size(foreign, mode) -> None:
    wide = foreign.resize((200, 80))
    assert repainted(wide, resize_mode=mode, denoising_strength=0.1).size == (128, 128)


def test_crop_and_fill_differ_from_stretching(foreign) -> None:
    wide = foreign.resize((256, 96))
    pictures = [repainted(wide, resize_mode=mode, denoising_strength=0.0) for mode in (0, 1, 2)]
    assert min(distance(pictures[0], pictures[1]), distance(pictures[0], pictures[2])) > 10


@pytest.mark.parametrize("only_masked", [False, True])
@pytest.mark.parametrize("blur", [0, 4])
def test_what_the_mask_leaves_out_is_untouched_to_the_pixel(foreign, hole, only_masked, blur) -> None:
    result = repainted(
        foreign, mask=hole, mask_blur=blur, inpaint_full_res=only_masked, padding=16, denoising_strength=1
    )
    changed = (np.asarray(result) != np.asarray(foreign)).any(axis=2)
    reach = 4 * blur  # where the blurred mask has faded to nothing
    outside = np.ones((128, 128), bool)
    outside[44 - reach : 92 + reach, 40 - reach : 88 + reach] = False
    assert not changed[outside].any()
    assert changed[50:86, 46:82].mean() > 0.95


def test_an_inverted_mask_repaints_the_rest(foreign, hole) -> None:
    result = repainted(foreign, mask=hole, mask_blur=0, mask_invert=True, denoising_strength=1)
    changed = (np.asarray(result) != np.asarray(foreign)).any(axis=2)
    assert not changed[45:91, 41:87].any()
    assert changed[:40].mean() > 0.95


def test_an_empty_mask_with_only_masked_is_plain_img2img(foreign) -> None:
    nothing = Image.new("L", (128, 128))
    masked = repainted(foreign, mask=nothing, inpaint_full_res=True, denoising_strength=0.6)
    assert masked.tobytes() == repainted(foreign, denoising_strength=0.6).tobytes()


def test_only_masked_keeps_the_source_s_size(foreign, hole) -> None:
    large, mask = foreign.resize((256, 192)), hole.resize((256, 192))
    assert repainted(large, mask=mask, inpaint_full_res=True).size == (256, 192)
    assert repainted(large, mask=mask, inpaint_full_res=False).size == (128, 128)


def test_fills_start_from_different_things(foreign, hole) -> None:
    inside = (50, 54, 78, 82)
    results = {
        fill: repainted(foreign, mask=hole, inpainting_fill=fill, denoising_strength=0.2).crop(inside)
        for fill in range(4)
    }
    source = foreign.crop(inside)
    assert distance(results[1], source) < 12
    assert min(distance(results[fill], source) for fill in (0, 2, 3)) > 3 * distance(results[1], source)


def test_an_interrupted_inpainting_still_leaves_the_rest_alone(foreign, hole) -> None:
    recipe = Recipe(
        prompt="cat", init=foreign, mask=hole, mask_blur=0, width=128, height=128, denoising_strength=1
    )
    result = paint(recipe, Watching(stop_after=2))
    changed = (np.asarray(result) != np.asarray(foreign)).any(axis=2)
    assert not changed[:44].any()
    assert changed[50:86, 46:82].any()


def test_transparency_and_odd_modes_are_taken(foreign) -> None:
    clear = foreign.convert("RGBA")
    clear.putalpha(128)
    for source in (clear, foreign.convert("L"), foreign.convert("P")):
        assert repainted(source, denoising_strength=0.1, steps=4).mode == "RGB"
