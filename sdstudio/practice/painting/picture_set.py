"""The pictures a theme stands for, at the size the denoiser works and at the size of the result."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sdstudio.practice.noise import Array, generator
from sdstudio.practice.words import Theme

Pixels = NDArray[np.uint8]


def paint_picture(theme: Theme, index: int, width: int, height: int) -> Pixels:
    """Picture `index` of the theme's set, (height, width, 3)."""
    source = generator(theme.number, index)
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    top, bottom, ground = (source.uniform(20, 235, 3).astype(np.float32) for _ in range(3))
    sky = top + (bottom - top) * rows
    columns = np.linspace(0, 6, width, dtype=np.float32)[None, :, None]
    hills = 0.55 + 0.1 * np.sin(columns * source.uniform(0.5, 1.5) + source.uniform(0, 6))
    picture = np.where(rows > hills, ground, sky)
    return np.clip(picture, 0, 255).astype(np.uint8)


def low_set(theme: Theme, count: int, width: int, height: int) -> Array:
    """All pictures, planar in −1…1: (count, 3, height, width)."""
    pictures = np.stack([paint_picture(theme, i, width, height) for i in range(count)])
    return np.ascontiguousarray(pictures.transpose(0, 3, 1, 2)).astype(np.float32) / np.float32(127.5) - 1


def resized(pixels: Pixels, width: int, height: int) -> Pixels:
    """The picture at another size."""
    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.LANCZOS))
