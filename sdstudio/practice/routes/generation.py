"""POST /sdapi/v1/txt2img and img2img."""

from __future__ import annotations

import json
from collections.abc import Sequence

from fastapi import APIRouter, Request
from starlette.responses import Response

from sdstudio.practice import scripts
from sdstudio.practice.endpoint import PracticeEndpoint
from sdstudio.practice.fields import IMG2IMG, TXT2IMG
from sdstudio.practice.gateway import FAULT
from sdstudio.practice.generation_job import GenerationJob
from sdstudio.practice.schema import Field, body_of, openapi_body
from sdstudio.practice.state import TaskIds, new_task_id
from sdstudio.practice.wire_errors import Broke, Declined

_FAILURES = {
    "oom": (
        "OutOfMemoryError",
        "CUDA out of memory. Tried to allocate 12.00 GiB (ordered by --behave oom; there is no GPU here)",
    ),
    "nan": (
        "NansException",
        "A tensor with NaNs was produced in Unet. (ordered by --behave nan; there is no Unet here)",
    ),
}


def generation_routes(endpoint: PracticeEndpoint) -> APIRouter:
    """Both ask for a place in the queue and answer when the pictures are there."""
    router = APIRouter(prefix="/sdapi/v1", tags=["generate"])

    @router.post("/txt2img", summary="Pictures from words", openapi_extra=openapi_body(TXT2IMG))
    async def txt2img(request: Request) -> Response:
        return await _generated(endpoint, "txt2img", TXT2IMG, request)

    @router.post("/img2img", summary="Pictures from a picture", openapi_extra=openapi_body(IMG2IMG))
    async def img2img(request: Request) -> Response:
        return await _generated(endpoint, "img2img", IMG2IMG, request)

    return router


async def _generated(
    endpoint: PracticeEndpoint, kind: str, fields: Sequence[Field], request: Request
) -> Response:
    ordered: str = request.scope.get(FAULT, "")
    values = await body_of(request, fields)
    if kind == "img2img" and values["init_images"] is None:
        raise Declined(404, "Init image not found")
    scripts.check(values)
    task = values["force_task_id"] or new_task_id(kind)
    job = GenerationJob(
        kind,
        values,
        endpoint.options,
        endpoint.state,
        slow_s=slow.amount if (slow := endpoint.behaviour.standing("slow")) else 0.0,
        fault=Broke(*_FAILURES[ordered]) if ordered in _FAILURES else None,
    )
    endpoint.tasks.add(task)
    answer = await endpoint.painting.run(lambda: _run(job, task, endpoint.tasks))
    return Response(_spoiled(answer, ordered), media_type="application/json")


def _run(job: GenerationJob, task: str, tasks: TaskIds) -> bytes:
    tasks.start(task)
    answer = job.run()
    tasks.finish(task)
    return answer


def _spoiled(answer: bytes, ordered: str) -> bytes:
    if ordered == "empty-image":
        return json.dumps(json.loads(answer) | {"images": [""]}).encode()
    return answer[: len(answer) // 2] if ordered == "garbage" else answer
