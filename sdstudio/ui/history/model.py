"""Which pictures there are, newest first, and the rows of those in sight. Thumbnails are `thumbnails`'s."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import neg

from PySide6.QtCore import QObject, Signal

from sdstudio.library.records import PictureRow
from sdstudio.ui.history.source import HistorySource
from sdstudio.ui.tasks import Tasks

ROWS_KEPT = 4000
FETCH_AT_MOST = 500  # rows per question, so that what is in sight is not kept waiting by what was


class HistoryModel(QObject):
    """Owns the order of ids (8 bytes each) and the rows last seen. UI thread; asks the library, never waits for it.

    A position counts from the newest, 0. `reset`: everything may be different. `inserted`: `count` pictures came
    at `position`. `removed`: spans (position, count), last first. `rows_changed`: rows came or are no longer true.
    """

    reset = Signal()
    inserted = Signal(int, int)
    removed = Signal(list)
    rows_changed = Signal()

    def __init__(self, library: HistorySource, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library, self._tasks = library, tasks
        self._ids = array("q")
        self._rows: OrderedDict[int, PictureRow] = OrderedDict()
        self._wanted: list[int] = []
        self._fetching = False
        self.loaded = False  # whether an empty model is an empty history

    def __len__(self) -> int:
        return len(self._ids)

    def id_at(self, position: int) -> int:
        """The id at a position; raises IndexError."""
        return self._ids[position]

    def ids_between(self, start: int, stop: int) -> Sequence[int]:
        """The ids from a position up to but not another, as far as there are any."""
        return self._ids[max(0, start) : max(0, stop)]

    def position_of(self, picture: int) -> int | None:
        """Where an id is, if it is there. Newest first is largest first, so it need not be searched for."""
        position = self._place_for(picture)
        return position if self._ids[position : position + 1] == array("q", [picture]) else None

    async def load(self, query: str = "") -> None:
        """Take over the ids that match, whole."""
        self._ids = await self._library.ids(query)
        self._rows.clear()
        self.loaded = True
        self.reset.emit()

    def insert_newest(self, ids: Iterable[int]) -> None:
        """Pictures that came, or came back; each takes its place, those already there stay where they are."""
        new = sorted({picture for picture in ids if self.position_of(picture) is None})
        for place, group in groupby(new, self._place_for):
            together = array("q", sorted(group, reverse=True))
            self._ids[place:place] = together
            self.inserted.emit(place, len(together))

    def remove(self, ids: Iterable[int]) -> None:
        """Take pictures out; ids that are not there are ignored."""
        gone = set(ids)
        positions = sorted(p for p in map(self.position_of, gone) if p is not None)
        spans = _spans(positions)
        for position, count in reversed(spans):
            del self._ids[position : position + count]
        for picture in gone:
            self._rows.pop(picture, None)
        if spans:
            self.removed.emit(spans[::-1])

    def forget_rows(self, ids: Iterable[int]) -> None:
        """Rows of these have changed; they are fetched again when asked for."""
        for picture in ids:
            self._rows.pop(picture, None)
        self.rows_changed.emit()

    def row(self, picture: int) -> PictureRow | None:
        """The row of an id if it is here; ask for it with `want` if not."""
        return self._rows.get(picture)

    def want(self, ids: Iterable[int]) -> None:
        """Fetch the rows of these, the first ones first; what was wanted before, but not yet asked for, is not."""
        self._wanted = []
        for picture in ids:
            if picture in self._rows:
                self._rows.move_to_end(picture)
            else:
                self._wanted.append(picture)
        if self._wanted and not self._fetching:
            self._fetching = True
            self._tasks.start(self._fetch_all(), name="fetch rows")

    def _place_for(self, picture: int) -> int:
        return bisect_left(self._ids, -picture, key=neg)

    async def _fetch_all(self) -> None:
        try:
            while self._wanted:
                asked, self._wanted = self._wanted[:FETCH_AT_MOST], self._wanted[FETCH_AT_MOST:]
                for row in await self._library.rows(asked):
                    self._rows[row.id] = row
                while len(self._rows) > ROWS_KEPT:
                    self._rows.popitem(last=False)
                self.rows_changed.emit()
        finally:
            self._fetching = False


def _spans(positions: Sequence[int]) -> list[tuple[int, int]]:
    """Sorted positions as (position, count) of what lies together."""
    spans: list[tuple[int, int]] = []
    for position in positions:
        if spans and sum(spans[-1]) == position:
            spans[-1] = (spans[-1][0], spans[-1][1] + 1)
        else:
            spans.append((position, 1))
    return spans
