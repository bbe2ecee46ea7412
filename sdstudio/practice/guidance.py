"""What stands between the denoiser and the sampler: classifier-free guidance, the source of img2img, the mask.

Each wraps a model and is one itself (`sampling.Model`); one picture's run owns them. Arrays are planar.
"""

from __future__ import annotations

import math

import numpy as np

from sdstudio.practice.denoiser import LocalScore
from sdstudio.practice.noise import Array

_LIMIT = np.float32(1.04)  # pictures lie in −1…1


class Guided:
    """Classifier-free guidance between the prompt's set and the negative prompt's."""

    def __init__(self, prompted: LocalScore, other: LocalScore, scale: float) -> None:
        self._prompted = prompted
        self._other = other
        self._scale = scale
        self._unguided: Array = np.zeros(0, np.float32)

    def denoised(self, x: Array, sigma: float) -> Array:
        """The prompt's answer moved away from the other's, within the range of pictures."""
        wanted = self._prompted.denoised(x, sigma)
        other = self._other.denoised(x, sigma)
        self._unguided = other
        guided = wanted + (wanted - other) * np.float32(guidance_weight(self._scale, sigma))
        return np.clip(guided, -_LIMIT, _LIMIT)

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
