"""A set of positions kept as ranges: to select a hundred thousand pictures costs as much as to select two."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator


class Ranges:
    """Whole numbers from 0, held as disjoint, sorted, half-open ranges that do not touch each other."""

    def __init__(self, ranges: Iterable[tuple[int, int]] = ()) -> None:
        self._ranges: list[tuple[int, int]] = []
        for start, stop in ranges:
            self.add(start, stop)

    def __contains__(self, position: int) -> bool:
        index = bisect_right(self._ranges, position, key=_start) - 1
        return index >= 0 and position < self._ranges[index][1]

    def __iter__(self) -> Iterator[int]:
        for start, stop in self._ranges:
            yield from range(start, stop)

    def __len__(self) -> int:
        return sum(stop - start for start, stop in self._ranges)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ranges) and other._ranges == self._ranges

    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __repr__(self) -> str:
        return f"Ranges({self._ranges})"

    def spans(self) -> tuple[tuple[int, int], ...]:
        """The ranges themselves, half open."""
        return tuple(self._ranges)

    def clear(self) -> None:
        """Hold nothing."""
        self._ranges = []

    def add(self, start: int, stop: int) -> None:
        """Hold all from `start` up to but not `stop`."""
        if start >= stop:
            return
        before = [span for span in self._ranges if span[1] < start]
        after = [span for span in self._ranges if span[0] > stop]
        touched = self._ranges[len(before) : len(self._ranges) - len(after)]
        start = min([start, *(span[0] for span in touched)])
        stop = max([stop, *(span[1] for span in touched)])
        self._ranges = [*before, (start, stop), *after]

    def discard(self, start: int, stop: int) -> None:
        """Hold none from `start` up to but not `stop`."""
        if start >= stop:
            return
        kept: list[tuple[int, int]] = []
        for low, high in self._ranges:
            kept += [(low, min(high, start)), (max(low, stop), high)]
        self._ranges = [(low, high) for low, high in kept if low < high]

    def toggle(self, position: int) -> None:
        """Hold `position` if it was not held, else not."""
        change = self.discard if position in self else self.add
        change(position, position + 1)

    def make_room(self, at: int, count: int) -> None:
        """`count` new positions, not held, appear at `at`; everything from there on moves up."""
        if count <= 0:
            return
        moved: list[tuple[int, int]] = []
        for low, high in self._ranges:
            if high <= at:
                moved.append((low, high))
            elif low >= at:
                moved.append((low + count, high + count))
            else:
                moved += [(low, at), (at + count, high + count)]
        self._ranges = moved

    def close_up(self, at: int, count: int) -> None:
        """`count` positions from `at` on vanish; everything behind them moves down."""
        self.discard(at, at + count)
        moved, self._ranges = self._ranges, []
        for low, high in moved:
            shift = count if low >= at else 0
            self.add(low - shift, high - shift)


def _start(span: tuple[int, int]) -> int:
    return span[0]
