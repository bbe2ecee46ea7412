"""A request as the JSON bytes an endpoint reads. Runs in a worker; knows the wire's field names, not the network.

Every value is written out, so that no server's defaults decide (they differ: a1111_api §9.2); nothing is ever
null, which some servers break on; pictures go as base64 of freshly written PNGs, never as addresses, which a
server would fetch. `infotext` is never sent: servers fill absent fields from it.
"""

from __future__ import annotations

import binascii
import json
from collections.abc import Iterator, Mapping
from typing import Any

from sdstudio.api import inputs
from sdstudio.core.errors import InvalidRequest, UnreadableImage
from sdstudio.core.request import GenerationRequest, Hires, Img2Img, Inpaint, InputImage

_BASE64_PIECE = 3 * 2**18  # a multiple of 3; small, since binascii holds the GIL


def route(request: GenerationRequest) -> str:
    """The path below the base address that this request is POSTed to."""
    return f"/sdapi/v1/{request.kind}"


def encode(request: GenerationRequest, pictures: Mapping[str, bytes], *, task_id: str) -> bytes:
    """The body of the request; `pictures` holds the stored bytes of its inputs by SHA-256.

    Raises `InvalidRequest` for a value that cannot be sent (an open seed among them) and `UnreadableImage` for
    an input that is no picture.
    """
    named = fields(request) | {"force_task_id": task_id}
    if request.hires:
        named["hr_steps"] = request.hires.steps  # sd.cpp's word for hr_second_pass_steps
    if request.seed < 0:
        raise InvalidRequest("seed", "The seed has not been chosen yet")
    return b"".join(_pieces(named, images(request, pictures)))


def fields(request: GenerationRequest) -> dict[str, Any]:
    """All that the request says in the wire's names, but for its pictures; an open seed is -1.

    Raises `InvalidRequest` for a value that cannot be sent.
    """
    request.checked()
    named = _common(request)
    if request.img2img:
        return named | _img2img(request.img2img)
    return named | _hires(request.hires, request.cfg_scale)


def images(request: GenerationRequest, pictures: Mapping[str, bytes]) -> dict[str, bytes]:
    """The PNGs as they are sent, by the wire's name: "init_images" (a list of one there) and "mask".

    Raises `UnreadableImage` for an input that is missing or no picture.
    """
    return _images(request.img2img, pictures) if request.img2img else {}


def _common(request: GenerationRequest) -> dict[str, Any]:
    named: dict[str, Any] = {
        "prompt": request.prompt,
        "negative_prompt": request.negative_prompt,
        "width": request.width,
        "height": request.height,
        "steps": request.steps,
        "cfg_scale": request.cfg_scale,
        "seed": request.seed,
        "subseed": request.subseed,
        "subseed_strength": request.subseed_strength,
        "batch_size": request.batch_size,
        "n_iter": request.n_iter,
        "tiling": request.tiling,
        "restore_faces": False,
        "send_images": True,
        "save_images": False,
    }
    if request.sampler_name:
        named["sampler_name"] = request.sampler_name
    if request.scheduler:
        named["scheduler"] = request.scheduler
    overrides = {"sd_model_checkpoint": request.checkpoint, "sd_vae": request.vae}
    chosen = {name: value for name, value in overrides.items() if value}
    if chosen:
        named |= {"override_settings": chosen, "override_settings_restore_afterwards": True}
    return named


def _hires(hires: Hires | None, cfg_scale: float) -> dict[str, Any]:
    if hires is None:
        return {"enable_hr": False}
    return {
        "enable_hr": True,
        "denoising_strength": hires.denoising_strength,  # left out, A1111 answers 500 (a1111_api §2.3)
        "hr_scale": hires.scale,
        "hr_upscaler": hires.upscaler,
        "hr_second_pass_steps": hires.steps,
        "hr_resize_x": 0,
        "hr_resize_y": 0,
        "hr_prompt": "",
        "hr_negative_prompt": "",
        # Forge fails without the first and forgets the negative prompt without the second (a1111_api §9.3).
        "hr_additional_modules": ["Use same choices"],
        "hr_cfg": cfg_scale,
    }


def _img2img(part: Img2Img) -> dict[str, Any]:
    named: dict[str, Any] = {
        "denoising_strength": part.denoising_strength,
        "resize_mode": part.resize_mode,
        "include_init_images": False,
    }
    return named | _inpaint(part.inpaint) if part.inpaint else named


def _inpaint(part: Inpaint) -> dict[str, Any]:
    return {
        "mask_blur": part.blur,
        "inpainting_fill": part.fill,
        "inpaint_full_res": part.only_masked,
        "inpaint_full_res_padding": part.padding,
        "inpainting_mask_invert": int(part.invert),
    }


def _images(part: Img2Img, pictures: Mapping[str, bytes]) -> dict[str, bytes]:
    source = inputs.source_png(_stored(part.source, pictures))
    pngs = {"init_images": source.png}
    if part.inpaint:
        pngs["mask"] = inputs.mask_png(_stored(part.inpaint.mask, pictures), source.size)
    return pngs


def _stored(image: InputImage, pictures: Mapping[str, bytes]) -> bytes:
    try:
        return pictures[image.sha256]
    except KeyError as error:
        raise UnreadableImage("A picture that belongs to this request is missing") from error


def _pieces(named: Mapping[str, Any], pngs: Mapping[str, bytes]) -> Iterator[bytes]:
    """JSON with the pictures spliced in: `json.dumps` over their megabytes would hold the GIL for long."""
    yield json.dumps(named, allow_nan=False).encode().removesuffix(b"}")
    for name, png in pngs.items():
        opening, closing = (b'["', b'"]') if name == "init_images" else (b'"', b'"')
        yield b',"' + name.encode() + b'":' + opening
        for start in range(0, len(png), _BASE64_PIECE):
            yield binascii.b2a_base64(png[start : start + _BASE64_PIECE], newline=False)
        yield closing
    yield b"}"
