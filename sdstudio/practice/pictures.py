"""Pictures on the wire: base64 in, base64 out, with the texts they carry; grids of them.

The formats, the EXIF comment and the errors are 1.10.1's. Nothing here paints.
"""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import ExifTags, Image, ImageOps, PngImagePlugin

from sdstudio.practice.wire_errors import Broke, Declined

LARGEST_INPUT_PIXELS = 2**26  # 8192²: our own limit, so that a small file cannot become gigabytes
_USER_COMMENT_PREFIX = b"UNICODE\0"
# Pillow's own entries of `info`, which are not texts of the picture.
_NOT_TEXTS = {
    *("jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "exif", "loop", "background", "timestamp"),
    *("duration", "progressive", "progression", "icc_profile", "chromaticity", "photoshop", "xmp"),
}


def decoded(text: object) -> Image.Image:
    """A base64 string or data URL as a loaded picture, upright; raises what the original would."""
    if not isinstance(text, str):
        raise Broke("AttributeError", f"'{type(text).__name__}' object has no attribute 'startswith'")
    if text.startswith(("http://", "https://")):
        raise Declined(500, "Request to local resource not allowed")  # nothing is ever fetched from here
    if text.startswith("data:image/"):
        parts = text.split(";")
        if len(parts) < 2 or "," not in parts[1]:
            raise Broke("IndexError", "list index out of range")
        text = parts[1].split(",")[1]
    try:
        return _opened(base64.b64decode(text))
    except Exception as error:  # a broken picture fails in any class; the original catches all too
        raise Declined(500, "Invalid encoded image") from error


def _opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    if image.width * image.height > LARGEST_INPUT_PIXELS:
        raise ValueError("more pixels than the practice endpoint takes")
    image.load()
    return ImageOps.exif_transpose(image)


def flattened(image: Image.Image, background: str) -> Image.Image:
    """RGB, with what is transparent laid over `background` (#rrggbb)."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    ground = Image.new("RGBA", image.size, background)
    return Image.alpha_composite(ground, image.convert("RGBA")).convert("RGB")


def mask_of(image: Image.Image, *, rounded: bool) -> Image.Image:
    """The mask as L: the alpha channel if the picture has a real one, else its brightness (1.10.1)."""
    alpha = image.convert("RGBA").getchannel("A") if image.has_transparency_data else None
    if alpha is None or alpha.getextrema() == (255, 255):
        return image.convert("L")
    return alpha.point([0] * 129 + [255] * 127) if rounded else alpha


def encoded(image: Image.Image, settings: Mapping[str, Any]) -> str:
    """Base64 in the format that option `samples_format` names, carrying the texts of `image.info`."""
    kind = str(settings["samples_format"]).lower()
    buffer = io.BytesIO()
    if kind == "png":
        image.save(buffer, "PNG", pnginfo=_png_texts(image))
    elif kind in {"jpg", "jpeg", "webp"}:
        name = "WEBP" if kind == "webp" else "JPEG"
        lossless = {"lossless": bool(settings["webp_lossless"])} if kind == "webp" else {}
        quality = settings["jpeg_quality"]
        image.convert("RGB").save(buffer, name, quality=quality, exif=_exif(image), **lossless)
    else:
        raise Declined(500, "Invalid image format")
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def _png_texts(image: Image.Image) -> PngImagePlugin.PngInfo | None:
    texts = PngImagePlugin.PngInfo()
    for key, value in texts_of(image).items():
        texts.add_text(key, value)
    return texts if texts.chunks else None


def _exif(image: Image.Image) -> bytes:
    exif = Image.Exif()
    exif.endian = ">"
    comment = texts_of(image).get("parameters", "").encode("utf-16-be")
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = _USER_COMMENT_PREFIX + comment
    return exif.tobytes()


def texts_of(image: Image.Image) -> dict[str, str]:
    """The texts a picture carries, `parameters` from EXIF included."""
    texts = {
        key: value
        for key, value in image.info.items()
        if isinstance(key, str) and isinstance(value, str) and key not in _NOT_TEXTS
    }
    comment = image.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment)
    if isinstance(comment, bytes) and comment.startswith(_USER_COMMENT_PREFIX):
        texts["parameters"] = comment[len(_USER_COMMENT_PREFIX) :].decode("utf-16-be", errors="replace")
    return texts


def grid(images: Sequence[Image.Image], rows_wanted: int = -1) -> Image.Image:
    """All pictures on one sheet, about as many rows as columns unless told (option `n_rows`)."""
    rows = rows_wanted if rows_wanted > 0 else round(math.sqrt(len(images)))
    rows = max(1, min(rows, len(images)))
    columns = math.ceil(len(images) / rows)
    width, height = images[0].size
    sheet = Image.new("RGB", (columns * width, rows * height))
    for at, image in enumerate(images):
        sheet.paste(image, (at % columns * width, at // columns * height))
    return sheet
