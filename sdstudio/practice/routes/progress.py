"""Progress, interrupt and skip, and the web UI server's /internal routes. None waits for the running job."""

from __future__ import annotations

import base64
import io
from typing import Any

from fastapi import APIRouter, Request
from PIL import Image
from starlette.responses import JSONResponse

from sdstudio.practice import pictures
from sdstudio.practice.endpoint import PracticeEndpoint
from sdstudio.practice.fields import TASK_PROGRESS
from sdstudio.practice.kinds import BOOL
from sdstudio.practice.schema import body_of, checked, openapi_body

_SKIP = "skip_current_image"
_SKIP_PARAMETER = {
    "parameters": [{"name": _SKIP, "in": "query", "schema": {"type": "boolean", "default": False}}]
}
_BUSY = 0.01  # what a job that has just begun shows


def progress_routes(endpoint: PracticeEndpoint) -> APIRouter:
    """The one global state, whoever asks."""
    router = APIRouter(prefix="/sdapi/v1", tags=["progress"])
    state = endpoint.state

    @router.get("/progress", openapi_extra=_SKIP_PARAMETER)
    async def progress(request: Request) -> JSONResponse:
        without_image = checked(BOOL, request.query_params.get(_SKIP, "false"), ("query", _SKIP))
        return JSONResponse(_progress(endpoint, with_image=not without_image))

    @router.post("/interrupt")
    async def interrupt() -> JSONResponse:
        state.interrupt()
        return JSONResponse({})

    @router.post("/skip")
    async def skip() -> JSONResponse:
        state.skip()
        return JSONResponse(None)

    return router


def internal_routes(endpoint: PracticeEndpoint) -> APIRouter:
    """Not covered by `--api-auth`, as in the original."""
    router = APIRouter(prefix="/internal", tags=["progress"])

    @router.get("/ping")
    async def ping() -> JSONResponse:
        return JSONResponse({})

    @router.get("/pending-tasks")
    async def pending_tasks() -> JSONResponse:
        tasks = endpoint.tasks.pending
        return JSONResponse({"size": len(tasks), "tasks": tasks})

    @router.post("/progress", openapi_extra=openapi_body(TASK_PROGRESS))
    async def task_progress(request: Request) -> JSONResponse:
        values = await body_of(request, TASK_PROGRESS)
        return JSONResponse(_task_progress(endpoint, values))

    return router


def _progress(endpoint: PracticeEndpoint, *, with_image: bool) -> dict[str, Any]:
    state = endpoint.state
    told: dict[str, Any] = {"progress": 0.0, "eta_relative": 0.0, "state": state.as_dict()}
    told |= {"current_image": None, "textinfo": None}
    if state.job_count == 0:
        return told
    fraction = _BUSY + state.fraction
    told |= {"progress": min(fraction, 1.0), "eta_relative": state.eta(fraction)}
    if with_image and (preview := state.preview) is not None:
        told["current_image"] = pictures.encoded(preview, endpoint.options.current)
    return told


def _task_progress(endpoint: PracticeEndpoint, values: dict[str, Any]) -> dict[str, Any]:
    tasks, state = endpoint.tasks, endpoint.state
    task: str = values["id_task"] or ""
    told: dict[str, Any] = {
        "active": bool(task) and task == tasks.current,
        "queued": tasks.is_pending(task),
        "completed": tasks.is_finished(task),
        "progress": None,
        "eta": None,
        "live_preview": None,
        "id_live_preview": -1,
        "textinfo": None,
    }
    if not told["active"]:
        return told | {"textinfo": _place(tasks.pending, task)}
    fraction = min(state.fraction, 1.0)
    told |= {"progress": fraction, "eta": state.eta(fraction) if fraction else None}
    told["id_live_preview"] = values["id_live_preview"]
    preview = state.preview
    if preview is not None and values["live_preview"] and values["id_live_preview"] != state.preview_id:
        told["id_live_preview"] = state.preview_id
        told["live_preview"] = _data_url(preview, str(endpoint.options.current["live_previews_image_format"]))
    return told


def _place(pending: list[str], task: str) -> str:
    return f"In queue: {pending.index(task) + 1}/{len(pending)}" if task in pending else "Waiting..."


def _data_url(image: Image.Image, kind: str) -> str:
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return f"data:image/{kind};base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"
