"""A picture's recipe in words, and as a request to make it again. No widgets, no Qt."""

from __future__ import annotations

from dataclasses import replace

from sdstudio.core.infotext import Infotext
from sdstudio.core.request import GenerationRequest
from sdstudio.library.records import PictureRecord
from sdstudio.ui import wording

RESIZE_MODES = ("stretch", "crop", "fill", "stretch (latent)")


def parameters(record: PictureRecord) -> dict[str, str]:
    """What made the picture, by the names the field uses: what the server says it did before what was asked."""
    told = dict(record.recipe.parameters)
    rows = {"Seed": "" if record.seed is None else str(record.seed), "Size": str(record.size)}
    told.pop("Size", None)  # of the first pass; the picture's own is what one sees
    if record.request:
        rows |= {name: told.pop(name, value) for name, value in _asked(record.request).items()}
    rows |= {name: value for name, value in told.items() if not rows.get(name)}
    return {name: value for name, value in rows.items() if value}


def origin(record: PictureRecord) -> str:
    """Where it was made and how long that took: "studio-gpu (forge) · 12 s"."""
    mark = record.endpoint
    dialect = f" ({mark.dialect})" if mark.dialect and mark.dialect != mark.name else ""
    took = wording.duration(record.seconds) if record.seconds >= 0.5 else ""
    stopped = "interrupted" if record.interrupted else ""
    return " · ".join(part for part in (f"{mark.name or mark.url}{dialect}", took, stopped) if part)


def remaking(record: PictureRecord) -> GenerationRequest | None:
    """The request that makes this very picture: with its own seeds, which differ within a batch.

    Where the request is not known it is read from the infotext; None if that tells nothing either.
    """
    request = record.request or _read(record.recipe, record)
    if request is None:
        return None
    seed = request.seed if record.seed is None else record.seed
    subseed = record.recipe.subseed if request.subseed_strength else None
    return replace(request, seed=seed, subseed=request.subseed if subseed is None else subseed)


def _asked(request: GenerationRequest) -> dict[str, str]:
    varied = request.subseed_strength > 0
    rows = {
        "Steps": str(request.steps),
        "Sampler": request.sampler_name,
        "Schedule type": request.scheduler,
        "CFG scale": f"{request.cfg_scale:g}",
        "Variation seed": str(request.subseed) if varied else "",
        "Variation seed strength": f"{request.subseed_strength:g}" if varied else "",
        "Tiling": "yes" if request.tiling else "",
        "Model": request.checkpoint,
        "VAE": request.vae,
    }
    if part := request.img2img:
        rows["Denoising strength"] = f"{part.denoising_strength:g}"
        rows["Resize mode"] = RESIZE_MODES[part.resize_mode]
        if part.inpaint:
            rows["Mask blur"] = str(part.inpaint.blur)
            rows["Inpaint area"] = "only masked" if part.inpaint.only_masked else "whole picture"
    if part := request.hires:
        rows["Denoising strength"] = f"{part.denoising_strength:g}"
        rows["Hires upscale"] = f"{part.scale:g}"
        rows["Hires upscaler"] = part.upscaler
        rows["Hires steps"] = str(part.steps) if part.steps else "as many"
    return rows


def _read(recipe: Infotext, record: PictureRecord) -> GenerationRequest | None:
    if not recipe.parameters:
        return None
    size, plain = recipe.size or record.size, GenerationRequest()
    return GenerationRequest(
        prompt=recipe.prompt,
        negative_prompt=recipe.negative_prompt,
        width=size.width,
        height=size.height,
        steps=recipe.steps or plain.steps,
        sampler_name=recipe.sampler or plain.sampler_name,
        scheduler=recipe.scheduler or plain.scheduler,
        cfg_scale=plain.cfg_scale if recipe.cfg_scale is None else recipe.cfg_scale,
        seed=plain.seed if recipe.seed is None else recipe.seed,
    )
