"""One process writes a data folder at a time: a lock the operating system takes back however that process ends."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import BinaryIO

from sdstudio.config.files import disk_error
from sdstudio.core.errors import LibraryBusy

_HELD_BY_ANOTHER = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}
_LOCKED_BYTE = (
    1 << 30
)  # far behind the process number, which others may read (Windows locks bytes for reading too)


class WriterLock:
    """Owns the lock from `take` to `release`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None

    def take(self) -> None:
        """Raises `LibraryBusy` if another process, or another lock of this one, holds it; never waits."""
        try:
            file = self._path.open("a+b")
        except OSError as error:
            raise disk_error(error, self._path) from error
        try:
            _lock(file)
            self._write_number(file)
        except OSError as error:
            number = _number_in(file)
            file.close()
            if error.errno in _HELD_BY_ANOTHER:
                raise _busy(self._path, number) from error
            raise disk_error(error, self._path) from error
        self._file = file

    def release(self) -> None:
        """Let others have it; fine if it is not held."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write_number(self, file: BinaryIO) -> None:
        file.truncate(0)
        file.write(f"{os.getpid()}\n".encode())
        file.flush()


def _number_in(file: BinaryIO) -> str:
    try:
        file.seek(0)
        number = file.read(20).strip()
    except OSError:
        return ""
    return f" (process {int(number)})" if number.isdigit() else ""


def _busy(path: Path, number: str) -> LibraryBusy:
    return LibraryBusy(
        "SD Studio is already using this data folder",
        f"Another window or command{number} has {path.parent} open.",
        "Use that one, wait until it ends, or choose another folder with --data-dir.",
    )


if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        file.seek(0)

else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
