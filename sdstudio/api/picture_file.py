"""One base64 string on its way into a file, in pieces cut anywhere. Knows nothing of JSON. Runs in a worker."""

from __future__ import annotations

import binascii
import contextlib
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from sdstudio.core.errors import BadAnswer

LARGEST_PICTURE_BYTES = 512 * 2**20
_WHITESPACE = b" \t\r\n\f\v"
_LONGEST_PREFIX = 256  # of a data: URL, up to its comma
_BINARY = getattr(os, "O_BINARY", 0)  # Windows would change line ends

Trouble = Literal["", "blank", "not base64", "cut off", "no text"]


@dataclass(frozen=True, slots=True)
class SpooledImage:
    """One entry of "images": the decoded bytes in `path`, or `trouble`, and then there is no file."""

    path: Path
    sha256: str = ""
    size_bytes: int = 0
    trouble: Trouble = ""


class PictureFile:
    """One base64 string on its way into a file. A string that is none loses its file and is marked."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._digest = hashlib.sha256()
        self._size = 0
        self._carry = b""
        self._prefix: bytes | None = b""  # what has come of a possible data: URL's head; None once past it
        self._trouble: Trouble = "cut off"  # until closed
        self._padded = False

    @property
    def image(self) -> SpooledImage:
        """What came of it."""
        if self._trouble:
            return SpooledImage(self._path, trouble=self._trouble)
        return SpooledImage(self._path, self._digest.hexdigest(), self._size)

    @property
    def whole(self) -> bool:
        """Whether all of it came and was base64."""
        return not self._trouble

    def take(self, text: bytes) -> None:
        """The next characters of the string."""
        if self._trouble == "not base64":
            return
        try:
            self._decode(self._past_prefix(text.translate(None, _WHITESPACE)))
        except binascii.Error:
            self._spoil("not base64")

    def close(self) -> None:
        """The string has ended: write what is left, with the padding some leave out."""
        if self._trouble == "not base64":
            return None
        try:
            self._decode(self._rest_of_prefix())
            self._decode(b"=" * (-len(self._carry) % 4))
        except binascii.Error:
            return self._spoil("not base64")
        if not self._size:
            return self._spoil("blank")
        self._trouble = ""
        self._close_file()
        return None

    def remove(self) -> None:
        """Delete the file."""
        with contextlib.suppress(OSError):  # a full disk is told by the write that met it
            self._close_file()
        self._path.unlink(missing_ok=True)

    def _past_prefix(self, text: bytes) -> bytes:
        """`text` without the head of a data: URL, which may come in pieces."""
        if self._prefix is None:
            return text
        head = self._prefix + text
        if head[:5] != b"data:"[: len(head)]:
            self._prefix = None
            return head
        comma = head.find(b",", 0, _LONGEST_PREFIX)
        if comma < 0 and len(head) < _LONGEST_PREFIX:
            self._prefix = head
            return b""
        self._prefix = None
        return head[comma + 1 :]

    def _rest_of_prefix(self) -> bytes:
        rest, self._prefix = self._prefix or b"", None
        return rest

    def _decode(self, text: bytes) -> None:
        text = self._carry + text
        aligned = len(text) // 4 * 4
        self._carry = text[aligned:]
        if not aligned:
            return
        if self._padded:
            raise binascii.Error
        self._padded = text[aligned - 1 : aligned] == b"="
        self._write(binascii.a2b_base64(text[:aligned], strict_mode=True))

    def _write(self, decoded: bytes) -> None:
        self._size += len(decoded)
        if self._size > LARGEST_PICTURE_BYTES:
            raise BadAnswer("A picture is larger than any picture should be", "Reading was stopped.")
        if self._file is None:
            self._file = os.fdopen(
                os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | _BINARY, 0o600), "wb"
            )
        self._file.write(decoded)
        self._digest.update(decoded)

    def _spoil(self, trouble: Trouble) -> None:
        self._trouble = trouble
        self.remove()

    def _close_file(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()
