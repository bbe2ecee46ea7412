"""What every update rule shares: the run it works on, the state after a step, ancestral step sizes.

All rules work in k-diffusion's variance-exploding terms: x = picture + σ·noise, and the model answers with the
denoised picture. Rules stated in the literature for variance-preserving x are the same after x/√ᾱ.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from sdstudio.practice.noise import Array, BrownianPath, StepNoise
from sdstudio.practice.schedules import Levels


class Model(Protocol):
    """A denoiser with guidance applied."""

    def denoised(self, x: Array, sigma: float) -> Array:
        """The expected picture behind `x` at noise level `sigma`."""
        ...

    def unguided(self) -> Array:
        """The unconditional part of the last answer (for CFG++)."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """One picture's sampling: the start, the falling noise levels and its sources of noise.

    `eta` None leaves the amount of fresh noise to the rule's own default.
    """

    model: Model
    x: Array
    sigmas: Levels
    noise: StepNoise
    path: BrownianPath
    eta: float | None = None

    def steps(self) -> Iterator[tuple[float, float]]:
        """Pairs of noise levels from, to."""
        levels: list[float] = self.sigmas.tolist()
        return itertools.pairwise(levels)


@dataclass(frozen=True, slots=True)
class State:
    """After a step: the noisy picture and what the model last took it for."""

    x: Array
    denoised: Array


Rule = Callable[[Run], Iterator[State]]


def ancestral_split(sigma: float, target: float, eta: float) -> tuple[float, float]:
    """How far down to go from `sigma` and how much fresh noise then brings it up to `target`."""
    up = min(target, eta * math.sqrt(max(0.0, target**2 * (sigma**2 - target**2) / sigma**2)))
    return math.sqrt(target**2 - up**2), up


def log_step(sigma: float, target: float) -> float:
    """Step size in λ = −log σ."""
    return math.log(sigma / target)
