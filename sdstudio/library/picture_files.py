"""Putting picture files in place: the bytes untouched, never over another file, on disk before anyone is told."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from sdstudio.config.files import sync_directory
from sdstudio.library.names import numbered

_MOST_NUMBERS = 10_000
_NO_LINKS = {
    errno.EPERM,
    errno.EXDEV,
    errno.ENOSYS,
    errno.EOPNOTSUPP,
    errno.ENOTSUP,
    errno.EACCES,
    errno.EMLINK,
    errno.EINVAL,
}


def place(source: Path, root: Path, relative: str, is_taken: Callable[[str], bool]) -> str:
    """Give the file `source` a name below `root` as well; returns the name, numbered if others had it.

    A name that `is_taken` (by a picture of the history) is passed over. A file of the same name and content
    that nobody has taken was left by an earlier try, and is used as it is. The content is synced when this
    returns, the name once `sync_names` has been called. `source` is left where it is. Raises OSError.
    """
    _make_folder((root / relative).parent, root)
    _sync(source)
    for number in range(1, _MOST_NUMBERS):
        name = numbered(relative, number)
        if not is_taken(name) and _put(source, root / name):
            return name
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(root / relative))


def sync_names(root: Path, names: Iterable[str]) -> None:
    """Make the names that `place` gave survive a power cut: one sync for each folder."""
    for folder in {(root / name).parent for name in names}:
        sync_directory(folder)


def left_behind(root: Path, relative: str, sha256: str, is_taken: Callable[[str], bool]) -> str | None:
    """The name that `place` gave a file with these bytes before it was interrupted; None if there is none."""
    for number in range(1, _MOST_NUMBERS):
        name = numbered(relative, number)
        if not (root / name).is_file():
            return None
        if not is_taken(name) and sha256_of(root / name) == sha256:
            return name
    return None


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _put(source: Path, target: Path) -> bool:
    """Whether `target` has the content of `source` now; False if it is another file."""
    try:
        os.link(source, target)
    except FileExistsError:
        if _is_reservation(target):
            _copy(source, target)
            return True
        return _same_content(source, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return _put_copy(source, target)
    return True


def _put_copy(source: Path, target: Path) -> bool:
    """For file systems without hard links: reserve the name, then put the whole file over the reservation."""
    try:
        target.open("xb").close()
    except FileExistsError:
        if not _is_reservation(target):
            return _same_content(source, target)
    _copy(source, target)
    return True


def _copy(source: Path, target: Path) -> None:
    temporary = target.with_name(f".{target.name}.tmp")  # one of an earlier try is written over
    try:
        shutil.copyfile(source, temporary)
        _sync(temporary)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        target.unlink(missing_ok=True)
        raise


def _is_reservation(target: Path) -> bool:
    """Whether a try that was interrupted left an empty file; there is nothing in it to be lost."""
    return target.is_file() and target.stat().st_size == 0


def _same_content(source: Path, target: Path) -> bool:
    if not target.is_file() or target.is_symlink():
        return False
    if target.samefile(source):
        return True
    if target.stat().st_size != source.stat().st_size:
        return False
    return sha256_of(target) == sha256_of(source)


def _make_folder(folder: Path, root: Path) -> None:
    """Make the folders below `root`, each with its name synced."""
    if folder.is_dir():
        return
    if folder != root:
        _make_folder(folder.parent, root)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_directory(folder.parent)


def _sync(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())
