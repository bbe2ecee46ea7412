"""The queue: what is to be made, in which order, and what became of it."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from sdstudio.core.errors import LibraryError, StudioError
from sdstudio.core.request import MAX_DRAWN_SEED, RANDOM_SEED, GenerationRequest
from sdstudio.core.result import EndpointMark, GenerationResult, Progress
from sdstudio.core.signals import Signal
from sdstudio.jobs import ledger
from sdstudio.jobs.bell import Bell
from sdstudio.jobs.job import Job, JobState
from sdstudio.jobs.journal import Journal
from sdstudio.jobs.journal_file import Replay
from sdstudio.jobs.ledger import Ledger
from sdstudio.jobs.records import Record, endpoint_record, error_record, result_record

log = logging.getLogger(__name__)


class JobQueue:
    """Owns order and state of all jobs; lives on the event-loop thread.

    A change is on the disk before it is shown. `changed` is emitted with the new snapshot of a job, `reordered`
    when jobs came, went or moved, `interrupt_asked` with the id of a running job that is to be interrupted,
    `paused_changed` when the queue begins or ends to hold back what waits.
    """

    def __init__(self, path: Path) -> None:
        self.changed: Signal[[Job]] = Signal()
        self.reordered: Signal[[]] = Signal()
        self.interrupt_asked: Signal[[str]] = Signal()
        self.paused_changed: Signal[[]] = Signal()
        self.paused: StudioError | None = None
        self._ledger = Ledger()
        self._journal = Journal(path, self._ledger.records)
        self._moved = Bell()
        self.replay = Replay()

    @classmethod
    async def open(cls, path: Path) -> JobQueue:
        """The queue as it was left; what was running then is "unknown" now.

        `replay` tells what was found. Raises `LibraryError` if the journal can't be read or made.
        """
        queue = cls(path)
        queue.replay = await queue._journal.open()
        for record in queue.replay.records:
            queue._replay(record)
        begin = ledger.opened()
        queue._replay(begin)
        queue._journal.owe(begin)
        return queue

    async def close(self) -> None:
        """Write what is pending and let go of the journal."""
        await self._journal.close()

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Ended jobs in the order they ended, then what runs, then what waits, next first."""
        return tuple(self._ledger)

    def job(self, job_id: str) -> Job:
        """The present snapshot of a job; raises `LookupError` if it is not in the list."""
        if (job := self._ledger.get(job_id)) is None:
            raise LookupError(f"no job {job_id}")
        return job

    async def moved(self) -> None:
        """Wait for the next change of any job's state or of the order; progress does not count."""
        await self._moved.heard()

    async def ended(self, job_id: str) -> Job:
        """Wait until a job has ended; raises `LookupError` if it is, or gets, removed."""
        while not (job := self.job(job_id)).has_ended:
            await self.moved()
        return job

    # What a person does

    async def enqueue(self, request: GenerationRequest, *, front: bool = False) -> Job:
        """Put a request into the queue, its seeds fixed; returns when it is safe on the disk.

        Raises `InvalidRequest`, or `DiskFull` or another `LibraryError`, and then there is no such job.
        """
        job = Job.new(with_fixed_seeds(request.checked()))
        await self._commit(ledger.put(job, front=front))
        self._resume_after_trouble()
        return self.job(job.id)

    async def cancel(self, job_id: str) -> None:
        """Drop a queued job; ask for the interrupt of a running one, whose end is then waited for by the runner."""
        job = self._ledger.get(job_id)
        if job and job.state == "queued":
            await self._commit(ledger.cancel(job_id))
        if seen := self._ledger.observe(job_id, interrupting=True):  # it ran already, or was started meanwhile
            self.changed.emit(seen)
            self.interrupt_asked.emit(job_id)

    async def retry(self, job_id: str, *, front: bool = False) -> Job:
        """Make an ended job again with the same seed, as a new job in its place; returns that.

        Where the answer was kept, the same job goes to the front and only the storing is done again.
        """
        old = self.job(job_id)
        if not old.has_ended:
            return old
        if old.kept:
            await self._commit(ledger.requeue(job_id))
            new = old
        else:
            new = Job.new(old.request)
            await self._commit(ledger.put(new, front=front, replaces=old.id))
        self._resume_after_trouble()
        return self.job(new.id)

    async def remove(self, job_id: str) -> None:
        """Take a job out of the list; one that is running stays."""
        await self._commit(ledger.remove(job_id))

    def pause(self, reason: StudioError) -> None:
        """Hold back what waits, for this reason; what runs goes on.

        After trouble with the disk (a `LibraryError`) the next `enqueue` or `retry` resumes by itself.
        """
        self.paused = reason
        self.paused_changed.emit()

    def resume(self) -> None:
        """Let the queue go on."""
        if self.paused:
            self.paused = None
            self._moved.ring()
            self.paused_changed.emit()

    # What the runner does

    def next(self, takes: Callable[[Job], bool] = lambda _: True) -> Job | None:
        """The first queued job that `takes` agrees to; None while paused."""
        return None if self.paused else next(filter(takes, self._ledger.waiting()), None)

    async def start(self, job_id: str, endpoint: EndpointMark | None) -> Job | None:
        """Note that a job is about to leave; None if it is not queued any more.

        Raises `LibraryError` if that can't be written down: then nothing may be sent, since a crash would make it
        run twice.
        """
        await self._commit(ledger.start(job_id, endpoint_record(endpoint)))
        job = self._ledger.get(job_id)
        return job if job and job.state == "running" else None

    def progressed(self, job_id: str, progress: Progress) -> None:
        """Note how far a running job is; a progress without a preview keeps the last one."""
        if job := self._ledger.observe(job_id, progress=progress):
            self.changed.emit(job)

    async def finish(
        self,
        job_id: str,
        state: JobState,
        *,
        pictures: Iterable[int] = (),
        error: StudioError | None = None,
        kept: GenerationResult | None = None,
    ) -> None:
        """Note how a job ended. It is shown even if it can't be written down; then it is written later."""
        record = ledger.finish(
            job_id, state, pictures=pictures, error=error_record(error), kept=result_record(kept)
        )
        await self._commit_in_any_case(record)
        if self._ledger.forget_old():
            self.reordered.emit()

    async def found(self, job_id: str, pictures: Iterable[int]) -> None:
        """Note that the pictures of an "unknown" or unstored job are in the history after all."""
        await self._commit_in_any_case(ledger.found(job_id, pictures))

    async def put_back(self, job_id: str) -> None:
        """Send a running job back to the front of the line: it turned out that it never left."""
        await self._commit_in_any_case(ledger.requeue(job_id))

    # How both are kept

    async def _commit(self, record: Record) -> None:
        await self._journal.append(record, lambda: self._apply(record))

    async def _commit_in_any_case(self, record: dict[str, Any]) -> None:
        try:
            await self._commit(record)
        except LibraryError as error:
            log.warning("the end of a job could not be written down: %s", error.title)
            self._apply(record)
            self._journal.owe(record)

    def _resume_after_trouble(self) -> None:
        """A person who asks for something may have made room; a pause of a person's own stays."""
        if isinstance(self.paused, LibraryError):
            self.resume()

    def _apply(self, record: Record) -> None:
        job = self._ledger.apply(record)
        if job is None:
            return
        self._moved.ring()
        if self._ledger.get(job.id):
            self.changed.emit(job)
        if record["op"] in ("put", "requeue", "remove"):
            self.reordered.emit()

    def _replay(self, record: Record) -> None:
        try:
            self._ledger.apply(record)
        except (LookupError, TypeError, ValueError, StudioError) as error:
            log.warning("a line of the journal makes no sense and is left out: %s", type(error).__name__)
            self.replay = replace(self.replay, damaged_lines=self.replay.damaged_lines + 1)


def with_fixed_seeds(request: GenerationRequest) -> GenerationRequest:
    """The request with random seeds drawn, low enough for every picture of it to have its own."""
    seed = _drawn(request.seed, MAX_DRAWN_SEED + 1 - request.count)
    return replace(request, seed=seed, subseed=_drawn(request.subseed, MAX_DRAWN_SEED + 1 - request.count))


def _drawn(seed: int, highest: int) -> int:
    return secrets.randbelow(highest + 1) if seed == RANDOM_SEED else seed
