"""One thing to be made, as everybody else sees it: a frozen snapshot."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from sdstudio.core.errors import AnswerLost, LibraryError, StudioError
from sdstudio.core.request import GenerationRequest
from sdstudio.core.result import EndpointMark, GenerationResult, Progress

JobState = Literal["queued", "running", "done", "failed", "unknown", "cancelled"]
STATES: frozenset[str] = frozenset(("queued", "running", "done", "failed", "unknown", "cancelled"))
NOT_BEGUN = Progress()
ENDED: frozenset[str] = frozenset(("done", "failed", "unknown", "cancelled"))


@dataclass(frozen=True, slots=True)
class Job:
    """A request with its fate.

    "unknown" means the request left but its answer never came: it may have been made. A "cancelled" job with
    `picture_ids` was interrupted and what had come is kept. `kept` is an answer that lies whole in spool files but
    could not be taken into the library yet; retrying such a job stores it and asks the endpoint for nothing.
    `progress.preview` is the newest preview that came, the same object for as long as there is no newer one.
    """

    id: str
    request: GenerationRequest
    created: datetime
    state: JobState = "queued"
    started: datetime | None = None
    finished: datetime | None = None
    endpoint: EndpointMark | None = None
    picture_ids: tuple[int, ...] = ()
    error: StudioError | None = None
    kept: GenerationResult | None = None
    progress: Progress = NOT_BEGUN
    interrupting: bool = False

    @classmethod
    def new(cls, request: GenerationRequest) -> Job:
        """A queued job under a fresh id, made now."""
        return cls(id=uuid.uuid4().hex, request=request, created=now())

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to it by itself."""
        return self.state in ENDED


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def cut_short(job: Job, moment: datetime) -> Job:
    """What becomes of a job that ran when the program ended."""
    if job.kept:
        return replace(job, state="failed", finished=moment, error=_not_stored())
    return replace(job, state="unknown", finished=moment, error=_may_have_been_made())


def _may_have_been_made() -> AnswerLost:
    return AnswerLost(
        "It is not known whether this was made",
        "It was being made when the program ended, so it may have been made.",
        "Look on the server, or make it again with the same seed.",
    )


def _not_stored() -> LibraryError:
    return LibraryError(
        "The pictures are not in the history yet",
        "They had come, and were being stored when the program ended.",
        "Retry stores them; nothing is made again.",
    )
