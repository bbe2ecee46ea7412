"""Reads the JSON of a generation's answer as it streams in, taking the pictures out on the way.

Strings in the top-level "images" list go, piece by piece, to sinks; everything else is kept as JSON to be parsed
at the end. Knows nothing of base64, files or HTTP. Runs in a worker.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Protocol

from sdstudio.core.errors import BadAnswer

LONGEST_TEXT_BYTES = 32 * 2**20
LONGEST_ECHO_BYTES = 4096  # of any string but `info`: some servers repeat the request, pictures and all
DEEPEST = 100
MOST_IMAGES = 4096

_STRUCTURE = re.compile(rb"[{}\[\],:]")
_ESCAPE = re.compile(rb"\\(?:u([0-9a-fA-F]{4})|(.)|)", re.DOTALL)
_SIMPLE_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


class Truncated(Exception):
    """The text ended before the JSON did."""


class Sink(Protocol):
    """Where the characters of one string go."""

    def take(self, text: bytes) -> None:
        """The next characters, escapes undone; an escaped character beyond ASCII comes as "?"."""

    def close(self) -> None:
        """The string has ended."""


class Scanner:
    """Owns the state between chunks. `new_sink` is called for each string in "images", in their order."""

    def __init__(self, new_sink: Callable[[], Sink]) -> None:
        self._new_sink = new_sink
        self._kept = bytearray()
        self._held = b""  # an escape of which the rest is still to come
        self._stack = bytearray()  # the open "{" and "["
        self._expects_key = False
        self._key = ""  # the latest key of the outermost object
        self._key_starts = -1  # where in `_kept`, while such a key is being read
        self._take: Callable[[bytes], None] | None = None  # while in a string
        self._sink: Sink | None = None
        self._images = 0
        self._echoed = 0

    @property
    def kept(self) -> bytes:
        """The text so far without the pictures, for showing what it was when it was no JSON."""
        return bytes(self._kept)

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes, cut anywhere. Raises `BadAnswer` beyond the limits."""
        data = self._held + chunk if self._held else chunk
        self._held = b""
        position = 0
        while position < len(data):
            take = self._take
            position = self._outside(data, position) if take is None else self._inside(data, position, take)
        if len(self._kept) > LONGEST_TEXT_BYTES:
            raise BadAnswer("The answer has more text than any answer should", "Reading was stopped.")

    def finish(self) -> Any:
        """The parsed text, in which the n-th string of "images" reads "#n".

        Raises `Truncated` if it ended in the middle, ValueError or RecursionError if it is no JSON.
        """
        if self._take is not None or self._stack:
            raise Truncated
        return json.loads(self._kept.decode("utf-8", "replace").removeprefix("\ufeff"), strict=False)

    def _outside(self, data: bytes, position: int) -> int:
        quote = data.find(b'"', position)
        end = quote if quote >= 0 else len(data)
        between = data[position:end]
        self._follow(between)
        self._kept += between
        if quote < 0:
            return end
        self._open_string()
        return quote + 1

    def _follow(self, text: bytes) -> None:
        for mark in _STRUCTURE.findall(text):
            if mark in b"{[":
                self._stack += mark
                if len(self._stack) > DEEPEST:
                    raise BadAnswer("The answer is nested deeper than any answer should be")
            elif mark in b"}]":
                del self._stack[-1:]
            self._expects_key = mark in b"{," and self._stack[-1:] == b"{"

    def _open_string(self) -> None:
        self._kept += b'"'
        if self._expects_key:
            if len(self._stack) == 1:
                self._key_starts = len(self._kept) - 1
            self._take = self._keep
        elif self._stack == b"{[" and self._key == "images":
            if self._images == MOST_IMAGES:
                raise BadAnswer("The answer has more pictures than any answer should")
            self._kept += b"#%d" % self._images
            self._images += 1
            self._sink = self._new_sink()
            self._take = self._pour
        else:
            self._echoed = 0
            self._take = self._keep if self._key == "info" else self._keep_start

    def _inside(self, data: bytes, position: int, take: Callable[[bytes], None]) -> int:
        quote = _closing_quote(data, position)
        end = quote if quote >= 0 else _end_of_whole_escapes(data, position)
        if end > position:
            take(data[position:end])
        if quote < 0:
            self._held = data[end:]
            return len(data)
        self._close_string()
        return quote + 1

    def _close_string(self) -> None:
        self._kept += b'"'
        self._take = None
        if self._sink is not None:
            self._sink.close()
            self._sink = None
        elif self._key_starts >= 0:
            self._key = _read_key(bytes(self._kept[self._key_starts :]))
            self._key_starts = -1

    def _keep(self, piece: bytes) -> None:
        self._kept += piece

    def _keep_start(self, piece: bytes) -> None:
        self._echoed += len(piece)
        if self._echoed <= LONGEST_ECHO_BYTES:
            self._kept += piece

    def _pour(self, piece: bytes) -> None:
        assert self._sink is not None  # noqa: S101 - set together with this method
        self._sink.take(_unescaped(piece))


def _closing_quote(data: bytes, start: int) -> int:
    """Where the string that goes on at `start` ends, -1 if not within `data`."""
    quote = data.find(b'"', start)
    while quote >= 0 and _backslashes_before(data, start, quote) % 2:
        quote = data.find(b'"', quote + 1)
    return quote


def _backslashes_before(data: bytes, start: int, end: int) -> int:
    if data[end - 1 : end] != b"\\" or end == start:
        return 0
    before = data[start:end]
    return len(before) - len(before.rstrip(b"\\"))


def _end_of_whole_escapes(data: bytes, start: int) -> int:
    """The end of `data`, or where an escape begins that it cuts off."""
    last = data.rfind(b"\\", max(start, len(data) - 6))
    if last < 0 or _backslashes_before(data, start, last) % 2:
        return len(data)
    length = 6 if data[last + 1 : last + 2] == b"u" else 2
    return last if last + length > len(data) else len(data)


def _unescaped(piece: bytes) -> bytes:
    if b"\\" not in piece:
        return piece
    if b"\\\\" not in piece:
        piece = piece.replace(b"\\/", b"/")  # the usual escape in base64, and there may be many
        if b"\\" not in piece:
            return piece
    return _ESCAPE.sub(_character, piece)


def _character(escape: re.Match[bytes]) -> bytes:
    code, simple = escape[1], escape[2]
    if code is not None:
        number = int(code, 16)
        return bytes([number]) if number < 0x80 else b"?"
    return _SIMPLE_ESCAPES.get(simple, simple or b"?")


def _read_key(text: bytes) -> str:
    try:
        return str(json.loads(text.decode("utf-8", "replace"), strict=False))
    except ValueError:
        return ""
