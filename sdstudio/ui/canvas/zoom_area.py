"""Zooming and panning by mouse, wheel, touchpad and keys. What is painted there is the subclass's matter."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QSizeF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QNativeGestureEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from sdstudio.ui.canvas.view import View

WHEEL_NOTCH = 120  # Qt's angle units per click of a wheel
ZOOM_PER_NOTCH = 1.25
PAN_STEP = 0.1  # of the viewport, with shift and an arrow

_Key = Qt.Key
_ARROWS = {_Key.Key_Left: (-1, 0), _Key.Key_Right: (1, 0), _Key.Key_Up: (0, -1), _Key.Key_Down: (0, 1)}
_CHORDS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


class ZoomArea(QWidget):
    """Owns a `View` of the size of the widget in device pixels, and moves it as the user asks. UI thread.

    Wheel: zoom to the cursor. Two fingers: pan (with Ctrl: zoom). Drag, middle drag, shift and arrows: pan.
    Double click: between fit and actual pixels. + − 0 1: in, out, fit, actual pixels. The left and right arrows
    do not move through anything by themselves: `previous_requested` and `next_requested` tell of them.
    """

    previous_requested = Signal()
    next_requested = Signal()
    zoom_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.view = View(QSizeF(), QSizeF())
        self.framed = False  # whether the focus came by keyboard and should be seen
        self._dragged_from: QPointF | None = None
        self._keys: dict[int, Callable[[], None]] = {
            _Key.Key_Plus: self.zoom_in,
            _Key.Key_Equal: self.zoom_in,
            _Key.Key_Minus: self.zoom_out,
            _Key.Key_0: self.fit,
            _Key.Key_1: self.actual_pixels,
            _Key.Key_Left: self.previous_requested.emit,
            _Key.Key_Right: self.next_requested.emit,
        }

    def zoom_in(self) -> None:
        """To the next round zoom."""
        self._zoom(lambda: self.view.step(+1))

    def zoom_out(self) -> None:
        """To the previous round zoom."""
        self._zoom(lambda: self.view.step(-1))

    def fit(self) -> None:
        """The whole picture, following the window's size."""
        self._zoom(self.view.fit)

    def actual_pixels(self) -> None:
        """One pixel of the picture on one of the screen."""
        self._zoom(lambda: self.view.zoom_to(1.0))

    def set_picture_size(self, size: QSizeF) -> None:
        """Of what is to be zoomed, in its own pixels; empty for nothing."""
        self.view.set_picture(size)
        self._show_cursor()
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        fingers = event.phase() != Qt.ScrollPhase.NoScrollPhase and not event.pixelDelta().isNull()
        if fingers and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._pan(QPointF(event.pixelDelta()))
        else:
            factor = ZOOM_PER_NOTCH ** (event.angleDelta().y() / WHEEL_NOTCH)
            at = self._device_point(event.position())
            self._zoom(lambda: self.view.zoom_by(factor, at))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._dragged_from = event.position()
            self._show_cursor()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged_from is not None:
            self._pan(event.position() - self._dragged_from)
            self._dragged_from = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self._dragged_from = None
        self._show_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at = self._device_point(event.position())
        to_actual = self.view.fitted and self.view.zoom != 1.0
        self._zoom(lambda: self.view.zoom_to(1.0, at) if to_actual else self.view.fit())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        arrow = _ARROWS.get(_Key(event.key()))
        if event.modifiers() & _CHORDS:
            super().keyPressEvent(event)
        elif arrow and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._pan(QPointF(-arrow[0] * self.width(), -arrow[1] * self.height()) * PAN_STEP)
        elif action := self._keys.get(event.key()):
            action()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            return self._pinch(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._viewport_changed()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._viewport_changed()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.framed = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.framed = False
        super().focusOutEvent(event)
        self.update()

    def _pinch(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        at = self._device_point(event.position())
        self._zoom(lambda: self.view.zoom_by(1 + event.value(), at))
        return True

    def _zoom(self, change: Callable[[], None]) -> None:
        if self.view.picture.isEmpty():
            return
        change()
        self._show_cursor()
        self.update()
        self.zoom_changed.emit(self.view.zoom)

    def _pan(self, by: QPointF) -> None:
        self.view.pan(by * self.devicePixelRatioF())
        self.update()

    def _device_point(self, at: QPointF) -> QPointF:
        return at * self.devicePixelRatioF()

    def _viewport_changed(self) -> None:
        self.view.set_viewport(QSizeF(self.size()) * self.devicePixelRatioF())
        self._show_cursor()
        self.update()

    def _show_cursor(self) -> None:
        if not self.view.overhangs:
            self.unsetCursor()
        elif self._dragged_from is not None:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        else:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
