"""The form's values as a request, and a request as the form's values. No widgets: names and plain values only."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, fields
from typing import Any

from sdstudio.core.errors import InvalidRequest
from sdstudio.core.request import RANDOM_SEED, GenerationRequest, Img2Img, Inpaint, InputImage
from sdstudio.ui.generate import fits

TABS = ("txt2img", "img2img")
# Names that the form and `GenerationRequest` share, and whose values are the same in both.
SHARED = (
    "prompt",
    "negative_prompt",
    "width",
    "height",
    "steps",
    "sampler_name",
    "scheduler",
    "cfg_scale",
    "batch_size",
    "n_iter",
    "checkpoint",
    "vae",
)
DEFAULTS = GenerationRequest()


def to_request(values: Mapping[str, Any]) -> GenerationRequest:
    """The request these values ask for; raises `InvalidRequest` naming the field that has to change."""
    shared = {name: values[name] for name in SHARED}
    part = _img2img(values) if values["tab"] == "img2img" else None
    request = GenerationRequest(**shared, seed=_seed(values["seed"]), img2img=part)
    return request.checked()


def from_request(request: GenerationRequest, wanted: Collection[str] | None = None) -> dict[str, Any]:
    """What the form should show for `request`; only for these fields of it if `wanted` is given.

    "img2img" stands for the tab and all that belongs to it. A txt2img request leaves the source alone.
    """
    chosen = {field.name for field in fields(request)} if wanted is None else set(wanted)
    values: dict[str, Any] = {name: getattr(request, name) for name in SHARED if name in chosen}
    if "seed" in chosen:
        values["seed"] = str(request.seed)
    if "img2img" in chosen:
        values["tab"] = request.kind
        if part := request.img2img:
            values |= _img2img_values(part)
    return values


def not_shown(request: GenerationRequest) -> list[str]:
    """Names of what `request` asks for that the form has no place for, so that it can be told."""
    names = [
        name
        for name in ("subseed_strength", "tiling", "hires")
        if getattr(request, name) != getattr(DEFAULTS, name)
    ]
    inpaint = request.img2img.inpaint if request.img2img else None
    if inpaint and inpaint != Inpaint(inpaint.mask):
        names.append("inpaint")
    return names


def _seed(text: str) -> int:
    return RANDOM_SEED if text in ("", "-") else int(text)


def _img2img(values: Mapping[str, Any]) -> Img2Img:
    source = fits.as_image(values["source"])
    if source is None:
        raise InvalidRequest("source", "Choose a picture to start from", remedy="Drop, paste or open one.")
    mask = fits.as_image(values["mask"])
    if mask is not None:
        _check_mask(mask, source)
    return Img2Img(
        source,
        denoising_strength=float(values["denoising_strength"]),
        resize_mode=values["resize_mode"],
        inpaint=Inpaint(mask) if mask else None,
    )


def _check_mask(mask: InputImage, source: InputImage) -> None:
    # Servers cut the mask's box out of the source by the mask's own pixels.
    if (mask.width, mask.height) != (source.width, source.height):
        raise InvalidRequest(
            "mask",
            f"The mask is {mask.width}×{mask.height} but the picture is {source.width}×{source.height}",
            remedy="Choose a mask of the picture's size.",
        )


def _img2img_values(part: Img2Img) -> dict[str, Any]:
    return {
        "source": asdict(part.source),
        "mask": asdict(part.inpaint.mask) if part.inpaint else None,
        "denoising_strength": part.denoising_strength,
        "resize_mode": part.resize_mode,
    }
