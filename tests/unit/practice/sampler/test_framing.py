"""Resize modes, mask boxes, upscalers."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from sdstudio.practice.framing import framed, mask_box, opaque
from sdstudio.practice.inpainting import filled
from sdstudio.practice.upscale import EDGES, LATENT_MODES, UPSCALERS, UnknownUpscaler, upscale


def halves(width: int, height: int) -> Image.Image:
    """Left half red, right half blue."""
    picture = Image.new("RGB", (width, height), (255, 0, 0))
    picture.paste((0, 0, 255), (width // 2, 0, width, height))
    return picture


def test_crop_cuts_the_sides_and_fill_repeats_the_edges() -> None:
    wide = halves(200, 50)
    assert framed(wide, 100, 100, 1).getpixel((2, 50)) == (255, 0, 0)
    filled_up = framed(wide, 100, 100, 2)
    assert filled_up.getpixel((2, 2)) == (255, 0, 0)
    assert filled_up.getpixel((97, 97)) == (0, 0, 255)


def test_transparency_lies_on_white() -> None:
    assert opaque(Image.new("RGBA", (4, 4), (0, 0, 0, 0))).getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("aspect", [0.5, 1.0, 3.0])
def test_the_mask_s_box_takes_padding_and_the_aspect_within_the_picture(aspect) -> None:
    mask = Image.new("L", (200, 120))
    mask.paste(255, (10, 20, 40, 60))
    box = mask_box(mask, 8, aspect)
    assert box is not None
    left, top, right, bottom = box
    assert (left, top) <= (2, 12)
    assert right >= 48
    assert bottom >= 68
    assert 0 <= left < right <= 200
    assert 0 <= top < bottom <= 120
    assert (right - left) / (bottom - top) == pytest.approx(aspect, rel=0.4 if aspect < 1 else 0.05)


def test_an_empty_mask_has_no_box() -> None:
    assert mask_box(Image.new("L", (20, 20)), 4, 1.0) is None


def test_a_hole_is_filled_with_the_colours_about_it() -> None:
    picture, mask = halves(64, 64), Image.new("L", (64, 64))
    picture.paste((0, 255, 0), (20, 20, 44, 44))
    mask.paste(255, (20, 20, 44, 44))
    whole = np.asarray(filled(picture, mask), float)
    assert whole[30, 22, 0] > 180 > 80 > whole[30, 22, 1]
    assert whole[30, 41, 2] > 180 > 80 > whole[30, 41, 1]
    assert np.array_equal(whole[:18], np.asarray(picture, float)[:18])


@pytest.mark.parametrize(
    "name", [entry.name for entry in UPSCALERS if entry.name != "None"] + list(LATENT_MODES)
)
def test_upscalers_enlarge_and_keep_the_picture(name) -> None:
    small = halves(40, 30)
    large = upscale(small, (100, 75), name)
    assert large.size == (100, 75)
    assert large.getpixel((10, 40)) == (255, 0, 0)
    assert large.getpixel((90, 40)) == (0, 0, 255)


def test_none_leaves_the_size_and_unknown_names_are_told() -> None:
    assert upscale(halves(8, 8), (64, 64), "None").size == (8, 8)
    with pytest.raises(UnknownUpscaler, match="could not find upscaler named R-ESRGAN"):
        upscale(halves(8, 8), (64, 64), "R-ESRGAN 4x+")


def test_own_upscaler_is_crisper_than_bicubic_without_halos() -> None:
    small = Image.new("L", (32, 32), 60)
    small.paste(190, (16, 0, 32, 32))
    crisp = np.asarray(upscale(small.convert("RGB"), (128, 128), EDGES), int)[64, :, 0]
    plain = np.asarray(small.resize((128, 128), Image.Resampling.BICUBIC), int)[64]
    assert np.abs(np.diff(crisp)).max() > np.abs(np.diff(plain)).max()
    assert crisp.min() >= 59
    assert crisp.max() <= 191
