"""Content-Encoding undone in bounded pieces, so that 200 kB on the wire never become 200 MB at once.

Knows nothing of JSON or pictures. Runs on whichever thread feeds it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

from sdstudio.core.errors import BadAnswer

PIECE_BYTES = 256 * 1024


class Decoder:
    """Turns the bytes of one answer as they come into decoded pieces of at most `PIECE_BYTES`.

    Raises `BadAnswer` for an encoding we did not ask for, for bytes that are not it, and once more than
    `limit` decoded bytes have come out.
    """

    def __init__(self, encoding: str, limit: int) -> None:
        self._left = limit
        self._limit = limit
        self._inflate = _inflater(encoding.strip().lower())

    def feed(self, raw: bytes) -> Iterator[bytes]:
        """The decoded pieces of `raw`."""
        if self._inflate is None:
            for start in range(0, len(raw), PIECE_BYTES):
                yield self._counted(raw[start : start + PIECE_BYTES])
            return
        while raw:
            try:
                piece = self._inflate.decompress(raw, PIECE_BYTES)
            except zlib.error as error:
                raise BadAnswer("The answer is damaged", "Its compression cannot be undone.") from error
            if piece:
                yield self._counted(piece)
            raw = self._inflate.unconsumed_tail

    def _counted(self, piece: bytes) -> bytes:
        self._left -= len(piece)
        if self._left < 0:
            raise BadAnswer(
                "The answer is larger than any answer should be",
                f"More than {self._limit // 2**20:,} MB came; reading was stopped.",
            )
        return piece


def _inflater(encoding: str) -> Any:
    if encoding in ("", "identity"):
        return None
    if encoding in ("gzip", "x-gzip"):
        return zlib.decompressobj(16 + zlib.MAX_WBITS)
    if encoding == "deflate":
        return zlib.decompressobj()
    raise BadAnswer("The answer came in an encoding that was not asked for", f"It is {encoding[:40]!r}.")
