"""One request made definite: seeds drawn, names resolved, pictures decoded, a `Recipe` for every picture.

This is what the original calls `p`. It paints nothing: `generation_job` does the work, `infotexts` the telling.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from PIL import Image

from sdstudio.practice import hires, limits, pictures, prompts
from sdstudio.practice.checkpoints import Checkpoint
from sdstudio.practice.engine import HiresRecipe, Recipe, resolve
from sdstudio.practice.options import Settings, checkpoint_of
from sdstudio.practice.wire_errors import Broke

_LARGEST_DRAWN = 2**32 - 1  # a drawn seed is below it, as the original's
_ORIGINAL_CONTENT = 1
_LARGEST_BLUR = 1024
_LARGEST_PADDING = 8192


@dataclass(frozen=True)
class Processing:
    """A txt2img or img2img request. `values` is the checked body, `settings` the options it runs with."""

    kind: str
    values: Mapping[str, Any]
    settings: Settings
    prompt: str
    negative_prompt: str
    seed: int
    subseed: int
    batch_size: int
    sources: tuple[Image.Image, ...] = ()
    mask: Image.Image | None = None

    @property
    def n_iter(self) -> int:
        """Passes."""
        return self.values["n_iter"]

    @property
    def count(self) -> int:
        """How many pictures are asked for."""
        return self.batch_size * self.n_iter

    @property
    def checkpoint(self) -> Checkpoint:
        """The way of painting."""
        return checkpoint_of(self.settings)

    @property
    def subseed_strength(self) -> float:
        """How far from the seed's noise to the subseed's."""
        return self.values["subseed_strength"] or 0

    @property
    def clip_skip(self) -> int:
        """Noted only: there is no CLIP."""
        return int(self.settings["CLIP_stop_at_last_layers"])

    @property
    def tiling(self) -> bool:
        """Whether the picture's edges shall meet; null leaves it to the option."""
        asked = self.values["tiling"]
        return bool(self.settings["tiling"] if asked is None else asked)

    @cached_property
    def sampler(self) -> tuple[str, str]:
        """Name of the sampler and label of the scheduler that the request's words stand for."""
        return resolve(self.values["sampler_name"] or self.values["sampler_index"], self.values["scheduler"])

    def seed_of(self, at: int) -> int:
        """Of picture number `at`; all have the same when a variation strength is given."""
        return self.seed if self.subseed_strength else self.seed + at

    def subseed_of(self, at: int) -> int:
        """Of picture number `at`."""
        return self.subseed + at

    @cached_property
    def second_pass(self) -> HiresRecipe | None:
        """The second pass, if one is asked for."""
        return hires.recipe_of(self.values) if hires.asked(self.values) else None

    @property
    def mask_blur(self) -> int:
        """Pixels; one number for both axes wins."""
        asked = self.values["mask_blur"]
        blur = max(self.values["mask_blur_x"] or 0, self.values["mask_blur_y"] or 0) if asked is None else asked
        return min(max(blur, 0), _LARGEST_BLUR)

    def recipe(self, at: int) -> Recipe:
        """How to paint picture number `at`."""
        sampler, scheduler = self.sampler
        common = Recipe(
            prompt=self._painted(self.prompt),
            negative_prompt=prompts.without_extra_networks(self.negative_prompt),
            width=self.values["width"],
            height=self.values["height"],
            steps=self.values["steps"],
            sampler=sampler,
            scheduler=scheduler,
            cfg_scale=self.values["cfg_scale"],
            seed=self.seed_of(at),
            subseed=self.subseed_of(at),
            subseed_strength=self.subseed_strength,
            tiling=self.tiling,
            eta=self.values["eta"],
            hires=self.second_pass,
        )
        return self._from_source(common, at) if self.sources else common

    def _painted(self, prompt: str) -> str:
        words = self.checkpoint.words
        plain = prompts.without_extra_networks(prompt)
        return f"{plain}, {words}" if words else plain

    def _from_source(self, common: Recipe, at: int) -> Recipe:
        """The same with the source picture and mask; several sources are dealt out within each batch."""
        values = self.values
        fill = values["inpainting_fill"]
        return replace(
            common,
            init=self.sources[at % self.batch_size % len(self.sources)],
            denoising_strength=min(max(values["denoising_strength"], 0.0), 1.0),
            resize_mode=values["resize_mode"] or 0,
            mask=self.mask,
            mask_blur=self.mask_blur,
            inpainting_fill=fill if fill in range(4) else _ORIGINAL_CONTENT,
            inpaint_full_res=bool(values["inpaint_full_res"]),
            padding=min(max(values["inpaint_full_res_padding"] or 0, 0), _LARGEST_PADDING),
            mask_invert=bool(values["inpainting_mask_invert"]),
        )


def processing_of(kind: str, values: Mapping[str, Any], settings: Settings) -> Processing:
    """Check a body's values and make them definite; decodes pictures, so it belongs on the painting thread.

    Raises `Broke` or `Declined`.
    """
    limits.check(values, kind)
    hires.check(values)
    texts = [values["prompt"], values["negative_prompt"]]
    if settings["enable_prompt_comments"]:
        texts = [prompts.without_comments(text) for text in texts]
    prompt, negative_prompt = prompts.with_styles(texts[0], texts[1], values["styles"] or [])
    sources = _sources(values, settings)
    mask = values.get("mask")
    return Processing(
        kind=kind,
        values=values,
        settings=settings,
        prompt=prompt,
        negative_prompt=negative_prompt,
        seed=_fixed(values["seed"]),
        subseed=_fixed(values["subseed"]),
        batch_size=len(sources) if len(sources) > 1 else values["batch_size"],
        sources=sources,
        mask=pictures.mask_of(pictures.decoded(mask), rounded=values["mask_round"]) if mask else None,
    )


def _fixed(seed: int | None) -> int:
    return random.randrange(_LARGEST_DRAWN) if seed is None or seed == -1 else seed  # noqa: S311


def _sources(values: Mapping[str, Any], settings: Settings) -> tuple[Image.Image, ...]:
    if "init_images" not in values:
        return ()
    given: list[Any] = values["init_images"]
    if not given:
        raise Broke("RuntimeError", "init_images is empty: there is nothing to start from")
    if len(given) > max(1, values["batch_size"]):
        expected = values["batch_size"]
        raise Broke("RuntimeError", f"bad number of images passed: {len(given)}; expecting {expected} or less")
    background = str(settings["img2img_background_color"])
    return tuple(pictures.flattened(pictures.decoded(each), background) for each in given)
