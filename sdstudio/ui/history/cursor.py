"""Where one stands in the history and what is selected: positions only, no ids, no widget."""

from __future__ import annotations

from sdstudio.ui.history.ranges import Ranges


class Cursor:
    """Owns the current position, None if there is nothing, and the selected ones; both follow changes."""

    def __init__(self) -> None:
        self.current: int | None = None
        self.selected = Ranges()
        self._anchor = 0
        self._count = 0

    def reset(self, count: int, current: int | None) -> None:
        """A new history of `count` pictures, with nothing selected but the current one."""
        self._count = count
        self.selected.clear()
        self.current = None
        if current is not None:
            self.move(current)

    def move(self, to: int, *, extend: bool = False, keep: bool = False) -> None:
        """Stand at `to` (or the nearest there is) and select it alone.

        `extend` selects everything from where the selection began instead, `keep` leaves the selection as it is.
        """
        if not self._count:
            return
        to = max(0, min(self._count - 1, to))
        self.current = to
        if keep:
            return
        self._anchor = min(self._anchor, self._count - 1) if extend else to
        self.selected.clear()
        self.selected.add(min(to, self._anchor), max(to, self._anchor) + 1)

    def toggle(self, at: int) -> None:
        """Stand at `at` and take it into the selection or out of it."""
        if 0 <= at < self._count:
            self.current = self._anchor = at
            self.selected.toggle(at)

    def select_all(self) -> None:
        """Select everything, standing where one is."""
        self.selected.add(0, self._count)

    def make_room(self, at: int, count: int) -> None:
        """Pictures came: stay at the picture one was at."""
        self._count += count
        self.selected.make_room(at, count)
        if self._anchor >= at:
            self._anchor += count
        if self.current is not None and self.current >= at:
            self.current += count

    def close_up(self, at: int, count: int) -> bool:
        """Pictures went: stay, or stand at the next older one, or the last; True if the current one went."""
        self._count -= count
        self.selected.close_up(at, count)
        self._anchor = max(0, min(self._count - 1, _after(self._anchor, at, count)))
        if self.current is None:
            return False
        gone = at <= self.current < at + count
        self.current = _after(self.current, at, count)
        if self.current >= self._count:
            self.current = self._count - 1 if self._count else None
        if gone and self.current is not None and not self.selected:
            self.move(self.current)
        return gone


def _after(position: int, at: int, count: int) -> int:
    if position < at:
        return position
    return max(at, position - count)
