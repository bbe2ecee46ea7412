"""An endpoint and a library for tests of queue and runner: small, but they really keep files and really wait."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from sdstudio.core.errors import EndpointError
from sdstudio.core.request import GenerationRequest
from sdstudio.core.result import EndpointMark, GeneratedImage, GenerationResult, Progress
from sdstudio.jobs.ports import Lease

MARK = EndpointMark("a fake", "http://127.0.0.1:1", "a1111")


class FakeClient:
    """Makes one-byte pictures; what goes wrong is said beforehand in `outcomes`, one for each generation.

    An outcome is an exception to raise, or an event to wait for before answering (an interrupt ends the wait as a
    real server does: with what there is).
    """

    def __init__(self, spool: Path) -> None:
        self.sent: list[tuple[str, GenerationRequest]] = []
        self.interrupts = 0
        self.outcomes: list[BaseException | asyncio.Event] = []
        self.deaf = False  # does not react to an interrupt
        self.under_way = asyncio.Event()
        self.flying = self.most_flying = 0
        self._spool = spool
        self._interrupted = asyncio.Event()

    async def generate(
        self,
        request: GenerationRequest,
        read_input: Callable[[str], Awaitable[bytes]],
        on_progress: Callable[[Progress], None],
        task_id: str,
    ) -> GenerationResult:
        self.sent.append((task_id, request))
        self.flying += 1
        self.most_flying = max(self.flying, self.most_flying)
        self._interrupted.clear()
        try:
            for picture in request.inputs.values():
                await read_input(picture.sha256)
            on_progress(Progress(0.5, 1, 2, preview=b"half"))
            on_progress(Progress(0.75, 1, 2))
            self.under_way.set()
            await self._meet(self.outcomes.pop(0) if self.outcomes else None)
            return self._answer(request)
        finally:
            self.flying -= 1

    async def interrupt(self) -> None:
        self.interrupts += 1
        if not self.deaf:
            self._interrupted.set()

    async def _meet(self, outcome: BaseException | asyncio.Event | None) -> None:
        if isinstance(outcome, BaseException):
            raise outcome
        if outcome:
            waits = {asyncio.create_task(outcome.wait()), asyncio.create_task(self._interrupted.wait())}
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for wait in waits:
                    wait.cancel()

    def _answer(self, request: GenerationRequest) -> GenerationResult:
        images: list[GeneratedImage] = []
        for number in range(1 if self._interrupted.is_set() else request.count):
            path = self._spool / f"{len(self.sent)}-{number}.png"
            path.write_bytes(b"p")
            sha256 = hashlib.sha256(b"p").hexdigest()
            images.append(GeneratedImage(path, sha256, 1, "png", 1, 1, request.seed + number))
        return GenerationResult(tuple(images), seconds=0.1, interrupted=self._interrupted.is_set())


class FakeEndpoint:
    """An endpoint that is ready while `ready` is set."""

    def __init__(self, client: FakeClient) -> None:
        self.client = client
        self.ready = asyncio.Event()
        self.ready.set()
        self.reported: list[EndpointError] = []
        self.leases = 0

    @asynccontextmanager
    async def lease(self) -> AsyncIterator[Lease]:
        await self.ready.wait()
        self.leases += 1
        try:
            yield Lease(self.client, MARK, self.report)
        finally:
            self.leases -= 1

    def report(self, error: EndpointError) -> None:
        self.reported.append(error)
        self.ready.clear()


class FakeShelf:
    """A library that keeps which spool files it took, by job; `troubles` are raised one after the other."""

    def __init__(self) -> None:
        self.taken: dict[str, list[Path]] = {}
        self.inputs: dict[str, bytes] = {}
        self.troubles: list[BaseException] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked = asyncio.Event()
        self._ids = 0

    async def read_input(self, sha256: str) -> bytes:
        return self.inputs[sha256]

    async def add(
        self,
        result: GenerationResult,
        request: GenerationRequest,
        *,
        endpoint: EndpointMark,
        started: datetime,
        job_id: str,
    ) -> list[int]:
        self.asked.set()
        await self.gate.wait()
        if self.troubles:
            raise self.troubles.pop(0)
        paths = [image.path for image in result.images]
        assert all(path.exists() for path in paths)
        assert endpoint == MARK
        self.taken.setdefault(job_id, []).extend(paths)
        first = self._ids + 1
        self._ids += len(paths)
        return list(range(first, self._ids + 1))
