"""Putting the library's parts together in the right order, and taking them apart. Runs on the `library` thread."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from sdstudio.config.paths import DataDir
from sdstudio.library.database import open_reader, open_writer
from sdstudio.library.lock import WriterLock
from sdstudio.library.readers import Readers
from sdstudio.library.spool_sweep import sweep
from sdstudio.library.store import Store
from sdstudio.library.thumbnails import ThumbnailStore

_READERS = 2


@dataclass(frozen=True, slots=True)
class WritingParts:
    """What a library that writes has more; `recovered`: pictures that a crash had left outside the history."""

    store: Store
    thumbnails: ThumbnailStore
    recovered: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that has to be closed, which `close` does in reverse order of opening."""

    readers: Readers
    writing: WritingParts | None
    _opened: ExitStack = field(repr=False)

    def close(self) -> None:
        """Blocks until what is being read has ended; the writer goes last, so that it can tidy up."""
        self._opened.close()


def open_parts(data_dir: DataDir, *, read_only: bool) -> Parts:
    """Open everything, or nothing; raises `LibraryBusy`, `LibraryTooNew`, `DiskFull` or `LibraryError`."""
    with ExitStack() as opening:
        writing = None if read_only else _open_for_writing(data_dir, opening)
        readers = _open_readers(data_dir.library_file, data_dir.thumbnails_file, opening)
        return Parts(readers, writing, opening.pop_all())


def _open_for_writing(data_dir: DataDir, opening: ExitStack) -> WritingParts:
    data_dir.make()
    lock = WriterLock(data_dir.lock_file)
    lock.take()
    opening.callback(lock.release)
    store = Store(open_writer(data_dir.library_file, data_dir.backups), data_dir)
    opening.callback(store.close)
    thumbnails = ThumbnailStore(data_dir.thumbnails_file)
    opening.callback(thumbnails.close)
    recovered = (*store.finish_arrivals(), *sweep(data_dir.spool, store))
    return WritingParts(store, thumbnails, recovered)


def _open_readers(path: Path, thumbnails: Path, opening: ExitStack) -> Readers:
    connections: list[sqlite3.Connection] = []
    with ExitStack() as so_far:
        for _ in range(_READERS):
            connections.append(open_reader(path, thumbnails))
            so_far.callback(connections[-1].close)
        readers = Readers(path, connections)
        so_far.pop_all()
    opening.callback(readers.close)
    return readers
