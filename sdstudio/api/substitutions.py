"""What an endpoint did instead of what was asked, in plain sentences.

Servers substitute samplers, schedules, checkpoints and sizes without a word (a1111_api §9.5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sdstudio.core import infotext, names
from sdstudio.core.geometry import MULTIPLE, Size
from sdstudio.core.request import GenerationRequest
from sdstudio.core.result import GeneratedImage

_HASH = re.compile(r"\s*\[([0-9a-f]{6,64})\]$", re.IGNORECASE)
_EXTENSION = re.compile(r"\.(?:safetensors|ckpt|pt|pth|gguf|bin|sft)$", re.IGNORECASE)
_OWN_CHOICE = ("", "automatic", "none", "default")
_SDCPP = "stable-diffusion.cpp"  # what it writes as its version
_UNKNOWN = "NONE"  # its word for a sampler that it does not know
_SCHEDULES_IN_NAMES = ("karras", "exponential", "polyexponential", "sgmuniform", "uniform")


def notes(
    request: GenerationRequest, images: Sequence[GeneratedImage], info: Mapping[str, Any], *, interrupted: bool
) -> Iterator[str]:
    """One sentence for each thing that is not as it was asked for."""
    made = [image for image in images if image.role == "picture"]
    recipe = infotext.parse(made[0].infotext) if made else infotext.Infotext()
    sampler, schedule = _told(recipe)
    yield from _sampler(request, _text(info, "sampler_name") or sampler)
    yield from _scheduler(request, schedule)
    yield from _checkpoint(request, info, recipe)
    yield from _vae(request, info)
    yield from _seed(request, made)
    yield from _count(request, len(made), interrupted=interrupted)
    if not interrupted:
        yield from _size(request, made)


def _told(recipe: infotext.Infotext) -> tuple[str, str]:
    """Sampler and schedule of the recipe; sd.cpp writes one behind the other, or nothing for its default."""
    sampler, schedule = recipe.sampler or "", recipe.scheduler or ""
    if recipe.parameters.get("Version") == _SDCPP:
        sampler, _, schedule = sampler.partition(" ")
        schedule = schedule or _UNKNOWN
    return sampler, schedule


def _sampler(request: GenerationRequest, used: str) -> Iterator[str]:
    asked = request.sampler_name
    if names.canonical(asked) in _OWN_CHOICE or not used or _same_sampler(asked, used, request.scheduler):
        return
    if used.upper() == _UNKNOWN:
        yield f"The endpoint does not know the sampler “{asked}” and used its own default."
    else:
        yield f"The endpoint used the sampler “{used}” instead of “{asked}”."


def _same_sampler(asked: str, used: str, scheduler: str) -> bool:
    """Whether two names mean one sampler; before 1.9 the schedule was part of it ("DPM++ 2M Karras")."""
    asked, used, scheduler = names.canonical(asked), names.canonical(used), names.canonical(scheduler)
    return used in (asked, asked + scheduler) or asked.removeprefix(used) in _SCHEDULES_IN_NAMES


def _scheduler(request: GenerationRequest, used: str) -> Iterator[str]:
    asked = names.canonical(request.scheduler)
    if asked in _OWN_CHOICE or not used or asked == names.canonical(used):
        return
    if used == _UNKNOWN:
        yield f"The endpoint does not know the schedule “{request.scheduler}” and used its own default."
    else:
        yield f"The endpoint used the schedule “{used}” instead of “{request.scheduler}”."


def _checkpoint(
    request: GenerationRequest, info: Mapping[str, Any], recipe: infotext.Infotext
) -> Iterator[str]:
    used = _text(info, "sd_model_name") or recipe.model or ""
    digest = _text(info, "sd_model_hash") or recipe.model_hash or ""
    asked = request.checkpoint
    if not asked or not used:
        return
    given = _HASH.search(asked)
    if digest and digest.lower() in (asked.lower(), given[1].lower() if given else ""):
        return
    if _stem(asked) != _stem(used):
        yield f"The endpoint used the checkpoint “{used}” instead of “{asked}”."


def _stem(name: str) -> str:
    """A checkpoint's name without folder, extension and hash; A1111 writes its folders with underscores."""
    path = _EXTENSION.sub("", _HASH.sub("", name)).replace("\\", "/").casefold()
    return path.replace("/", "_")


def _vae(request: GenerationRequest, info: Mapping[str, Any]) -> Iterator[str]:
    asked = request.vae
    if asked.casefold() in _OWN_CHOICE or "sd_vae_name" not in info:
        return
    used = _text(info, "sd_vae_name")
    if _stem(used) != _stem(asked):
        yield f"The endpoint used {f'the VAE “{used}”' if used else 'no VAE of its own'} instead of “{asked}”."


def _seed(request: GenerationRequest, made: Sequence[GeneratedImage]) -> Iterator[str]:
    used = made[0].seed if made else None
    if used is not None and request.seed >= 0 and used != request.seed:
        yield f"The endpoint used the seed {used} instead of {request.seed}."


def _count(request: GenerationRequest, made: int, *, interrupted: bool) -> Iterator[str]:
    if made < request.count:
        stopped = "It was stopped: " if interrupted else ""
        yield f"{stopped}{made} of the {request.count} pictures asked for came."


def _size(request: GenerationRequest, made: Sequence[GeneratedImage]) -> Iterator[str]:
    wanted = _wanted(request)
    for image in made:
        if abs(image.width - wanted.width) >= MULTIPLE or abs(image.height - wanted.height) >= MULTIPLE:
            yield f"The endpoint made {Size(image.width, image.height)} instead of {wanted} pixels."
            return


def _wanted(request: GenerationRequest) -> Size:
    """The size of the finished picture: an "only masked" inpainting is put back into its source."""
    if request.img2img:
        inpaint, source = request.img2img.inpaint, request.img2img.source
        return Size(source.width, source.height) if inpaint and inpaint.only_masked else request.size
    scale = request.hires.scale if request.hires else 1.0
    return Size(int(request.width * scale), int(request.height * scale))


def _text(info: Mapping[str, Any], key: str) -> str:
    value = info.get(key)
    return value if isinstance(value, str) else ""
