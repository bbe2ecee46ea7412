"""Update rules that add fresh noise on the way down: ancestral samplers, SDE solvers, Restart and LCM.

Sources: Katherine Crowson's k-diffusion (Euler a, DPM2 a), Lu et al. 2022 (DPM-Solver++: 2S, SDE,
2M SDE, 3M SDE), Xu et al. 2023 (Restart), Luo et al. 2023 (LCM). η is 1 unless the run says otherwise.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Literal

import numpy as np

from sdstudio.practice.noise import Array
from sdstudio.practice.sampling import Run, State, ancestral_split, log_step
from sdstudio.practice.schedules import Levels, karras_between
from sdstudio.practice.solvers import heun_step, midpoint


def _eta(run: Run) -> float:
    return 1.0 if run.eta is None else run.eta


def euler_ancestral(run: Run) -> Iterator[State]:
    """Euler past the target, then fresh noise up to it."""
    x = run.x
    for sigma, target in run.steps():
        denoised = run.model.denoised(x, sigma)
        down, up = ancestral_split(sigma, target, _eta(run))
        x = denoised + (x - denoised) * (down / sigma)
        if target > 0:
            x = x + run.noise.draw() * up
        yield State(x, denoised)


def dpm2_ancestral(run: Run) -> Iterator[State]:
    """The midpoint rule past the target, then fresh noise up to it."""
    x = run.x
    for sigma, target in run.steps():
        denoised = run.model.denoised(x, sigma)
        down, up = ancestral_split(sigma, target, _eta(run))
        x = midpoint(run, x, denoised, sigma, down)
        if target > 0:
            x = x + run.noise.draw() * up
        yield State(x, denoised)


def dpmpp_2s_ancestral(run: Run) -> Iterator[State]:
    """Second-order single step in λ past the target, then fresh noise up to it."""
    x = run.x
    for sigma, target in run.steps():
        denoised = run.model.denoised(x, sigma)
        down, up = ancestral_split(sigma, target, _eta(run))
        if down == 0:
            x = denoised
        else:
            step = log_step(sigma, down)
            middle = sigma * math.exp(-step / 2)
            half = x * (middle / sigma) - denoised * math.expm1(-step / 2)
            x = x * (down / sigma) - run.model.denoised(half, middle) * math.expm1(-step)
        if target > 0:
            x = x + run.noise.draw() * up
        yield State(x, denoised)


def dpmpp_sde(run: Run) -> Iterator[State]:
    """Second-order single step of the SDE, along one Brownian path."""
    x = run.x
    for sigma, target in run.steps():
        denoised = run.model.denoised(x, sigma)
        if target == 0:
            x = denoised
        else:
            middle = math.sqrt(sigma * target)
            half = _noised_step(run, x, denoised, sigma=sigma, target=middle)
            x = _noised_step(run, x, run.model.denoised(half, middle), sigma=sigma, target=target)
        yield State(x, denoised)


def _noised_step(run: Run, x: Array, aim: Array, *, sigma: float, target: float) -> Array:
    down, up = ancestral_split(sigma, target, _eta(run))
    moved = x * (down / sigma) + aim * (1 - down / sigma)
    return moved + run.path.between(sigma, target) * up


def dpmpp_2m_sde(run: Run, solver: Literal["midpoint", "heun"] = "midpoint") -> Iterator[State]:
    """Second-order multistep of the SDE."""
    x, eta, before, last_step = run.x, _eta(run), None, 0.0
    for sigma, target in run.steps():
        denoised = run.model.denoised(x, sigma)
        if target == 0:
            x = denoised
        else:
            step = log_step(sigma, target)
            whole = step * (1 + eta)
            reach = -math.expm1(-whole)
            x = x * math.exp(-whole) + denoised * reach
            if before is not None:
                weight = reach / 2 if solver == "midpoint" else 1 - reach / whole
                x = x + (denoised - before) * (weight * step / last_step)
            x = _with_path_noise(run, x, sigma, target, eta)
            last_step = step
        before = denoised
        yield State(x, denoised)


def dpmpp_2m_sde_heun(run: Run) -> Iterator[State]:
    """As `dpmpp_2m_sde`, with the other second-order term."""
    return dpmpp_2m_sde(run, "heun")


def _with_path_noise(run: Run, x: Array, sigma: float, target: float, eta: float) -> Array:
    if not eta:
        return x
    amount = target * math.sqrt(-math.expm1(-2 * eta * log_step(sigma, target)))
    return x + run.path.between(sigma, target) * amount


def dpmpp_3m_sde(run: Run) -> Iterator[State]:
    """Third-order multistep of the SDE."""
    x, eta = run.x, _eta(run)
    answers: list[Array] = []
    steps: list[float] = []
    for sigma, target in run.steps():
        answers = [run.model.denoised(x, sigma), *answers[:2]]
        if target == 0:
            x = answers[0]
        else:
            step = log_step(sigma, target)
            whole = step * (1 + eta)
            x = x * math.exp(-whole) - answers[0] * math.expm1(-whole)
            x = x + _bend(answers, [step, *steps], whole)
            x = _with_path_noise(run, x, sigma, target, eta)
            steps = [step, *steps[:1]]
        yield State(x, answers[0])


def _bend(answers: list[Array], steps: list[float], whole: float) -> Array | float:
    """The higher-order terms from how the model's last answers changed."""
    phi2 = math.expm1(-whole) / whole + 1
    if len(answers) == 1:
        return 0.0
    near = (answers[0] - answers[1]) * (steps[0] / steps[1])
    if len(answers) == 2:
        return near * phi2
    ratio, far_ratio = steps[1] / steps[0], steps[2] / steps[0]
    far = (answers[1] - answers[2]) / far_ratio
    first = near + (near - far) * (ratio / (ratio + far_ratio))
    second = (near - far) / (ratio + far_ratio)
    return first * phi2 - second * (phi2 / whole - 0.5)


def lcm(run: Run) -> Iterator[State]:
    """Jump to the denoised picture, noise it anew to the next level: meant for very few steps."""
    x = run.x
    for sigma, target in run.steps():
        denoised = run.model.denoised(x, sigma)
        x = denoised
        if target > 0:
            x = x + run.noise.draw() * target
        yield State(x, denoised)


def restart(run: Run) -> Iterator[State]:
    """Heun's steps down; from 20 steps on, part of them is spent going back up to σ = 2 with fresh noise."""
    x, level = run.x, float(run.sigmas[0])
    for sigma, target in restart_plan(run.sigmas):
        if sigma > level:
            x = x + run.noise.draw() * math.sqrt(sigma**2 - level**2)
        state = heun_step(run, x, sigma, target)
        x, level = state.x, target
        yield state


RESTART_LOW, RESTART_HIGH = 0.1, 2.0


def restart_plan(sigmas: Levels) -> list[tuple[float, float]]:
    """Steps (from, to) of the Restart sampler: as many as `sigmas` has, in the web UI's division."""
    steps = len(sigmas) - 1
    plain: list[float] = sigmas.tolist()
    if steps < 20:
        return list(itertools.pairwise(plain))
    again, times = (steps // 4, 2) if steps >= 36 else (9, 1)
    main = karras_between(steps - again * times, float(sigmas[-2]), float(sigmas[0]))
    low, high = _nearest(main, RESTART_LOW), _nearest(main, RESTART_HIGH)
    levels: list[float] = main.tolist()
    plan = list(itertools.pairwise(levels))
    if high >= low:
        return plan
    loop: list[float] = karras_between(again + 1, levels[low], levels[high]).tolist()[:-1]
    return [*plan[:low], *list(itertools.pairwise(loop)) * times, *plan[low:]]


def _nearest(levels: Levels, sigma: float) -> int:
    return int(np.argmin(np.abs(levels - sigma)))
