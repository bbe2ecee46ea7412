"""The journal as the event loop sees it: append and wait until it is on the disk.

The file itself and its format are in `journal_file`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

from sdstudio.core.errors import LibraryError
from sdstudio.jobs.journal_file import JournalFile, Replay
from sdstudio.jobs.records import Record

P = ParamSpec("P")
R = TypeVar("R")

FEWEST_LINES = 2000  # below this a rewrite saves nothing worth an fsync

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Entry:
    record: Record
    then: Callable[[], object]
    written: asyncio.Future[None]


class Journal:
    """Appends records durably, in the order they were given, on a thread named `journal`.

    What comes while the disk is busy is written together, with one fsync. Lives on the event-loop thread; the
    thread ends with `close`. `snapshot` gives the records that stand for the present state, for compaction; they
    are read on that thread.
    """

    def __init__(self, path: Path, snapshot: Callable[[], Iterable[Record]]) -> None:
        self._file = JournalFile(path)
        self._snapshot = snapshot
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._pending: list[_Entry] = []
        self._owed: list[Record] = []
        self._writer: asyncio.Task[None] | None = None
        self._most_lines = FEWEST_LINES

    async def open(self) -> Replay:
        """Read what is there; raises `LibraryError`, with the thread ended again."""
        try:
            return await self._on_thread(self._file.open)
        except BaseException:
            self._thread.submit(self._file.close)
            self._thread.shutdown(wait=False)
            raise

    async def append(self, record: Record, then: Callable[[], object]) -> None:
        """Write the record, then call `then`, then return.

        `then` runs on the event loop once the record is on the disk, in the order of the journal, also when the
        caller was cancelled meanwhile. Raises `DiskFull` or `LibraryError`: the record is not in the journal and
        `then` is not called.
        """
        entry = _Entry(record, then, asyncio.get_running_loop().create_future())
        self._pending.append(entry)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_pending())
        await entry.written

    def owe(self, record: Record) -> None:
        """Have the record written ahead of whatever is written next, at the latest when closing."""
        self._owed.append(record)

    async def close(self) -> None:
        """Write what is pending and end the thread."""
        if self._writer:
            await self._writer
        try:
            await self._on_thread(self._file.append, self._owed)
        except LibraryError:
            log.warning("%d lines of the journal could not be written", len(self._owed), exc_info=True)
        await self._on_thread(self._file.close)
        self._thread.shutdown(wait=True)

    async def _write_pending(self) -> None:
        while self._pending:
            entries, self._pending = self._pending, []
            owed, self._owed = self._owed, []
            try:
                await self._on_thread(self._file.append, [*owed, *(entry.record for entry in entries)])
            except LibraryError as error:
                self._owed = owed + self._owed
                for entry in entries:
                    _fail(entry, error)
                continue
            for entry in entries:
                _settle(entry)
            if self._file.lines > self._most_lines:
                await self._compact()

    async def _compact(self) -> None:
        """Shorten the journal; if that can't be done it only stays long."""
        try:
            await self._on_thread(self._file.rewrite, self._snapshot())
        except LibraryError:
            log.warning("the journal could not be shortened", exc_info=True)
        self._most_lines = max(FEWEST_LINES, 4 * self._file.lines)

    async def _on_thread(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: work(*args, **kwargs))


def _settle(entry: _Entry) -> None:
    try:
        entry.then()
    except Exception as error:  # noqa: BLE001 - a bug behind one record is its caller's, not the next one's
        _fail(entry, error)
    else:
        if not entry.written.done():
            entry.written.set_result(None)


def _fail(entry: _Entry, error: Exception) -> None:
    if not entry.written.done():
        entry.written.set_exception(error)
