"""The runner: takes what the queue holds to an endpoint, one at a time, and what comes back to the library."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from sdstudio.core.errors import (
    AnswerLost,
    BadAnswer,
    DiskFull,
    EndpointError,
    EndpointUnreachable,
    LibraryError,
    NotAuthorised,
    StudioError,
)
from sdstudio.core.result import EndpointMark, GenerationResult
from sdstudio.jobs.flight import Flight
from sdstudio.jobs.job import Job, now
from sdstudio.jobs.job_queue import JobQueue
from sdstudio.jobs.ports import Endpoint, Lease, Shelf

INTERRUPT_GRACE_S = 60.0  # a step of a large picture on a slow card, and the answer's way here
STORE_GRACE_S = 30.0

log = logging.getLogger(__name__)


class Runner:
    """Works through a queue with one generation in flight; lives on the event-loop thread.

    A generation is sent once. It is not sent before its start is on the disk, and a job is not done before its
    pictures are. `takes` says which jobs are this runner's; others stay queued.
    """

    def __init__(
        self,
        queue: JobQueue,
        endpoint: Endpoint,
        shelf: Shelf,
        *,
        takes: Callable[[Job], bool] = lambda _: True,
    ) -> None:
        self._queue = queue
        self._endpoint = endpoint
        self._shelf = shelf
        self._takes = takes
        self._in_flight: tuple[str, Flight] | None = None
        self._stopping = False
        self._workers: set[asyncio.Task[None]] = set()
        self._busy: set[asyncio.Task[None]] = set()
        self._forget = queue.interrupt_asked.connect(self._interrupt)

    def start(self) -> None:
        """Begin to work; until `stop`. Answers that were kept are stored without waiting for an endpoint."""
        for work, name in ((self._make_all(), "runner"), (self._store_all(), "runner of kept answers")):
            task = asyncio.create_task(work, name=name)
            task.add_done_callback(_tell_of_bug)
            self._workers.add(task)

    async def stop(self, grace_s: float) -> None:
        """End in order: a generation in flight is interrupted and given `grace_s` seconds to answer.

        What answers is kept; what does not is "unknown". What waits stays queued for the next start.
        """
        self._stopping = True
        self._forget()
        if self._in_flight:
            self._in_flight[1].interrupt(grace_s)
        for task in self._workers - self._busy:
            task.cancel()
        if self._workers:
            await asyncio.wait(self._workers, timeout=grace_s + STORE_GRACE_S)
            for task in self._workers:
                task.cancel()
            await asyncio.wait(self._workers)

    def _interrupt(self, job_id: str) -> None:
        if self._in_flight and self._in_flight[0] == job_id:
            self._in_flight[1].interrupt(INTERRUPT_GRACE_S)

    async def _make_all(self) -> None:
        while not self._stopping:
            if self._next(kept=False) is None:
                await self._queue.moved()
                continue
            async with self._endpoint.lease() as lease:
                job = self._next(kept=False)  # the order may have changed while the endpoint was waited for
                if job and not self._stopping:
                    await self._carry_out(job, lease)

    async def _store_all(self) -> None:
        while not self._stopping:
            if job := self._next(kept=True):
                await self._carry_out(job, None)
            else:
                await self._queue.moved()

    def _next(self, *, kept: bool) -> Job | None:
        return self._queue.next(lambda job: (job.kept is not None) is kept and self._takes(job))

    async def _carry_out(self, job: Job, lease: Lease | None) -> None:
        """Start the job and see it through; a bug ends the job, not the runner."""
        task = asyncio.current_task()
        if task:
            self._busy.add(task)
        try:
            started = await self._queue.start(job.id, lease.mark if lease else None)
            if started and started.kept:
                await self._store(started, started.kept)
            elif started and lease:
                await self._make(started, lease)
        except LibraryError as error:  # its start could not be written down, so it stays queued
            self._queue.pause(error)
        except Exception as error:
            log.exception("job %s met a bug", job.id)
            await self._queue.finish(job.id, "failed", error=crash(error))
        finally:
            if task:
                self._busy.discard(task)

    async def _make(self, job: Job, lease: Lease) -> None:
        if self._stopping:
            await self._queue.put_back(job.id)
        elif self._queue.job(job.id).interrupting:
            await self._queue.finish(job.id, "cancelled")
        else:
            progressed = partial(self._queue.progressed, job.id)
            flight = Flight(lease.client, job.request, self._shelf.read_input, progressed, job.id)
            self._in_flight = (job.id, flight)
            try:
                result = await self._landed(flight)
            except StudioError as error:
                if isinstance(error, EndpointError):
                    lease.report(error)
                await self._not_made(job, error, interrupted=flight.interrupted)
            else:
                await self._store(job, replace(result, interrupted=result.interrupted or flight.interrupted))

    async def _landed(self, flight: Flight) -> GenerationResult:
        try:
            return await flight.landed()
        finally:
            self._in_flight = None

    async def _not_made(self, job: Job, error: StudioError, *, interrupted: bool) -> None:
        if isinstance(error, DiskFull):
            self._queue.pause(error)
        if isinstance(error, AnswerLost):
            await self._queue.finish(job.id, "unknown", error=error)
        elif interrupted:
            await self._queue.finish(job.id, "cancelled", error=error)
        elif isinstance(error, NotAuthorised | EndpointUnreachable):
            await self._queue.put_back(job.id)
        else:
            await self._queue.finish(job.id, "failed", error=error)

    async def _store(self, job: Job, result: GenerationResult) -> None:
        """Take the answer into the library; where that fails its spool files are kept for another try."""
        if not result.images:
            await self._came_empty(job, result)
            return
        mark, started = job.endpoint or EndpointMark("", "", ""), job.started or now()
        try:
            ids = await self._shelf.add(result, job.request, endpoint=mark, started=started, job_id=job.id)
        except StudioError as error:
            if isinstance(error, DiskFull):
                self._queue.pause(error)
            await self._queue.finish(job.id, "failed", error=error, kept=result)
        except Exception as error:
            log.exception("the pictures of job %s met a bug", job.id)
            await self._queue.finish(job.id, "failed", error=crash(error), kept=result)
        else:
            await self._queue.finish(job.id, "cancelled" if result.interrupted else "done", pictures=ids)

    async def _came_empty(self, job: Job, result: GenerationResult) -> None:
        if result.interrupted:
            await self._queue.finish(job.id, "cancelled")
            return
        error = BadAnswer(
            "The endpoint answered without a picture",
            " ".join(result.notes) or "Its answer was complete, but held no picture.",
            "Look at the endpoint's own log, or try again with other values.",
        )
        await self._queue.finish(job.id, "failed", error=error)


def crash(error: Exception) -> StudioError:
    """What there is to say of a bug that ended a job."""
    return StudioError(
        "SD Studio made a mistake of its own",
        f"{type(error).__name__} in the part that makes pictures.",
        "Retry may help. The log in the data folder tells more; please report it.",
    )


def _tell_of_bug(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.critical("the runner ended by a bug", exc_info=error)
