"""Encoded pictures to `QImage`, in worker threads: EXIF turned, sRGB, 8 bit, ready for painting.

Here live `decode` and `Decoder`, which owns the `image` threads. Smaller levels for zooming out are made by
`canvas.pyramid`; thumbnails are chosen and kept by `history.thumbnails`.

`QImageReader.read` lets go of the interpreter lock while it works, `QImage.fromData` and every other QImage
method do not: so pictures are read through a reader, and what is done to them afterwards is done in bands.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import ParamSpec, TypeVar

from PIL import Image, ImageOps
from PySide6.QtCore import QBuffer, QByteArray, QFile, QIODevice, QSize
from PySide6.QtGui import QColorSpace, QImage, QImageIOHandler, QImageReader

from sdstudio.core.errors import UnreadableImage
from sdstudio.core.geometry import Size
from sdstudio.ui.bands import in_bands

Source = bytes | Path
P = ParamSpec("P")
T = TypeVar("T")

ALLOCATION_LIMIT_MB = 1024  # decoded: 16,384² at 4 bytes. Qt's own 256 refuses the 8192² that servers can make.
MAX_PIXELS = ALLOCATION_LIMIT_MB * 2**20 // 4
# svg, xpm and the like are programs or text; tga has no signature and would accept noise
RASTER_FORMATS = frozenset({"bmp", "gif", "jfif", "jpeg", "jpg", "png", "tif", "tiff", "webp"})
PILLOW_FORMATS = ("AVIF",)  # a server may answer with it and Qt brings no reader
SRGB = QColorSpace(QColorSpace.NamedColorSpace.SRgb)


class Decoder:
    """Owns the `image` threads. Used from the event loop's thread; `close` it after everything that asks it."""

    def __init__(self, threads: int = 2) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="image")

    async def image(self, source: Source, *, within: Size | None = None) -> QImage:
        """The picture at `source`, scaled down to fit `within` if given; raises `UnreadableImage`."""
        return await self.run(decode, source, within=within)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of any other work on pictures, done in one of the threads."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, lambda: work(*args, **kwargs))

    def close(self) -> None:
        """Drop what has not begun and wait for the at most two pictures being read."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    async def aclose(self) -> None:
        """`close` without making the window wait: a large picture may take a second."""
        closing = ThreadPoolExecutor(1, thread_name_prefix="image-closing")
        await asyncio.get_running_loop().run_in_executor(closing, self.close)
        closing.shutdown(wait=False)


def decode(source: Source, *, within: Size | None = None) -> QImage:
    """The picture at `source`, blocking: for a worker thread.

    Turned by its EXIF orientation, converted to sRGB, RGB32 or (with transparency) ARGB32_Premultiplied, scaled
    down to fit `within` if given, never up. Raises `UnreadableImage`.
    """
    device = _opened(source)
    image = _read(
        device, within
    )  # its reader must be gone before the device is: the TIFF one touches it at its end
    device.close()
    return _for_painting(image or _read_with_pillow(source, within))


def _opened(source: Source) -> QIODevice:
    if isinstance(source, bytes):
        buffer = QBuffer()
        buffer.setData(QByteArray(source))
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        return buffer
    file = QFile(str(source))
    if not file.open(QIODevice.OpenModeFlag.ReadOnly):
        raise UnreadableImage(
            f"The file {source.name} cannot be opened",
            file.errorString(),
            "It may have been moved, renamed or deleted outside this program.",
        )
    return file


def _read(device: QIODevice, within: Size | None) -> QImage | None:
    """The picture as it is in the file, upright; None if this is none of the formats Qt is trusted with."""
    QImageReader.setAllocationLimit(ALLOCATION_LIMIT_MB)
    reader = QImageReader(device)
    if bytes(reader.format().data()).decode("ascii", "replace") not in RASTER_FORMATS:
        return None
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid():
        _refuse_if_huge(size.width(), size.height())
        if within:
            reader.setScaledSize(_scaled(size, within, turned=_is_turned(reader)))
    image = reader.read()
    if image.isNull():
        raise _unreadable(reader.errorString())
    return image


def _is_turned(reader: QImageReader) -> bool:
    rotated = QImageIOHandler.Transformation.TransformationRotate90
    return bool(reader.transformation() & rotated)


def _scaled(size: QSize, within: Size, *, turned: bool) -> QSize:
    """The size to read at; the reader scales before it turns."""
    bounds = QSize(within.height, within.width) if turned else QSize(within.width, within.height)
    fitting = Size(size.width(), size.height())
    factor = min(1.0, bounds.width() / fitting.width, bounds.height() / fitting.height)
    return QSize(max(1, round(fitting.width * factor)), max(1, round(fitting.height * factor)))


def _read_with_pillow(source: Source, within: Size | None) -> QImage:
    try:
        with Image.open(
            BytesIO(source) if isinstance(source, bytes) else source, formats=PILLOW_FORMATS
        ) as opened:
            _refuse_if_huge(*opened.size)
            picture = ImageOps.exif_transpose(opened).convert("RGBA")
            if within:
                picture.thumbnail((within.width, within.height))
            profile = opened.info.get("icc_profile")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _unreadable(str(error)) from error
    image = QImage(picture.tobytes(), *picture.size, picture.width * 4, QImage.Format.Format_RGBA8888).copy()
    if profile:
        image.setColorSpace(QColorSpace.fromIccProfile(QByteArray(profile)))
    return image


def _for_painting(image: QImage) -> QImage:
    wanted = (
        QImage.Format.Format_ARGB32_Premultiplied if image.hasAlphaChannel() else QImage.Format.Format_RGB32
    )
    foreign = image.colorSpace().isValid() and image.colorSpace() != SRGB
    if not foreign and image.format() == wanted:
        return image

    def change(band: QImage) -> QImage:
        converted = band.convertedToColorSpace(SRGB) if foreign else band
        return (band if converted.isNull() else converted).convertToFormat(wanted)

    return in_bands(image, change)


def _refuse_if_huge(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise UnreadableImage(
            f"The picture is too large: {width:,} × {height:,} pixels",
            f"Pictures of up to {MAX_PIXELS // 10**6:,} megapixels are opened.",
            "Make it smaller in another program first.",
        )


def _unreadable(reason: str) -> UnreadableImage:
    return UnreadableImage(
        "This is not a picture that can be opened",
        reason,
        "PNG, JPEG, WebP, AVIF, GIF, BMP and TIFF files can be; this one may be damaged.",
    )
