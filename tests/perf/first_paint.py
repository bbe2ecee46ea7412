"""Run as a program: open a window, say when it was first painted, stay until told to end.

`tests.perf.first_paint bare` opens a bare PySide6 window; `… sdstudio [ARGS]` the whole program. The moment is
printed as seconds of the system's monotonic clock, which the parent reads as well.
"""

from __future__ import annotations

import sys
import time

from PySide6 import QtWidgets
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget


class FirstPaint(QObject):
    """Prints the moment the first painted window has been painted to its end; then steps aside."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        app.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._app.removeEventFilter(self)
            QTimer.singleShot(0, self._say)
        return False

    def _say(self) -> None:
        print(time.monotonic(), flush=True)


class WatchedApplication(QApplication):
    """An application that tells of its first paint, whoever makes it."""

    def __init__(self, words: list[str]) -> None:
        super().__init__(words)
        FirstPaint(self)


def bare() -> int:
    """The least a PySide6 program can show."""
    app = WatchedApplication(sys.argv[:1])
    window = QWidget()
    window.resize(1440, 900)
    window.show()
    return app.exec()


def whole(words: list[str]) -> int:
    """SD Studio as a person starts it."""
    QtWidgets.QApplication = WatchedApplication
    from sdstudio.__main__ import main

    return main(words)


if __name__ == "__main__":
    sys.exit(bare() if sys.argv[1] == "bare" else whole(sys.argv[2:]))
