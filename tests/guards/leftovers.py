"""A test that leaves a thread, a task, a process or a window behind fails.

What is being shut down gets a short while to end. Threads, processes and windows of fixtures with a wider scope
than one test are older than the snapshot and left alone.
"""

from __future__ import annotations

import asyncio
import asyncio.runners
import gc
import os
import signal
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

PATIENCE_S = float(os.environ.get("SDSTUDIO_TESTS_PATIENCE_S", "10"))
_MARK = "SDSTUDIO_TEST_RUN"
_run_id = uuid.uuid4().hex
_pending_tasks: list[str] = []


def pytest_configure() -> None:
    """Mark every process this run will start, and look at the tasks a closing loop has to cancel."""
    os.environ[_MARK] = _run_id
    runners: Any = asyncio.runners
    cancel_all: Callable[[asyncio.AbstractEventLoop], None] = runners._cancel_all_tasks

    def noted(loop: asyncio.AbstractEventLoop) -> None:
        _pending_tasks.extend(repr(task) for task in asyncio.all_tasks(loop))
        cancel_all(loop)

    runners._cancel_all_tasks = noted


@pytest.fixture(autouse=True)
def _snapshot(request: pytest.FixtureRequest) -> None:
    """What was there when the test's own fixtures began; those of a wider scope have been made by now."""
    request.node.before = (_threads(), _processes(), _windows())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[Any]:
    """Remember a failure: what a failed test leaves behind is a consequence, not news."""
    report = yield
    if report.failed:
        item.call_failed = True  # pyright: ignore[reportAttributeAccessIssue]
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[object]:
    """Compare once every fixture of the test has been taken down."""
    _pending_tasks.clear()
    result = yield
    before = getattr(item, "before", None)
    left = _left_behind(*before) if before else []
    if left and not getattr(item, "call_failed", False):
        pytest.fail("left behind:\n" + "\n".join(f"  {thing}" for thing in left), pytrace=False)
    return result


def _left_behind(threads: set[threading.Thread], processes: set[int], windows: set[int]) -> list[str]:
    left = [f"task {task}" for task in _pending_tasks]
    left += [f"thread {thread}" for thread in _after_a_while(lambda: _threads() - threads)]
    for process in _after_a_while(lambda: _processes() - processes):
        left.append(f"process {process}: {_command_line(process)}")
        _end(process)
    if _windows() - windows:
        gc.collect()
        left += [f"window {name}" for key, name in _named_windows().items() if key not in windows]
    return left


def _after_a_while(look: Callable[[], set[Any]]) -> set[Any]:
    """What `look` still finds once it has had time to go by itself."""
    end = time.monotonic() + PATIENCE_S
    while (found := look()) and time.monotonic() < end:
        time.sleep(0.01)
    return found


def _threads() -> set[threading.Thread]:
    # A dummy stands for a thread Qt made; Python 3.11 never learns that it ended.
    return {thread for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)}


def _processes() -> set[int]:
    """The processes that carry this run's mark, grandchildren and orphans too; empty where there is no /proc."""
    marked: set[int] = set()
    mark = f"{_MARK}={_run_id}".encode()
    if not sys.platform.startswith("linux"):
        return marked
    for entry in os.scandir("/proc"):
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if mark in Path(entry.path, "environ").read_bytes():
                    marked.add(int(entry.name))
            except OSError:
                continue  # it ended, or belongs to someone else
    return marked


def _command_line(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return "(ended)"


def _end(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return


def _windows() -> set[int]:
    return set(_named_windows())


def _named_windows() -> dict[int, str]:
    """Top-level widgets by address; a window a test has let go of is collected first."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return {}
    from PySide6.QtCore import QCoreApplication, QEvent
    from shiboken6 import getCppPointer

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    named: dict[int, str] = {}
    for window in widgets.QApplication.topLevelWidgets():
        if window.parent() is None and not window.metaObject().className().startswith(
            ("QTipLabel", "QDesktop")
        ):
            named[getCppPointer(window)[0]] = f"{type(window).__name__} {window.objectName()!r}"
    return named
