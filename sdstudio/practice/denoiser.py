"""The analytic denoiser: the local score of a set of pictures, and guidance between two sets.

After Kamb & Ganguli, "An analytic theory of creativity in convolutional diffusion models" (2024): a denoiser that
sees only a patch around each pixel answers, for the best of its knowledge, with Σ wᵢ·yᵢ where
wᵢ = softmaxᵢ(−‖patch(x) − patch(yᵢ)‖² / 2σ²). Patches shrink as σ falls, so the parts of a picture are decided
first together and then each for itself; that is what makes new pictures out of old ones.
Arrays are planar: pictures (count, 3, height, width), x (3, height, width), weights (count, height, width).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sdstudio.practice.noise import Array


@dataclass(frozen=True, slots=True)
class PatchWidths:
    """Patch width as a part of the picture's shorter side: `wide` at σ ≥ 10, `narrow` pixels at σ ≤ 0.1."""

    wide: float = 0.48
    narrow: int = 3

    def at(self, sigma: float, side: int) -> int:
        """The odd patch width in pixels at a noise level."""
        part = min(1.0, max(0.0, math.log(max(sigma, 1e-6) / 0.1) / math.log(100)))
        width = self.narrow + (self.wide * side - self.narrow) * part**1.5
        return max(self.narrow, int(width) // 2 * 2 + 1)


class LocalScore:
    """The denoiser of one set of pictures. Immutable after construction: any thread may ask it."""

    def __init__(self, pictures: Array, widths: PatchWidths, *, wrap: bool = False) -> None:
        self.pictures = pictures
        self._widths = widths
        self._wrap = wrap
        self._energy = np.einsum("nchw,nchw->nhw", pictures, pictures) / np.float32(2)

    def denoised(self, x: Array, sigma: float) -> Array:
        """The expected picture behind `x`."""
        return np.einsum("nhw,nchw->chw", self.weights(x, sigma), self.pictures)

    def weights(self, x: Array, sigma: float) -> Array:
        """How much each picture explains each pixel's surroundings; sums to 1 over the pictures."""
        height, width = x.shape[1:]
        patch = self._widths.at(sigma, min(height, width))
        # ‖x−y‖²/2 less ‖x‖²/2, which is the same for all pictures
        distance = self._energy - np.einsum("nchw,chw->nhw", self.pictures, x)
        summed = window(height, patch, self._wrap) @ distance @ window(width, patch, self._wrap)
        summed *= np.float32(-1 / max(sigma, 1e-3) ** 2)
        summed -= summed.max(axis=0)
        np.exp(summed, out=summed)
        summed /= summed.sum(axis=0)
        return summed


@lru_cache(maxsize=256)
def window(length: int, patch: int, wrap: bool) -> Array:  # noqa: FBT001 - positional for the cache
    """A symmetric banded matrix that sums each row's or column's neighbourhood of `patch` pixels."""
    places = np.arange(length)
    apart = np.abs(places[:, None] - places[None, :])
    if wrap:
        apart = np.minimum(apart, length - apart)
    return (apart <= patch // 2).astype(np.float32)


class Guided:
    """Classifier-free guidance between the prompt's set and the negative prompt's; one picture's run owns it."""

    def __init__(self, prompted: LocalScore, other: LocalScore, scale: float) -> None:
        self._prompted = prompted
        self._other = other
        self._scale = scale
        self._unguided: Array = np.zeros(0, np.float32)

    def denoised(self, x: Array, sigma: float) -> Array:
        """The prompt's answer moved away from the other's."""
        wanted = self._prompted.denoised(x, sigma)
        other = self._other.denoised(x, sigma)
        self._unguided = other
        return wanted + (wanted - other) * np.float32(guidance_weight(self._scale, sigma))

    def unguided(self) -> Array:
        """The other set's last answer."""
        return self._unguided


def guidance_weight(scale: float, sigma: float) -> float:
    """How much of the difference is added to the prompt's own answer.

    Painted pictures fill their range, so the full scale - 1 would burn them out: it grows like a logarithm above
    1, and fades where only details are left to decide (the guidance interval of Kynkäänniemi et al. 2024).
    """
    if scale <= 1:
        return scale - 1
    fade = min(1.0, max(0.0, math.log(max(sigma, 1e-6) / 0.15) / math.log(10)))
    return 0.22 * math.log(scale) * fade
