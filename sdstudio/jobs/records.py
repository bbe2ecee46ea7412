"""Jobs and their parts as plain JSON values for the journal, and back. No file is touched here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sdstudio.core import errors
from sdstudio.core.errors import EndpointBusy, InvalidRequest, StudioError
from sdstudio.core.request import GenerationRequest
from sdstudio.core.result import EndpointMark, GeneratedImage, GenerationResult
from sdstudio.jobs.job import STATES, Job

T = TypeVar("T")
Record = Mapping[str, Any]


def job_record(job: Job) -> dict[str, Any]:
    """Everything of a job that outlives the program; progress does not."""
    return {
        "id": job.id,
        "request": job.request.to_dict(),
        "created": job.created.isoformat(),
        "state": job.state,
        "started": moment_record(job.started),
        "finished": moment_record(job.finished),
        "endpoint": endpoint_record(job.endpoint),
        "pictures": list(job.picture_ids),
        "error": error_record(job.error),
        "kept": result_record(job.kept),
    }


def job_from(record: Record) -> Job:
    """The inverse of `job_record`; anything that does not fit raises `ValueError` or `StudioError`."""
    state = record["state"]
    if state not in STATES or not isinstance(record["id"], str):
        raise ValueError("not a job")
    return Job(
        id=record["id"],
        request=GenerationRequest.from_dict(record["request"]),
        created=datetime.fromisoformat(record["created"]),
        state=state,
        started=maybe(datetime.fromisoformat, record["started"]),
        finished=maybe(datetime.fromisoformat, record["finished"]),
        endpoint=maybe(endpoint_from, record["endpoint"]),
        picture_ids=tuple(int(number) for number in record["pictures"]),
        error=maybe(error_from, record["error"]),
        kept=maybe(result_from, record["kept"]),
    )


def maybe(convert: Callable[[Any], T], value: Any) -> T | None:
    """`convert(value)`, or None for None."""
    return None if value is None else convert(value)


def moment_record(moment: datetime | None) -> str | None:
    """ISO 8601 with its offset."""
    return moment.isoformat() if moment else None


def endpoint_record(mark: EndpointMark | None) -> dict[str, Any] | None:
    """The endpoint's name, address and dialect."""
    return asdict(mark) if mark else None


def endpoint_from(record: Record) -> EndpointMark:
    """The inverse of `endpoint_record`."""
    return EndpointMark(str(record["name"]), str(record["url"]), str(record["dialect"]))


def error_record(error: StudioError | None) -> dict[str, Any] | None:
    """An error's words under the name of its class."""
    if error is None:
        return None
    record: dict[str, Any] = {"kind": type(error).__name__}
    record.update(title=error.title, message=error.message, remedy=error.remedy, raw=error.raw)
    if isinstance(error, InvalidRequest):
        record["field"] = error.field
    if isinstance(error, EndpointBusy):
        record["retry_after"] = error.retry_after
    return record


def error_from(record: Record) -> StudioError:
    """The inverse of `error_record`; a kind this version does not know becomes a plain `StudioError`."""
    title, message, remedy, raw = (str(record[name]) for name in ("title", "message", "remedy", "raw"))
    kind = getattr(errors, str(record["kind"]), None)
    if kind is InvalidRequest:
        revived: StudioError = InvalidRequest(str(record["field"]), title, message, remedy)
        revived.raw = raw
        return revived
    if kind is EndpointBusy:
        return EndpointBusy(title, message, remedy, raw=raw, retry_after=record.get("retry_after"))
    if not (isinstance(kind, type) and issubclass(kind, StudioError)):
        kind = StudioError
    return kind(title, message, remedy, raw=raw)


def result_record(result: GenerationResult | None) -> dict[str, Any] | None:
    """An answer whose pictures lie in spool files, named by path."""
    if result is None:
        return None
    return {
        "images": [{**asdict(image), "path": str(image.path)} for image in result.images],
        "info": dict(result.info),
        "seconds": result.seconds,
        "interrupted": result.interrupted,
        "notes": list(result.notes),
    }


def result_from(record: Record) -> GenerationResult:
    """The inverse of `result_record`."""
    return GenerationResult(
        images=tuple(_image_from(image) for image in record["images"]),
        info=record["info"],
        seconds=float(record["seconds"]),
        interrupted=bool(record["interrupted"]),
        notes=tuple(record["notes"]),
    )


def _image_from(record: Record) -> GeneratedImage:
    values: dict[str, Any] = {**record, "path": Path(record["path"])}
    return GeneratedImage(**values)
