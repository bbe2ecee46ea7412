"""What stands between client and server at a hosted endpoint: the bearer token, and faults on the wire.

An ASGI layer outside everything else. The faults are real: HTML pages, connections that end in mid-answer,
a job that goes on behind a gateway that has given up.
"""

from __future__ import annotations

import asyncio
import secrets

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sdstudio.practice.behave import Behaviour, Order

FAULT = "sdstudio.fault"  # key of the scope: the fault ordered for this request, for the routes to see
GENERATION_PATHS = ("/sdapi/v1/txt2img", "/sdapi/v1/img2img")

_REASONS = {
    413: "Request Entity Too Large",
    503: "Service Temporarily Unavailable",
    429: "Too Many Requests",
    504: "Gateway Time-out",
    524: "A timeout occurred",
}
_NOT_FOUND = {"detail": "Not Found"}
_NOT_AUTHENTICATED = {"detail": "Not authenticated"}


class Gateway:
    """Lets requests through, or not. `token` is asked of every request if it is not empty."""

    def __init__(self, app: ASGIApp, *, token: str = "", behaviour: Behaviour | None = None) -> None:
        self._app = app
        self._token = token.encode()
        self._behaviour = behaviour or Behaviour()
        self._requests = 0
        self._behind: set[asyncio.Task[None]] = set()  # jobs whose client has been sent away

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._requests += 1
        if refusal := self._refusal(scope):
            await refusal(scope, receive, send)
        elif limit := self._behaviour.standing("limit"):
            await self._limited(limit, scope, receive, send)
        else:
            await self._passed(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        """The answer to a request that goes no further."""
        generation = scope["path"] in GENERATION_PATHS
        expire = self._behaviour.standing("expire")
        if not self._is_authorised(scope) or (expire and self._requests > expire.amount):
            return JSONResponse(_NOT_AUTHENTICATED, 401, {"WWW-Authenticate": "Bearer"})
        if self._behaviour.standing("html"):
            return HTMLResponse(_page("Sign in", "This is no API: a page for people stands here."))
        if self._behaviour.standing("two-routes") and not generation:
            return JSONResponse(_NOT_FOUND, 404)
        if generation and (fault := self._behaviour.next_fault()):
            if fault.name == "busy":
                return _status_page(fault.status, {"Retry-After": "1"})
            scope[FAULT] = fault.name
        return None

    def _is_authorised(self, scope: Scope) -> bool:
        scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        right = secrets.compare_digest(given.strip().encode("latin-1"), self._token)
        return not self._token or (scheme.lower() == "bearer" and right)

    async def _limited(self, limit: Order, scope: Scope, receive: Receive, send: Send) -> None:
        """Bodies up to the limit; one over it is refused unread, or (422) lost, as some tunnels lose it."""
        length = Headers(scope=scope).get("content-length")
        body = None if length and int(length) > limit.amount else await _read(receive, limit.amount)
        if body is None and limit.status == 413:
            await _status_page(413)(scope, receive, send)
            return
        await self._passed(scope, _replay(body or b"", receive), send)

    async def _passed(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get(FAULT) == "drop":
            await self._dropped(scope, receive, send)
        elif cut := self._behaviour.standing("cut"):
            await self._cut(cut, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _dropped(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Half of the answer under the full length; uvicorn then closes the connection."""

        async def half(message: Message) -> None:
            if message["type"] == "http.response.body":
                body = message.get("body", b"")
                message = {"type": message["type"], "body": body[: len(body) // 2], "more_body": True}
            await send(message)

        await self._app(scope, receive, half)

    async def _cut(self, cut: Order, scope: Scope, receive: Receive, send: Send) -> None:
        """The gateway's own page if no answer has begun in time; the answer then goes nowhere."""
        begun = given_up = False

        async def relay(message: Message) -> None:
            nonlocal begun
            if not given_up:
                begun = True
                await send(message)

        work = asyncio.ensure_future(self._app(scope, receive, relay))
        await asyncio.wait({work}, timeout=cut.amount)
        if begun or work.done():
            await work
            return
        given_up = True
        self._behind.add(work)
        work.add_done_callback(self._behind.discard)
        await _status_page(cut.status)(scope, receive, send)


async def _read(receive: Receive, most: float) -> bytes | None:
    """The whole body, or None once it is longer than `most`."""
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > most:
            return None
    return body


def _replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives this body, then whatever comes."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed


def _status_page(status: int, headers: dict[str, str] | None = None) -> HTMLResponse:
    title = f"{status} {_REASONS[status]}"
    return HTMLResponse(_page(title, "This page is the gateway's, not the server's."), status, headers)


def _page(title: str, text: str) -> str:
    return (
        f"<!doctype html>\n<html>\n<head><title>{title}</title></head>\n"
        f"<body>\n<center><h1>{title}</h1></center>\n<hr>\n<p>{text}</p>\n</body>\n</html>\n"
    )
