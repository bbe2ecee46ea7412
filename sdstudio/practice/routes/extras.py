"""Upscaling, reading a picture's texts, and captions (which nobody here can write)."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from sdstudio.core import infotext
from sdstudio.practice import extras, pictures
from sdstudio.practice.endpoint import PracticeEndpoint
from sdstudio.practice.fields import EXTRA_BATCH, EXTRA_SINGLE, INTERROGATE, PNG_INFO
from sdstudio.practice.schema import body_of, openapi_body
from sdstudio.practice.wire_errors import Declined

# What 1.10.1's reader adds to every parsed infotext, present in the picture or not (a1111_api §8.3).
_FILLER = {
    "Clip skip": "1",
    "Hires resize-1": 0,
    "Hires resize-2": 0,
    "Hires sampler": "Use same sampler",
    "Hires schedule type": "Use same scheduler",
    "Hires checkpoint": "Use same checkpoint",
    "Hires prompt": "",
    "Hires negative prompt": "",
    "Mask mode": "Inpaint masked",
    "Masked content": "original",
    "Inpaint area": "Whole picture",
    "Masked area padding": 32,
    "RNG": "GPU",
    "Schedule type": "Automatic",
    "Schedule max sigma": 0,
    "Schedule min sigma": 0,
    "Schedule rho": 0,
    "VAE Encoder": "Full",
    "VAE Decoder": "Full",
    "FP8 weight": "Disable",
    "Refiner switch by sampling steps": False,
}


def extra_routes(endpoint: PracticeEndpoint) -> APIRouter:
    """Upscaling waits its turn like a generation."""
    router = APIRouter(prefix="/sdapi/v1", tags=["extras"])

    @router.post("/extra-single-image", openapi_extra=openapi_body(EXTRA_SINGLE))
    async def extra_single_image(request: Request) -> JSONResponse:
        values = await body_of(request, EXTRA_SINGLE)
        told, encoded = await endpoint.painting.run(lambda: work(values["image"], values))
        return JSONResponse({"html_info": told, "image": encoded})

    @router.post("/extra-batch-images", openapi_extra=openapi_body(EXTRA_BATCH))
    async def extra_batch_images(request: Request) -> JSONResponse:
        values = await body_of(request, EXTRA_BATCH)
        results = await endpoint.painting.run(
            lambda: [work(each["data"], values) for each in values["imageList"]]
        )
        told = results[-1][0] if results else ""
        return JSONResponse({"html_info": told, "images": [encoded for _, encoded in results]})

    def work(image: str, values: dict[str, object]) -> tuple[str, str]:
        told, result = extras.processed(image, values, endpoint.state)
        return told, pictures.encoded(result, endpoint.options.current)

    @router.post("/png-info", openapi_extra=openapi_body(PNG_INFO))
    async def png_info(request: Request) -> JSONResponse:
        values = await body_of(request, PNG_INFO)
        image = await run_in_threadpool(pictures.decoded, values["image"].strip())
        items = pictures.texts_of(image)
        told = items.pop("parameters", "")
        return JSONResponse({"info": told, "items": items, "parameters": _parameters(told)})

    @router.post("/interrogate", openapi_extra=openapi_body(INTERROGATE))
    async def interrogate(request: Request) -> JSONResponse:
        values = await body_of(request, INTERROGATE)
        await run_in_threadpool(pictures.decoded, values["image"])
        raise Declined(404, "Model not found")

    return router


def _parameters(told: str) -> dict[str, object]:
    read = infotext.parse(told)
    return {
        **_FILLER,
        **read.with_split_sizes(),
        "Prompt": read.prompt,
        "Negative prompt": read.negative_prompt,
    }
