"""What came back from an endpoint, before it is history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

ImageRole = Literal["picture", "grid", "extra", "preview"]


@dataclass(frozen=True, slots=True)
class GeneratedImage:
    """One picture of an answer, its bytes untouched in a spool file.

    `format` is sniffed from the bytes ("png", "jpeg", "webp", "avif"), `seed` None when the server did not say,
    `infotext` "" when it gave none. `role`: "extra" are a script's maps, "preview" a live preview kept because
    nothing better arrived.
    """

    path: Path
    sha256: str
    size_bytes: int
    format: str
    width: int
    height: int
    seed: int | None = None
    infotext: str = ""
    role: ImageRole = "picture"


@dataclass(frozen=True, slots=True)
class GenerationResult:
    """A whole answer: pictures in the server's order, its parsed `info` ({} if none), seconds it took."""

    images: tuple[GeneratedImage, ...]
    info: Mapping[str, Any] = field(default_factory=dict[str, Any])
    seconds: float = 0.0
    interrupted: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a generation is: `fraction` 0…1 or None when the endpoint does not tell.

    `eta_seconds` is the endpoint's own guess; `preview` an encoded picture as it came, None if unchanged.
    """

    fraction: float | None = None
    step: int = 0
    steps: int = 0
    eta_seconds: float | None = None
    preview: bytes | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class EndpointMark:
    """Where a picture came from, as kept with it: the endpoint's name, address and dialect (never a secret)."""

    name: str
    url: str
    dialect: str
