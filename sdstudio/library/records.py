"""What the library tells about its pictures: frozen values, complete when given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sdstudio.core.geometry import Size
from sdstudio.core.infotext import Infotext, parse
from sdstudio.core.request import GenerationRequest
from sdstudio.core.result import EndpointMark, ImageRole


@dataclass(frozen=True, slots=True)
class PictureRow:
    """What a grid or strip needs of a picture. `missing`: its file was not there when this was read."""

    id: int
    path: Path
    missing: bool
    prompt: str
    width: int
    height: int
    seed: int | None
    created: datetime
    role: ImageRole = "picture"


@dataclass(frozen=True, slots=True)
class Parent:
    """A picture that went in: its role ("source", "mask"), its bytes in the input store by SHA-256.

    `picture_id` names the picture of the history that has the same bytes, if there was one.
    """

    role: str
    sha256: str
    picture_id: int | None


@dataclass(frozen=True, slots=True)
class Child:
    """A picture of the history that was made from this one, and what this one was in it."""

    role: str
    picture_id: int


@dataclass(frozen=True, slots=True)
class PictureRecord:
    """Everything kept about one picture.

    `request` is None for a picture whose request is not known: one found in the spool after a crash. `infotext`
    is the server's own text, "" if it gave none. `started` and `seconds` are the generation's. Times are in UTC.
    """

    id: int
    path: Path
    missing: bool
    removed: bool
    role: ImageRole
    format: str
    size_bytes: int
    sha256: str
    width: int
    height: int
    seed: int | None
    created: datetime
    prompt: str
    negative_prompt: str
    infotext: str
    request: GenerationRequest | None
    endpoint: EndpointMark
    started: datetime
    seconds: float
    interrupted: bool
    notes: tuple[str, ...]
    job_id: str
    parents: tuple[Parent, ...] = ()
    children: tuple[Child, ...] = ()

    @property
    def size(self) -> Size:
        """Width and height in pixels."""
        return Size(self.width, self.height)

    @property
    def recipe(self) -> Infotext:
        """The infotext, read."""
        return parse(self.infotext)
