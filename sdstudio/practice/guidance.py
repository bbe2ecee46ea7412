"""What stands between the denoiser and the sampler: classifier-free guidance, the source of img2img, the mask.

Each is a model (`sampling.Model`); `Sourced` and `Masked` wrap another. One picture's run owns them. Arrays are
planar and of the working size; shares and masks are (height, width).
"""

from __future__ import annotations

import math

import numpy as np

from sdstudio.practice.denoiser import LocalScore, window
from sdstudio.practice.noise import Array
from sdstudio.practice.sampling import Model

_LEAST = 0.2
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
    fade = min(1.0, max(_LEAST, math.log(max(sigma, 1e-6) / 0.15) / math.log(10)))
    return 0.22 * math.log(scale) * fade


class Sourced:
    """The source of img2img as one more thing the denoiser knows: a share of its answer, place by place."""

    def __init__(self, model: Model, source: Array, share: Array) -> None:
        self._model = model
        self._source = source
        self._share = share

    def denoised(self, x: Array, sigma: float) -> Array:
        """The model's answer, as far as it does not keep to the source."""
        answer = self._model.denoised(x, sigma)
        return answer + (self._source - answer) * self._share

    def unguided(self) -> Array:
        """The unguided answer, likewise."""
        answer = self._model.unguided()
        return answer + (self._source - answer) * self._share


def kept_share(source: Array, score: LocalScore, sigma: float, strength: float) -> Array:
    """How far each place keeps to the source, 0…1.

    A network knows all kinds of pictures, this denoiser only its set. So what the set can't account for at the
    starting noise stays the source's, the more so the lower the strength; at strength 1 nothing stays.
    """
    missed = ((score.denoised(source, sigma) - source) ** 2).mean(axis=0)
    height, width = missed.shape
    rows, columns = window(height, 9, False), window(width, 9, False)  # noqa: FBT003 - positional for the cache
    around = (rows @ missed @ columns) / (rows.sum(axis=1)[:, None] * columns.sum(axis=0)[None, :])
    patience = 0.9 * strength**1.5
    foreign = 1 / (1 + np.exp((patience - np.sqrt(around)) / (0.25 * patience + 1e-3)))
    return (foreign * (1 - strength**1.5)).astype(np.float32)


class Masked:
    """Inpainting: outside the mask the answer is the source."""

    def __init__(self, model: Model, source: Array, mask: Array) -> None:
        self._model = model
        self._source = source
        self._mask = mask

    def denoised(self, x: Array, sigma: float) -> Array:
        """The model's answer where the mask is 1."""
        return self._source + (self._model.denoised(x, sigma) - self._source) * self._mask

    def unguided(self) -> Array:
        """The unguided answer, likewise."""
        return self._source + (self._model.unguided() - self._source) * self._mask
