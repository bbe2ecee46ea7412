"""Upscalers without a network, for the hires pass, Extras and bringing sampled pictures up to size."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image


@dataclass(frozen=True, slots=True)
class UpscalerEntry:
    """One line of the upscalers list."""

    name: str
    scale: float = 4.0


UPSCALERS: tuple[UpscalerEntry, ...] = (
    UpscalerEntry("None"),
    UpscalerEntry("Lanczos"),
    UpscalerEntry("Nearest"),
)

LATENT_MODES: tuple[str, ...] = (
    "Latent",
    "Latent (antialiased)",
    "Latent (bicubic)",
    "Latent (bicubic antialiased)",
    "Latent (nearest)",
    "Latent (nearest-exact)",
)


class UnknownUpscaler(ValueError):
    """No upscaler has this name."""


def upscale(image: Image.Image, size: tuple[int, int], upscaler: str) -> Image.Image:
    """The picture at `size` by the named upscaler or latent mode; "None" leaves it as it is.

    Raises `UnknownUpscaler`.
    """
    if upscaler == "None":
        return image
    if upscaler == "Nearest" or "nearest" in upscaler:
        return image.resize(size, Image.Resampling.NEAREST)
    if upscaler in LATENT_MODES:
        return image.resize(size, Image.Resampling.BICUBIC)
    if upscaler == "Lanczos":
        return image.resize(size, Image.Resampling.LANCZOS)
    raise UnknownUpscaler(f"could not find upscaler named {upscaler}")
