"""Seeds, variation seeds and Brownian paths."""

from __future__ import annotations

import numpy as np
import pytest

from sdstudio.practice.noise import BrownianPath, StepNoise, starting_noise

SHAPE = (3, 40, 50)


def test_a_seed_is_one_noise_and_another_seed_another() -> None:
    first, again, other = starting_noise(SHAPE, 7), starting_noise(SHAPE, 7), starting_noise(SHAPE, 8)
    assert np.array_equal(first, again)
    assert abs(np.corrcoef(first.ravel(), other.ravel())[0, 1]) < 0.05
    assert abs(first.std() - 1) < 0.03


@pytest.mark.parametrize("seed", [0, 4294967295, 2**63 - 1])
def test_any_seed_a_server_may_be_sent_works(seed: int) -> None:
    assert np.isfinite(starting_noise((3, 8, 8), seed)).all()


def test_the_variation_seed_takes_over_step_by_step_and_keeps_the_variance() -> None:
    seed, subseed = starting_noise(SHAPE, 1), starting_noise(SHAPE, 2)
    mixes = [starting_noise(SHAPE, 1, 2, strength) for strength in (0.0, 0.1, 0.3, 0.5, 0.8, 1.0)]
    likeness = [float(np.corrcoef(mix.ravel(), seed.ravel())[0, 1]) for mix in mixes]
    assert likeness == sorted(likeness, reverse=True)
    assert np.array_equal(mixes[0], seed)
    assert np.allclose(mixes[-1], subseed, atol=1e-5)
    assert all(abs(float(mix.std()) - 1) < 0.03 for mix in mixes)


def test_step_noise_is_fresh_at_every_draw_and_repeats_with_the_seed() -> None:
    first, second = StepNoise(SHAPE, 3), StepNoise(SHAPE, 3)
    one, two = first.draw(), first.draw()
    assert abs(np.corrcoef(one.ravel(), two.ravel())[0, 1]) < 0.05
    assert np.array_equal(one, second.draw())
    assert np.array_equal(two, second.draw())


def test_increments_of_a_brownian_path_add_up() -> None:
    path = BrownianPath(SHAPE, 5, 0.0, 10.0)
    whole = path.between(9.0, 1.0) * np.sqrt(8.0)
    parts = path.between(9.0, 4.0) * np.sqrt(5.0) + path.between(4.0, 1.0) * np.sqrt(3.0)
    assert np.allclose(whole, parts, atol=1e-4)


@pytest.mark.parametrize(("start", "end"), [(9.0, 8.0), (6.0, 0.5), (12.0, 11.0)])
def test_increments_have_unit_variance_even_beyond_the_ends(start: float, end: float) -> None:
    path = BrownianPath((3, 100, 100), 5, 0.0, 10.0)
    path.between(7.0, 3.0)
    assert abs(float(path.between(start, end).std()) - 1) < 0.03
