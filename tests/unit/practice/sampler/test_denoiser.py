"""The local score against its definition, written as plain loops."""

from __future__ import annotations

import numpy as np
import pytest

from sdstudio.practice.denoiser import LocalScore, PatchWidths
from sdstudio.practice.guidance import Guided, Masked, Sourced, guidance_weight, kept_share
from sdstudio.practice.schedules import SIGMA_MAX

CHANCE = np.random.default_rng(3)
PICTURES = CHANCE.uniform(-1, 1, (4, 3, 9, 11)).astype(np.float32)
ONE_FAMILY = np.zeros(4, np.intp)
WIDTHS = PatchWidths(wide=0.5, narrow=3)


def score(pictures=PICTURES, families=ONE_FAMILY, *, wrap=False) -> LocalScore:
    return LocalScore(pictures, families, WIDTHS, wrap=wrap)


def by_definition(pictures, x, sigma, width):
    """Σ wᵢyᵢ, wᵢ = softmax(−‖patch(x) − patch(yᵢ)‖²/2σ²), with patches cut off at the edges."""
    answer = np.zeros_like(x)
    half = width // 2
    for row in range(x.shape[1]):
        for column in range(x.shape[2]):
            patch = np.s_[:, max(0, row - half) : row + half + 1, max(0, column - half) : column + half + 1]
            apart = np.array([((x[patch] - y[patch]) ** 2).sum() for y in pictures])
            weights = np.exp(-(apart - apart.min()) / (2 * sigma**2))
            answer[:, row, column] = (weights / weights.sum()) @ pictures[:, :, row, column]
    return answer


@pytest.mark.parametrize("sigma", [0.05, 0.4, 1.0, 3.0])
def test_the_answer_is_the_local_score_s_definition(sigma) -> None:
    x = (PICTURES[1] + sigma * CHANCE.standard_normal(PICTURES[1].shape)).astype(np.float32)
    # near the start part of ‖y‖² is left out on purpose; undo it so that the definition holds at every σ
    x_full = x * np.float32(1 - (sigma / SIGMA_MAX) ** 2)
    expected = by_definition(PICTURES, x, sigma / np.sqrt(1 - (sigma / SIGMA_MAX) ** 2), WIDTHS.at(sigma, 9))
    assert score().denoised(x_full, sigma) == pytest.approx(expected, abs=2e-3)


def test_patches_shrink_with_the_noise() -> None:
    widths = [PatchWidths(0.48, 3).at(sigma, 128) for sigma in (14.6, 10, 3, 1, 0.3, 0.1, 0.01)]
    assert widths[0] == widths[1] == 61
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] == widths[-2] == 3
    assert all(width % 2 for width in widths)


def test_without_noise_a_picture_of_the_set_is_its_own_answer() -> None:
    assert score().denoised(PICTURES[2], 0.01) == pytest.approx(PICTURES[2], abs=1e-4)


def test_new_pictures_are_put_together_from_parts_of_old_ones() -> None:
    pieced = np.concatenate([PICTURES[0][:, :, :6], PICTURES[3][:, :, 6:]], axis=2)
    answer = score().denoised(pieced, 0.05)
    assert answer[:, :, :4] == pytest.approx(PICTURES[0][:, :, :4], abs=1e-3)
    assert answer[:, :, 8:] == pytest.approx(PICTURES[3][:, :, 8:], abs=1e-3)


def test_parts_of_different_families_are_not_mixed() -> None:
    pieced = np.concatenate([PICTURES[0][:, :, :7], PICTURES[3][:, :, 7:]], axis=2)
    answer = score(families=np.array([0, 0, 1, 1])).denoised(pieced, 0.05)
    assert not np.allclose(answer[:, :, 9:], PICTURES[3][:, :, 9:], atol=0.1)


def test_weights_sum_to_one() -> None:
    x = CHANCE.standard_normal(PICTURES[0].shape).astype(np.float32)
    assert score(families=np.array([0, 0, 1, 1])).weights(x, 2.0, 5).sum(axis=0) == pytest.approx(1, abs=1e-5)


def test_wrapped_round_the_answer_moves_with_its_picture() -> None:
    x = (PICTURES[1] + 0.5 * CHANCE.standard_normal(PICTURES[1].shape)).astype(np.float32)
    moved = np.roll(PICTURES, (3, 4), axis=(2, 3))
    answer = score(moved, wrap=True).denoised(np.roll(x, (3, 4), axis=(1, 2)), 0.5)
    assert answer == pytest.approx(np.roll(score(wrap=True).denoised(x, 0.5), (3, 4), axis=(1, 2)), abs=1e-4)


def test_guidance_is_nothing_at_one_and_the_other_set_at_nought() -> None:
    x = CHANCE.standard_normal(PICTURES[0].shape).astype(np.float32)
    prompted, other = score(PICTURES[:2], np.zeros(2, np.intp)), score(PICTURES[2:], np.zeros(2, np.intp))
    assert Guided(prompted, other, 1.0).denoised(x, 1.0) == pytest.approx(prompted.denoised(x, 1.0))
    assert Guided(prompted, other, 0.0).denoised(x, 1.0) == pytest.approx(other.denoised(x, 1.0), abs=1e-6)


def test_guidance_grows_with_the_scale_and_never_burns_out() -> None:
    weights = [guidance_weight(scale, 3.0) for scale in (0.5, 1, 2, 7, 15, 30)]
    assert weights == sorted(weights)
    assert weights[-1] < 1
    x = CHANCE.standard_normal(PICTURES[0].shape).astype(np.float32)
    guided = Guided(score(), score(-PICTURES), 30.0)
    assert np.abs(guided.denoised(x, 2.0)).max() < 1.1


def test_a_foreign_source_stays_at_low_strength_and_goes_at_high() -> None:
    source = -PICTURES[0]
    shares = [
        float(kept_share(source, score(), 1.0, strength).mean()) for strength in (0.0, 0.2, 0.5, 0.9, 1.0)
    ]
    assert shares == sorted(shares, reverse=True)
    assert shares[1] > 0.8
    assert shares[-1] == 0


def test_source_and_mask_hold_their_places() -> None:
    x = CHANCE.standard_normal(PICTURES[0].shape).astype(np.float32)
    source, mask = PICTURES[3], np.zeros((9, 11), np.float32)
    mask[:, 5:] = 1
    model = Guided(score(), score(), 1.0)
    masked = Masked(Sourced(model, source, np.full_like(mask, 0.5)), source, mask).denoised(x, 1.0)
    assert np.array_equal(masked[:, :, :5], source[:, :, :5])
    assert masked[:, :, 5:] == pytest.approx((source + model.denoised(x, 1.0))[:, :, 5:] / 2, abs=1e-5)
