"""What the views of the history need to be told. `library.Library` is one; tests make one of a million pictures."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Protocol

from sdstudio.library.records import PictureRow


class HistorySource(Protocol):
    """Asked from the event loop's thread; answers without making it wait."""

    async def ids(self, query: str = "", /) -> array[int]:
        """The ids that match, as 64-bit integers, newest first, which is largest first."""
        ...

    async def rows(self, ids: Iterable[int], /) -> list[PictureRow]:
        """The rows of these; ids that are not there are left out."""
        ...

    async def thumbnail(self, picture: int, /) -> bytes | None:
        """An encoded picture of at most 256 pixels a side; None if none can be made. Raises `LibraryError`."""
        ...
