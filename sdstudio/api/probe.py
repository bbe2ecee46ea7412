"""Asks an endpoint what it has. Harmless requests only: nothing here stops, starts or changes anything."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, cast

from sdstudio.api import dialect
from sdstudio.api.dialect import Told
from sdstudio.api.offer import Offer
from sdstudio.api.transport import Transport
from sdstudio.core.errors import EndpointError, EndpointUnreachable, NotOffered

# By list name; `loras` is no probe, since it answers even where the API is off (a1111_api §5).
_LISTS = {
    "samplers": "/sdapi/v1/samplers",
    "schedulers": "/sdapi/v1/schedulers",
    "sd-models": "/sdapi/v1/sd-models",
    "sd-vae": "/sdapi/v1/sd-vae",
    "upscalers": "/sdapi/v1/upscalers",
    "latent-upscale-modes": "/sdapi/v1/latent-upscale-modes",
    "options": "/sdapi/v1/options",
    "progress": "/sdapi/v1/progress?skip_current_image=true",
}
_TXT2IMG = "/sdapi/v1/txt2img"
_AT_ONCE = 4


async def offer_of(transport: Transport) -> Offer:
    """What the endpoint offers. Raises if it cannot be reached, wants a sign-in, or is no such endpoint."""
    first = await _first(transport)
    told = await _told(transport, first)
    if not told.lists:
        await _refuse_web_ui_without_api(transport)
    return dialect.offer_from(told, _LISTS)


async def ping(transport: Transport) -> None:
    """Raise what keeps the endpoint from being used; an endpoint without lists is not at fault."""
    if not await _first(transport):
        await _refuse_web_ui_without_api(transport)


async def _first(transport: Transport) -> dict[str, Any]:
    """The samplers alone: with this answer it is clear whether the rest is worth asking for."""
    try:
        return {"samplers": await transport.ask("GET", _LISTS["samplers"])}
    except NotOffered:
        return {}


async def _told(transport: Transport, first: dict[str, Any]) -> Told:
    lists = dict(first)
    slots = asyncio.Semaphore(_AT_ONCE)

    async def ask(name: str) -> None:
        async with slots:
            value = await _if_offered(transport, _LISTS[name])
        if value is not None:
            lists[name] = value

    heads = [_head(transport, "/sdapi/v1/interrupt"), _head(transport, "/sdapi/v1/skip")]
    listing = [ask(name) for name in _LISTS if name not in first]
    interrupt, skip, *_ = await _all(*heads, *listing)
    told = Told(lists, _is_there(interrupt, lists), _is_there(skip, lists))
    if dialect.may_be_kobold(told):
        told = Told(lists, told.can_interrupt, told.can_skip, await _kobold_version(transport))
    return told


async def _all(*questions: Coroutine[Any, Any, object]) -> list[object]:
    """Every answer, once all have come; raises the first error."""
    answers = await asyncio.gather(*questions, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return answers


async def _if_offered(transport: Transport, path: str) -> Any:
    """A list, or None where the endpoint has none to give: SD.Next's `schedulers` is a 500."""
    try:
        return await transport.ask("GET", path)
    except EndpointUnreachable:
        raise
    except EndpointError:
        return None


async def _head(transport: Transport, path: str) -> int:
    """The status of a HEAD, which runs nothing; 0 where there was no proper answer."""
    try:
        return (await transport.head(path)).status
    except EndpointUnreachable:
        raise
    except EndpointError:
        return 0


def _is_there(status: object, lists: Mapping[str, Any]) -> bool:
    """Whether a POST route is there: HEAD is "not allowed" on it, and "not found" where there is none.

    Gateways that have a word of their own for every HEAD are believed to have it if they have progress.
    """
    return status == 405 or (status not in (200, 404) and "progress" in lists)


async def _kobold_version(transport: Transport) -> str:
    answer: Any = await _if_offered(transport, "/api/extra/version")
    fields = cast("dict[str, object]", answer) if isinstance(answer, dict) else {}
    return str(fields.get("version") or "unknown")[:40] if fields.get("result") == "KoboldCpp" else ""


async def makes_pictures(transport: Transport) -> bool:
    """Whether txt2img is there for certain, asked in ways that make nothing: a POST route refuses other methods.

    False says little: some gateways know a route by its method alone.
    """
    if await _head(transport, _TXT2IMG) == 405:
        return True
    return (await transport.get(_TXT2IMG)).status in (400, 405, 415, 422)


async def _refuse_web_ui_without_api(transport: Transport) -> None:
    """Tell a web UI that was started without --api from a host with two routes (a1111_api §5)."""
    if await _head(transport, _TXT2IMG) == 405:
        return
    if isinstance(await _if_offered(transport, "/internal/ping"), dict):
        raise NotOffered(
            "The web UI is running, but its API is switched off",
            "It answers, but has none of the API's routes.",
            "Start it with --api.",
        )
