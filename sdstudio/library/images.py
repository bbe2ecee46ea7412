"""Opening picture files and bytes safely with Pillow: what they are, how large, and the recipe inside."""

from __future__ import annotations

import struct
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any, cast

from PIL import Image, ImageFile

from sdstudio.core.errors import UnreadableImage

MOST_PIXELS = 178_956_970  # as many as Pillow opens before it suspects a decompression bomb
READ_ERRORS = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    struct.error,
    RuntimeError,
    OverflowError,
    MemoryError,
    Image.DecompressionBombError,
    Warning,  # Pillow's complaints of damage, where warnings are errors
)
_EXIF_POINTER, _USER_COMMENT, _ORIENTATION = 0x8769, 0x9286, 0x0112
_PLUGINS = {
    "png": ("PngImagePlugin", "PngImageFile"),
    "jpeg": ("JpegImagePlugin", "JpegImageFile"),
    "webp": ("WebPImagePlugin", "WebPImageFile"),
    "avif": ("AvifImagePlugin", "AvifImageFile"),
    "gif": ("GifImagePlugin", "GifImageFile"),
    "bmp": ("BmpImagePlugin", "BmpImageFile"),
    "tiff": ("TiffImagePlugin", "TiffImageFile"),
}


def sniffed(start: bytes) -> str:
    """The format that the first 16 bytes show: "png", "jpeg", "webp", "avif", "gif", "bmp", "tiff", or ""."""
    prefixes = {
        b"\x89PNG\r\n\x1a\n": "png",
        b"\xff\xd8\xff": "jpeg",
        b"GIF87a": "gif",
        b"GIF89a": "gif",
        b"II*\0": "tiff",
        b"MM\0*": "tiff",
        b"BM": "bmp",
    }
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "webp"
    if start[4:8] == b"ftyp" and start[8:12] in {b"avif", b"avis", b"mif1"}:
        return "avif"
    return next((kind for prefix, kind in prefixes.items() if start.startswith(prefix)), "")


def opened(source: Path | bytes) -> ImageFile.ImageFile:
    """The picture, its pixels not yet decoded; to be closed by the caller.

    Raises `UnreadableImage` for what is none of our formats, is damaged, or is too large to decode; OSError if
    the file cannot be read. The format's own plug-in is used, since `Image.open` judges the size by a limit
    that belongs to the whole process and only warns.
    """
    start = source[:16] if isinstance(source, bytes) else _start(source)
    kind = sniffed(start)
    if not kind:
        raise UnreadableImage(
            "This is no picture of a kind SD Studio takes", "PNG, JPEG, WebP, AVIF, GIF, BMP and TIFF are."
        )
    module, name = _PLUGINS[kind]
    plugin: Any = getattr(import_module(f"PIL.{module}"), name)
    try:
        image: ImageFile.ImageFile = plugin(BytesIO(source) if isinstance(source, bytes) else source)
    except READ_ERRORS as error:
        raise _damaged() from error
    if not 0 < image.width * image.height <= MOST_PIXELS:
        image.close()
        raise UnreadableImage(
            "This picture is too large",
            f"{image.width:,}×{image.height:,} pixels; the most that is opened is {MOST_PIXELS / 1e6:.0f} million.",
        )
    return image


def kind_of(image: ImageFile.ImageFile) -> str:
    """The format of an opened picture, as `sniffed` names it."""
    return (image.format or "").lower()


def decoded(image: ImageFile.ImageFile) -> None:
    """Decode the pixels in place; raises `UnreadableImage` if the file breaks off or is damaged."""
    try:
        image.load()
    except READ_ERRORS as error:
        raise _damaged() from error


def is_lying_down(image: Image.Image) -> bool:
    """Whether the picture's EXIF orientation swaps width and height."""
    try:
        return image.getexif().get(_ORIENTATION) in {5, 6, 7, 8}
    except READ_ERRORS:
        return False


def infotext_in(image: Image.Image) -> str:
    """The "parameters" text of a PNG, the EXIF comment of the others; "" if there is none."""
    text: object = cast("dict[str, Any]", image.info).get("parameters")
    if isinstance(text, str):
        return text
    try:
        comment: object = image.getexif().get_ifd(_EXIF_POINTER).get(_USER_COMMENT)
    except READ_ERRORS:
        return ""
    if isinstance(comment, bytes) and comment.startswith(b"UNICODE\0"):
        return comment[8:].decode("utf-16-be", "replace")
    return ""


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(16)


def _damaged() -> UnreadableImage:
    return UnreadableImage("This picture is damaged", "It begins like one but cannot be read to its end.")
