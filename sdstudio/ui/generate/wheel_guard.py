"""Keeping the mouse wheel from changing values by accident while a form is scrolled under the pointer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget


class WheelGuard(QObject):
    """Lets the wheel reach a guarded widget only while that has the focus; else the form scrolls."""

    def guard(self, *widgets: QWidget) -> None:
        """Watch over `widgets`, which must outlive nothing but their own parents."""
        for widget in widgets:
            widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()  # so that it goes on to the scroll area
            return True
        return super().eventFilter(watched, event)
