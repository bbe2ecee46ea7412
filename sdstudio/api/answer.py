"""A generation's answer, spooled: its pictures are base64-decoded into files while it arrives. Runs in a worker.

Nothing here looks into the pictures (`pictures` does) or says what the answer means (`results` does).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from sdstudio.api import refusals
from sdstudio.api.excerpt import excerpt
from sdstudio.api.picture_file import PictureFile, SpooledImage
from sdstudio.api.scanner import Scanner, Truncated
from sdstudio.config.files import disk_error
from sdstudio.core.errors import AnswerLost, BadAnswer

LARGEST_ANSWER_BYTES = 2**30


@dataclass(frozen=True, slots=True)
class SpooledAnswer:
    """A whole answer, or (`whole` False) what arrived before the connection broke.

    `hidden_in` takes out of its text what must not be shown.
    """

    images: tuple[SpooledImage, ...]
    document: Mapping[str, Any] = field(default_factory=dict[str, Any])
    whole: bool = True
    hidden_in: Callable[[bytes], bytes] = field(default=bytes, repr=False)

    def discard(self) -> None:
        """Remove its files."""
        for image in self.images:
            if not image.trouble:
                image.path.unlink(missing_ok=True)


class Spool:
    """Owns the files of one answer until `finish` hands them over; `discard` removes what was not.

    `folder` must exist; file names begin with `name`, which the caller makes unique. `hidden_in` takes secrets
    out of a text that an error shows.
    """

    def __init__(self, folder: Path, name: str, hidden_in: Callable[[bytes], bytes] = bytes) -> None:
        self._hidden_in = hidden_in
        self._folder = folder
        self._name = name
        self._files: list[PictureFile] = []
        self._scanner = Scanner(self._new_file)

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes, cut anywhere.

        Raises `BadAnswer` beyond the limits, `DiskFull` or `LibraryError` if they cannot be written.
        """
        try:
            self._scanner.feed(chunk)
        except OSError as error:
            raise disk_error(error, self._folder) from error

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
                raw=excerpt(self._hidden_in(self._scanner.kept)),
            )
        fields = cast("dict[str, Any]", document)
        return SpooledAnswer(tuple(self._listed(fields["images"])), fields, hidden_in=self._hidden_in)

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
        raise refusals.not_json(content_type, self._hidden_in(kept), host) from error

    def _listed(self, entries: list[object]) -> Iterator[SpooledImage]:
        """The entries in order; every string among them is ours, "#n"."""
        for entry in entries:
            if isinstance(entry, str):
                yield self._files[int(entry[1:])].image
            else:
                yield SpooledImage(Path(), trouble="no text")

    def _new_file(self) -> PictureFile:
        file = PictureFile(self._folder / f"{self._name}-{len(self._files)}.part")
        self._files.append(file)
        return file
