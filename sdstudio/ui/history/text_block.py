"""Foreign text to be read and copied: as high as it needs up to a limit, then it scrolls. Always plain."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QTextOption
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget


class TextBlock(QPlainTextEdit):
    """A read-only text that wraps anywhere if it must; `most_lines` are seen at once."""

    def __init__(self, name: str, *, most_lines: int, parent: QWidget | None = None) -> None:
        super().__init__(parent, readOnly=True)
        self._most_lines = most_lines
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def say(self, text: str) -> None:
        """Show `text` from its beginning."""
        if text != self.toPlainText():
            self.setPlainText(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """A bar takes room from the lines, so there is one only where the lines are too many without."""
        limit = self._most_lines * self.fontMetrics().lineSpacing()
        needed = self._text_height(limit)
        off, auto = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setVerticalScrollBarPolicy(off if needed <= limit else auto)
        height = ceil(min(needed, limit) + 2 * (self.document().documentMargin() + self.frameWidth()))
        if height != self.height():
            self.setFixedHeight(height)

    def _text_height(self, enough: float) -> float:
        """Of the paragraphs down to `enough`, one by one: the document reckons late with those unseen."""
        height, block = 0.0, self.document().firstBlock()
        while block.isValid() and height <= enough:
            height += self.blockBoundingRect(block).height()
            block = block.next()
        return height
