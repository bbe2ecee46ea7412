"""What a drop or a paste brings to a place for pictures, and its bytes. Knows nothing of where they go.

In order of worth: a file, the picture's own bytes, a data: address, bare pixels. An http address is not fetched.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData
from PySide6.QtGui import QImage, QImageWriter

from sdstudio.core.errors import UnreadableImage

MAX_BYTES = 256 * 2**20
ENCODED = ("image/png", "image/jpeg", "image/webp", "image/avif", "image/gif", "image/tiff", "image/bmp")
SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".jfif", ".webp", ".avif", ".gif", ".bmp", ".tif", ".tiff"}
)  # only for telling a picture from text before it is read; its bytes decide


@dataclass(frozen=True, slots=True)
class Incoming:
    """A picture on its way in, not read yet. `left_out`: how many further files came with it.

    Exactly one of the three sources is set; `data_url` still has its "data:" head.
    """

    file: Path | None = None
    encoded: bytes = b""
    data_url: str = ""
    pixels: QImage | None = None
    left_out: int = 0


def brings_picture(source: QMimeData) -> bool:
    """Whether this is rather a picture than text: files by name, encoded pictures or pixels without text."""
    if any(path.suffix.lower() in SUFFIXES for path in _files(source)):
        return True
    return not source.hasText() and (source.hasImage() or _encoded(source) != b"")


def may_be_picture(source: QMimeData) -> bool:
    """Whether a place for pictures should take a look at this, if only to say why not."""
    return source.hasUrls() or source.hasImage() or _encoded(source) != b"" or source.hasText()


def of(source: QMimeData) -> Incoming:
    """The picture in `source`; raises `UnreadableImage` saying why there is none.

    To be called while `source` lives; reading is left to `read`, in a worker.
    """
    if files := _files(source):
        return Incoming(file=files[0], left_out=len(files) - 1)
    if encoded := _encoded(source):
        return Incoming(encoded=encoded)
    address = _address(source)
    if address[:5].lower() == "data:":
        return Incoming(data_url=address)
    if source.hasImage():
        pixels = source.imageData()
        if isinstance(pixels, QImage) and not pixels.isNull():
            return Incoming(pixels=pixels)
    if address[:7].lower() == "http://" or address[:8].lower() == "https://":
        raise UnreadableImage(
            "Pictures are not fetched from the web",
            remedy="Save the picture first, then drop the file here; or copy the picture itself and paste it.",
        )
    raise UnreadableImage("There is no picture in what came", remedy="Drop or paste a picture, or open a file.")


def read(what: Incoming) -> bytes:
    """The encoded picture's bytes, blocking: for a worker thread. Raises `UnreadableImage`."""
    if what.file:
        return _file_bytes(what.file)
    if what.data_url:
        return _data_bytes(what.data_url)
    if what.pixels:
        return _png_bytes(what.pixels)
    return what.encoded


def _files(source: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in source.urls() if url.isLocalFile()]


def _encoded(source: QMimeData) -> bytes:
    for name in ENCODED:
        if source.hasFormat(name):
            return bytes(source.data(name).data())
    return b""


def _address(source: QMimeData) -> str:
    urls = source.urls()
    return urls[0].toString() if urls else source.text().strip()


def _file_bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableImage(
                f"{path.name} is too large for a picture", f"Files of up to {MAX_BYTES // 2**20} MiB are read."
            )
        return path.read_bytes()
    except OSError as error:
        raise UnreadableImage(f"{path.name} cannot be read", error.strerror or "") from error


def _data_bytes(address: str) -> bytes:
    head, _comma, body = address.partition(",")
    raw = unquote_to_bytes(body)
    try:
        return base64.b64decode(raw, validate=True) if head.lower().endswith(";base64") else raw
    except binascii.Error as error:
        raise UnreadableImage("The data: address is damaged", "Its base64 text cannot be read.") from error


def _png_bytes(pixels: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    try:
        if not QImageWriter(buffer, QByteArray(b"png")).write(pixels):
            raise UnreadableImage("The copied picture cannot be read")
        return bytes(buffer.data().data())
    finally:
        buffer.close()
