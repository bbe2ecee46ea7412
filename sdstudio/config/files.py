"""Writing small files so that a crash leaves the old or the new content, and OSError in words.

The library's pictures, which must never replace anything, are written by `library.picture_files`.
"""

from __future__ import annotations

import errno
import os
import tempfile
import time
from pathlib import Path

from sdstudio.core.errors import DiskFull, LibraryError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_WINDOWS_DISK_FULL = {39, 112}  # ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL
_WINDOWS_TRIES = 10
_WINDOWS_PAUSE_S = 0.02


def write_atomically(path: Path, content: bytes) -> None:
    """Make `path` hold exactly `content`, readable by its owner only; raises `LibraryError` or `DiskFull`.

    After a crash or a power cut the file is whole: the old one or the new one. A link is followed, not
    replaced. Blocks for an fsync, so it belongs in a worker thread.
    """
    temporary: Path | None = None
    try:
        path = Path(os.path.realpath(path))  # unlike resolve, never raises on a loop of links
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=".tmp", dir=path.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _replace(temporary, path)
        sync_directory(path.parent)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise disk_error(error, path) from error


def _replace(source: Path, target: Path) -> None:
    """`os.replace`, waiting out a virus scanner or indexer that has the target open on Windows."""
    for attempt in range(_WINDOWS_TRIES):
        try:
            source.replace(target)
        except PermissionError:
            if os.name != "nt" or attempt == _WINDOWS_TRIES - 1:
                raise
            time.sleep(_WINDOWS_PAUSE_S)
        else:
            return


def sync_directory(folder: Path) -> None:
    """Make names just created or replaced in `folder` survive a power cut; Windows does so by itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network file systems can't
            raise
    finally:
        os.close(descriptor)


def set_aside(path: Path) -> Path:
    """Rename a broken file to `<name>.broken-<time>`, never over an older one; returns where it lies now."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    target = path.with_name(f"{path.name}.broken-{stamp}")
    number = 1
    while target.exists():
        number += 1
        target = path.with_name(f"{path.name}.broken-{stamp}-{number}")
    try:
        path.rename(target)
    except OSError as error:
        raise disk_error(error, path) from error
    return target


def disk_error(error: OSError, path: Path) -> LibraryError:
    """The one translation of OSError below `jobs`: what could not be done with `path`, and what to do."""
    reason = error.strerror or type(error).__name__
    if error.errno in _FULL or getattr(error, "winerror", None) in _WINDOWS_DISK_FULL:
        return DiskFull(
            "The disk is full",
            f"{path} could not be written: {reason}.",
            "Free some space on that disk, then try again. Nothing that was stored before is lost.",
        )
    if error.errno in _REFUSED:
        return LibraryError(
            "No permission for a file of SD Studio",
            f"{path}: {reason}.",
            "Give yourself write access to that folder, or choose another with --data-dir.",
        )
    return LibraryError(
        "A file of SD Studio could not be read or written",
        f"{path}: {reason}.",
        "Check that the disk is connected and healthy, or choose another folder with --data-dir.",
    )
