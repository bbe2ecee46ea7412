"""Painted over a picture or instead of it: the line of progress, captions, words where there is no picture."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPalette, QPixmap

PILL_GROUND = QColor(0, 0, 0, 170)
PILL_TEXT = QColor(255, 255, 255, 235)
LINE_HEIGHT = 4
MARGIN = 10
CHECK_SIDE = 8


def paint_progress(painter: QPainter, area: QRect, fraction: float | None, accent: QColor) -> None:
    """A thin line along the lower edge; a dim one over the whole width while the fraction is not known."""
    line = QRectF(area.left(), area.bottom() + 1 - LINE_HEIGHT, area.width(), LINE_HEIGHT)
    dim = QColor(accent)
    dim.setAlpha(70)
    painter.fillRect(line, dim)
    if fraction is not None:
        line.setWidth(line.width() * max(0.0, min(1.0, fraction)))
        painter.fillRect(line, accent)


def paint_pill(painter: QPainter, area: QRect, text: str, corner: Qt.Corner) -> None:
    """A caption that can be read over any picture, in one of the lower corners of `area`."""
    metrics = painter.fontMetrics()
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, area.width() - 4 * MARGIN))
    box = QRectF(0, 0, metrics.horizontalAdvance(text) + 2 * MARGIN, metrics.height() + MARGIN)
    box.moveBottomLeft(QPointF(area.left() + MARGIN, area.bottom() - MARGIN - LINE_HEIGHT))
    if corner == Qt.Corner.BottomRightCorner:
        box.moveRight(area.right() - MARGIN)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(PILL_GROUND)
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
    painter.setPen(PILL_TEXT)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


def paint_words(painter: QPainter, area: QRect, title: str, text: str, ground: QColor) -> None:
    """A title and a sentence in the middle of `area`, in a colour that is read on `ground`. Always plain text."""
    ink = QColor(Qt.GlobalColor.black if ground.lightness() > 127 else Qt.GlobalColor.white)
    box = area.adjusted(4 * MARGIN, MARGIN, -4 * MARGIN, -MARGIN)
    flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
    painter.save()
    plain, large = painter.font(), QFont(painter.font())
    large.setPointSizeF(plain.pointSizeF() * 1.35)
    large.setWeight(QFont.Weight.DemiBold)
    painter.setFont(large)
    title_box = painter.boundingRect(box, flags, title)
    painter.setFont(plain)
    text_box = painter.boundingRect(box, flags, text)
    top = box.top() + max(0, (box.height() - title_box.height() - MARGIN - text_box.height()) // 2)
    ink.setAlpha(220)
    painter.setPen(ink)
    painter.setFont(large)
    painter.drawText(QRect(box.left(), top, box.width(), title_box.height()), flags, title)
    painter.setFont(plain)
    ink.setAlpha(200)
    painter.setPen(ink)
    lower = top + title_box.height() + MARGIN
    painter.drawText(QRect(box.left(), lower, box.width(), text_box.height()), flags, text)
    painter.restore()


def chequers(palette: QPalette) -> QBrush:
    """The ground of transparent pictures."""
    light, dark = QColor(200, 200, 200), QColor(160, 160, 160)
    if palette.color(QPalette.ColorRole.Window).lightness() < 128:
        light, dark = QColor(110, 110, 110), QColor(80, 80, 80)
    tile = QPixmap(2 * CHECK_SIDE, 2 * CHECK_SIDE)
    tile.fill(light)
    painter = QPainter(tile)
    painter.fillRect(0, 0, CHECK_SIDE, CHECK_SIDE, dark)
    painter.fillRect(CHECK_SIDE, CHECK_SIDE, CHECK_SIDE, CHECK_SIDE, dark)
    painter.end()
    return QBrush(tile)
