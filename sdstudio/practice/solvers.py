"""Update rules that follow the probability-flow ODE: no fresh noise, unless η asks DDIM for it.

Sources: Karras et al. 2022 (Euler, Heun, DPM2's midpoint), Liu et al. 2022 (PLMS), Katherine Crowson's k-diffusion
(LMS), Lu et al. 2022 (DPM-Solver++ 2M), Song et al. 2021 (DDIM), Chung et al. 2024 (CFG++), Zhao et al. 2023
(UniPC).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.polynomial import Polynomial

from sdstudio.practice.noise import Array
from sdstudio.practice.sampling import Run, State, ancestral_split, log_step


def euler(run: Run) -> Iterator[State]:
    """One slope per step."""
    x = run.x
    for sigma, target in run.steps():
        denoised = run.model.denoised(x, sigma)
        x = x + (x - denoised) * ((target - sigma) / sigma)
        yield State(x, denoised)


def heun_step(run: Run, x: Array, sigma: float, target: float) -> State:
    """One step with the mean of the slopes at both ends; the last step to 0 is Euler's."""
    denoised = run.model.denoised(x, sigma)
    slope = (x - denoised) / sigma
    ahead = x + slope * (target - sigma)
    if target == 0:
        return State(ahead, denoised)
    denoised = run.model.denoised(ahead, target)
    slope = (slope + (ahead - denoised) / target) / 2
    return State(x + slope * (target - sigma), denoised)


def heun(run: Run) -> Iterator[State]:
    """Second order, two slopes per step."""
    x = run.x
    for sigma, target in run.steps():
        state = heun_step(run, x, sigma, target)
        x = state.x
        yield state


def dpm2(run: Run) -> Iterator[State]:
    """Second order with one slope at the (log) middle of the step."""
    x = run.x
    for sigma, target in run.steps():
        denoised = run.model.denoised(x, sigma)
        x = midpoint(run, x, denoised, sigma, target)
        yield State(x, denoised)


def midpoint(run: Run, x: Array, denoised: Array, sigma: float, target: float) -> Array:
    """From `sigma` to `target` along the slope found half-way in log σ."""
    slope = (x - denoised) / sigma
    if target == 0:
        return x - slope * sigma
    middle = math.sqrt(sigma * target)
    half = x + slope * (middle - sigma)
    slope = (half - run.model.denoised(half, middle)) / middle
    return x + slope * (target - sigma)


def lms(run: Run, order: int = 4) -> Iterator[State]:
    """Linear multistep: the last slopes' interpolating polynomial, integrated over the step."""
    x = run.x
    levels: list[float] = run.sigmas.tolist()
    slopes: list[Array] = []
    for i, (sigma, target) in enumerate(run.steps()):
        denoised = run.model.denoised(x, sigma)
        slopes = [(x - denoised) / sigma, *slopes[: order - 1]]
        known = [levels[i - back] for back in range(len(slopes))]
        for slope, weight in zip(slopes, _lagrange_integrals(known, sigma, target), strict=True):
            x = x + weight * slope
        yield State(x, denoised)


def _lagrange_integrals(places: list[float], start: float, end: float) -> list[float]:
    """∫ from start to end of each Lagrange basis polynomial over `places`."""
    integrals: list[float] = []
    for chosen in places:
        others = [place for place in places if place != chosen]
        basis = math.prod((Polynomial([-o, 1]) / (chosen - o) for o in others), start=Polynomial([1]))
        whole = basis.integ()
        integrals.append(float(whole(end) - whole(start)))
    return integrals


def dpmpp_2m(run: Run) -> Iterator[State]:
    """Second-order multistep in λ on the denoised picture."""
    x, before, last_step = run.x, None, 0.0
    for sigma, target in run.steps():
        denoised = run.model.denoised(x, sigma)
        if target == 0:
            x = denoised
        else:
            step = log_step(sigma, target)
            aim = denoised
            if before is not None:
                aim = denoised + (denoised - before) * (step / (2 * last_step))
            x = x * (target / sigma) - aim * math.expm1(-step)
            last_step = step
        before = denoised
        yield State(x, denoised)


def ddim(run: Run) -> Iterator[State]:
    """Song et al.'s step; with η > 0 part of the noise is drawn afresh. In these terms it is Euler's."""
    eta = run.eta or 0.0
    x = run.x
    for sigma, target in run.steps():
        denoised = run.model.denoised(x, sigma)
        down, up = ancestral_split(sigma, target, eta)
        x = denoised + (x - denoised) * (down / sigma)
        if up:
            x = x + run.noise.draw() * up
        yield State(x, denoised)


def ddim_cfgpp(run: Run) -> Iterator[State]:
    """DDIM whose noise part comes from the unconditional answer, so that guidance stays near the pictures."""
    eta = run.eta or 0.0
    x = run.x
    for sigma, target in run.steps():
        denoised = run.model.denoised(x, sigma)
        down, up = ancestral_split(sigma, target, eta)
        x = denoised + (x - run.model.unguided()) * (down / sigma)
        if up:
            x = x + run.noise.draw() * up
        yield State(x, denoised)


_ADAMS_BASHFORTH = (
    (1.0,),
    (3 / 2, -1 / 2),
    (23 / 12, -16 / 12, 5 / 12),
    (55 / 24, -59 / 24, 37 / 24, -9 / 24),
)


def plms(run: Run) -> Iterator[State]:
    """Pseudo linear multistep: Adams-Bashforth weights on the noise estimates, started by one Heun-like step."""
    x = run.x
    estimates: list[Array] = []
    for sigma, target in run.steps():
        denoised = run.model.denoised(x, sigma)
        estimates = [(x - denoised) / sigma, *estimates[:3]]
        weights = _ADAMS_BASHFORTH[len(estimates) - 1]
        noise = sum((w * e for w, e in zip(weights, estimates, strict=True)), np.zeros_like(x))
        if len(estimates) == 1 and target > 0:
            ahead = x + noise * (target - sigma)
            noise = (noise + (ahead - run.model.denoised(ahead, target)) / target) / 2
        x = x + noise * (target - sigma)
        yield State(x, denoised)


def unipc(run: Run, order: int = 3) -> Iterator[State]:
    """Unified predictor-corrector (B₁(h) = h): each new answer also corrects the step that led to it."""
    x = run.x
    levels: list[float] = run.sigmas.tolist()
    answers: list[Array] = []
    corrected: tuple[Array, list[Array], int] | None = None
    for i, (sigma, target) in enumerate(run.steps()):
        denoised = run.model.denoised(x, sigma)
        if corrected is not None:
            before, known, used = corrected
            x = _unipc_step(before, known, levels[: i + 1], used, denoised)
        answers = [denoised, *answers[: order - 1]]
        if target == 0:
            x, corrected = denoised, None
        else:
            used = min(order, len(answers), len(levels) - 1 - i)
            corrected = (x, list(answers), used)
            x = _unipc_step(x, answers, levels[: i + 2], used, None)
        yield State(x, denoised)


def _unipc_step(x: Array, answers: list[Array], levels: list[float], order: int, newest: Array | None) -> Array:
    """From levels[-2] to levels[-1] with the `answers` (latest first) at levels[-2], levels[-3] …

    Without `newest` it predicts; with the model's answer at levels[-1] it corrects.
    """
    sigma, target = levels[-2], levels[-1]
    h = log_step(sigma, target)
    ratios = [log_step(sigma, levels[-2 - back]) / h for back in range(1, order)]
    slopes = [(answers[back] - answers[0]) / ratios[back - 1] for back in range(1, order)]
    if newest is not None:
        ratios.append(1.0)
        slopes.append(newest - answers[0])
    x = x * (target / sigma) - answers[0] * math.expm1(-h)
    for weight, slope in zip(_unipc_weights(ratios, h), slopes, strict=True):
        x = x + slope * (h * weight)
    return x


def _unipc_weights(ratios: list[float], h: float) -> list[float]:
    """Coefficients that match the exponential integrator's Taylor terms at the given places."""
    if len(ratios) <= 1:
        return [0.5] * len(ratios)  # the method's own choice for order 2's predictor and order 1's corrector
    terms: list[float] = []
    phi, factorial = math.expm1(-h) / -h - 1, 1
    for i in range(1, len(ratios) + 1):
        terms.append(phi * factorial / -h)
        factorial *= i + 1
        phi = phi / -h - 1 / factorial
    powers = np.vander(np.array(ratios), increasing=True).T
    weights: list[float] = np.linalg.solve(powers, np.array(terms)).tolist()
    return weights
