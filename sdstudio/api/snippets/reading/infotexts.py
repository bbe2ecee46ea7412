"""A1111's "parameters" text as a payload in the wire's names, so that it is judged like any other."""

from __future__ import annotations

from typing import Any

from sdstudio.api.snippets.reading.sample import Sample
from sdstudio.core import infotext
from sdstudio.core.infotext import Infotext

LONGEST = 2_000_000  # characters; recipes are a thousandth of it
_HIRES_KEYS = ("Hires upscale", "Hires resize", "Hires upscaler", "Hires steps")
# What made the picture and has no place here; versions and hashes only tell.
_NOTABLE = ("Clip skip", "Refiner", "Face restoration", "RNG", "ENSD", "Eta", "Script")
_NOTABLE_STARTS = (
    "ControlNet",
    "ADetailer",
    "Hypertile",
    "Hires prompt",
    "Hires negative prompt",
    "Hires sampler",
)


def sample_of(text: str) -> Sample | None:
    """The recipe that `text` is; None if it is none."""
    if len(text) > LONGEST:
        return None
    recipe = infotext.parse(text)
    return Sample("infotext", 0, payload_of(recipe)) if recipe.parameters else None


def payload_of(recipe: Infotext) -> dict[str, Any]:
    """The recipe in the wire's names; only what it tells."""
    told: dict[str, Any] = {
        "prompt": recipe.prompt,
        "negative_prompt": recipe.negative_prompt,
        "steps": recipe.steps,
        "sampler_name": recipe.sampler,
        "scheduler": recipe.scheduler,
        "cfg_scale": recipe.cfg_scale,
        "seed": recipe.seed,
        "width": recipe.size.width if recipe.size else None,
        "height": recipe.size.height if recipe.size else None,
        "subseed": recipe.subseed,
        "subseed_strength": recipe.number("Variation seed strength"),
        "tiling": recipe.parameters.get("Tiling"),
        "denoising_strength": recipe.denoising_strength,
        "override_settings": {"sd_model_checkpoint": recipe.model, "sd_vae": recipe.parameters.get("VAE")},
    }
    told |= _hires(recipe) if any(key in recipe.parameters for key in _HIRES_KEYS) else _img2img(recipe)
    notable = {key: value for key, value in recipe.parameters.items() if _is_notable(key)}
    return {name: value for name, value in told.items() if value is not None} | notable


def _hires(recipe: Infotext) -> dict[str, Any]:
    width, _x, height = recipe.parameters.get("Hires resize", "").partition("x")
    return {
        "enable_hr": True,
        "hr_scale": recipe.number("Hires upscale"),
        "hr_resize_x": width or None,
        "hr_resize_y": height or None,
        "hr_upscaler": recipe.parameters.get("Hires upscaler"),
        "hr_second_pass_steps": recipe.integer("Hires steps"),
    }


def _img2img(recipe: Infotext) -> dict[str, Any]:
    """A strength without a hires pass is that of img2img, whose source is not in the text."""
    if recipe.denoising_strength is None:
        return {}
    return {"init_images": [], "mask_blur": recipe.integer("Mask blur")}


def _is_notable(key: str) -> bool:
    return key in _NOTABLE or key.startswith(_NOTABLE_STARTS)
