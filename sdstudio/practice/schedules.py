"""Noise levels: σ per step, falling from `SIGMA_MAX` to 0, by the schedules AUTOMATIC1111 1.10 lists.

The σ of a timestep are those of Stable Diffusion 1.5 (1000 steps, scaled linear β). Which sampler uses which
schedule by default is `samplers`' business.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.float64]

TIMESTEPS = 1000


def _model_levels() -> Levels:
    betas = np.linspace(math.sqrt(0.00085), math.sqrt(0.012), TIMESTEPS) ** 2
    kept = np.cumprod(1 - betas)
    return np.sqrt((1 - kept) / kept)


MODEL_LEVELS = _model_levels()  # rising, by timestep
_LOG_LEVELS = np.log(MODEL_LEVELS)
SIGMA_MIN = float(MODEL_LEVELS[0])
SIGMA_MAX = float(MODEL_LEVELS[-1])

# Sabour, Fidler & Kreis, "Align Your Steps" (2024): ten optimised steps for Stable Diffusion 1.5.
_ALIGNED = (14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029)


def sigma_of(timestep: Levels | float) -> Levels:
    """σ of fractional timesteps 0…999, interpolated in log σ."""
    return np.exp(np.interp(timestep, np.arange(TIMESTEPS), _LOG_LEVELS))


def timestep_of(sigma: float) -> float:
    """The fractional timestep whose σ this is; clipped to the model's range."""
    return float(np.interp(math.log(sigma), _LOG_LEVELS, np.arange(TIMESTEPS)))


def _ended(levels: Levels) -> Levels:
    return np.append(levels, 0.0)


def uniform(steps: int) -> Levels:
    """Evenly spaced timesteps, both ends included: what "Automatic" means for most samplers."""
    return _ended(sigma_of(np.linspace(TIMESTEPS - 1, 0, steps)))


def karras(steps: int) -> Levels:
    """Karras et al. 2022, eq. 5, over the model's range."""
    return karras_between(steps, SIGMA_MIN, SIGMA_MAX)


def karras_between(steps: int, sigma_min: float, sigma_max: float, rho: float = 7.0) -> Levels:
    """`steps` levels evenly spaced in σ^(1/ρ), then 0."""
    low, high = sigma_min ** (1 / rho), sigma_max ** (1 / rho)
    return _ended((high + np.linspace(0, 1, steps) * (low - high)) ** rho)


def exponential(steps: int) -> Levels:
    """Evenly spaced in log σ."""
    return polyexponential(steps)


def polyexponential(steps: int, rho: float = 1.0) -> Levels:
    """Spaced in log σ by a power; 1 is `exponential`."""
    ramp = np.linspace(1, 0, steps) ** rho
    return _ended(np.exp(ramp * math.log(SIGMA_MAX / SIGMA_MIN) + math.log(SIGMA_MIN)))


def sgm_uniform(steps: int) -> Levels:
    """Evenly spaced timesteps without the last, as in Stability's generative-models."""
    return _ended(sigma_of(np.linspace(TIMESTEPS - 1, 0, steps + 1)[:-1]))


def kl_optimal(steps: int) -> Levels:
    """Sabour et al. 2024: evenly spaced in arctan σ. Ends at `SIGMA_MIN`, not 0, as in the web UI."""
    return np.tan(np.linspace(math.atan(SIGMA_MAX), math.atan(SIGMA_MIN), steps + 1))


def align_your_steps(steps: int) -> Levels:
    """The optimised ten steps, interpolated in log σ for other counts."""
    places = np.linspace(0, len(_ALIGNED) - 1, steps)
    return _ended(np.exp(np.interp(places, np.arange(len(_ALIGNED)), np.log(_ALIGNED))))


def simple(steps: int) -> Levels:
    """Every (1000/steps)th model level, counted from the noisiest."""
    places = (np.arange(steps) * (TIMESTEPS / steps)).astype(int)
    return _ended(MODEL_LEVELS[TIMESTEPS - 1 - places])


def ddim(steps: int) -> Levels:
    """The timesteps DDIM was published with: 1 + i·1000/steps."""
    places = 1 + (np.arange(steps) * (TIMESTEPS / steps)).astype(int)
    return _ended(MODEL_LEVELS[np.minimum(places, TIMESTEPS - 1)][::-1])


def beta(steps: int, shape: float = 0.6) -> Levels:
    """Lee et al. 2024, "Beta Sampling is All You Need": quantiles of Beta(0.6, 0.6), dense at both ends."""
    angle = np.linspace(0, math.pi / 2, 20001)  # t = sin² angle makes the density finite
    density = (np.sin(angle) * np.cos(angle)) ** (2 * shape - 1)
    mass = np.concatenate(([0.0], np.cumsum((density[1:] + density[:-1]) / 2)))
    angles = np.interp(1 - np.linspace(0, 1, steps), mass / mass[-1], angle)
    return _ended(SIGMA_MIN + np.sin(angles) ** 2 * (SIGMA_MAX - SIGMA_MIN))


@dataclass(frozen=True, slots=True)
class SchedulerEntry:
    """One line of the schedulers list; `make` is None for Automatic, whose choice is the sampler's."""

    name: str
    label: str
    aliases: tuple[str, ...] = ()
    default_rho: float = -1.0
    need_inner_model: bool = False
    make: Callable[[int], Levels] | None = None


AUTOMATIC = SchedulerEntry("automatic", "Automatic")

SCHEDULERS: tuple[SchedulerEntry, ...] = (
    AUTOMATIC,
    SchedulerEntry("uniform", "Uniform", need_inner_model=True, make=uniform),
    SchedulerEntry("karras", "Karras", default_rho=7.0, make=karras),
    SchedulerEntry("exponential", "Exponential", make=exponential),
    SchedulerEntry("polyexponential", "Polyexponential", default_rho=1.0, make=polyexponential),
    SchedulerEntry("sgm_uniform", "SGM Uniform", ("SGMUniform",), need_inner_model=True, make=sgm_uniform),
    SchedulerEntry("kl_optimal", "KL Optimal", make=kl_optimal),
    SchedulerEntry("align_your_steps", "Align Your Steps", make=align_your_steps),
    SchedulerEntry("simple", "Simple", need_inner_model=True, make=simple),
    SchedulerEntry("normal", "Normal", need_inner_model=True, make=uniform),
    SchedulerEntry("ddim", "DDIM", need_inner_model=True, make=ddim),
    SchedulerEntry("beta", "Beta", need_inner_model=True, make=beta),
)

_BY_NAME = {key: entry for entry in SCHEDULERS for key in (entry.name, entry.label, *entry.aliases)}


def scheduler_named(name: str | None) -> SchedulerEntry:
    """By name or label; anything unknown is Automatic, silently, as the web UI does."""
    return _BY_NAME.get(name or "", AUTOMATIC)
