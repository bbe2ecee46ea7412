"""The lists a client fills its menus from, and what it may ask about the server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse

from sdstudio.practice import memory, scripts
from sdstudio.practice.checkpoints import CHECKPOINTS
from sdstudio.practice.endpoint import PracticeEndpoint
from sdstudio.practice.engine import LATENT_MODES, SAMPLERS, SCHEDULERS, UPSCALERS
from sdstudio.practice.prompts import STYLES

Item = dict[str, Any]


def _samplers() -> list[Item]:
    return [
        {"name": entry.name, "aliases": list(entry.aliases), "options": dict(entry.options)}
        for entry in SAMPLERS
    ]


def _schedulers() -> list[Item]:
    return [
        {
            "name": entry.name,
            "label": entry.label,
            "aliases": list(entry.aliases) or None,
            "default_rho": entry.default_rho,
            "need_inner_model": entry.need_inner_model,
        }
        for entry in SCHEDULERS
    ]


def _checkpoints() -> list[Item]:
    return [
        {
            "title": checkpoint.title,
            "model_name": checkpoint.name,
            "hash": checkpoint.hash,
            "sha256": checkpoint.sha256,
            "filename": checkpoint.name,
            "config": None,
        }
        for checkpoint in CHECKPOINTS
    ]


def _upscalers() -> list[Item]:
    nothing = {"model_name": None, "model_path": None, "model_url": None}
    return [{"name": entry.name, **nothing, "scale": entry.scale} for entry in UPSCALERS]


def _styles() -> list[Item]:
    return [
        {"name": style.name, "prompt": style.prompt, "negative_prompt": style.negative_prompt}
        for style in STYLES
    ]


def _embeddings() -> Item:
    return {"loaded": {}, "skipped": {}}


def _nothing() -> list[Item]:
    """There is nothing of this kind here."""
    return []


_LISTS: dict[str, Callable[[], object]] = {
    "samplers": _samplers,
    "schedulers": _schedulers,
    "sd-models": _checkpoints,
    "upscalers": _upscalers,
    "latent-upscale-modes": lambda: [{"name": name} for name in LATENT_MODES],
    "prompt-styles": _styles,
    "embeddings": _embeddings,
    "scripts": scripts.names,
    "script-info": scripts.details,
    "memory": memory.report,
    "sd-vae": _nothing,
    "hypernetworks": _nothing,
    "face-restorers": _nothing,
    "realesrgan-models": _nothing,
    "extensions": _nothing,
}


def list_routes(endpoint: PracticeEndpoint) -> APIRouter:
    """GET /sdapi/v1/…; none waits for the running job."""
    router = APIRouter(prefix="/sdapi/v1", tags=["lists"])
    for name, make in _LISTS.items():
        router.get(f"/{name}", name=name)(_answering(make))

    @router.get("/cmd-flags")
    async def flags() -> JSONResponse:
        return JSONResponse(dict(endpoint.flags))

    return router


def _answering(make: Callable[[], object]) -> Callable[[], Awaitable[JSONResponse]]:
    async def answer() -> JSONResponse:
        return JSONResponse(make())

    return answer


def lora_routes() -> APIRouter:
    """These belong to an extension of the original, which its `--api-auth` does not cover."""
    router = APIRouter(prefix="/sdapi/v1", tags=["lists"])

    @router.get("/loras")
    async def loras() -> JSONResponse:
        return JSONResponse([])

    @router.post("/refresh-loras")
    async def refresh_loras() -> JSONResponse:
        return JSONResponse(None)

    return router
