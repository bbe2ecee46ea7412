"""Source pictures and masks as they leave this computer: pixels only, upright, without metadata. Runs in a worker.

Places, camera names and prompts in a picture's metadata stay here; so do a second frame, a profile, and what an
alpha channel hides.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field

from PIL import Image, ImageOps

from sdstudio.core.errors import UnreadableImage

_FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "BMP", "TIFF", "GIF")
_COMPRESSION = 4  # as small as Pillow's 6 on photographs, in less than half the time
_READ_ERRORS = (
    OSError,
    ValueError,
    SyntaxError,
    MemoryError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,  # an error where warnings are
)
Box = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SourcePicture:
    """A source picture's PNG and its size in pixels once upright."""

    png: bytes = field(repr=False)
    size: Box


def source_png(stored: bytes) -> SourcePicture:
    """An 8-bit RGB PNG; transparency is put on white, as servers do (a1111_api §2.4)."""
    picture = _upright(stored)
    if picture.has_transparency_data:
        over = picture.convert("RGBA")
        picture = Image.new("RGBA", over.size, "white")
        picture.alpha_composite(over)
    return SourcePicture(_png(_eight_bit(picture).convert("RGB")), picture.size)


def mask_png(stored: bytes, size: Box) -> bytes:
    """An 8-bit grey PNG of the source's size, white where to repaint.

    A mask with real transparency means its opaque part, as on A1111 (a1111_api §2.4).
    """
    picture = _upright(stored)
    if picture.has_transparency_data:
        alpha = picture.convert("RGBA").getchannel("A")
        mask = alpha if alpha.getextrema()[0] != 255 else picture.convert("RGB").convert("L")
    else:
        mask = _eight_bit(picture).convert("L")
    if mask.size != size:
        mask = mask.resize(size, Image.Resampling.BILINEAR)
    return _png(mask)


def _upright(stored: bytes) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(stored), formats=_FORMATS)
        picture.load()
        return ImageOps.exif_transpose(picture)
    except _READ_ERRORS as error:
        raise UnreadableImage(
            "The source picture or the mask cannot be read", "Its file is damaged.", "Choose it again."
        ) from error


def _eight_bit(picture: Image.Image) -> Image.Image:
    """16-bit grey scaled down; Pillow's own conversion would clip it to white."""
    if picture.mode.startswith("I;16") or picture.mode == "I":
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    return picture


def _png(picture: Image.Image) -> bytes:
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    written = io.BytesIO()
    clean.save(written, "PNG", compress_level=_COMPRESSION)
    return written.getvalue()
