"""The window's composition root: Qt application, event loop, studio, window; started and ended in order."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSocketNotifier, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

import qasync  # isort: skip - it picks its Qt by what is imported already

from sdstudio import __version__
from sdstudio.config.crash import CrashHooks
from sdstudio.config.paths import DataDir
from sdstudio.core.errors import StudioError
from sdstudio.studio import Studio
from sdstudio.ui import theme
from sdstudio.ui.main_window import MainWindow
from sdstudio.ui.presenter import Presenter

log = logging.getLogger(__name__)

QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def run(data_dir: DataDir, hooks: CrashHooks) -> int:
    """Open the window over `data_dir` and return the exit status once it is closed.

    While it is open, what `hooks` catches is said in it.
    """
    qInstallMessageHandler(_log_qt_message)
    app = QApplication([sys.argv[0]])
    app.setApplicationName("sdstudio")
    app.setApplicationDisplayName("SD Studio")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("sdstudio")
    # Without it Qt would end the event loop while the shutdown still runs in it.
    app.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        return runner.run(live(app, data_dir, hooks))


async def live(app: QApplication, data_dir: DataDir, hooks: CrashHooks) -> int:
    """One window's whole life: shown at once, joined to the studio when that is open, closed in order."""
    theme.apply(app, "system")
    window = MainWindow()
    ending = asyncio.Event()
    window.close_requested.connect(ending.set)
    app.commitDataRequest.connect(ending.set)
    loop = asyncio.get_running_loop()
    hooks.watch(loop)
    before, hooks.tell = hooks.tell, lambda words: loop.call_soon_threadsafe(window.tell_of_mistake, words)
    with SystemSignals(ending.set):
        window.show()
        status = await _with_studio(app, window, data_dir, ending)
    hooks.tell = before
    window.close_for_good()
    window.deleteLater()
    return status


async def _with_studio(app: QApplication, window: MainWindow, data_dir: DataDir, ending: asyncio.Event) -> int:
    try:
        studio = await Studio.open(data_dir)
    except StudioError as error:
        log.warning("the studio does not open: %s", error.title)
        window.banner.show_error(error)
        await ending.wait()
        return error.exit_code

    def set_look(_changed: str = "theme") -> None:
        theme.apply(app, studio.settings.values.theme)

    set_look()
    studio.settings.changed.connect(set_look)
    app.styleHints().colorSchemeChanged.connect(set_look)
    presenter = Presenter(window, studio)
    await presenter.start()
    log.info("the window is ready")
    await ending.wait()
    await presenter.close()
    await studio.close()
    return 0


class SystemSignals:
    """Turns SIGINT and SIGTERM into an ordered shutdown while it is entered; the main thread only.

    Python runs a signal's handler only between bytecodes, and Qt's loop runs none while idle: the wake-up
    socket makes it.
    """

    def __init__(self, end: Callable[[], object]) -> None:
        self._end = end
        self._before: dict[int, Any] = {}

    def __enter__(self) -> SystemSignals:
        self._inner, self._outer = socket.socketpair()
        for end in (self._inner, self._outer):
            end.settimeout(0)
        self._notifier = QSocketNotifier(self._outer.fileno(), QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._drain)
        self._wakeup_before = signal.set_wakeup_fd(self._inner.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, lambda _number, _frame: self._end())
        return self

    def __exit__(self, *_exception: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup_before)
        self._notifier.setEnabled(False)
        self._inner.close()
        self._outer.close()

    def _drain(self) -> None:
        self._outer.recv(64)


def _log_qt_message(kind: QtMsgType, context: Any, text: str) -> None:
    logging.getLogger("qt").log(QT_LEVELS.get(kind, logging.WARNING), "%s: %s", context.category, text)
