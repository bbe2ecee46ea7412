"""Gaussian noise from seeds: the starting picture, variation seeds and what stochastic samplers add.

Every array is float32 of shape (height, width, 3). Equal seeds give equal noise on any run; nothing here reads
a global generator or the clock.
"""

from __future__ import annotations

import bisect
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]  # float32 in fact; NumPy's stubs take array x Python float for float64
Shape = tuple[int, ...]

_STREAM_STEPS = 1
_STREAM_BROWNIAN = 2


def generator(seed: int, *stream: int) -> np.random.Generator:
    """A generator of its own for a seed of any size and a stream number; Philox is the same on every platform."""
    return np.random.Generator(np.random.Philox(np.random.SeedSequence((abs(seed), *stream))))


def starting_noise(shape: Shape, seed: int, subseed: int = 0, strength: float = 0.0) -> Array:
    """Unit noise of `seed`, turned towards `subseed`'s by `strength` 0…1 on the sphere (A1111's variation)."""
    noise = _normal(generator(seed), shape)
    if strength == 0:
        return noise
    return slerp(strength, noise, _normal(generator(subseed), shape))


def slerp(part: float, low: Array, high: Array) -> Array:
    """From `low` (part 0) to `high` (part 1) along the great circle, so that the noise keeps its variance."""
    cosine = float(np.sum(low * high) / (np.linalg.norm(low) * np.linalg.norm(high)))
    if cosine > 0.9995:
        return (low * (1 - part) + high * part).astype(np.float32)
    angle = math.acos(cosine)
    near, far = math.sin((1 - part) * angle), math.sin(part * angle)
    return ((near * low + far * high) / math.sin(angle)).astype(np.float32)


def _normal(source: np.random.Generator, shape: Shape) -> Array:
    return source.standard_normal(shape, dtype=np.float32)


class StepNoise:
    """Fresh unit noise for ancestral samplers, one draw after the other; belongs to one picture's run."""

    def __init__(self, shape: Shape, seed: int) -> None:
        self._shape = shape
        self._source = generator(seed, _STREAM_STEPS)

    def draw(self) -> Array:
        """The next unit noise."""
        return _normal(self._source, self._shape)


@dataclass(frozen=True, slots=True)
class _Point:
    time: float
    value: Array


class BrownianPath:
    """One Brownian path over σ, so that overlapping steps of an SDE sampler see the same randomness.

    Points asked for between known ones are drawn from the Brownian bridge. Belongs to one picture's run.
    """

    def __init__(self, shape: Shape, seed: int, low: float, high: float) -> None:
        self._shape = shape
        self._source = generator(seed, _STREAM_BROWNIAN)
        end = math.sqrt(high - low) * _normal(self._source, shape)
        self._points = [_Point(low, np.zeros(shape, np.float32)), _Point(high, end)]

    def between(self, start: float, end: float) -> Array:
        """The path's increment from σ `start` to σ `end`, scaled to unit variance."""
        difference = self._at(end) - self._at(start)
        return (difference / math.sqrt(abs(end - start))).astype(np.float32)

    def _at(self, time: float) -> Array:
        times = [point.time for point in self._points]
        place = bisect.bisect_left(times, time)
        if place < len(times) and times[place] == time:
            return self._points[place].value
        value = self._drawn(place, time)
        self._points.insert(place, _Point(time, value))
        return value

    def _drawn(self, place: int, time: float) -> Array:
        noise = _normal(self._source, self._shape)
        if place == 0:
            first = self._points[0]
            return first.value + np.float32(math.sqrt(first.time - time)) * noise
        if place == len(self._points):
            last = self._points[-1]
            return last.value + np.float32(math.sqrt(time - last.time)) * noise
        left, right = self._points[place - 1], self._points[place]
        part = (time - left.time) / (right.time - left.time)
        spread = math.sqrt((right.time - time) * part)
        return ((1 - part) * left.value + part * right.value + spread * noise).astype(np.float32)
