"""The hires part of a txt2img body: what it asks for, what it may not, and what the infotext says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sdstudio.practice import limits
from sdstudio.practice.engine import LATENT_MODES, SAMPLERS, UPSCALERS, HiresRecipe
from sdstudio.practice.wire_errors import Broke

_DEFAULT_UPSCALER = "Latent"


def asked(values: Mapping[str, Any]) -> bool:
    """Whether there is a second pass."""
    return bool(values.get("enable_hr"))


def check(values: Mapping[str, Any]) -> None:
    """Raises `Broke` as the original would, down to Python's own sentence for a missing strength."""
    if not asked(values):
        return
    limits.check_checkpoint(values["hr_checkpoint_name"])
    upscaler = values["hr_upscaler"]
    if upscaler is not None and upscaler not in {*LATENT_MODES, *(entry.name for entry in UPSCALERS)}:
        raise Broke("Exception", f"could not find upscaler named {upscaler}")
    sampler = values["hr_sampler_name"]
    if sampler is not None and sampler not in {entry.name for entry in SAMPLERS}:
        raise Broke("AssertionError", f"bad sampler name: {sampler}")
    if values["denoising_strength"] is None:
        raise Broke("TypeError", "'<' not supported between instances of 'float' and 'NoneType'")
    steps = values["hr_second_pass_steps"] or 0
    if not 0 <= steps <= limits.MOST_STEPS:
        raise Broke("RuntimeError", f"the second pass makes 0 to {limits.MOST_STEPS} steps, not {steps}")
    limits.check_size(*size(values), values["batch_size"] * values["n_iter"])


def size(values: Mapping[str, Any]) -> tuple[int, int]:
    """Pixels of the result: by the factor, or by one or both sides."""
    width, height = values["width"], values["height"]
    to_width, to_height = values["hr_resize_x"] or 0, values["hr_resize_y"] or 0
    if not to_width and not to_height:
        scale = values["hr_scale"] or 1.0
        return int(width * scale), int(height * scale)
    return to_width or to_height * width // height, to_height or to_width * height // width


def recipe_of(values: Mapping[str, Any]) -> HiresRecipe:
    """The second pass of checked values."""
    width, height = size(values)
    return HiresRecipe(
        width=width,
        height=height,
        denoising_strength=min(max(values["denoising_strength"], 0.0), 1.0),
        steps=values["hr_second_pass_steps"] or 0,
        upscaler=values["hr_upscaler"] or _DEFAULT_UPSCALER,
        sampler=values["hr_sampler_name"] or "",
        scheduler=values["hr_scheduler"] or "",
        prompt=values["hr_prompt"] or "",
        negative_prompt=values["hr_negative_prompt"] or "",
    )


def told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Keys for `extra_generation_params`; the texts and the schedule are null where they are the first pass's."""
    by_factor = not values["hr_resize_x"] and not values["hr_resize_y"]
    by_sides = f"{values['hr_resize_x']}x{values['hr_resize_y']}"
    as_first = {
        "Hires prompt": values["hr_prompt"] or None,
        "Hires negative prompt": values["hr_negative_prompt"] or None,
        "Hires schedule type": values["hr_scheduler"],
    }
    own = {
        "Hires sampler": values["hr_sampler_name"],
        "Hires upscale": values["hr_scale"] if by_factor else None,
        "Hires resize": None if by_factor else by_sides,
        "Hires steps": values["hr_second_pass_steps"] or None,
        "Hires upscaler": values["hr_upscaler"],
    }
    return as_first | {key: value for key, value in own.items() if value is not None}
