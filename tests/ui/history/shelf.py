"""A history of any size that exists only in so far as it is asked for, and remembers what it was asked."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from PIL import Image

from sdstudio.core.errors import LibraryError
from sdstudio.library.records import PictureRow
from tests.ui.history.records import NOON

SIDE = 64


@dataclass
class Shelf:
    """A `HistorySource`: `count` pictures, the newest with the largest id.

    A thumbnail's colour tells its id. While `open_` is not set, thumbnails are not answered.
    """

    count: int = 0
    folder: Path = Path("/pictures")
    missing: set[int] = field(default_factory=set)
    without_thumbnail: set[int] = field(default_factory=set)
    broken: set[int] = field(default_factory=set)
    rows_asked: list[list[int]] = field(default_factory=list)
    thumbnails_asked: list[int] = field(default_factory=list)
    open_: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.open_.set()

    async def ids(self, query: str = "", /) -> array[int]:
        return array("q", range(self.count, 0, -1))

    async def rows(self, ids: Iterable[int], /) -> list[PictureRow]:
        self.rows_asked.append(list(ids))
        await asyncio.sleep(0)
        return [self.row(picture) for picture in self.rows_asked[-1]]

    async def thumbnail(self, picture: int, /) -> bytes | None:
        self.thumbnails_asked.append(picture)
        await self.open_.wait()
        if picture in self.broken:
            raise LibraryError("The thumbnails cannot be read")
        if picture in self.without_thumbnail:
            return None
        out = BytesIO()
        Image.new("RGB", (SIDE, SIDE), colour_of(picture)).save(out, "PNG")
        return out.getvalue()

    def row(self, picture: int) -> PictureRow:
        path = self.folder / f"{picture}.png"
        missing = picture in self.missing
        return PictureRow(picture, path, missing, f"number {picture}", 512, 768, 1000 + picture, NOON)


def colour_of(picture: int) -> tuple[int, int, int]:
    return picture * 37 % 256, picture * 71 % 256, 200
