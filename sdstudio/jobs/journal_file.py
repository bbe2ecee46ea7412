"""The queue's journal on disk: lines with checksums, read tolerantly, appended durably, replaced atomically.

One line is `<CRC-32 of the rest, 8 hex digits> <JSON object>\\n`. Besides its record each object carries `n`, the
number of starts written so far, by which a reader can tell whether damaged lines before it hid a start. What the
records mean is the ledger's affair.
"""

from __future__ import annotations

import json
import logging
import os
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from sdstudio.config.files import disk_error, write_atomically
from sdstudio.core.errors import LibraryError, LibraryTooNew
from sdstudio.jobs.ledger import DOUBT
from sdstudio.jobs.records import Record

VERSION = 1
_HEADER: Record = {"op": "journal", "version": VERSION}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Replay:
    """What a journal holds: its records in order, how many damaged lines were skipped, whether a tail was torn.

    Where damage may have hidden the start of a job, the records contain `DOUBT`. `damaged_copy` is where a
    damaged file was set aside.
    """

    records: tuple[Record, ...] = ()
    damaged_lines: int = 0
    torn_bytes: int = 0
    damaged_copy: Path | None = None


class JournalFile:
    """The open journal. Belongs to one thread at a time; every method blocks for the disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._good_length = 0
        self._starts = 0
        self._mends_line = False  # the last line has no end yet, or half of a failed write hangs on to it
        self.lines = 0

    def open(self) -> Replay:
        """Read what is there, cut off a torn tail and open for appending.

        Raises `LibraryTooNew` for a later version's journal, `LibraryError` if it can't be read or made.
        """
        try:
            content = self._path.read_bytes() if self._path.exists() else b""
        except OSError as error:
            raise disk_error(error, self._path) from error
        reading = _Reading(content)
        if reading.version > VERSION:
            raise _too_new(self._path)
        if not reading.lines and not reading.damaged:
            self.rewrite(())
            return Replay()
        aside = self._cleaned(content, reading) if reading.damaged else None
        if aside is None:
            self._starts, self.lines = reading.starts, reading.lines
            self._open(keep=reading.good_length)
            if not content[: reading.good_length].endswith(b"\n"):
                self._mends_line = True
        return Replay(tuple(reading.records), reading.damaged, len(content) - reading.good_length, aside)

    def append(self, records: Iterable[Record]) -> None:
        """Write the records and wait until the disk has them; all or nothing. Raises `DiskFull`, `LibraryError`."""
        lines, starts = _encoded_all(records, self._starts)
        self._write(b"".join(lines))
        self._starts = starts
        self.lines += len(lines)

    def rewrite(self, records: Iterable[Record]) -> None:
        """Replace the whole journal atomically; if that fails the old one stays, open for appending."""
        lines, starts = _encoded_all((_HEADER, *records), 0)
        self.close()
        try:
            write_atomically(self._path, b"".join(lines))
            self._starts, self.lines, self._mends_line = starts, len(lines), False
        finally:
            self._open()

    def close(self) -> None:
        """Close the file; opening and rewriting open it again."""
        if self._file:
            self._file.close()
            self._file = None

    def _cleaned(self, content: bytes, reading: _Reading) -> Path | None:
        """Set a copy of a damaged journal aside and go on with a clean one; None if there is no room for that."""
        aside = self._path.with_name(f"{self._path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
        try:
            write_atomically(aside, content)
            self.rewrite(reading.records)
        except LibraryError:
            log.exception("a damaged journal could not be cleaned and is used as it is")
            return None
        return aside

    def _open(self, keep: int | None = None) -> None:
        """Open for appending, first cut to `keep` bytes if that is given."""
        self.close()
        try:
            self._file = self._path.open("ab", buffering=0)
            if keep is not None:
                self._file.truncate(keep)
            self._good_length = self._file.seek(0, os.SEEK_END)
        except OSError as error:
            raise disk_error(error, self._path) from error

    def _write(self, content: bytes) -> None:
        file = self._file
        if file is None:
            raise ValueError("the journal is closed")
        try:
            _write_all(file, b"\n" + content if self._mends_line else content)
            os.fsync(file.fileno())
        except OSError as error:
            self._take_back(file)
            raise disk_error(error, self._path) from error
        self._good_length += len(content) + self._mends_line
        self._mends_line = False

    def _take_back(self, file: BinaryIO) -> None:
        """Cut off what a failed write left, so that the next line does not begin in the middle of one."""
        try:
            file.truncate(self._good_length)
            file.seek(0, os.SEEK_END)
        except OSError:
            self._mends_line = True
            log.exception("the end of the journal could not be cut off after a failed write")


class _Reading:
    """One pass over a journal's bytes."""

    def __init__(self, content: bytes) -> None:
        self.version = VERSION
        self.records: list[Record] = []
        self.starts = self.damaged = self.lines = self.good_length = 0
        self._uncertain = False
        for line, end in _lines(content):
            self._take(line, end)
        if self._uncertain:
            self.records.append(DOUBT)

    def _take(self, line: bytes, end: int) -> None:
        record = decoded(line)
        if record is None:
            if not line.endswith(b"\n"):
                return  # torn while it was written, so nobody was ever told that it was safe
            self.damaged += 1
            self._uncertain = True
        else:
            self._count(record)
            self.lines += 1
            if record["op"] == "journal":
                self.version = max(self.version, int(record["version"]))
            else:
                self.records.append(record)
        self.good_length = end

    def _count(self, record: Record) -> None:
        """Compare the line's count of starts with ours: a difference means that damage has hidden one."""
        before = int(record["n"]) - (record["op"] == "start")
        if self._uncertain and before != self.starts:
            self.records.append(DOUBT)
        self._uncertain = False
        self.starts = int(record["n"])


def encoded(record: Record, starts: int) -> bytes:
    """One line for a record; `starts` counts the starts up to and with it."""
    body = json.dumps({**record, "n": starts}, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    return b"%08x %s\n" % (zlib.crc32(body), body)


def _encoded_all(records: Iterable[Record], starts: int) -> tuple[list[bytes], int]:
    """The lines of the records and the number of starts after them."""
    lines: list[bytes] = []
    for record in records:
        starts += record["op"] == "start"
        lines.append(encoded(record, starts))
    return lines, starts


def decoded(line: bytes) -> Record | None:
    """The record of a line, or None if it is not whole."""
    checksum, _, body = line.removesuffix(b"\n").partition(b" ")
    if checksum != b"%08x" % zlib.crc32(body):
        return None
    try:
        record: Any = json.loads(body)
        whole = isinstance(record, dict) and {"op", "n"} <= record.keys()
    except (ValueError, RecursionError):
        return None
    return cast("Record", record) if whole else None


def _lines(content: bytes) -> Iterator[tuple[bytes, int]]:
    """Each line with the place where it ends; unlike `splitlines`, only a newline parts them."""
    begin = 0
    while begin < len(content):
        newline = content.find(b"\n", begin)
        end = len(content) if newline < 0 else newline + 1
        yield content[begin:end], end
        begin = end


def _write_all(file: BinaryIO, content: bytes) -> None:
    """An unbuffered file may take less than it was given."""
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]


def _too_new(path: Path) -> LibraryTooNew:
    return LibraryTooNew(
        "The queue was written by a later version of SD Studio",
        f"{path} has a format this version does not know.",
        "Use that later version, or choose another folder with --data-dir.",
    )
