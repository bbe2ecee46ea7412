"""What lies under the mask before sampling starts (A1111's "masked content")."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from sdstudio.practice.noise import Array, Shape, generator

FILL, ORIGINAL, NOISE, NOTHING = range(4)
_SPREADS = (48, 24, 12, 6, 3, 1)


def filled(source: Image.Image, mask: Image.Image) -> Image.Image:
    """The source with what is under the mask replaced by the colours around it, drawn inwards.

    Ever smaller blurs of the surroundings are laid over one another, each where it still has something to show.
    """
    keep = mask.point([255 - level for level in range(256)])
    around = Image.new("RGBA", source.size, (0, 0, 0, 0))
    around.paste(source, mask=keep)
    result = Image.new("RGBA", source.size, (128, 128, 128, 255))
    for radius in _SPREADS:
        blurred = np.asarray(around.filter(ImageFilter.GaussianBlur(radius)), np.float32)
        alpha = blurred[..., 3:]
        colours = np.where(alpha > 0, blurred[..., :3] * 255 / np.maximum(alpha, 1), 0)
        layer = np.concatenate([np.clip(colours, 0, 255), np.clip(alpha * 4, 0, 255)], axis=2)
        result.alpha_composite(Image.fromarray(layer.astype(np.uint8)))
    return Image.composite(result.convert("RGB"), source, mask)


def latent_fill(source: Array, mask: Array, fill: int, shape: Shape, seed: int) -> Array:
    """The small source (3, h, w) with noise or nothing under the mask (h, w)."""
    if fill == NOISE:
        noise = generator(seed, 3).standard_normal(shape, dtype=np.float32)
        return source + (noise - source) * mask
    if fill == NOTHING:
        return source * (1 - mask)
    return source
