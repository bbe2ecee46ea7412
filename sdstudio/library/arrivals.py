"""An answer on its way into the history, as it is noted down before the first file is placed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from sdstudio.core.errors import InvalidRequest
from sdstudio.core.request import GenerationRequest
from sdstudio.core.result import EndpointMark, GeneratedImage, GenerationResult

_MOST_INFO_CHARACTERS = 1_000_000
NOBODY = EndpointMark("", "", "")


@dataclass(frozen=True, slots=True)
class Arrival:
    """Everything a generation's rows are made of. `request` is None when it is not known; times are in UTC."""

    job_id: str
    images: tuple[GeneratedImage, ...]
    created: datetime
    started: datetime
    request: GenerationRequest | None = None
    endpoint: EndpointMark = NOBODY
    seconds: float = 0.0
    interrupted: bool = False
    notes: tuple[str, ...] = ()
    info: str = "{}"

    @classmethod
    def of(
        cls,
        result: GenerationResult,
        request: GenerationRequest,
        *,
        endpoint: EndpointMark,
        started: datetime,
        job_id: str,
    ) -> Arrival:
        """A result that has just come."""
        return cls(
            job_id=job_id,
            images=tuple(replace(image, infotext=storable(image.infotext)) for image in result.images),
            created=datetime.now(UTC),
            started=started.astimezone(UTC),
            request=request,
            endpoint=endpoint,
            seconds=result.seconds,
            interrupted=result.interrupted,
            notes=tuple(map(storable, result.notes)),
            info=_info(result.info),
        )

    def to_json(self) -> str:
        """Text for the note; `from_json` reads it."""
        values = asdict(self)
        values["images"] = [{**asdict(image), "path": str(image.path)} for image in self.images]
        values["request"] = self.request.to_dict() if self.request else None
        values["created"], values["started"] = self.created.isoformat(), self.started.isoformat()
        return storable(json.dumps(values, ensure_ascii=False))

    def with_files_in(self, spool: Path) -> Arrival:
        """The same with the images that are not where they were, but in this folder, looked for here."""
        return replace(self, images=tuple(_in_folder(image, spool) for image in self.images))

    @classmethod
    def from_json(cls, text: str) -> Arrival:
        """The inverse of `to_json`. A request this version cannot read becomes None."""
        values: dict[str, Any] = json.loads(text)
        values |= {
            "images": tuple(_image(image) for image in values["images"]),
            "request": request_from(values["request"]),
            "endpoint": EndpointMark(**values["endpoint"]),
            "notes": tuple(values["notes"]),
            "created": datetime.fromisoformat(values["created"]),
            "started": datetime.fromisoformat(values["started"]),
        }
        return cls(**values)


def _image(values: dict[str, Any]) -> GeneratedImage:
    corrected: dict[str, Any] = {**values, "path": Path(values["path"])}
    return GeneratedImage(**corrected)


def _in_folder(image: GeneratedImage, folder: Path) -> GeneratedImage:
    here = folder / image.path.name
    return replace(image, path=here) if here.exists() and not image.path.exists() else image


def request_from(values: object) -> GenerationRequest | None:
    """A stored request, or None if there is none or a part of it is not what this version knows."""
    if not isinstance(values, Mapping):
        return None
    try:
        return GenerationRequest.from_dict(cast("Mapping[str, Any]", values))
    except (InvalidRequest, TypeError):
        return None


def storable(text: str) -> str:
    """The text without what no database takes: halves of surrogate pairs become "?", NUL goes."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def _info(info: Mapping[str, Any]) -> str:
    """The server's own words as JSON; {} if they are absurdly long."""
    text = storable(json.dumps(dict(info), ensure_ascii=False, default=str))
    return text if len(text) <= _MOST_INFO_CHARACTERS else "{}"
