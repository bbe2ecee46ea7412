"""Walking through a row of cells and selecting, by mouse and keys. Positions only; a subclass knows more."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from sdstudio.ui.history.cursor import Cursor
from sdstudio.ui.history.row_area import RowArea

_Key = Qt.Key
_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class PickingRow(RowArea):
    """Owns a `Cursor` and moves it as the user asks. UI thread.

    Arrows, Home, End, Page Up and Down: walk (with Shift: select on the way). Ctrl+A, Ctrl+C, Enter. Click,
    Ctrl+click, Shift+click, double click, drag. What these lead to is in the methods for subclasses.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.cursor_ = Cursor()  # QWidget.cursor is the mouse's
        self.hovered: int | None = None
        self._pressed: QPoint | None = None
        self._narrow_on_release: int | None = None

    # For subclasses

    def picked(self) -> None:
        """The cursor or the selection may have changed."""

    def entered(self, position: int) -> None:
        """Enter or a double click on a cell."""

    def dragged(self, position: int) -> None:
        """The mouse drags away a cell that is selected."""

    def copy_selected(self) -> None:
        """Ctrl+C."""

    def go_to(self, position: int, *, extend: bool = False) -> None:
        """Stand at a position, or the nearest there is, and see it."""
        self.cursor_.move(position, extend=extend)
        if self.cursor_.current is not None:
            self.reveal(self.cursor_.current)
        self.picked()

    def select_all(self) -> None:
        """Select everything."""
        self.cursor_.select_all()
        self.picked()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selected()
        elif not self._walked(event):
            event.ignore()  # not to the scroll area, which would scroll without walking

    def mousePressEvent(self, event: QMouseEvent) -> None:
        position = self.position_at(event.position().toPoint())
        self._pressed = self._narrow_on_release = None
        if position is None or event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            return
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()
        self._pick(position, event)
        self.reveal(position)
        self.picked()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        self._hover(self.position_at(point))
        far = QApplication.startDragDistance()
        if self._pressed is None or (point - self._pressed).manhattanLength() < far:
            return
        start, self._pressed, self._narrow_on_release = self._pressed, None, None
        position = self.position_at(start)
        if position is not None and position in self.cursor_.selected:
            self.dragged(position)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        if self._narrow_on_release is not None:
            self.go_to(self._narrow_on_release)
        self._pressed = self._narrow_on_release = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        position = self.position_at(event.position().toPoint())
        if position is not None and event.button() == Qt.MouseButton.LeftButton:
            self.entered(position)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(None)

    def _walked(self, event: QKeyEvent) -> bool:
        at = self.cursor_.current
        if at is None or event.modifiers() & ~(_SHIFT | Qt.KeyboardModifier.KeypadModifier):
            return False
        page = max(1, self.viewport().width() // self.pitch - 1)
        if event.key() in (_Key.Key_Return, _Key.Key_Enter):
            self.entered(at)
            return True
        goals = {
            _Key.Key_Left: at - 1,
            _Key.Key_Right: at + 1,
            _Key.Key_Home: 0,
            _Key.Key_End: self.count - 1,
            _Key.Key_PageUp: at - page,
            _Key.Key_PageDown: at + page,
        }
        goal = goals.get(_Key(event.key()))
        if goal is None:
            return False
        self.go_to(goal, extend=bool(event.modifiers() & _SHIFT))
        return True

    def _pick(self, position: int, event: QMouseEvent) -> None:
        """A plain press on one of several selected may begin a drag of all: the rest is let go at the release."""
        several = position in self.cursor_.selected and len(self.cursor_.selected) > 1
        if event.modifiers() & _CTRL:
            self.cursor_.toggle(position)
        elif event.modifiers() & _SHIFT:
            self.cursor_.move(position, extend=True)
        elif several:
            self.cursor_.move(position, keep=True)
            self._narrow_on_release = position if event.button() == Qt.MouseButton.LeftButton else None
        else:
            self.cursor_.move(position)

    def _hover(self, position: int | None) -> None:
        if position != self.hovered:
            self.hovered = position
            self.viewport().update()
