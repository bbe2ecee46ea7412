"""The analytic denoiser: the local score of a set of pictures.

After Kamb & Ganguli, "An analytic theory of creativity in convolutional diffusion models" (2024): a denoiser that
sees only a patch around each pixel answers, for the best of its knowledge, with Σ wᵢ·yᵢ where
wᵢ = softmaxᵢ(−‖patch(x) − patch(yᵢ)‖² / 2σ²). Patches shrink as σ falls, so the parts of a picture are decided
first together and then each for itself; that is what makes new pictures out of old ones.

The set falls into families (the same sitter, the same evening light). Which family it is the denoiser decides by
the whole picture, so that patches are mixed only where they fit each other.
Arrays are planar: pictures (count, 3, height, width), x (3, height, width), weights (count, height, width).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sdstudio.practice.noise import Array, Shape
from sdstudio.practice.schedules import SIGMA_MAX

_WIDE_AT, _NARROW_AT = 10.0, 0.1
_NEGLIGIBLE = 1e-3


@dataclass(frozen=True, slots=True)
class PatchWidths:
    """Patch widths: `wide`, a part of the picture's shorter side, at σ ≥ 10; `narrow` pixels at σ ≤ 0.1."""

    wide: float = 0.48
    narrow: int = 3

    def at(self, sigma: float, side: int) -> int:
        """The odd patch width in pixels at a noise level: in between, linear in log σ."""
        part = math.log(max(sigma, _NARROW_AT) / _NARROW_AT) / math.log(_WIDE_AT / _NARROW_AT)
        width = self.narrow + (self.wide * side - self.narrow) * min(1.0, part)
        return max(self.narrow, int(width) // 2 * 2 + 1)


class LocalScore:
    """The denoiser of one set of pictures. Immutable after construction: any thread may ask it."""

    def __init__(
        self, pictures: Array, families: NDArray[np.integer], widths: PatchWidths, *, wrap: bool
    ) -> None:
        """`families` numbers each picture's family, rising; `wrap` joins opposite edges for tiling."""
        self.pictures = pictures
        self._widths = widths
        self._wrap = wrap
        self._energy = np.einsum("nchw,nchw->nhw", pictures, pictures) / np.float32(2)
        edges = np.flatnonzero(np.diff(families, prepend=-1, append=-1)).tolist()
        self._families = [slice(start, end) for start, end in itertools.pairwise(edges)]

    def denoised(self, x: Array, sigma: float) -> Array:
        """The expected picture behind `x`."""
        width = self.width(x.shape, sigma)
        answer = np.zeros_like(x)
        for family, share in self._shares(x, sigma):
            weights = self._within(family, x, sigma, width)
            answer += np.einsum("nhw,nchw->chw", weights, self.pictures[family]) * np.float32(share)
        return answer

    def width(self, shape: Shape, sigma: float) -> int:
        """The patch width used at a noise level for pictures of a shape."""
        return self._widths.at(sigma, min(shape[1:]))

    def weights(self, x: Array, sigma: float, width: int) -> Array:
        """How much each picture explains each pixel's patch of `width`; sums to 1 over the pictures."""
        weights = np.zeros((len(self.pictures), *x.shape[1:]), np.float32)
        for family, share in self._shares(x, sigma):
            weights[family] = self._within(family, x, sigma, width) * np.float32(share)
        return weights

    def _shares(self, x: Array, sigma: float) -> list[tuple[slice, float]]:
        """The families that may be behind `x`, with their probabilities."""
        distances = self._energy_part(sigma) * self._energy.sum(axis=(1, 2)) - np.einsum(
            "nchw,chw->n", self.pictures, x
        )
        evidence = -distances.astype(np.float64) / _squared(sigma)
        whole = np.array([np.logaddexp.reduce(evidence[family]) for family in self._families])
        shares = np.exp(whole - np.logaddexp.reduce(whole))
        shares[shares < _NEGLIGIBLE] = 0
        shares /= shares.sum()
        return [(family, float(share)) for family, share in zip(self._families, shares, strict=True) if share]

    def _within(self, family: slice, x: Array, sigma: float, width: int) -> Array:
        """Softmax over the pictures of one family, each pixel by its patch."""
        # ‖x−y‖²/2 less ‖x‖²/2, which is the same for all pictures
        distance = self._energy_part(sigma) * self._energy[family]
        distance -= np.einsum("nchw,chw->nhw", self.pictures[family], x)
        height, across = x.shape[1:]
        summed = window(height, width, self._wrap) @ distance @ window(across, width, self._wrap)
        summed *= np.float32(-1 / _squared(sigma))
        summed -= summed.max(axis=0)
        np.exp(summed, out=summed)
        summed /= summed.sum(axis=0)
        return summed

    def _energy_part(self, sigma: float) -> np.float32:
        """How much of ‖y‖² counts: all, but for σ near the start.

        Sampling starts from pure noise, not from a picture noised to the highest level; taken for one it would
        always point to the palest picture.
        """
        return np.float32(max(0.0, 1 - (sigma / SIGMA_MAX) ** 2))


def _squared(sigma: float) -> float:
    return max(sigma, 1e-3) ** 2


@lru_cache(maxsize=256)
def window(length: int, width: int, wrap: bool) -> Array:  # noqa: FBT001 - positional for the cache
    """A symmetric banded matrix that sums each row's or column's neighbourhood of `width` pixels."""
    places = np.arange(length)
    apart = np.abs(places[:, None] - places[None, :])
    if wrap:
        apart = np.minimum(apart, length - apart)
    return (apart <= width // 2).astype(np.float32)
