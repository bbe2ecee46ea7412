"""Colours as three numbers 0…1 and what a painter does with them."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sdstudio.practice.noise import Array

Colour = tuple[float, float, float]


def hexed(text: str) -> Colour:
    """From six hexadecimal digits."""
    red, green, blue = bytes.fromhex(text)
    return red / 255, green / 255, blue / 255


def mixed(first: Colour, second: Colour, part: float) -> Colour:
    """`first` at 0, `second` at 1."""
    red, green, blue = (a + (b - a) * part for a, b in zip(first, second, strict=True))
    return red, green, blue


def lit(colour: Colour, factor: float) -> Colour:
    """Darker below 1, lighter above; light colours go towards white, not over it."""
    if factor <= 1:
        return mixed((0, 0, 0), colour, factor)
    return mixed(colour, (1, 1, 1), 1 - 1 / factor)


def turned(colour: Colour, hue: float = 0.0, saturation: float = 1.0, lightness: float = 1.0) -> Colour:
    """Hue moved by a part of the circle, saturation and lightness multiplied."""
    h, l, s = colorsys.rgb_to_hls(*colour)  # noqa: E741 - the field's names
    return colorsys.hls_to_rgb((h + hue) % 1, min(1, l * lightness), min(1, s * saturation))


def mingled(
    colours: Sequence[Colour], picks: NDArray[np.integer], random: np.random.Generator, amount: float = 1.0
) -> Array:
    """Many colours (n, 3), picked by index and each a little off."""
    base = np.array(colours, np.float32)[picks]
    light = 1 + random.normal(0, 0.08 * amount, (len(base), 1))
    tint = random.normal(0, 0.02 * amount, (len(base), 3))
    return np.clip(base * light + tint, 0, 1).astype(np.float32)


def varied(colour: Colour, random: np.random.Generator, amount: float = 1.0) -> Colour:
    """The colour as it comes out of the next tube: a little off in hue, saturation and lightness."""
    hue, saturation, lightness = random.normal(0, 1, 3) * amount
    return turned(colour, hue * 0.012, 1 + saturation * 0.10, 1 + lightness * 0.06)


_LEVELS = 512


def ramp(field: Array, stops: Sequence[tuple[float, Colour]]) -> Array:
    """A picture of colours for a field: linear between (value, colour) stops, flat beyond them."""
    places = [place for place, _ in stops]
    low, high = places[0], places[-1]
    values = np.linspace(low, high, _LEVELS)
    table = np.stack(
        [np.interp(values, places, [colour[band] for _, colour in stops]) for band in range(3)], axis=-1
    )
    index = np.clip((field - np.float32(low)) * np.float32((_LEVELS - 1) / (high - low)), 0, _LEVELS - 1)
    return table.astype(np.float32).take(index.astype(np.intp), axis=0)
