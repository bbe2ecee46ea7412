"""Tests with widgets: coroutines among them run in the loop the program itself uses, Qt's through qasync."""

from __future__ import annotations

import asyncio
import gc
import inspect
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import pytestqt.plugin
from PySide6.QtWidgets import QApplication


def _qt_loop() -> asyncio.AbstractEventLoop:
    import qasync  # after PySide6, which it looks for

    # The last test's loop holds QObjects with running timers (qasync keeps even a cancelled one running); left to
    # the garbage collector they may be taken down in this test's worker threads, where Qt forbids it.
    gc.collect()
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    app.setQuitOnLastWindowClosed(False)  # else the last window takes the running loop with it

    class Loop(qasync.QEventLoop):
        """qasync lets events happen once more after it has stopped; tasks they step need to see their loop."""

        def run_forever(self) -> int:
            try:
                return super().run_forever()
            finally:
                asyncio._set_running_loop(self)

        def run_until_complete(self, future: Any) -> Any:
            try:
                return super().run_until_complete(future)
            finally:
                asyncio._set_running_loop(None)

    return Loop(app)


@pytest.fixture(autouse=True)
def _no_events_while_the_loop_stands(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """pytest-qt has Qt's events happen between set-up, call and take-down of a test.

    The timers by which qasync steps its tasks are among them, and a task stepped while no loop runs fails.
    """
    if inspect.iscoroutinefunction(request.function):
        monkeypatch.setattr(pytestqt.plugin, "_process_events", lambda: None)


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Async tests in this folder share the process's one QApplication."""
    return {"qt": _qt_loop}
