"""One sampling pass: from a plan, through noise levels and update rule, to pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sdstudio.practice.denoiser import LocalScore, PatchWidths
from sdstudio.practice.detail import Enlarger, Kept, planar, resized
from sdstudio.practice.guidance import Guided, Masked, Sourced, kept_share
from sdstudio.practice.inpainting import FILL, ORIGINAL, filled, latent_fill
from sdstudio.practice.noise import Array, BrownianPath, StepNoise, generator, starting_noise
from sdstudio.practice.painting.picture_set import PictureSet, opposite_set, picture_set
from sdstudio.practice.samplers import sampler_named
from sdstudio.practice.sampling import Model, Run, State
from sdstudio.practice.schedules import Levels
from sdstudio.practice.words import read_prompt

Pixels = NDArray[np.uint8]
AfterStep = Callable[[Callable[[], Pixels]], bool]

_LARGEST_WORK, _SMALLEST_WORK = 160 * 160, 64 * 64
_PREVIEW = 512
_FORGOTTEN = 0.7  # part of the set that img2img at full strength does without
_LAST_LEVEL, _LAST_WIDTH = 0.2, 9  # noise level and patch at which a finished picture's origins are asked


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything one pass needs. `source` and `mask` (mode L, white = repaint) have the size of the result."""

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
    source: Image.Image | None = None
    strength: float = 1.0
    mask: Image.Image | None = None
    fill: int = ORIGINAL


def working_size(width: int, height: int) -> tuple[int, int]:
    """The size sampled at: a quarter of the asked one, within bounds that keep it meaningful and quick."""
    pixels = width * height
    area = max(min(pixels / 16, _LARGEST_WORK), min(pixels, _SMALLEST_WORK))
    factor = (area / pixels) ** 0.5
    return max(8, round(width * factor)), max(8, round(height * factor))


def run(plan: Plan, after_step: AfterStep) -> Pixels:
    """The picture of the plan; `after_step` gets a preview maker and answers whether to go on.

    Told to stop, it returns what there is: the picture as the denoiser sees it so far.
    """
    return _Pass(plan).run(after_step)


class _Pass:
    """The arrays and models of one pass, all of the working size but for the enlarger."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.width, self.height = working_size(plan.width, plan.height)
        self.shape = (3, self.height, self.width)
        theme, place = read_prompt(plan.prompt), (self.width, self.height, plan.width / plan.height)
        self.pictures = picture_set(theme, *place, plan.tiling)
        if plan.source is not None:  # else it would know a picture of its own again through any noise
            self.pictures = self.pictures.thinned(_FORGOTTEN * plan.strength, generator(plan.seed, 5))
        self.score = _score(self.pictures)
        others = opposite_set(theme, read_prompt(plan.negative_prompt), *place, plan.tiling)
        scale = plan.cfg_scale * sampler_named(plan.sampler).cfg_factor
        self.model: Model = Guided(self.score, _score(others), scale)
        self.start = np.zeros(self.shape, np.float32)
        self.kept: Kept | None = None
        if plan.source is not None:
            self._begin_with(plan.source)

    def _begin_with(self, source: Image.Image) -> None:
        """Make the source the start and part of the model; keep to it as strength and mask say."""
        plan = self.plan
        if plan.mask and plan.fill == FILL:
            source = filled(source, plan.mask)
        whole = planar(np.asarray(source))
        small = resized(whole, self.width, self.height, Image.Resampling.BOX)
        share = kept_share(small, self.score, float(plan.sigmas[0]), plan.strength)
        self.start = small
        if plan.mask:
            mask = np.round(self._small_mask(plan.mask))
            self.start = latent_fill(small, mask, plan.fill, self.shape, plan.seed)
            inside = share if plan.fill == ORIGINAL else np.zeros_like(share)
            share = 1 + (inside - 1) * mask
            self.model = Masked(Sourced(self.model, small, inside), small, mask)
        else:
            self.model = Sourced(self.model, small, share)
        self.kept = Kept(whole, share)

    def _small_mask(self, mask: Image.Image) -> Array:
        small = mask.resize((self.width, self.height), Image.Resampling.BOX)
        return np.asarray(small, np.float32) / np.float32(255)

    def run(self, after_step: AfterStep) -> Pixels:
        plan = self.plan
        noise = starting_noise(self.shape, plan.seed, plan.subseed, plan.subseed_strength)
        x = self.start + noise * np.float32(plan.sigmas[0])
        path = BrownianPath(self.shape, plan.seed, float(plan.sigmas[-1]), float(plan.sigmas[0]))
        sampling = Run(self.model, x, plan.sigmas, StepNoise(self.shape, plan.seed), path, plan.eta)
        state, level = State(x, x), 0.0
        for state in sampler_named(plan.sampler).rule(sampling):
            if not after_step(lambda state=state: self._preview(state)):
                level = _level_left(state)
                break
        return self._finished(state, level)

    def _finished(self, state: State, level: float) -> Pixels:
        """A finished picture's parts by its last pixels, an unfinished one's by the noise still in it."""
        plan = self.plan
        if level > _LAST_LEVEL:
            small, weights = (
                state.denoised,
                self.score.weights(state.x, level, self.score.width(self.shape, level)),
            )
        else:
            small, weights = state.x, self.score.weights(state.x, _LAST_LEVEL, _LAST_WIDTH)
        enlarger = Enlarger(self.pictures, plan.width, plan.height, plan.seed, self.kept)
        return _pixels(enlarger.enlarged(small, weights))

    def _preview(self, state: State) -> Pixels:
        part = min(1.0, _PREVIEW / max(self.plan.width, self.plan.height))
        size = max(1, round(self.plan.width * part)), max(1, round(self.plan.height * part))
        return _pixels(resized(state.denoised, *size, Image.Resampling.BICUBIC))


def _level_left(state: State) -> float:
    """σ of the noise in an unfinished picture, as far as it can be seen."""
    return float(np.std(state.x - state.denoised))


def _score(pictures: PictureSet) -> LocalScore:
    widths = PatchWidths(pictures.coherence, pictures.grain)
    return LocalScore(pictures.pictures, pictures.families, widths, wrap=pictures.tiled)


def _pixels(bands: Array) -> Pixels:
    return np.clip((bands.transpose(1, 2, 0) + 1) * np.float32(127.5) + np.float32(0.5), 0, 255).astype(
        np.uint8
    )
