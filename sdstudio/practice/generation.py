"""One sampling pass: from a plan, through noise levels and update rule, to pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sdstudio.practice.denoiser import LocalScore, PatchWidths
from sdstudio.practice.detail import enlarged, resized
from sdstudio.practice.guidance import Guided
from sdstudio.practice.noise import Array, BrownianPath, StepNoise, starting_noise
from sdstudio.practice.painting.picture_set import PictureSet, picture_set
from sdstudio.practice.samplers import sampler_named
from sdstudio.practice.sampling import Run
from sdstudio.practice.schedules import Levels
from sdstudio.practice.words import read_prompt

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything one pass needs. `source` and `mask` (1 = repaint) have the size of the result, if given."""

    prompt: str
    negative_prompt: str
    width: int
    height: int
    sampler: str
    sigmas: Levels
    cfg_scale: float
    seed: int
    subseed: int = 0
    subseed_strength: float = 0.0
    tiling: bool = False
    eta: float | None = None
    source: Pixels | None = None
    mask: Array | None = None
    fill: int = 1


def working_size(width: int, height: int) -> tuple[int, int]:
    """The size sampled at: a quarter of the asked one, within bounds that keep it meaningful and quick."""
    wanted = width * height / 16
    area = max(min(wanted, 160 * 160), min(width * height, 64 * 64))
    factor = (area / (width * height)) ** 0.5
    return max(8, round(width * factor)), max(8, round(height * factor))


def _score(pictures: PictureSet, *, wrap: bool) -> LocalScore:
    widths = PatchWidths(pictures.coherence, pictures.grain)
    return LocalScore(pictures.pictures, pictures.families, widths, wrap=wrap)


def run(plan: Plan, after_step: Callable[[Callable[[], Pixels]], bool]) -> Pixels:
    """The picture of the plan; `after_step` gets a preview maker and answers whether to go on."""
    width, height = working_size(plan.width, plan.height)
    aspect = plan.width / plan.height
    shape = (3, height, width)
    sampler = sampler_named(plan.sampler)
    pictures = picture_set(read_prompt(plan.prompt), width, height, aspect)
    others = picture_set(read_prompt(plan.negative_prompt), width, height, aspect, 2)
    score = _score(pictures, wrap=plan.tiling)
    model = Guided(score, _score(others, wrap=plan.tiling), plan.cfg_scale * sampler.cfg_factor)
    x = starting_noise(shape, plan.seed, plan.subseed, plan.subseed_strength) * np.float32(plan.sigmas[0])
    if plan.source is not None:
        x = x + resized(_planar(plan.source), width, height, Image.Resampling.BOX)
    path = BrownianPath(shape, plan.seed, float(plan.sigmas[-1]), float(plan.sigmas[0]))
    last = x
    for state in sampler.rule(Run(model, x, plan.sigmas, StepNoise(shape, plan.seed), path, plan.eta)):
        last = state.denoised

        def preview(picture: Array = last) -> Pixels:
            return _pixels(picture)

        if not after_step(preview):
            break
    return _pixels(enlarged(last, score, pictures, plan.width, plan.height))


def _planar(pixels: Pixels) -> Array:
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)).astype(np.float32) / np.float32(127.5) - 1


def _pixels(planar: Array) -> Pixels:
    return np.clip((planar.transpose(1, 2, 0) + 1) * 127.5 + 0.5, 0, 255).astype(np.uint8)
