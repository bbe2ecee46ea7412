"""From the small sampled picture to one of the asked size, with the painter's own detail.

The denoiser's last weights say which painted pictures each part came from; the same parts of the same pictures,
painted large, are laid together, and what they lack of the sampled picture's colours is added. Arrays are planar.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from sdstudio.practice.noise import Array, generator
from sdstudio.practice.painting.picture_set import PictureSet

_ENOUGH, _MOST_PICTURES = 0.97, 7
_LARGEST_AREA = 768 * 768  # what is painted; larger results are enlarged from it
_GRAIN = 0.014
_COARSE = 3


@dataclass(frozen=True, slots=True)
class Kept:
    """A source picture at full size and how much of each pixel of the small picture is its."""

    source: Array
    share: Array


@dataclass(frozen=True, slots=True)
class Enlarger:
    """Brings one run's small pictures to size."""

    pictures: PictureSet
    width: int
    height: int
    seed: int
    kept: Kept | None = None

    def enlarged(self, small: Array, weights: Array) -> Array:
        """The picture (3, h, w) as (3, height, width) in −1…1; `weights` (count, h, w) say where it is from."""
        wrap = self.pictures.tiled
        part = min(1.0, (_LARGEST_AREA / (self.width * self.height)) ** 0.5)
        large = self._laid(weights, round(self.width * part), round(self.height * part))
        if part < 1:
            large = _sharpened(resized(large, self.width, self.height, Image.Resampling.LANCZOS, wrap=wrap))
        large += self._grain()
        if self.kept:
            share = resized(self.kept.share[None], self.width, self.height, Image.Resampling.BILINEAR)
            large += (self.kept.source - large) * share
        lacking = small - resized(large, small.shape[2], small.shape[1], Image.Resampling.BOX)
        across, down = (max(2, round(side / _COARSE)) for side in (small.shape[2], small.shape[1]))
        colours = resized(lacking, across, down, Image.Resampling.BOX)  # finer differences are the small size's
        large += resized(colours, self.width, self.height, Image.Resampling.BICUBIC, wrap=wrap)
        return large

    def _laid(self, weights: Array, across: int, down: int) -> Array:
        """The parts of the large pictures, blended where they meet."""
        totals = weights.sum(axis=(1, 2))
        used = np.argsort(-totals)[:_MOST_PICTURES]
        enough = np.cumsum(totals[used]) < _ENOUGH * totals.sum()
        used = used[: int(enough.sum()) + 1]
        how = Image.Resampling.BILINEAR
        shares = resized(weights[used], across, down, how, wrap=self.pictures.tiled) ** 2 + np.float32(1e-6)
        shares /= shares.sum(axis=0)
        large = np.zeros((3, down, across), np.float32)
        for share, place in zip(shares, used.tolist(), strict=True):
            large += share * planar(self.pictures.large(place, across, down))
        return large

    def _grain(self) -> Array:
        """The tooth of the paper, the same for equal seeds."""
        chance = generator(self.seed, 77)
        tooth = chance.standard_normal((1, self.height, self.width), dtype=np.float32)
        return tooth * np.float32(_GRAIN)


def planar(pixels: NDArray[np.uint8]) -> Array:
    """Bytes (height, width, 3) as −1…1 (3, height, width)."""
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)).astype(np.float32) / np.float32(127.5) - 1


def resized(bands: Array, width: int, height: int, how: Image.Resampling, *, wrap: bool = False) -> Array:
    """Planar bands at another size; with `wrap` the opposite edge is what lies beyond an edge."""
    high, across = int(bands.shape[1]), int(bands.shape[2])
    if (high, across) == (height, width):
        return bands
    rim = 4 if wrap else 0
    box = (rim, rim, rim + across, rim + high)
    padded = np.pad(bands, ((0, 0), (rim, rim), (rim, rim)), mode="wrap") if wrap else bands
    images = (Image.fromarray(np.ascontiguousarray(band, np.float32)) for band in padded)
    return np.stack([np.asarray(image.resize((width, height), how, box), np.float32) for image in images])


def _sharpened(bands: Array) -> Array:
    """Edges that enlarging made soft, drawn together again."""
    sharp: list[Array] = []
    for band in bands:
        image = Image.fromarray((np.clip(band + 1, 0, 2) * 127.5).astype(np.uint8))
        soft = np.asarray(image.filter(ImageFilter.GaussianBlur(1.6)), np.float32) / np.float32(127.5) - 1
        sharp.append(band + (band - soft) * np.float32(0.7))
    return np.stack(sharp)
