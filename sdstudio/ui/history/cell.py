"""How one picture of the history is painted: its thumbnail, whether it is selected, whether its file is missing."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QPen, QPolygonF

from sdstudio.ui import theme

CURRENT_LINE, SELECTED_LINE = 3, 2
INSET = 5  # between the cell's edge, where the line is drawn, and the picture
BADGE = 18


@dataclass(frozen=True, slots=True)
class Cell:
    """What there is to paint. `image` None: not here yet, or, if `absent`, not to be had."""

    image: QImage | None
    absent: bool = False
    missing_file: bool = False
    selected: bool = False
    current: bool = False
    focused: bool = False
    hovered: bool = False


def paint(painter: QPainter, box: QRect, cell: Cell, palette: QPalette) -> None:
    """Paint one cell into `box`."""
    accent = palette.color(QPalette.ColorRole.Highlight)
    if cell.selected:
        ground = QColor(accent)
        ground.setAlpha(60)
        painter.fillRect(box, ground)
    inner = box.adjusted(INSET, INSET, -INSET, -INSET)
    if cell.image is None:
        _paint_stand_in(painter, inner, palette, "no preview" if cell.absent else "")
        target = QRectF(inner)
    else:
        target = fitted(cell.image.size(), inner)
        painter.drawImage(target, cell.image)
    if cell.missing_file:
        _paint_badge(painter, target)
    _paint_line(painter, box, cell, accent, palette.color(QPalette.ColorRole.HighlightedText))


def fitted(size: QSize, box: QRect) -> QRectF:
    """The largest place in the middle of `box` with the shape of `size`."""
    place = QRectF(QPointF(), size.scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio).toSizeF())
    place.moveCenter(QRectF(box).center())
    return place


def _paint_stand_in(painter: QPainter, box: QRect, palette: QPalette, words: str) -> None:
    painter.fillRect(box, palette.color(QPalette.ColorRole.Midlight))
    painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap), words)


def _paint_line(painter: QPainter, box: QRect, cell: Cell, accent: QColor, ink: QColor) -> None:
    width = CURRENT_LINE if cell.current else SELECTED_LINE if cell.selected else 1 if cell.hovered else 0
    if width:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(accent, width, j=Qt.PenJoinStyle.MiterJoin))
        painter.drawRect(QRectF(box).adjusted(width / 2, width / 2, -width / 2, -width / 2))
    if cell.current and cell.focused:
        painter.setPen(QPen(ink, 1, Qt.PenStyle.DotLine))
        painter.drawRect(box.adjusted(1, 1, -2, -2))


def _paint_badge(painter: QPainter, picture: QRectF) -> None:
    """A warning sign in the upper right corner; its shape tells as much as its colour."""
    box = QRectF(picture.right() - BADGE - 3, picture.top() + 3, BADGE, BADGE)
    sign = QPolygonF([QPointF(box.center().x(), box.top()), box.bottomRight(), box.bottomLeft()])
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(0, 0, 0, 160), 1.5))
    painter.setBrush(QColor(theme.DARK.warning))  # on a picture, whatever the look
    painter.drawPolygon(sign)
    painter.setPen(QPen(QColor(30, 30, 30), 2))
    middle = box.center().x()
    painter.drawLine(QPointF(middle, box.top() + 6), QPointF(middle, box.bottom() - 6))
    painter.drawPoint(QPointF(middle, box.bottom() - 3))
    painter.restore()
