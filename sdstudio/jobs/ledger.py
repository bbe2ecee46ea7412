"""The one state machine of jobs: records go in, jobs come out.

Live changes and the replay of the journal go through the same `apply`, so what is remembered after a crash is what
was seen before it. Nothing is read or written here, and nobody is told: `job_queue` does both.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from sdstudio.core.result import Progress
from sdstudio.jobs.job import NOT_BEGUN, Job, cut_short, now
from sdstudio.jobs.records import (
    Record,
    endpoint_from,
    error_from,
    job_from,
    job_record,
    maybe,
    moment_record,
    result_from,
)

DOUBT: Record = {"op": "doubt"}
"""Stands where the journal lost lines of which one may have started a job."""

REMEMBERED = 200  # ended well: they are in the history anyway
REMEMBERED_TROUBLE = 1000  # failed or unknown: a person may still want to look


class Ledger:
    """All jobs and the order of those that wait.

    A record that does not fit the job's state (a start of what was cancelled meanwhile) changes nothing, so two
    changes that crossed on their way to the journal end the same way here and after a restart.
    """

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._waiting: OrderedDict[str, None] = OrderedDict()
        self._others: OrderedDict[str, None] = OrderedDict()
        self._doubtful: set[str] = set()
        self._operations: dict[str, Callable[[Record], Job | None]] = {
            "put": self._put,
            "start": self._start,
            "finish": self._finish,
            "cancel": self._cancel,
            "found": self._found,
            "requeue": self._requeue,
            "remove": self._remove,
            "doubt": self._doubt,
            "opened": self._opened,
        }

    def __iter__(self) -> Iterator[Job]:
        """Ended jobs in the order they ended, then what runs, then what waits, next first."""
        for job_id in (*self._others, *self._waiting):
            yield self._jobs[job_id]

    def __len__(self) -> int:
        return len(self._jobs)

    def get(self, job_id: str) -> Job | None:
        """The job of this id, or None."""
        return self._jobs.get(job_id)

    def waiting(self) -> Iterator[Job]:
        """The queued jobs, next first."""
        return (self._jobs[job_id] for job_id in self._waiting)

    def apply(self, record: Record) -> Job | None:
        """Do what the record says; the job it changed, or None if it fits nothing.

        Raises `LookupError`, `TypeError`, `ValueError` or `StudioError` for a record no version of ours wrote.
        """
        return self._operations[record["op"]](record)

    def observe(
        self, job_id: str, *, progress: Progress | None = None, interrupting: bool = False
    ) -> Job | None:
        """Note what is seen of a running job; it is not journalled."""
        job = self._jobs.get(job_id)
        if job is None or job.state != "running":
            return None
        if progress is not None:
            preview = progress.preview or job.progress.preview
            job = replace(job, progress=replace(progress, preview=preview))
        self._jobs[job_id] = replace(job, interrupting=job.interrupting or interrupting)
        return self._jobs[job_id]

    def forget_old(self) -> bool:
        """Drop the oldest ended jobs beyond what is remembered, never one with a kept answer; whether any was."""
        ended = [self._jobs[job_id] for job_id in self._others if self._jobs[job_id].kept is None]
        well = [job.id for job in ended if job.state in ("done", "cancelled")]
        trouble = [job.id for job in ended if job.state in ("failed", "unknown")]
        old = [*_all_but_last(REMEMBERED, well), *_all_but_last(REMEMBERED_TROUBLE, trouble)]
        for job_id in old:
            self._drop(job_id)
        return bool(old)

    def records(self) -> Iterable[Record]:
        """The shortest list of records that makes a ledger like this one now, made as it is read.

        It may be read on another thread: jobs are frozen, and making records of thousands takes a while.
        """
        return map(put, tuple(self))

    def _put(self, record: Record) -> Job | None:
        job = job_from(record["job"])
        replaced = self._jobs.get(record["replaces"]) if record["replaces"] else None
        if job.id in self._jobs or (replaced and not replaced.has_ended):
            return None
        if replaced:
            self._drop(replaced.id)
        self._jobs[job.id] = job
        if job.state == "queued":
            self._wait(job.id, front=bool(record["front"]))
        else:
            self._others[job.id] = None
        return job

    def _start(self, record: Record) -> Job | None:
        job = self._jobs.get(record["id"])
        if job is None or job.state != "queued":
            return None
        mark, started = maybe(endpoint_from, record["endpoint"]), datetime.fromisoformat(record["at"])
        return self._settle(replace(job, state="running", endpoint=mark or job.endpoint, started=started))

    def _finish(self, record: Record) -> Job | None:
        job = self._jobs.get(record["id"])
        if job is None or job.state != "running":
            return None
        return self._settle(
            replace(
                job,
                state=record["state"],
                finished=datetime.fromisoformat(record["at"]),
                picture_ids=tuple(int(number) for number in record["pictures"]),
                error=maybe(error_from, record["error"]),
                kept=maybe(result_from, record["kept"]),
                progress=replace(job.progress, preview=None),
                interrupting=False,
            )
        )

    def _cancel(self, record: Record) -> Job | None:
        job = self._jobs.get(record["id"])
        if job is None or job.state != "queued":
            return None
        return self._settle(replace(job, state="cancelled", finished=datetime.fromisoformat(record["at"])))

    def _found(self, record: Record) -> Job | None:
        job = self._jobs.get(record["id"])
        if job is None or not (job.state == "unknown" or (job.has_ended and job.kept)):
            return None
        pictures = tuple(int(number) for number in record["pictures"])
        return self._settle(replace(job, state="done", picture_ids=pictures, error=None, kept=None))

    def _requeue(self, record: Record) -> Job | None:
        """Back to the front: a running job that never left, or an ended one whose kept answer is to be stored."""
        job = self._jobs.get(record["id"])
        if job is None or not (job.state == "running" or (job.has_ended and job.kept)):
            return None
        self._others.pop(job.id)
        self._wait(job.id, front=True)
        job = replace(job, state="queued", finished=None, error=None, progress=NOT_BEGUN, interrupting=False)
        if job.kept is None:
            job = replace(job, started=None, endpoint=None)
        self._jobs[job.id] = job
        return job

    def _remove(self, record: Record) -> Job | None:
        job = self._jobs.get(record["id"])
        if job is None or job.state == "running":
            return None
        self._drop(job.id)
        return job

    def _doubt(self, record: Record) -> None:  # noqa: ARG002 - one shape for all operations
        self._doubtful.update(self._waiting)

    def _opened(self, record: Record) -> None:
        """A new session began: what was running, or may have been, is unknown; what ended long ago is forgotten."""
        moment = datetime.fromisoformat(record["at"])
        for job in list(self):
            if job.state == "running" or job.id in self._doubtful:
                self._settle(cut_short(job, moment))
        self.forget_old()

    def _settle(self, job: Job) -> Job:
        """Take the job out of the line, to the end of those that no longer wait."""
        self._waiting.pop(job.id, None)
        self._others.pop(job.id, None)
        self._others[job.id] = None
        self._doubtful.discard(job.id)
        self._jobs[job.id] = job
        return job

    def _wait(self, job_id: str, *, front: bool) -> None:
        self._waiting[job_id] = None
        self._doubtful.discard(job_id)
        if front:
            self._waiting.move_to_end(job_id, last=False)

    def _drop(self, job_id: str) -> None:
        del self._jobs[job_id]
        self._waiting.pop(job_id, None)
        self._others.pop(job_id, None)
        self._doubtful.discard(job_id)


def opened() -> dict[str, Any]:
    """The record of a session's begin: whatever the one before it left running will not be heard of again."""
    return {"op": "opened", "at": moment_record(now())}


def put(job: Job, *, front: bool = False, replaces: str | None = None) -> dict[str, Any]:
    """The record that puts a job in, at the back or front, in the place of an ended one if it `replaces` it."""
    return {"op": "put", "job": job_record(job), "front": front, "replaces": replaces}


def start(job_id: str, endpoint: dict[str, Any] | None) -> dict[str, Any]:
    """The record written before anything of a job leaves for its endpoint."""
    return {"op": "start", "id": job_id, "at": moment_record(now()), "endpoint": endpoint}


def finish(
    job_id: str,
    state: str,
    *,
    pictures: Iterable[int] = (),
    error: dict[str, Any] | None = None,
    kept: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The record of the end of a job that ran."""
    record: dict[str, Any] = {"op": "finish", "id": job_id, "state": state, "at": moment_record(now())}
    record.update(pictures=list(pictures), error=error, kept=kept)
    return record


def found(job_id: str, pictures: Iterable[int]) -> dict[str, Any]:
    """The record of a job that turned out to have been made and stored."""
    return {"op": "found", "id": job_id, "pictures": list(pictures)}


def cancel(job_id: str) -> dict[str, Any]:
    """The record that drops a job which still waits."""
    return {"op": "cancel", "id": job_id, "at": moment_record(now())}


def requeue(job_id: str) -> dict[str, Any]:
    """The record that sends a job back to the front of the line."""
    return {"op": "requeue", "id": job_id}


def remove(job_id: str) -> dict[str, Any]:
    """The record that takes a job out of the list."""
    return {"op": "remove", "id": job_id}


def _all_but_last(count: int, ids: list[str]) -> Iterable[str]:
    return islice(ids, max(0, len(ids) - count))
