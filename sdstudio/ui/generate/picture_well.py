"""The place a source picture is dropped on: it shows the picture, or says what to do, or what went wrong.

Draws and listens only; the picture itself is owned by an `InputSlot`.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QFocusEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from sdstudio.ui import theme
from sdstudio.ui.generate import incoming

EMPTY_WORDS = "Drop a picture here,\npaste one with Ctrl+V,\nor click to open a file"
BUSY_WORDS = "Reading the picture…"
DROP_WORDS = "Let go to use this picture"

_OPENING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_CLEARING = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class PictureWell(QWidget):
    """Signals what a person does with it: `brought` a drop or paste, `open_asked`, `clear_asked`."""

    brought = Signal(QMimeData)
    open_asked = Signal()
    clear_asked = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._image: QImage | None = None
        self._busy = False
        self._hovered = False
        self._show_hint()

    def show_picture(self, image: QImage | None, *, busy: bool) -> None:
        """Show `image`, or the words of an empty place; `busy` while another is being read."""
        self._image, self._busy = image, busy
        self._show_hint()
        self.updateGeometry()
        self.update()

    def words(self) -> str:
        """What is written in the well just now; "" when it shows a picture."""
        if self._hovered:
            return DROP_WORDS
        if self._busy:
            return BUSY_WORDS
        return "" if self._image else EMPTY_WORDS

    def sizeHint(self) -> QSize:
        return QSize(200, (11 if self._image else 6) * self.fontMetrics().lineSpacing())

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_frame(painter)
        if self._image:
            self._paint_picture(painter, self._image)
        if words := self.words():
            self._paint_words(painter, words)
        painter.end()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if incoming.may_be_picture(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self._set_hovered(hovered=True)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._set_hovered(hovered=False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._set_hovered(hovered=False)
        event.setDropAction(Qt.DropAction.CopyAction)  # never let the other side delete a moved file
        event.accept()
        self.brought.emit(event.mimeData())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        inside = self.rect().contains(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and inside:
            self.open_asked.emit()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_ours(event):
            event.accept()  # else Delete would reach the window's "remove from history"
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.brought.emit(QGuiApplication.clipboard().mimeData())
        elif event.key() in _CLEARING:
            self.clear_asked.emit()
        elif event.key() in _OPENING and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.open_asked.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _set_hovered(self, *, hovered: bool) -> None:
        self._hovered = hovered
        self.update()

    def _show_hint(self) -> None:
        state = "a picture" if self._image else "empty"
        self.setAccessibleDescription(f"{state}. Enter opens a file, Ctrl+V pastes, Delete clears.")
        self.setToolTip("Click for another picture; drop or paste one" if self._image else "")

    def _paint_frame(self, painter: QPainter) -> None:
        palette = self.palette()
        strong = self._hovered or self.hasFocus()
        role = QPalette.ColorRole.Highlight if strong else QPalette.ColorRole.Mid
        pen = QPen(palette.color(role), 2 if strong else 1)
        if not self._image:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        surround = QColor(theme.colours().surround)
        painter.setBrush(surround if self._image else palette.base())
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 5, 5)

    def _paint_picture(self, painter: QPainter, image: QImage) -> None:
        room = self.rect().adjusted(5, 5, -5, -5)
        size = image.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(QPoint(0, 0), size)
        target.moveCenter(room.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setOpacity(0.35 if self.words() else 1.0)
        painter.drawImage(target, image)
        painter.setOpacity(1.0)

    def _paint_words(self, painter: QPainter, words: str) -> None:
        role = QPalette.ColorRole.Text if self._hovered or self._busy else QPalette.ColorRole.PlaceholderText
        painter.setPen(self.palette().color(role))
        room = self.rect().adjusted(theme.SPACE, theme.SPACE, -theme.SPACE, -theme.SPACE)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)


def _is_ours(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Paste) or event.key() in _CLEARING
