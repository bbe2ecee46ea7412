"""GET and POST /sdapi/v1/options, and the calls that would reload models."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from sdstudio.practice.endpoint import PracticeEndpoint
from sdstudio.practice.options import needs_the_lock
from sdstudio.practice.schema import object_of

_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}}


def option_routes(endpoint: PracticeEndpoint) -> APIRouter:
    """What would load a model waits for the running job, as in the original."""
    router = APIRouter(prefix="/sdapi/v1", tags=["options"])

    @router.get("/options")
    async def options() -> JSONResponse:
        return JSONResponse(dict(endpoint.options.current))

    @router.post("/options", openapi_extra=_BODY)
    async def change_options(request: Request) -> JSONResponse:
        changes = await object_of(request)
        if needs_the_lock(changes):
            await endpoint.painting.run(lambda: endpoint.options.change(changes))
        else:
            endpoint.options.change(changes)
        return JSONResponse(None)

    for name in ("refresh-checkpoints", "refresh-vae", "refresh-embeddings"):

        @router.post(f"/{name}", name=name)
        async def refresh() -> JSONResponse:
            await endpoint.painting.run(lambda: None)
            return JSONResponse(None)

    for name in ("unload-checkpoint", "reload-checkpoint"):

        @router.post(f"/{name}", name=name)
        async def nothing_to_do() -> JSONResponse:
            return JSONResponse({})

    return router
