"""The box a prompt is written in: plain text that grows with its content and undoes every change to it."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QTextCursor, QTextOption
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

from sdstudio.ui.generate import incoming

# What a QTextDocument takes for the end of a line, a block or a frame.
_LINE_BREAKS = str.maketrans({"\u2028": "\n", "\u2029": "\n", "\ufdd0": "\n", "\ufdd1": "\n"})

_ENDLESS_WORD = re.compile(r"\S{2000}")


class PromptEdit(QPlainTextEdit):
    """Grows from `fewest` to `most` lines, then scrolls; Tab leaves it; a pasted picture is passed on."""

    picture_pasted = Signal(QMimeData)

    def __init__(self, fewest: int, most: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fewest, self._most = fewest, most
        self._lines = 0
        self.setTabChangesFocus(True)
        self.textChanged.connect(lambda: self._wrap_for(""))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._grow())
        self._grow()

    def prompt(self) -> str:
        """The text as typed; unlike `toPlainText` it keeps no-break spaces what they are."""
        return self.document().toRawText().translate(_LINE_BREAKS)

    def replace_prompt(self, text: str) -> None:
        """Put `text` in place of everything, as one edit that Ctrl+Z takes back."""
        text = printable(text)
        if text == self.prompt():
            return
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        self._wrap_for(text)
        cursor.insertText(text)

    def sizeHint(self) -> QSize:
        margins = self.contentsMargins()
        below = 0 if self._lines == self._most else 1  # no sliver of a further line under a full box
        frame = margins.top() + margins.bottom() + round((1 + below) * self.document().documentMargin())
        return QSize(120, max(1, self._lines) * self.fontMetrics().lineSpacing() + frame)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return not incoming.brings_picture(source) and super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        if incoming.brings_picture(source):
            self.picture_pasted.emit(source)
        else:
            self._wrap_for(source.text())
            super().insertFromMimeData(source)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.InsertLineSeparator):
            self.insertPlainText("\n")  # Shift+Enter; Qt's own would leave an invisible U+2028
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and _has_command_key(event):
            event.ignore()  # Ctrl+Enter means Generate, wherever the caret is
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._grow()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.updateGeometry()

    def _wrap_for(self, coming: str) -> None:
        """Break lines anywhere while there is, or is about to be, a word without end (a pasted base64 text).

        Looking for breaks between words first, Qt lays out a word of 100,000 letters in a second, at every key.
        """
        endless = _ENDLESS_WORD.search(coming) or _ENDLESS_WORD.search(self.prompt())
        wrap = QTextOption.WrapMode
        mode = wrap.WrapAnywhere if endless else wrap.WrapAtWordBoundaryOrAnywhere
        if mode is not self.wordWrapMode():
            self.setWordWrapMode(mode)

    def _grow(self) -> None:
        lines = min(self._most, max(self._fewest, round(self.document().size().height())))
        if lines != self._lines:
            self._lines = lines
            self.updateGeometry()


def printable(text: str) -> str:
    """`text` with lone surrogates replaced and line ends as \\n, which is all a text box can hold."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\r\n", "\n").replace("\r", "\n").translate(_LINE_BREAKS)


def _has_command_key(event: QKeyEvent) -> bool:
    return bool(event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier))
