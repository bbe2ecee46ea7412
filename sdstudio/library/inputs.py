"""Pictures that go into requests, kept by content: the bytes as they were given, checked before they are kept.

Runs in the `image` threads.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from sdstudio.config.files import disk_error, write_atomically
from sdstudio.core.errors import LibraryError, UnreadableImage
from sdstudio.core.request import InputImage
from sdstudio.library import images

MOST_BYTES = 256 * 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Inputs:
    """Owns the files below `folder`: two hex digits, then the whole SHA-256, no extension."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def store(self, content: bytes) -> InputImage:
        """Keep a picture; its size is told as seen upright. On disk when this returns.

        Raises `UnreadableImage` for what is no whole picture of a size that can be opened, `LibraryError` if it
        cannot be written.
        """
        if len(content) > MOST_BYTES:
            raise UnreadableImage(
                "This file is too large", f"{len(content):,} bytes; the most that is taken is {MOST_BYTES:,}."
            )
        with images.opened(content) as image:
            images.decoded(image)
            lying = images.is_lying_down(image)
            width, height = (image.height, image.width) if lying else image.size
        sha256 = hashlib.sha256(content).hexdigest()
        self._keep(sha256, content)
        return InputImage(sha256, width, height)

    def read(self, sha256: str) -> bytes:
        """The bytes as they were given; raises `LibraryError` if they are gone or no longer the same."""
        path = self._path(sha256)
        try:
            content = path.read_bytes()
        except FileNotFoundError as error:
            raise _lost(path, "It is not there any more") from error
        except OSError as error:
            raise disk_error(error, path) from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise _lost(path, "Its content has changed")
        return content

    def _keep(self, sha256: str, content: bytes) -> None:
        path = self._path(sha256)
        try:
            if path.is_file() and path.read_bytes() == content:
                return
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise disk_error(error, path) from error
        write_atomically(path, content)

    def _path(self, sha256: str) -> Path:
        """Where such a picture lies; the name may come from a file, so it is checked before it is a path."""
        if not _SHA256.fullmatch(sha256):
            raise LibraryError("This request names a picture that cannot be", "Its name is no SHA-256.")
        return self._folder / sha256[:2] / sha256


def _lost(path: Path, reason: str) -> LibraryError:
    return LibraryError(
        "A picture of this request is lost", f"{reason}: {path}.", "Choose the picture again in the form."
    )
