"""From the small sampled picture to one of the asked size, with the painter's own detail.

The denoiser's last weights say which painted pictures each part came from; the same parts of the same pictures,
painted large, are laid together, and what they lack of the sampled picture's colours is added.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sdstudio.practice.denoiser import LocalScore
from sdstudio.practice.noise import Array
from sdstudio.practice.painting.picture_set import PictureSet

Pixels = NDArray[np.uint8]

_LEVEL, _PATCH = 0.12, 5  # noise level and patch at which the origin of each part is asked
_MOST_PICTURES = 7
_LARGEST_AREA = 768 * 768  # what is painted; larger results are enlarged from it


@dataclass(frozen=True, slots=True)
class Kept:
    """A source picture (planar, full size) and how much of each pixel of the small picture is its."""

    source: Array
    share: Array


def enlarged(small: Array, score: LocalScore, pictures: PictureSet, width: int, height: int) -> Array:
    """The sampled picture (3, h, w) at (3, height, width), in −1…1."""
    part = min(1.0, (_LARGEST_AREA / (width * height)) ** 0.5)
    across, down = round(width * part), round(height * part)
    weights = score.weights(small, _LEVEL, _PATCH)
    used = np.argsort(-weights.sum(axis=(1, 2)))[:_MOST_PICTURES]
    shares = resized(weights[used], across, down, Image.Resampling.BILINEAR) ** 2 + np.float32(1e-6)
    shares /= shares.sum(axis=0)
    large = np.zeros((3, down, across), np.float32)
    for share, place in zip(shares, used.tolist(), strict=True):
        picture = pictures.large(place, across, down).transpose(2, 0, 1)
        large += share * (picture / np.float32(127.5) - 1)
    lacking = small - resized(large, small.shape[2], small.shape[1], Image.Resampling.BOX)
    large += resized(lacking, across, down, Image.Resampling.BICUBIC)
    return resized(large, width, height, Image.Resampling.LANCZOS)


def resized(bands: Array, width: int, height: int, how: Image.Resampling) -> Array:
    """Planar bands at another size."""
    if bands.shape[1:] == (height, width):
        return bands
    images = (Image.fromarray(np.ascontiguousarray(band)) for band in bands)
    return np.stack([np.asarray(image.resize((width, height), how), np.float32) for image in images])
