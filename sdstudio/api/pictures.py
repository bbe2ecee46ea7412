"""What a picture file is, by its head: format, size and the recipe it carries. Never decodes pixels."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from PIL import ImageFile

from sdstudio.core.errors import UnreadableImage

MOST_PIXELS = 2**28  # 16384 × 16384; more would not fit into memory four times over
_USER_COMMENT, _EXIF_POINTER = 0x9286, 0x8769
_READ_ERRORS = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    struct.error,
    RuntimeError,
    OverflowError,
    MemoryError,
)


@dataclass(frozen=True, slots=True)
class Picture:
    """Format ("png", "jpeg", "webp", "avif"), size in pixels, infotext ("" if it carries none)."""

    format: str
    width: int
    height: int
    infotext: str = ""


def sniffed(start: bytes) -> str:
    """The format that the first 16 bytes show, "" for none of those we take."""
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if start.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "webp"
    if start[4:8] == b"ftyp" and start[8:12] in (b"avif", b"avis", b"mif1"):
        return "avif"
    return ""


def inspect(path: Path) -> Picture:
    """Look at a file's head. Raises `UnreadableImage` for anything but a picture of a size that can be shown."""
    with path.open("rb") as file:
        start = file.read(64)
    kind = sniffed(start)
    if not kind:
        raise UnreadableImage("It is no picture of a kind that can be shown")
    width, height, infotext = _head(path, kind, start)
    if not (width > 0 and height > 0 and width * height <= MOST_PIXELS):
        raise UnreadableImage(f"Its size, {width:,}×{height:,} pixels, is beyond what can be shown")
    return Picture(kind, width, height, infotext)


def _head(path: Path, kind: str, start: bytes) -> tuple[int, int, str]:
    try:
        # The plug-in itself, since Image.open would weigh the size by a limit that is the whole process's.
        with _plugin(kind)(path) as image:
            return (*image.size, _infotext(image))
    except _READ_ERRORS as error:
        # Pillow's word for text beyond its limits, which does not spoil a picture.
        if kind == "png" and type(error) is ValueError and start[12:16] == b"IHDR" and len(start) >= 24:
            return (*struct.unpack(">II", start[16:24]), "")
        raise UnreadableImage("It begins like a picture but is damaged") from error


def _plugin(kind: str) -> Callable[[Path], ImageFile.ImageFile]:
    from PIL import AvifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin  # noqa: PLC0415

    return {
        "png": PngImagePlugin.PngImageFile,
        "jpeg": JpegImagePlugin.JpegImageFile,
        "webp": WebPImagePlugin.WebPImageFile,
        "avif": AvifImagePlugin.AvifImageFile,
    }[kind]


def _infotext(image: ImageFile.ImageFile) -> str:
    """The `parameters` text of a PNG, the EXIF comment of the others (a1111_api §8.4)."""
    text: object = cast("dict[str, Any]", image.info).get("parameters")
    if isinstance(text, str):
        return _utf8_in_latin1(text)
    try:
        comment = image.getexif().get_ifd(_EXIF_POINTER).get(_USER_COMMENT)
    except _READ_ERRORS:
        return ""
    return _comment(comment) if isinstance(comment, bytes) else ""


def _utf8_in_latin1(text: str) -> str:
    """sd.cpp and KoboldCpp write UTF-8 where the format has Latin-1; undo what reading made of it."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _comment(comment: bytes) -> str:
    """An EXIF UserComment: its first 8 bytes name the encoding, loosely."""
    kind, text = comment[:8], comment[8:]
    if kind.startswith(b"ASCII"):
        return text.decode("utf-8", "replace").rstrip("\0")
    if kind.startswith(b"UNICODE"):
        big, little = (text.decode(f"utf-16-{order}", "replace") for order in ("be", "le"))
        return max(big, little, key=_plain_characters).rstrip("\0")
    return comment.decode("utf-8", "replace").strip("\0 ")


def _plain_characters(text: str) -> int:
    """How much of it is ASCII: a recipe has its keys in it whatever the prompt's language."""
    return sum(character.isascii() and character != "\0" for character in text)
