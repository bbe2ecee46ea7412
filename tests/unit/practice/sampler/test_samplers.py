"""Update rules against a problem whose answer is known: data that are one Gaussian.

For data N(m, s²) the perfect denoiser is D(x, σ) = (s²x + σ²m)/(s² + σ²), the probability-flow ODE's solution
x(σ) = m + (x₀ − m)·√((s² + σ²)/(s² + σ₀²)), and samples drawn by an SDE must again be N(m, s²).
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from sdstudio.practice import dpm_solver, sde_solvers, solvers
from sdstudio.practice.noise import BrownianPath, StepNoise
from sdstudio.practice.samplers import SAMPLERS, effective_scheduler, noise_levels, resolve, sampler_named
from sdstudio.practice.sampling import Run, State
from sdstudio.practice.schedules import SIGMA_MAX, SIGMA_MIN, karras

MEAN, SPREAD = 0.7, 0.5
SHAPE = (1, 100, 200)


class Gaussian:
    """The perfect denoiser; `unguided` is as if there were no guidance."""

    def __init__(self) -> None:
        self.calls = 0
        self.last = np.zeros(0)

    def denoised(self, x, sigma):
        self.calls += 1
        self.last = (SPREAD**2 * x + sigma**2 * MEAN) / (SPREAD**2 + sigma**2)
        return self.last

    def unguided(self):
        return self.last


def run_of(x, sigmas, eta=None, seed=1, model=None) -> Run:
    path = BrownianPath(x.shape, seed, float(sigmas[-1]), float(sigmas[0]))
    return Run(model or Gaussian(), x, np.asarray(sigmas, float), StepNoise(x.shape, seed), path, eta)


def last(states) -> State:
    *_, state = states
    return state


def exact(x, sigma, target):
    return MEAN + (x - MEAN) * math.sqrt((SPREAD**2 + target**2) / (SPREAD**2 + sigma**2))


def error_of(rule, sigmas, eta=None) -> float:
    x = np.linspace(-5, 5, 50).reshape(1, 5, 10)
    reached = last(rule(run_of(x, sigmas, eta))).x
    return float(np.abs(reached - exact(x, sigmas[0], sigmas[-1])).max())


ORDERS = [
    (solvers.euler, 1),
    (solvers.ddim, 1),
    (solvers.ddim_cfgpp, 1),
    (solvers.heun, 2),
    (solvers.dpm2, 2),
    (solvers.dpmpp_2m, 2),
    (solvers.lms, 3),
    (solvers.unipc, 2),  # by its last step, which is of low order on purpose
]


@pytest.mark.parametrize(("rule", "order"), ORDERS)
def test_solvers_converge_with_their_order(rule, order) -> None:
    coarse, fine = (error_of(rule, np.geomspace(8, 0.4, steps + 1)) for steps in (32, 64))
    assert math.log2(coarse / fine) == pytest.approx(order, abs=0.45 if order < 3 else 0.8)


def test_plms_converges_fast_on_even_steps() -> None:
    coarse, fine = (error_of(solvers.plms, np.linspace(3, 1, steps + 1)) for steps in (32, 64))
    assert math.log2(coarse / fine) > 1.7


def test_unipc_is_of_high_order_until_its_last_steps() -> None:
    def error_before_the_end(steps: int) -> float:
        x, levels = np.linspace(-5, 5, 50).reshape(1, 5, 10), np.geomspace(8, 0.4, steps + 1)
        states = list(solvers.unipc(run_of(x, levels)))
        return float(np.abs(states[-5].x - exact(x, levels[0], levels[-5])).max())

    assert math.log2(error_before_the_end(64) / error_before_the_end(128)) > 3


SDE_ORDERS = [(sde_solvers.dpmpp_2m_sde, 2), (sde_solvers.dpmpp_2m_sde_heun, 2), (sde_solvers.dpmpp_sde, 2)]
SDE_ORDERS += [
    (sde_solvers.dpmpp_2s_ancestral, 2),
    (sde_solvers.dpm2_ancestral, 2),
    (sde_solvers.euler_ancestral, 1),
]


@pytest.mark.parametrize(("rule", "order"), SDE_ORDERS)
def test_without_fresh_noise_sde_solvers_follow_the_ode(rule, order) -> None:
    coarse, fine = (error_of(rule, np.geomspace(8, 0.4, steps + 1), eta=0.0) for steps in (32, 64))
    assert math.log2(coarse / fine) == pytest.approx(order, abs=0.45)


def test_the_third_order_sde_solver_is_better_than_the_second() -> None:
    levels = np.geomspace(8, 0.4, 65)
    assert error_of(sde_solvers.dpmpp_3m_sde, levels, 0.0) < error_of(sde_solvers.dpmpp_2m_sde, levels, 0.0) / 3


STOCHASTIC = [
    sde_solvers.euler_ancestral,
    sde_solvers.dpm2_ancestral,
    sde_solvers.dpmpp_2s_ancestral,
    sde_solvers.dpmpp_sde,
    sde_solvers.dpmpp_2m_sde,
    sde_solvers.dpmpp_2m_sde_heun,
    sde_solvers.dpmpp_3m_sde,
    sde_solvers.restart,
    dpm_solver.dpm_fast,
    dpm_solver.dpm_adaptive,
]


@pytest.mark.parametrize("rule", STOCHASTIC)
def test_fresh_noise_gives_samples_of_the_data(rule) -> None:
    start = np.random.default_rng(4).standard_normal(SHAPE) * math.sqrt(SIGMA_MAX**2 + SPREAD**2) + MEAN
    samples = last(rule(run_of(start, karras(60)))).x
    assert float(samples.mean()) == pytest.approx(MEAN, abs=0.02)
    assert float(samples.std()) == pytest.approx(SPREAD, rel=0.1)


def test_ddim_is_the_published_step() -> None:
    """Song et al. 2021, eq. 12, in its own variance-preserving terms, with η between Euler and ancestral."""
    x, sigma, target, eta = np.full((1, 4, 4), 2.5), 3.0, 1.2, 0.6
    kept, kept_next = 1 / (1 + sigma**2), 1 / (1 + target**2)
    picture = Gaussian().denoised(x, sigma)
    direction = (x - picture) / sigma
    fresh = eta * math.sqrt((1 - kept_next) / (1 - kept)) * math.sqrt(1 - kept / kept_next)
    noise = StepNoise(x.shape, 1).draw()
    preserved = math.sqrt(kept_next) * picture + math.sqrt(1 - kept_next - fresh**2) * direction + fresh * noise
    stepped = last(solvers.ddim(run_of(x, [sigma, target], eta))).x
    assert stepped * math.sqrt(kept_next) == pytest.approx(preserved, rel=1e-5)


def test_lcm_noises_its_answer_anew() -> None:
    x = np.full((1, 4, 4), 9.0)
    first = next(sde_solvers.lcm(run_of(x, [10.0, 2.0, 0.0])))
    expected = Gaussian().denoised(x, 10.0) + 2.0 * StepNoise(x.shape, 1).draw()
    assert first.x == pytest.approx(expected)


def test_restart_spends_its_steps_on_going_back_up() -> None:
    plan = sde_solvers.restart_plan(karras(30))
    assert len(plan) == 30
    ups = [(before[1], after[0]) for before, after in itertools.pairwise(plan) if after[0] > before[1]]
    assert len(ups) == 1
    low, high = ups[0]
    assert low == pytest.approx(0.1, rel=0.4)
    assert high == pytest.approx(2.0, rel=0.3)
    assert all(start > end for start, end in plan)


@pytest.mark.parametrize("evaluations", range(1, 40))
def test_dpm_fast_uses_as_many_evaluations_as_steps(evaluations) -> None:
    assert sum(dpm_solver.fast_orders(evaluations)) == evaluations
    model = Gaussian()
    x = np.ones((1, 2, 2))
    steps = list(dpm_solver.dpm_fast(run_of(x, karras(evaluations), model=model)))
    assert model.calls == len(steps) == evaluations


@pytest.mark.parametrize("entry", SAMPLERS, ids=lambda entry: entry.name)
@pytest.mark.parametrize("steps", [1, 2, 20, 37])
def test_every_listed_sampler_takes_the_steps_it_is_asked_for(entry, steps) -> None:
    levels = noise_levels(entry.name, "Automatic", steps)
    states = list(entry.rule(run_of(np.ones((1, 3, 3)), levels)))
    assert len(states) == steps or entry.name == "DPM adaptive"
    assert np.isfinite(states[-1].x).all()


def test_the_list_is_the_web_ui_s() -> None:
    assert [entry.name for entry in SAMPLERS[:3]] == ["DPM++ 2M", "DPM++ SDE", "DPM++ 2M SDE"]
    assert len(SAMPLERS) == 20
    assert sampler_named("Heun").options == {"second_order": "True"}


@pytest.mark.parametrize(
    ("asked", "scheduler", "resolved"),
    [
        ("Euler a", "Automatic", ("Euler a", "Automatic")),
        ("DPM++ 2M Karras", None, ("DPM++ 2M", "Automatic")),
        ("DPM++ 2M SGMUniform", None, ("DPM++ 2M", "SGM Uniform")),
        ("DPM++ 2M SGM Uniform", None, ("DPM++ 2M", "Uniform")),  # it takes off the first ending that fits
        ("Euler Karras", "exponential", ("Euler", "Karras")),
        ("DPM++ 2M", "karras", ("DPM++ 2M", "Automatic")),
        ("DPM++ 2M", "Beta", ("DPM++ 2M", "Beta")),
        ("euler a", "nonsense", ("DPM++ 2M", "Automatic")),
        ("k_euler_a", None, ("DPM++ 2M", "Automatic")),
        ("NoSuchSampler", "Exponential", ("DPM++ 2M", "Exponential")),
        (None, None, ("DPM++ 2M", "Automatic")),
    ],
)
def test_names_resolve_as_in_the_web_ui(asked, scheduler, resolved) -> None:
    assert resolve(asked, scheduler) == resolved


def test_automatic_stands_for_the_sampler_s_own_schedule() -> None:
    assert effective_scheduler("DPM++ 2M", "Automatic") == "Karras"
    assert effective_scheduler("DPM++ 2M SDE", None) == "Exponential"
    assert effective_scheduler("Euler a", "Automatic") == "Automatic"
    assert noise_levels("DPM++ 2M", "Automatic", 10) == pytest.approx(karras(10))
    assert noise_levels("Euler", "Automatic", 10)[1] != pytest.approx(karras(10)[1])


def test_some_samplers_leave_out_the_last_but_one_level() -> None:
    assert noise_levels("DPM2", "Karras", 10) == pytest.approx(np.delete(karras(11), 10))
    assert noise_levels("DPM2", "Karras", 10)[-2] > SIGMA_MIN
