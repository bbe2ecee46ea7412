"""Picture geometry before and after sampling: resize modes, masks, the box an inpainting works on, pasting back.

Pillow only; sizes in pixels, masks in mode L with white = repaint.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageFilter, ImageOps

Box = tuple[int, int, int, int]

STRETCH, CROP, FILL, LATENT = range(4)


def opaque(image: Image.Image) -> Image.Image:
    """RGB, transparency laid over white, rotated as its EXIF says."""
    upright = ImageOps.exif_transpose(image)
    if upright.mode == "RGB":
        return upright
    layered = upright.convert("RGBA")
    white = Image.new("RGBA", layered.size, "white")
    return Image.alpha_composite(white, layered).convert("RGB")


def framed(image: Image.Image, width: int, height: int, mode: int) -> Image.Image:
    """The picture at a size: 0 and 3 stretch, 1 covers and crops, 2 fits and fills the rest with its edges."""
    if image.size == (width, height):
        return image
    if mode == CROP:
        return ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS)
    if mode == FILL:
        return _filled(image, width, height)
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _filled(image: Image.Image, width: int, height: int) -> Image.Image:
    inner = ImageOps.contain(image, (width, height), Image.Resampling.LANCZOS)
    left, top = (width - inner.width) // 2, (height - inner.height) // 2
    around = ((top, height - top - inner.height), (left, width - left - inner.width))
    bands = [np.pad(np.asarray(band), around, mode="edge") for band in inner.split()]
    return Image.merge(image.mode, [Image.fromarray(band) for band in bands])


def mask_box(mask: Image.Image, padding: int, aspect: float) -> Box | None:
    """The box of the white parts grown by `padding`, then to the aspect (width/height) as far as it fits."""
    box = mask.getbbox()
    if box is None:
        return None
    left, top, right, bottom = box
    left, top = max(0, left - padding), max(0, top - padding)
    right, bottom = min(mask.width, right + padding), min(mask.height, bottom + padding)
    if (right - left) / (bottom - top) > aspect:
        top, bottom = _grown(top, bottom, round((right - left) / aspect), mask.height)
    else:
        left, right = _grown(left, right, round((bottom - top) * aspect), mask.width)
    return left, top, right, bottom


def _grown(low: int, high: int, wanted: int, limit: int) -> tuple[int, int]:
    wanted = min(limit, max(wanted, high - low))
    low = min(max(0, low - (wanted - (high - low)) // 2), limit - wanted)
    return low, low + wanted


@dataclass(frozen=True, slots=True)
class Repaint:
    """What an inpainting works on and how its answer goes back into the picture.

    `source` and `mask` have the size of the generation; `whole` is the full picture, `box` the part of it that
    `source` shows (None: all of it), `paste` the blurred mask at the full picture's size.
    """

    source: Image.Image
    mask: Image.Image
    whole: Image.Image
    paste: Image.Image
    box: Box | None

    def composed(self, painted: Image.Image) -> Image.Image:
        """The painted part laid into the picture; pixels where the blurred mask is black stay as they were."""
        if self.box is None:
            return Image.composite(painted, self.whole, self.paste)
        left, top, right, bottom = self.box
        fitted = painted.resize((right - left, bottom - top), Image.Resampling.LANCZOS)
        layer = self.whole.copy()
        layer.paste(fitted, (left, top))
        return Image.composite(layer, self.whole, self.paste)


def repaint(
    image: Image.Image,
    mask: Image.Image,
    size: tuple[int, int],
    *,
    resize_mode: int,
    blur: float,
    padding: int,
    only_masked: bool,
    invert: bool,
) -> Repaint | None:
    """The work an inpainting request asks for; None if its mask leaves nothing to repaint in "only masked".

    As in the web UI, "only masked" keeps the picture's own size, "whole picture" brings it to the asked one.
    """
    width, height = size
    mask = mask.convert("L")
    if invert:
        mask = ImageChops.invert(mask)
    if only_masked:
        return _repaint_box(image, framed(mask, *image.size, STRETCH), size, blur, padding)
    image = framed(image, width, height, resize_mode)
    mask = framed(mask, width, height, resize_mode)
    soft = _blurred(mask, blur)
    return Repaint(image, soft, image, soft, None)


def _repaint_box(
    image: Image.Image, mask: Image.Image, size: tuple[int, int], blur: float, padding: int
) -> Repaint | None:
    soft = _blurred(mask, blur)
    box = mask_box(soft, padding, size[0] / size[1])
    if box is None:
        return None
    source = image.crop(box).resize(size, Image.Resampling.LANCZOS)
    return Repaint(source, soft.crop(box).resize(size, Image.Resampling.LANCZOS), image, soft, box)


def _blurred(mask: Image.Image, blur: float) -> Image.Image:
    return mask.filter(ImageFilter.GaussianBlur(blur)) if blur > 0 else mask
