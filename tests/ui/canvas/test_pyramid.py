"""Smaller levels: right sizes, no seams, chosen so that nothing is enlarged needlessly."""

from __future__ import annotations

import pytest
from PIL import Image
from PySide6.QtGui import QImage

from sdstudio.ui.canvas.pyramid import flat, pyramid


def noise(width: int, height: int) -> QImage:
    picture = Image.effect_noise((width, height), 60).convert("RGB")
    return QImage(picture.tobytes("raw", "BGRX"), width, height, width * 4, QImage.Format.Format_RGB32).copy()


def test_levels_halve_down_to_a_useful_size() -> None:
    made = pyramid(noise(2048, 1300))

    assert [(level.width(), level.height()) for level in made.levels] == [
        (2048, 1300),
        (1024, 650),
        (512, 325),
        (256, 162),
    ]
    assert made.bytes_held == 4 * (2048 * 1300 + 1024 * 650 + 512 * 325 + 256 * 162)


def test_a_long_strip_never_reaches_height_nought() -> None:
    made = pyramid(noise(9000, 1))

    assert all(level.height() == 1 for level in made.levels)
    assert made.levels[-1].width() < 512


def test_each_level_is_the_mean_of_the_one_below() -> None:
    made = pyramid(noise(1024, 1026))  # several bands high
    full, half = made.levels[0], made.levels[1]
    for y in range(0, 513, 7):
        four = [full.pixelColor(2 * 300 + dx, 2 * y + dy).green() for dx in (0, 1) for dy in (0, 1)]
        assert half.pixelColor(300, y).green() == pytest.approx(sum(four) / 4, abs=2)


def test_the_level_for_a_zoom_is_the_smallest_that_is_large_enough() -> None:
    made = pyramid(noise(2048, 2048))

    assert [made.level_for(zoom).width() for zoom in (3, 1, 0.6, 0.5, 0.3, 0.25, 0.01)] == [
        2048,
        2048,
        2048,
        1024,
        1024,
        512,
        256,
    ]


def test_a_flat_one_has_but_itself() -> None:
    assert flat(noise(2048, 9)).level_for(0.01).width() == 2048
