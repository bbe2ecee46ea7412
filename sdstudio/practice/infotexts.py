"""What a picture's recipe says of it: the infotext and the `info` of an answer, keys and order as in 1.10.1."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sdstudio.core import infotext
from sdstudio.practice import hires
from sdstudio.practice.checkpoints import VERSION
from sdstudio.practice.engine import effective_scheduler
from sdstudio.practice.processing import Processing

_AUTOMATIC = "Automatic"
_MASKED_CONTENT = ("fill", "original", "latent noise", "latent nothing")


def extra_parameters(p: Processing) -> dict[str, Any]:
    """`extra_generation_params`: what goes beyond the fixed keys; None where it is as usual."""
    extra: dict[str, Any] = {}
    if (schedule := effective_scheduler(*p.sampler)) != _AUTOMATIC:
        extra["Schedule type"] = schedule
    if p.sources or hires.asked(p.values):
        extra["Denoising strength"] = p.values["denoising_strength"]
    if hires.asked(p.values):
        extra |= hires.told(p.values)
    if p.mask is not None:
        extra |= _mask_parameters(p)
    if p.values["eta"] is not None:
        extra["Eta"] = p.values["eta"]
    return extra


def _mask_parameters(p: Processing) -> dict[str, Any]:
    values = p.values
    told: dict[str, Any] = {"Mask blur": p.mask_blur}
    if values["inpainting_mask_invert"]:
        told = {"Mask mode": "Inpaint not masked"} | told
    if values["inpaint_full_res"]:
        told |= {"Inpaint area": "Only masked", "Masked area padding": values["inpaint_full_res_padding"]}
    if values["inpainting_fill"] in {0, 2, 3}:
        told["Masked content"] = _MASKED_CONTENT[values["inpainting_fill"]]
    return told


def infotext_of(p: Processing, at: int, extra: dict[str, Any]) -> str:
    """The `parameters` text of picture number `at`."""
    varied = p.subseed_strength != 0
    settings = p.settings
    pairs = {
        "Steps": p.values["steps"],
        "Sampler": p.sampler[0],
        "Schedule type": p.sampler[1],
        "CFG scale": p.values["cfg_scale"],
        "Seed": p.seed_of(at),
        "Size": f"{p.values['width']}x{p.values['height']}",
        "Model hash": p.checkpoint.hash if settings["add_model_hash_to_info"] else None,
        "Model": p.checkpoint.name if settings["add_model_name_to_info"] else None,
        "Variation seed": p.subseed_of(at) if varied else None,
        "Variation seed strength": p.subseed_strength if varied else None,
        "Denoising strength": None,
        "Clip skip": p.clip_skip if p.clip_skip > 1 else None,
        "Tiling": True if p.tiling else None,
    }
    return infotext.write(p.prompt, p.negative_prompt, (pairs | extra | {"Version": VERSION}).items())


def info_of(p: Processing, infotexts: Sequence[str], *, first_image: int, job_timestamp: str) -> str:
    """The answer's `info`, itself JSON text. It speaks of all pictures asked for, made or not."""
    values = p.values
    info = {
        "prompt": p.prompt,
        "all_prompts": [p.prompt] * p.count,
        "negative_prompt": p.negative_prompt,
        "all_negative_prompts": [p.negative_prompt] * p.count,
        "seed": p.seed,
        "all_seeds": [p.seed_of(at) for at in range(p.count)],
        "subseed": p.subseed,
        "all_subseeds": [p.subseed_of(at) for at in range(p.count)],
        "subseed_strength": p.subseed_strength,
        "width": values["width"],
        "height": values["height"],
        "sampler_name": p.sampler[0],
        "cfg_scale": values["cfg_scale"],
        "steps": values["steps"],
        "batch_size": p.batch_size,
        "restore_faces": bool(values["restore_faces"]),
        "face_restoration_model": None,
        "sd_model_name": p.checkpoint.name,
        "sd_model_hash": p.checkpoint.hash,
        "sd_vae_name": None,
        "sd_vae_hash": None,
        "seed_resize_from_w": values["seed_resize_from_w"],
        "seed_resize_from_h": values["seed_resize_from_h"],
        "denoising_strength": values["denoising_strength"],
        "extra_generation_params": extra_parameters(p),
        "index_of_first_image": first_image,
        "infotexts": list(infotexts),
        "styles": values["styles"] or [],
        "job_timestamp": job_timestamp,
        "clip_skip": p.clip_skip,
        "is_using_inpainting_conditioning": False,
        "version": VERSION,
    }
    return json.dumps(info)
