"""Upscalers without a network, for the hires pass and Extras.

"Practice edges" is this endpoint's own, and says that it is no network: a bicubic enlargement, sharpened within the
range of the source's neighbouring pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageChops, ImageFilter


@dataclass(frozen=True, slots=True)
class UpscalerEntry:
    """One line of the upscalers list."""

    name: str
    scale: float = 4.0


EDGES = "Practice edges (no network)"

UPSCALERS: tuple[UpscalerEntry, ...] = (
    UpscalerEntry("None"),
    UpscalerEntry("Lanczos"),
    UpscalerEntry("Nearest"),
    UpscalerEntry(EDGES),
)

_LATENT = {
    "Latent": Image.Resampling.BILINEAR,
    "Latent (antialiased)": Image.Resampling.BILINEAR,
    "Latent (bicubic)": Image.Resampling.BICUBIC,
    "Latent (bicubic antialiased)": Image.Resampling.BICUBIC,
    "Latent (nearest)": Image.Resampling.NEAREST,
    "Latent (nearest-exact)": Image.Resampling.NEAREST,
}

LATENT_MODES: tuple[str, ...] = tuple(_LATENT)


class UnknownUpscaler(ValueError):
    """No upscaler has this name."""


def upscale(image: Image.Image, size: tuple[int, int], upscaler: str) -> Image.Image:
    """The RGB picture at `size` by the named upscaler or latent mode; "None" leaves it as it is.

    Raises `UnknownUpscaler`.
    """
    if upscaler == "None":
        return image
    if upscaler == EDGES:
        return _by_edges(image, size)
    plain = _LATENT | {"Nearest": Image.Resampling.NEAREST, "Lanczos": Image.Resampling.LANCZOS}
    if upscaler not in plain:
        raise UnknownUpscaler(f"could not find upscaler named {upscaler}")
    return image.resize(size, plain[upscaler])


_SHARPENING = 220  # percent


def _by_edges(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Strongly sharpened, but no pixel darker or lighter than the source's pixels about it: crisp without halos."""
    source = image.convert("RGB")
    radius = max(1.0, 0.7 * size[0] / source.width)
    sharp = source.resize(size, Image.Resampling.BICUBIC).filter(
        ImageFilter.UnsharpMask(radius, _SHARPENING, 0)
    )
    darkest = source.filter(ImageFilter.MinFilter(3)).resize(size, Image.Resampling.BILINEAR)
    lightest = source.filter(ImageFilter.MaxFilter(3)).resize(size, Image.Resampling.BILINEAR)
    return ImageChops.lighter(darkest, ImageChops.darker(lightest, sharp))
