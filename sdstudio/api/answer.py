"""A generation's answer, spooled: its pictures are base64-decoded into files while it arrives. Runs in a worker.

Nothing here looks into the pictures (`pictures` does) or says what the answer means (`results` does).
"""

from __future__ import annotations

import binascii
import errno
import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast

from sdstudio.api import refusals
from sdstudio.api.excerpt import excerpt
from sdstudio.api.scanner import Scanner, Truncated
from sdstudio.core.errors import AnswerLost, BadAnswer, DiskFull, LibraryError

LARGEST_ANSWER_BYTES = 2**30
LARGEST_PICTURE_BYTES = 512 * 2**20
_WHITESPACE = b" \t\r\n\f\v"
_LONGEST_PREFIX = 256  # of a data: URL, up to its comma

Trouble = Literal["", "blank", "not base64", "cut off", "no text"]


@dataclass(frozen=True, slots=True)
class SpooledImage:
    """One entry of "images": the decoded bytes in `path`, or `trouble`, and then there is no file."""

    path: Path
    sha256: str = ""
    size_bytes: int = 0
    trouble: Trouble = ""


@dataclass(frozen=True, slots=True)
class SpooledAnswer:
    """A whole answer, or (`whole` False) what arrived before the connection broke."""

    images: tuple[SpooledImage, ...]
    document: Mapping[str, Any] = field(default_factory=dict[str, Any])
    whole: bool = True

    def discard(self) -> None:
        """Remove its files."""
        for image in self.images:
            if not image.trouble:
                image.path.unlink(missing_ok=True)


class Spool:
    """Owns the files of one answer until `finish` hands them over; `discard` removes what was not.

    `folder` must exist; file names begin with `name`, which the caller makes unique.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._files: list[_PictureFile] = []
        self._scanner = Scanner(self._new_file)

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes, cut anywhere.

        Raises `BadAnswer` beyond the limits, `DiskFull` or `LibraryError` if they cannot be written.
        """
        try:
            self._scanner.feed(chunk)
        except OSError as error:
            raise _not_written(error) from error

    def finish(self, content_type: str = "", host: str = "The endpoint") -> SpooledAnswer:
        """The answer. One that was cut off is given if a whole picture is in it, else `AnswerLost`.

        Raises `BadAnswer` for anything that is not JSON with a list of "images".
        """
        try:
            document = self._scanner.finish()
        except (Truncated, ValueError, RecursionError) as error:
            return self._given_up(error, content_type, host)
        if not isinstance(document, dict) or not isinstance(cast("Any", document).get("images"), list):
            self.discard()
            raise BadAnswer(
                "The answer has no pictures in it",
                f"{host} sent JSON of another kind than this API's.",
                "Check that the address is that of an AUTOMATIC1111-compatible endpoint.",
                raw=excerpt(self._scanner.kept),
            )
        fields = cast("dict[str, Any]", document)
        return SpooledAnswer(tuple(self._listed(fields["images"])), fields)

    def salvage(self) -> SpooledAnswer | None:
        """The pictures that had arrived whole when the connection broke; None if none had."""
        whole = tuple(file.image for file in self._files if file.whole)
        for file in self._files:
            if not file.whole:
                file.remove()
        return SpooledAnswer(whole, whole=False) if whole else None

    def discard(self) -> None:
        """Remove every file of this answer."""
        for file in self._files:
            file.remove()

    def _given_up(self, error: Exception, content_type: str, host: str) -> SpooledAnswer:
        kept = self._scanner.kept
        if salvaged := self.salvage():
            return salvaged
        if isinstance(error, Truncated) and kept.lstrip().startswith(b"{"):
            raise AnswerLost(
                "The answer broke off in the middle",
                f"{host} closed the connection before the picture was here.",
                "The picture may have been made. Sending the request again makes it again.",
            ) from error
        raise refusals.not_json(content_type, kept, host) from error

    def _listed(self, entries: list[object]) -> Iterator[SpooledImage]:
        """The entries in order; every string among them is ours, "#n"."""
        for entry in entries:
            if isinstance(entry, str):
                yield self._files[int(entry[1:])].image
            else:
                yield SpooledImage(Path(), trouble="no text")

    def _new_file(self) -> _PictureFile:
        file = _PictureFile(self._folder / f"{self._name}-{len(self._files)}.part")
        self._files.append(file)
        return file


class _PictureFile:
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
        if self._file is not None:
            self._file.close()
            self._file = None


_BINARY = getattr(os, "O_BINARY", 0)  # Windows would change line ends


def _not_written(error: OSError) -> LibraryError:
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None)):
        return DiskFull(
            "There is no space left for the picture", remedy="Make room on the disk of the data folder."
        )
    return LibraryError("The picture could not be written", f"{error.strerror or error}.")
