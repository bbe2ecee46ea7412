"""Small square buttons with a drawn mark in the palette's own colour, sharp at any scaling, dark and light."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QToolButton, QWidget

GRID = 16  # glyphs are drawn on a 16 × 16 grid
Glyph = Callable[[], QPainterPath]


class GlyphButton(QToolButton):
    """A tool button whose `glyph` is stroked over its plain face; `name` is what a screen reader says."""

    def __init__(self, glyph: Glyph, name: str, tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path = glyph()
        self.setAccessibleName(name)
        self.setToolTip(tip or name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        side = max(super().sizeHint().height(), self.fontMetrics().height() + 12)
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        group = QPalette.ColorGroup.Normal if self.isEnabled() else QPalette.ColorGroup.Disabled
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = min(self.width(), self.height()) * 0.62
        painter.translate((self.width() - side) / 2, (self.height() - side) / 2)
        painter.scale(side / GRID, side / GRID)
        pen = QPen(self.palette().color(group, QPalette.ColorRole.ButtonText), 1.5)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPath(self._path)
        painter.end()


def swap() -> QPainterPath:
    """Two arrows, one each way."""
    path = QPainterPath()
    _line(path, (1, 5), (14, 5), (10.5, 1.5))
    _line(path, (15, 11), (2, 11), (5.5, 14.5))
    return path


def dice() -> QPainterPath:
    """A die showing five."""
    path = QPainterPath()
    path.addRoundedRect(QRectF(1.5, 1.5, 13, 13), 3, 3)
    for x, y in ((5, 5), (11, 5), (8, 8), (5, 11), (11, 11)):
        path.addEllipse(QPointF(x, y), 0.7, 0.7)
    return path


def again() -> QPainterPath:
    """An arrow bent round to where it began."""
    path = QPainterPath()
    path.arcMoveTo(QRectF(2, 2, 12, 12), 45)
    path.arcTo(QRectF(2, 2, 12, 12), 45, 290)
    _line(path, (12.5, 0.8), (12.4, 4), (9.2, 4))
    return path


def choices() -> QPainterPath:
    """Two frames of different shapes: there is a choice of sizes."""
    path = QPainterPath()
    path.addRect(QRectF(1.5, 4.5, 13, 8))
    path.addRect(QRectF(4.5, 1.5, 7, 13))
    return path


def eye() -> QPainterPath:
    """An open eye."""
    path = QPainterPath(QPointF(1, 8))
    path.quadTo(8, 0, 15, 8)
    path.quadTo(8, 16, 1, 8)
    path.addEllipse(QPointF(8, 8), 2, 2)
    return path


def _line(path: QPainterPath, *points: tuple[float, float]) -> None:
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
