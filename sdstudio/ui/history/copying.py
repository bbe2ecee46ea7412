"""Putting text on the clipboard by a small button beside it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QGuiApplication, QPainterPath
from PySide6.QtWidgets import QWidget

from sdstudio.ui.glyph_button import GlyphButton


class CopyButton(GlyphButton):
    """Copies `text`, which its owner sets, as plain text."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(sheets, name, parent=parent)
        self.text_to_copy = ""
        self.setAutoRaise(True)
        self.clicked.connect(self._copy)

    def sizeHint(self) -> QSize:
        side = self.fontMetrics().height() + 6
        return QSize(side, side)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text_to_copy)


def sheets() -> QPainterPath:
    """Two sheets of paper, one over the other."""
    path = QPainterPath()
    path.addRoundedRect(QRectF(1.5, 1.5, 9, 10), 1.5, 1.5)
    path.moveTo(13, 5)
    path.lineTo(14.5, 5)
    path.lineTo(14.5, 14.5)
    path.lineTo(6, 14.5)
    path.lineTo(6, 13.5)
    return path
