"""DPM-Solver's single steps of order 1 to 3 and the two samplers built on them: "fast" and "adaptive".

Source: Lu et al. 2022, "DPM-Solver" (the adaptive error control is k-diffusion's PID one with its defaults).
Both ignore the schedule but for its ends, and stop at the model's lowest σ, not at 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from sdstudio.practice.noise import Array
from sdstudio.practice.sampling import Run, State, ancestral_split, log_step
from sdstudio.practice.schedules import SIGMA_MIN

_RELATIVE, _ABSOLUTE = 0.05, 0.0078
_FIRST_STEP = 0.05
_ACCEPTED = 0.81
_MOST_STEPS = 200  # the winners of a local score change abruptly; the controller must not crawl for ever

Estimate = Callable[[Array, float], Array]


def _estimate(run: Run) -> Estimate:
    """The model's noise estimate."""

    def noise(x: Array, sigma: float) -> Array:
        return (x - run.model.denoised(x, sigma)) / sigma

    return noise


def _first(x: Array, noise: Array, sigma: float, target: float) -> Array:
    return x + noise * (target - sigma)


def _second(x: Array, noise: Array, estimate: Estimate, sigma: float, target: float) -> Array:
    """Two estimates: at σ and half-way in λ."""
    h = log_step(sigma, target)
    inner = math.sqrt(sigma * target)
    change = estimate(_first(x, noise, sigma, inner), inner) - noise
    return _first(x, noise, sigma, target) - change * (target * math.expm1(h))


def _third(x: Array, noise: Array, estimate: Estimate, sigma: float, target: float) -> tuple[Array, Array]:
    """Three estimates at 0, 1/3 and 2/3 of the step; also the second-order answer, for the error."""
    h = log_step(sigma, target)
    near, far = sigma * math.exp(-h / 3), sigma * math.exp(-2 * h / 3)
    change = estimate(_first(x, noise, sigma, near), near) - noise
    lower = _first(x, noise, sigma, target) - change * (target * math.expm1(h) * 1.5)
    bend = far * 2 * (math.expm1(2 * h / 3) / (2 * h / 3) - 1)
    change = estimate(_first(x, noise, sigma, far) - change * bend, far) - noise
    return _first(x, noise, sigma, target) - change * (target * 1.5 * (math.expm1(h) / h - 1)), lower


def fast_orders(evaluations: int) -> list[int]:
    """The orders whose evaluations add up to `evaluations`, third order first."""
    thirds, rest = divmod(evaluations, 3)
    if rest == 0:
        return [*[3] * (thirds - 1), 2, 1]
    return [*[3] * thirds, rest]


def dpm_fast(run: Run) -> Iterator[State]:
    """As many model evaluations as steps, in equal steps of λ; η is 1 as in the web UI."""
    eta = 1.0 if run.eta is None else run.eta
    estimate, x = _estimate(run), run.x
    orders = fast_orders(len(run.sigmas) - 1)
    levels: list[float] = np.geomspace(float(run.sigmas[0]), SIGMA_MIN, len(orders) + 1).tolist()
    for order, sigma, target in zip(orders, levels[:-1], levels[1:], strict=True):
        down = max(SIGMA_MIN, ancestral_split(sigma, target, eta)[0])
        noise = estimate(x, sigma)
        denoised = x - noise * sigma
        if order == 1:
            x = _first(x, noise, sigma, down)
        elif order == 2:
            x = _second(x, noise, estimate, sigma, down)
        else:
            x = _third(x, noise, estimate, sigma, down)[0]
        x = x + run.noise.draw() * math.sqrt(max(0.0, target**2 - down**2))
        for _ in range(order):
            yield State(x, denoised)


def dpm_adaptive(run: Run) -> Iterator[State]:
    """Third order with a step size of its own choosing; the number of steps asked for is not used."""
    eta = 1.0 if run.eta is None else run.eta
    estimate, x = _estimate(run), run.x
    sigma, size, before = float(run.sigmas[0]), _FIRST_STEP, run.x
    for _ in range(_MOST_STEPS):
        target = max(SIGMA_MIN, sigma * math.exp(-size))
        down = max(SIGMA_MIN, ancestral_split(sigma, target, eta)[0])
        noise = estimate(x, sigma)
        high, low = _third(x, noise, estimate, sigma, down)
        factor = _step_factor(low, high, before)
        if factor >= _ACCEPTED:
            before = low
            denoised = x - noise * sigma
            x = high + run.noise.draw() * math.sqrt(max(0.0, target**2 - down**2))
            sigma = target
            yield State(x, denoised)
            if sigma <= SIGMA_MIN * (1 + 1e-5):
                return
        size *= factor


def _step_factor(low: Array, high: Array, before: Array) -> float:
    """By how much the next step may be longer, from the difference between the two orders."""
    scale = np.maximum(_ABSOLUTE, _RELATIVE * np.maximum(np.abs(low), np.abs(before)))
    error = float(np.sqrt(np.mean(((low - high) / scale) ** 2)))
    wanted = (1 / (error + 1e-8)) ** (1 / 3)
    return 1 + math.atan(wanted - 1)
