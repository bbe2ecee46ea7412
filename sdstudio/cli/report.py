"""What `generate` prints: paths or one JSON document on standard output, sentences on standard error."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sdstudio.core.errors import StudioError
from sdstudio.core.request import GenerationRequest
from sdstudio.core.result import EndpointMark
from sdstudio.library.records import PictureRecord


@dataclass(slots=True)
class Outcome:
    """What came of one call, as far as it got. `copies` are in the order of `pictures`.

    `corrections` are said of a request that was read, before anything is made.
    """

    state: str = "failed"
    job_id: str = ""
    endpoint: EndpointMark | None = None
    request: GenerationRequest | None = None
    pictures: list[PictureRecord] = field(default_factory=list[PictureRecord])
    copies: list[Path | None] = field(default_factory=list[Path | None])
    in_history: bool = True
    error: StudioError | None = None
    notes: list[str] = field(default_factory=list[str])
    corrections: list[str] = field(default_factory=list[str])


def complain(error: StudioError) -> None:
    """An error's sentences, with the first line of what is behind it if that says more."""
    lines = [f"sdstudio: {error.title}", error.message, error.remedy]
    sys.stderr.write("\n".join(line for line in lines if line) + "\n")


def print_paths(outcome: Outcome) -> None:
    """One path a line: where each picture is kept, or its copy where there is no history."""
    for picture, copy in zip(outcome.pictures, outcome.copies, strict=True):
        sys.stdout.write(f"{picture.path if outcome.in_history else copy}\n")
    for note in outcome.notes:
        sys.stderr.write(f"{note}\n")


def print_json(outcome: Outcome) -> None:
    """The whole outcome as one document. Only ASCII, so that every terminal and pipe takes it."""
    error = outcome.error
    document: dict[str, Any] = {
        "state": outcome.state,
        "job": outcome.job_id or None,
        "endpoint": asdict(outcome.endpoint) if outcome.endpoint else None,
        "request": outcome.request.to_dict() if outcome.request else None,
        "pictures": [
            _picture(record, copy, outcome)
            for record, copy in zip(outcome.pictures, outcome.copies, strict=True)
        ],
        "notes": outcome.notes,
        "corrections": outcome.corrections,
        "error": error
        and {
            "kind": type(error).__name__,
            "title": error.title,
            "message": error.message,
            "remedy": error.remedy,
            "exit_code": error.exit_code,
        },
    }
    sys.stdout.write(json.dumps(document, indent=2) + "\n")


def _picture(record: PictureRecord, copy: Path | None, outcome: Outcome) -> dict[str, Any]:
    return {
        "id": record.id if outcome.in_history else None,
        "path": str(record.path) if outcome.in_history else None,
        "copy": str(copy) if copy else None,
        "role": record.role,
        "format": record.format,
        "width": record.width,
        "height": record.height,
        "seed": record.seed,
        "bytes": record.size_bytes,
        "sha256": record.sha256,
        "infotext": record.infotext,
    }
