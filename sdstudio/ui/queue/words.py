"""A job in words: its state, what is asked for, what became of it."""

from __future__ import annotations

from collections.abc import Iterable

from sdstudio.jobs.job import Job
from sdstudio.ui import wording

UNTITLED = "(no prompt)"


def title(job: Job) -> str:
    """The first line of the prompt."""
    return wording.first_line(job.request.prompt) or UNTITLED


def state(job: Job) -> str:
    """One or two words, and how many pictures came if not one."""
    if job.state == "running":
        return "Interrupting…" if job.interrupting else "Making"
    if job.state == "cancelled":
        return f"Interrupted · {len(job.picture_ids)} kept" if job.picture_ids else "Cancelled"
    if job.state == "done":
        return f"Done · {len(job.picture_ids)} pictures" if len(job.picture_ids) > 1 else "Done"
    return {"queued": "Waiting", "failed": "Failed", "unknown": "Not known"}[job.state]


def details(job: Job) -> str:
    """What is asked for, in one line; for an ended job also how long it took."""
    request = job.request
    parts = [
        "img2img" if request.kind == "img2img" else "",
        f"{request.count} × {request.size}" if request.count > 1 else str(request.size),
        f"{request.steps} steps",
        request.sampler_name,
        f"took {wording.duration(took)}" if (took := seconds_taken(job)) else "",
    ]
    return " · ".join(part for part in parts if part)


def progress(job: Job) -> str:
    """How far a running job is."""
    if job.interrupting:
        return "waiting for what came so far"
    return wording.progress(job.progress)


def summary(jobs: Iterable[Job]) -> str:
    """How many jobs there are of each kind, those first that want attention."""
    states = [job.state for job in jobs]
    counts = (
        (states.count("running"), "making"),
        (states.count("queued"), "waiting"),
        (states.count("failed") + states.count("unknown"), "failed"),
        (states.count("done") + states.count("cancelled"), "ended"),
    )
    return " · ".join(f"{count} {what}" for count, what in counts if count)


def seconds_taken(job: Job) -> float:
    """From start to end; 0 if either is not known."""
    if job.started is None or job.finished is None:
        return 0.0
    return (job.finished - job.started).total_seconds()
