"""What happens to an error nobody expected: a log entry, and a plain sentence that says where it is.

The log must have been set up (`config.logs`): it takes secrets out of what is written.
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import logging
import sys
import threading
from collections.abc import Callable, Generator
from pathlib import Path
from types import TracebackType
from typing import Any

FAULTS_FILE = "faults.log"

log = logging.getLogger(__name__)

Tell = Callable[[str], object]


def tell_stderr(sentence: str) -> None:
    """Say it where a command says what went wrong."""
    if sys.stderr is not None:  # pyright: ignore[reportUnnecessaryComparison] - None under pythonw
        sys.stderr.write(f"{sentence}\n")


class CrashHooks:
    """Owns the process's hooks for unexpected errors, from `installed` until its block ends.

    `tell` gets the sentence for a person; a window puts its own in place of standard error.
    """

    def __init__(self, log_file: Path | None) -> None:
        self.tell: Tell = tell_stderr
        self._log_file = log_file

    @contextlib.contextmanager
    def installed(self) -> Generator[CrashHooks]:
        """Catch errors that reach the top of the main or another thread, and faults of the interpreter."""
        before = sys.excepthook, threading.excepthook
        sys.excepthook, threading.excepthook = self._of_main_thread, self._of_other_thread
        try:
            with self._faults():
                yield self
        finally:
            sys.excepthook, threading.excepthook = before

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Catch errors of tasks and callbacks that nobody waits for."""
        loop.set_exception_handler(self._of_loop)

    def report(self, error: BaseException, where: str) -> None:
        """Log the error and say that there was one; neither holds a secret."""
        log.critical("unexpected error in %s", where, exc_info=error)
        place = f" What happened is written in {self._log_file}." if self._log_file else ""
        self.tell(f"SD Studio made a mistake of its own ({type(error).__name__}).{place} Please report it.")

    def _of_main_thread(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            self.report(error.with_traceback(trace), "the main thread")

    def _of_other_thread(self, details: threading.ExceptHookArgs) -> None:
        if details.exc_value is not None:
            self.report(details.exc_value, f"thread {details.thread.name if details.thread else '?'}")

    def _of_loop(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception):
            self.report(error, f"the event loop: {context.get('message', '')}")
        else:
            loop.default_exception_handler(context)

    @contextlib.contextmanager
    def _faults(self) -> Generator[None]:
        """Have a segmentation fault and the like leave the threads' stacks in a file beside the log."""
        before = faulthandler.is_enabled()
        with contextlib.ExitStack() as closing:
            try:
                if self._log_file:
                    file = closing.enter_context(self._log_file.with_name(FAULTS_FILE).open("a"))
                    faulthandler.enable(file)
            except OSError:
                log.info("no file for faults", exc_info=True)
            try:
                yield
            finally:
                faulthandler.disable()
                if before and sys.__stderr__ is not None:
                    faulthandler.enable(sys.__stderr__)
