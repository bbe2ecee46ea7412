"""Tests with widgets: coroutines among them run in the loop the program itself uses, Qt's through qasync."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Mapping

import pytest
from PySide6.QtWidgets import QApplication


def _qt_loop() -> asyncio.AbstractEventLoop:
    import qasync  # after PySide6, which it looks for

    # The last test's loop holds QObjects with running timers (qasync keeps even a cancelled one running); left to
    # the garbage collector they may be taken down in this test's worker threads, where Qt forbids it.
    gc.collect()
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    app.setQuitOnLastWindowClosed(False)  # else the last window takes the running loop with it
    return qasync.QEventLoop(app)


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Async tests in this folder share the process's one QApplication."""
    return {"qt": _qt_loop}
