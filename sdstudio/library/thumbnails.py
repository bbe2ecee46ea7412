"""Thumbnails: small JPEGs in a database of their own, made from the picture files and made again when lost."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import suppress
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

from sdstudio.config.files import set_aside
from sdstudio.core.errors import UnreadableImage
from sdstudio.library import images

SIDE = 256
_QUALITY = 85
_PAGE_BYTES = 8192  # a thumbnail is about 12 KB; larger pages are read with fewer seeks
_FORMAT = 1
_SCALED_WELL = {"RGB", "RGBA", "L", "LA"}  # others are scaled without smoothing, or not at all
_TABLE = """
CREATE TABLE thumbnails (
    picture_id INTEGER PRIMARY KEY,
    sha256 BLOB NOT NULL,    -- of the picture, so that one of another history is never shown
    jpeg BLOB NOT NULL
)
"""

log = logging.getLogger(__name__)


class ThumbnailStore:
    """Owns the writing connection to thumbnails.db. Lives on the `library` thread.

    It holds nothing that cannot be made again, so commits are not synced, and a broken file is set aside.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._connection = _opened(path)
        except sqlite3.DatabaseError as error:
            log.warning("%s is set aside, its thumbnails are made again: %s", path, error)
            for broken in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
                if broken.exists():
                    set_aside(broken)
            self._connection = _opened(path)

    def keep(self, picture: int, sha256: bytes, jpeg: bytes) -> None:
        """Keep a thumbnail if that is possible; it can be made again if not."""
        try:
            self._connection.execute(
                "INSERT OR REPLACE INTO thumbnails VALUES (?, ?, ?)", (picture, sha256, jpeg)
            )
        except sqlite3.Error as error:
            log.info("thumbnail %d was not kept: %s", picture, error)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def made(path: Path) -> bytes | None:
    """The thumbnail of a picture file: JPEG, at most 256 px a side, upright; None if it cannot be read.

    Takes 5 to 100 ms; runs in the `image` threads.
    """
    try:
        with images.opened(path) as image:
            image.draft("RGB", (SIDE, SIDE))  # a JPEG is decoded at a fraction of its size
            images.decoded(image)
            small: Image.Image = image if image.mode in _SCALED_WELL else _opaque(image)
            small.thumbnail((SIDE, SIDE), reducing_gap=2.0)
            written = BytesIO()
            _opaque(ImageOps.exif_transpose(small)).save(written, "JPEG", quality=_QUALITY)
            return written.getvalue()
    except (UnreadableImage, *images.READ_ERRORS) as error:
        log.info("no thumbnail of %s: %s", path, error)
        return None


def _opaque(image: Image.Image) -> Image.Image:
    """8-bit RGB; transparency on white, 16-bit grey scaled down (Pillow's own conversion would clip it)."""
    if image.has_transparency_data:
        over = image.convert("RGBA")
        ground = Image.new("RGBA", over.size, "white")
        ground.alpha_composite(over)
        return ground.convert("RGB")
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L").convert("RGB")
    return image.convert("RGB")


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        if connection.execute("PRAGMA user_version").fetchone()[0] != _FORMAT:
            connection.execute("DROP TABLE IF EXISTS thumbnails")
            connection.execute(_TABLE)
            connection.execute(f"PRAGMA user_version = {_FORMAT}")
        connection.execute("SELECT 1 FROM thumbnails LIMIT 1").fetchone()
    except BaseException:
        with suppress(sqlite3.Error):
            connection.close()
        raise
    return connection
