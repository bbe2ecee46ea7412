"""The three error shapes of AUTOMATIC1111 1.10.1, as exceptions, and the layer that puts them on the wire.

`Declined` is the API's own HTTPException, `Broke` an exception that reached its border (class name and text are
all a client sees), `Invalid` a body pydantic 1 would not take. The router's bare `{"detail": "Not Found"}` is
Starlette's own. Not here: faults ordered by `--behave`.
"""

from __future__ import annotations

import logging
from typing import Any

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)


class Declined(Exception):
    """An HTTPException raised by the API on purpose: `status` and its sentence."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail

    def response(self) -> JSONResponse:
        """Shape 1 with the text in `detail`; no WWW-Authenticate at 401, as the original."""
        return JSONResponse(_shape("HTTPException", detail=self.detail), self.status)


class Broke(Exception):
    """Something failed inside, as the class `name` would have with `text`; always status 500."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name
        self.text = text

    def response(self) -> JSONResponse:
        """Shape 1 with the text in `errors`."""
        return JSONResponse(_shape(self.name, errors=self.text), 500)


class Invalid(Exception):
    """The body or the query is not what the route takes; `items` as pydantic 1 words them, status 422."""

    def __init__(self, items: list[dict[str, Any]]) -> None:
        super().__init__(f"{len(items)} invalid values")
        self.items = items

    def response(self) -> JSONResponse:
        """FastAPI's own shape."""
        return JSONResponse({"detail": self.items}, 422)


def _shape(error: str, *, detail: str = "", errors: str = "") -> dict[str, str]:
    return {"error": error, "detail": detail, "body": "", "errors": errors}


class ErrorBorder:
    """Turns what a route raises into an answer; the border of the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An exception after the answer began goes on to the server, which closes the connection."""
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            await _answer(error)(scope, receive, send)


def _answer(error: Exception) -> JSONResponse:
    if isinstance(error, Declined | Broke | Invalid):
        return error.response()
    log.error("a request failed", exc_info=error)
    return Broke(type(error).__name__, str(error)).response()
