"""Asks an endpoint how far it is, by the best route it has, while a generation runs. Never fails a generation."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import logging
import math
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal, cast

from sdstudio.api import pictures
from sdstudio.api.transport import Transport
from sdstudio.api.worker import Worker
from sdstudio.core.errors import EndpointError, NotAuthorised, NotOffered
from sdstudio.core.result import Progress

_log = logging.getLogger(__name__)

INTERVAL_S = 0.5
PREVIEW_INTERVAL_S = 1.0  # a preview costs the server a decode (a1111_api §4.1)
_PATIENCE = 3  # failed polls before asking less often
_SLOW_S = 3.0
_READ_S = 10.0
_LARGEST_PREVIEW_BYTES = 16 * 2**20
_ETA_FROM = 0.03  # the estimate is nonsense at the start (a1111_api §4.1)

Known = Literal["unasked", "offered", "missing"]


class ProgressRoutes:
    """Which progress routes an endpoint has, as far as known; kept over the generations of one client."""

    def __init__(self) -> None:
        self.by_task: Known = "unasked"  # /internal/progress, for our own task id
        self.overall: Known = "unasked"  # /sdapi/v1/progress, for whatever runs


class ProgressPoll:
    """Follows one generation; `run` is a task on the event loop's thread that ends soon after `stop`.

    It is stopped and not cancelled, because httpx 0.28 loses the socket of a request cancelled while its secure
    connection is being made. The transport is its own and closed at the end.
    """

    def __init__(
        self,
        transport: Transport,
        worker: Worker,
        routes: ProgressRoutes,
        task_id: str,
        on_progress: Callable[[Progress], None],
    ) -> None:
        self._transport = transport
        self._worker = worker
        self._routes = routes
        self._task_id = task_id
        self._on_progress = on_progress
        self._stopped = asyncio.Event()
        self._preview_id = -1
        self._preview_at = -math.inf
        self._last_preview = ""
        self._failures = 0
        self.saw_interrupted = False

    def stop(self) -> None:
        """Tell nothing more, and end once the answer under way is here."""
        self._stopped.set()

    async def run(self) -> None:
        """Poll until stopped, or until the endpoint turns out to have no progress route."""
        try:
            while not self._nothing_to_ask():
                if await self._rested():
                    return
                progress = await self._ask()
                if progress is not None and not self._stopped.is_set():
                    self._on_progress(progress)
            if not self._stopped.is_set():
                self._on_progress(Progress())  # how far it is will not be known
        finally:
            await self._transport.aclose()

    def _nothing_to_ask(self) -> bool:
        return self._routes.by_task == "missing" and self._routes.overall == "missing"

    async def _rested(self) -> bool:
        """Wait until the next look is due; whether it was stopped meanwhile."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(INTERVAL_S if self._failures < _PATIENCE else _SLOW_S):
                await self._stopped.wait()
        return self._stopped.is_set()

    async def _ask(self) -> Progress | None:
        """One look by the routes there are; None when there is nothing to tell."""
        try:
            by_task = await self._by_task() if self._routes.by_task != "missing" else None
            if by_task is not None and by_task.fraction is None:
                return by_task  # queued behind another's: the overall progress is theirs
            overall = await self._overall(by_task) if self._routes.overall != "missing" else None
        except EndpointError as error:
            self._failures += 1
            _log.debug("No progress: %s", error.title)
            return None
        self._failures = 0
        return overall or by_task

    async def _by_task(self) -> Progress | None:
        wants = self._wants_preview()
        body = {"id_task": self._task_id, "id_live_preview": self._preview_id, "live_preview": wants}
        try:
            answer = await self._transport.ask("POST", "/internal/progress", body, read_s=_READ_S)
        except (NotOffered, NotAuthorised):
            self._routes.by_task = "missing"
            return None
        if not isinstance(answer, dict) or "active" not in answer:
            self._routes.by_task = "missing"
            return None
        self._routes.by_task = "offered"
        told = cast("dict[str, Any]", answer)
        text = _text(told.get("textinfo"))
        if told.get("queued"):
            return Progress(text=text)
        if not told.get("active"):
            return None  # not there yet, just done, or a server from before task ids could be chosen (1.8)
        if wants:
            self._preview_at = time.monotonic()
        preview = await self._preview(told.get("live_preview"))
        number = told.get("id_live_preview")
        self._preview_id = number if isinstance(number, int) else -1
        fraction = _fraction(told.get("progress"))
        return Progress(fraction, eta_seconds=_eta(told.get("eta"), fraction), preview=preview, text=text)

    async def _overall(self, by_task: Progress | None) -> Progress | None:
        wants = by_task is None and self._wants_preview()
        path = f"/sdapi/v1/progress?skip_current_image={'false' if wants else 'true'}"
        try:
            answer = await self._transport.ask("GET", path, read_s=_READ_S)
        except (NotOffered, NotAuthorised):
            self._routes.overall = "missing"
            return None
        if not isinstance(answer, dict):
            return None
        self._routes.overall = "offered"
        told = cast("dict[str, Any]", answer)
        state: Any = told.get("state")
        state = cast("dict[str, Any]", state) if isinstance(state, dict) else {}
        if not state.get("job") and not told.get("progress"):
            return None  # idle: ours has not begun, or has just ended
        if (
            by_task is not None or self._routes.by_task == "missing"
        ):  # else it may be another's that was stopped
            self.saw_interrupted = self.saw_interrupted or state.get("interrupted") is True
        if wants:
            self._preview_at = time.monotonic()
        preview = await self._preview(told.get("current_image")) if by_task is None else by_task.preview
        fraction = _fraction(told.get("progress"))
        return Progress(
            fraction,
            _count(state.get("sampling_step")),
            _count(state.get("sampling_steps")),
            _eta(told.get("eta_relative"), fraction),
            preview,
            (by_task.text if by_task else "") or _text(told.get("textinfo")) or _batch(state),
        )

    def _wants_preview(self) -> bool:
        return time.monotonic() - self._preview_at >= PREVIEW_INTERVAL_S

    async def _preview(self, text: object) -> bytes | None:
        """A preview's bytes, None if there is none, it is the last one again, or it is no picture."""
        if not isinstance(text, str) or not text or text == self._last_preview:
            return None
        self._last_preview = text
        return await self._worker.run(_decoded, text)


def _decoded(text: str) -> bytes | None:
    encoded = text.partition(",")[2] if text.startswith("data:") else text
    if len(encoded) > _LARGEST_PREVIEW_BYTES * 4 // 3:
        return None
    try:
        picture = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None
    return picture if pictures.sniffed(picture[:16]) else None


def _fraction(value: object) -> float | None:
    number = _number(value)
    return None if number is None else min(max(number, 0.0), 1.0)


def _eta(value: object, fraction: float | None) -> float | None:
    number = _number(value)
    known = number is not None and number >= 0 and fraction is not None and fraction >= _ETA_FROM
    return number if known else None


def _number(value: object) -> float | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    return None


def _count(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value < 1_000_000 else 0


def _text(value: object) -> str:
    return value[:200] if isinstance(value, str) else ""


def _batch(state: Mapping[str, Any]) -> str:
    """ "Batch 1 out of 2", the one job name that says something to a person."""
    job = _text(state.get("job"))
    return job if job.startswith("Batch ") else ""
