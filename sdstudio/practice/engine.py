"""The sampler as the HTTP routes see it: `paint` makes one picture of a `Recipe`, the lists say what it offers.

Blocking and deterministic: equal recipes give equal bytes. Runs on whatever worker thread calls it; nothing here
knows HTTP.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from sdstudio.practice import framing
from sdstudio.practice.generation import Pixels, Plan, run
from sdstudio.practice.recipe import HiresRecipe, Recipe, Watch
from sdstudio.practice.samplers import SAMPLERS, SamplerEntry, effective_scheduler, noise_levels, resolve
from sdstudio.practice.schedules import SCHEDULERS, Levels, SchedulerEntry
from sdstudio.practice.upscale import LATENT_MODES, UPSCALERS, UnknownUpscaler, UpscalerEntry, upscale

__all__ = [
    "LATENT_MODES",
    "SAMPLERS",
    "SCHEDULERS",
    "UPSCALERS",
    "HiresRecipe",
    "Recipe",
    "SamplerEntry",
    "SchedulerEntry",
    "UnknownUpscaler",
    "UpscalerEntry",
    "Watch",
    "effective_scheduler",
    "paint",
    "pass_steps",
    "resolve",
    "sampling_steps",
    "upscale",
]

MODEL_NAME = "practice (no neural network)"


def pass_steps(recipe: Recipe) -> tuple[int, ...]:
    """Real steps of each pass: one for txt2img, a second one with hires; img2img's by the strength."""
    first = len(_levels(recipe)) - 1
    if recipe.hires is None or recipe.init is not None:
        return (first,)
    return first, len(_hires_levels(recipe, recipe.hires)) - 1


def sampling_steps(recipe: Recipe) -> int:
    """Steps of all passes together: the `total` the watch is told."""
    return sum(pass_steps(recipe))


def paint(recipe: Recipe, watch: Watch) -> Image.Image:
    """One RGB picture of the asked size (floored to multiples of 8); of the source's with "only masked"."""
    counter = _Counter(watch, sampling_steps(recipe))
    if recipe.init is not None:
        return _img2img(recipe, recipe.init, counter)
    picture = Image.fromarray(run(_plan(recipe), counter.after_step))
    if recipe.hires is None or counter.stopped:
        return picture
    return _hires(recipe, recipe.hires, picture, counter)


@dataclass(slots=True)
class _Counter:
    """Counts the steps of all passes for one watch."""

    watch: Watch
    total: int
    done: int = 0
    stopped: bool = False

    def after_step(self, preview: Callable[[], Pixels]) -> bool:
        self.done = min(self.done + 1, self.total)
        go_on = self.watch.step(self.done, self.total, lambda: Image.fromarray(preview()))
        self.stopped = not go_on
        return go_on


def _size(recipe: Recipe) -> tuple[int, int]:
    return max(8, recipe.width // 8 * 8), max(8, recipe.height // 8 * 8)


def _levels(recipe: Recipe) -> Levels:
    """All noise levels of the first pass; for img2img those from the strength's on (A1111's rule)."""
    sampler, scheduler = resolve(recipe.sampler, recipe.scheduler)
    levels = noise_levels(sampler, scheduler, recipe.steps)
    if recipe.init is None:
        return levels
    kept = int(min(recipe.denoising_strength, 0.999) * recipe.steps)
    return levels[len(levels) - 2 - kept :]


def _hires_levels(recipe: Recipe, hires: HiresRecipe) -> Levels:
    """The second pass runs all of its steps: the schedule is stretched so that the strength's part has them."""
    sampler, scheduler = resolve(hires.sampler or recipe.sampler, hires.scheduler or recipe.scheduler)
    steps = hires.steps or recipe.steps
    strength = min(hires.denoising_strength, 0.999)
    whole = int(steps / strength) if strength > 0 else steps
    return noise_levels(sampler, scheduler, max(whole, steps))[-steps - 1 :]


def _plan(recipe: Recipe, source: Image.Image | None = None, mask: Image.Image | None = None) -> Plan:
    width, height = _size(recipe)
    return Plan(
        prompt=recipe.prompt,
        negative_prompt=recipe.negative_prompt,
        width=width,
        height=height,
        sampler=resolve(recipe.sampler, recipe.scheduler)[0],
        sigmas=_levels(recipe),
        cfg_scale=recipe.cfg_scale,
        seed=recipe.seed,
        subseed=recipe.subseed,
        subseed_strength=recipe.subseed_strength,
        tiling=recipe.tiling,
        eta=recipe.eta,
        source=source,
        strength=recipe.denoising_strength,
        mask=mask,
        fill=recipe.inpainting_fill,
    )


def _img2img(recipe: Recipe, init: Image.Image, counter: _Counter) -> Image.Image:
    source = framing.opaque(init)
    work = recipe.mask and framing.repaint(
        source,
        recipe.mask,
        _size(recipe),
        resize_mode=recipe.resize_mode,
        blur=recipe.mask_blur,
        padding=recipe.padding,
        only_masked=recipe.inpaint_full_res,
        invert=recipe.mask_invert,
    )
    if work is None:
        source = framing.framed(source, *_size(recipe), recipe.resize_mode)
        return Image.fromarray(run(_plan(recipe, source), counter.after_step))
    painted = run(_plan(recipe, work.source, work.mask), counter.after_step)
    return work.composed(Image.fromarray(painted))


def _hires(recipe: Recipe, hires: HiresRecipe, first: Image.Image, counter: _Counter) -> Image.Image:
    """The second pass: the first picture upscaled, then img2img at the larger size."""
    enlarged = upscale(first, (hires.width, hires.height), hires.upscaler)
    source = framing.framed(enlarged, hires.width // 8 * 8, hires.height // 8 * 8, framing.STRETCH)
    sampler, _ = resolve(hires.sampler or recipe.sampler, hires.scheduler or recipe.scheduler)
    plan = Plan(
        prompt=hires.prompt or recipe.prompt,
        negative_prompt=hires.negative_prompt or recipe.negative_prompt,
        width=source.width,
        height=source.height,
        sampler=sampler,
        sigmas=_hires_levels(recipe, hires),
        cfg_scale=recipe.cfg_scale,
        seed=recipe.seed,
        subseed=recipe.subseed,
        subseed_strength=recipe.subseed_strength,
        tiling=recipe.tiling,
        eta=recipe.eta,
        source=source,
        strength=hires.denoising_strength,
    )
    return Image.fromarray(run(plan, counter.after_step))
