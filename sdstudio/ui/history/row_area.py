"""One row of any number of square cells, scrolled sideways: where they lie. A subclass knows what is in them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPalette, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

MARGIN, GAP = 6, 4
SMALLEST_CELL, LARGEST_CELL = 48, 320
WHEEL_NOTCH = 120  # Qt's angle units per click of a wheel
CELLS_PER_NOTCH = 1.5


class RowArea(QAbstractScrollArea):
    """Owns the number of cells and, by its scroll bar, which are seen; the rest is arithmetic. UI thread."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.count = 0  # of cells
        self._old_pitch = 1
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setBackgroundRole(
            QPalette.ColorRole.Window
        )  # a bright ground would falsify the colours
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(SMALLEST_CELL + 2 * MARGIN + self.horizontalScrollBar().sizeHint().height())

    @property
    def side(self) -> int:
        """Of a cell: as high as there is room."""
        return max(SMALLEST_CELL, min(LARGEST_CELL, self.viewport().height() - 2 * MARGIN))

    @property
    def pitch(self) -> int:
        """From one cell to the next."""
        return self.side + GAP

    def rect_of(self, position: int) -> QRect:
        """Where a cell is in the viewport, seen or not."""
        left = MARGIN + position * self.pitch - self.horizontalScrollBar().value()
        return QRect(left, (self.viewport().height() - self.side) // 2, self.side, self.side)

    def position_at(self, point: QPoint) -> int | None:
        """The cell at a point of the viewport; None in the gaps and beside."""
        position = (point.x() + self.horizontalScrollBar().value() - MARGIN) // self.pitch
        inside = 0 <= position < self.count and self.rect_of(position).contains(point)
        return position if inside else None

    def in_sight(self) -> range:
        """The cells of which at least a part is seen."""
        left = self.horizontalScrollBar().value() - MARGIN
        first = max(0, left // self.pitch)
        return range(first, max(first, min(self.count, (left + self.viewport().width()) // self.pitch + 1)))

    def set_count(self, count: int) -> None:
        """There are now so many cells."""
        self.count = count
        self._set_scroll_range()
        self.viewport().update()

    def make_room(self, at: int, count: int) -> None:
        """New cells at a position: what is seen stays where it is, but at the very front one sees the new ones."""
        bar = self.horizontalScrollBar()
        was, in_front = bar.value(), at <= self.in_sight().start
        self.set_count(self.count + count)
        if was > 0 and in_front:
            bar.setValue(was + count * self.pitch)

    def reveal(self, position: int) -> None:
        """Scroll no further than needed to see a cell whole, and a part of its neighbours."""
        bar, box = self.horizontalScrollBar(), self.rect_of(position)
        peek = min(self.side // 3, max(0, (self.viewport().width() - self.side) // 2))
        if box.left() < peek:
            bar.setValue(bar.value() + box.left() - peek)
        elif box.right() > self.viewport().width() - peek:
            bar.setValue(bar.value() + box.right() + peek - self.viewport().width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the cell that was at the left edge there when the cells change their size."""
        super().resizeEvent(event)
        bar = self.horizontalScrollBar()
        share = bar.value() / max(1, self._old_pitch)
        self._set_scroll_range()
        bar.setValue(round(share * self.pitch))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Either direction of a wheel or touchpad moves sideways."""
        bar = self.horizontalScrollBar()
        pixels, angle = event.pixelDelta(), event.angleDelta()
        if not pixels.isNull():
            bar.setValue(bar.value() - (pixels.x() or pixels.y()))
        else:
            notches = (angle.x() or angle.y()) / WHEEL_NOTCH
            bar.setValue(bar.value() - round(notches * CELLS_PER_NOTCH * self.pitch))
        event.accept()

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """Nothing is moved, all is painted anew: a row of cells costs less than a millisecond."""
        self.viewport().update()

    def _set_scroll_range(self) -> None:
        bar = self.horizontalScrollBar()
        length = self.count * self.pitch - GAP + 2 * MARGIN if self.count else 0
        bar.setRange(0, max(0, length - self.viewport().width()))
        bar.setPageStep(self.viewport().width())
        bar.setSingleStep(self.pitch // 2)
        self._old_pitch = self.pitch
