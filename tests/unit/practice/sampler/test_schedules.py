"""Noise levels against formulas written a second time from their papers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sdstudio.practice import schedules
from sdstudio.practice.schedules import SCHEDULERS, SIGMA_MAX, SIGMA_MIN

MAKERS = [pytest.param(entry.make, id=entry.name) for entry in SCHEDULERS if entry.make]


def test_the_model_levels_are_those_of_stable_diffusion() -> None:
    assert pytest.approx(14.6146, abs=1e-4) == SIGMA_MAX
    assert pytest.approx(0.029168, abs=1e-6) == SIGMA_MIN


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("steps", [1, 2, 7, 25, 150])
def test_every_schedule_falls_over_its_steps(make, steps) -> None:
    levels = make(steps)
    assert len(levels) == steps + 1
    assert (np.diff(levels) < 0).all()
    assert levels[0] <= SIGMA_MAX + 1e-3
    assert levels[-1] == 0 or make is schedules.kl_optimal


def test_karras() -> None:
    a, b = SIGMA_MAX ** (1 / 7), SIGMA_MIN ** (1 / 7)
    expected = [(a + i / 9 * (b - a)) ** 7 for i in range(10)]
    assert schedules.karras(10)[:-1] == pytest.approx(expected)


def test_exponential_is_geometric() -> None:
    levels = schedules.exponential(12)[:-1]
    assert levels[1:] / levels[:-1] == pytest.approx(np.full(11, (SIGMA_MIN / SIGMA_MAX) ** (1 / 11)))


def test_uniform_and_sgm_uniform_by_timesteps() -> None:
    def timesteps(levels) -> list[float]:
        return [schedules.timestep_of(level) for level in levels[:-1]]

    assert timesteps(schedules.uniform(10)) == pytest.approx([999 * (1 - i / 9) for i in range(10)], abs=1e-6)
    assert timesteps(schedules.sgm_uniform(10)) == pytest.approx(
        [999 * (1 - i / 10) for i in range(10)], abs=1e-6
    )


def test_kl_optimal_is_even_in_the_arc_tangent() -> None:
    assert np.diff(np.arctan(schedules.kl_optimal(9))) == pytest.approx(
        np.full(9, (math.atan(SIGMA_MIN) - math.atan(SIGMA_MAX)) / 9)
    )


def test_align_your_steps_is_the_published_table_where_it_fits() -> None:
    published = [14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029]
    assert schedules.align_your_steps(11)[:-1] == pytest.approx(published)


def test_simple_and_ddim_take_model_levels() -> None:
    kept = schedules.MODEL_LEVELS
    assert schedules.simple(4)[:-1] == pytest.approx([kept[999], kept[749], kept[499], kept[249]])
    assert schedules.ddim(4)[:-1] == pytest.approx([kept[751], kept[501], kept[251], kept[1]])


def test_beta_levels_are_quantiles_of_the_distribution() -> None:
    drawn = np.random.default_rng(1).beta(0.6, 0.6, 400_000)
    levels = schedules.beta(21)[:-1]
    places = (levels - SIGMA_MIN) / (SIGMA_MAX - SIGMA_MIN)
    assert places == pytest.approx(np.quantile(drawn, 1 - np.linspace(0, 1, 21)), abs=5e-3)


def test_schedulers_are_found_by_name_label_and_alias_and_nothing_else() -> None:
    assert schedules.scheduler_named("Karras").name == "karras"
    assert schedules.scheduler_named("sgm_uniform").label == "SGM Uniform"
    assert schedules.scheduler_named("SGMUniform").label == "SGM Uniform"
    for unknown in ("KARRAS", "nonsense", "", None):
        assert schedules.scheduler_named(unknown).name == "automatic"
