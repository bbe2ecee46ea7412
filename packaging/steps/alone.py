"""Doing something that only one call may do at a time."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from steps.places import say


@contextmanager
def alone(lock_file: Path, waiting: str) -> Generator[None]:
    """One call at a time gets past here; the system frees the lock of one that was killed.

    `waiting` is told once by whoever finds another at work.
    """
    with lock_file.open("a+b") as held:
        _wait_for(held.fileno(), waiting)
        yield


def _wait_for(descriptor: int, waiting: str) -> None:
    told = False
    while not _try_lock(descriptor):
        if not told:
            say(waiting)
            told = True
        time.sleep(0.2)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        os.lseek(descriptor, 0, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
