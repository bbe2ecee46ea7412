"""Lines and shapes: coordinates, smooth curves, tapered strokes, and drawing them with Pillow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from sdstudio.practice.noise import Array
from sdstudio.practice.painting.colour import Colour

Point = tuple[float, float]
Points = Sequence[Point] | NDArray[np.floating]
Random = np.random.Generator


@dataclass(frozen=True, slots=True)
class Frame:
    """Painter's coordinates: origin in pixels, pixels per unit, turned clockwise by `tilt` radians."""

    x: float
    y: float
    unit: float
    tilt: float = 0.0

    def scaled(self, factor: float) -> Frame:
        """The same frame on a picture enlarged by a factor."""
        return Frame(self.x * factor, self.y * factor, self.unit * factor, self.tilt)

    def pixels(self, points: Points) -> Array:
        """(n, 2) pixel positions of points in this frame."""
        spread = np.asarray(points, np.float32) * np.float32(self.unit)
        if self.tilt:
            cosine, sine = math.cos(self.tilt), math.sin(self.tilt)
            spread = spread @ np.array([[cosine, sine], [-sine, cosine]], np.float32)
        return spread + np.array([self.x, self.y], np.float32)


class Sketch:
    """Shapes drawn over a picture in a frame's coordinates."""

    def __init__(self, image: Image.Image, frame: Frame) -> None:
        self._draw = ImageDraw.Draw(image, "RGBA")
        self._frame = frame

    def polygon(self, points: Points, colour: Colour, alpha: float = 1.0) -> None:
        """A filled shape."""
        flat: list[float] = self._frame.pixels(points).ravel().tolist()
        red, green, blue = (int(255 * part + 0.5) for part in colour)
        self._draw.polygon(flat, fill=(red, green, blue, int(255 * alpha)))

    def stroke(self, points: Points, width: float, colour: Colour, alpha: float = 1.0) -> None:
        """A brush stroke along a line: `width` units in its middle, pointed at its ends."""
        self.polygon(ribbon(points, width, TAPER), colour, alpha)

    def line(self, points: Points, width: float, colour: Colour, alpha: float = 1.0) -> None:
        """A line of even width."""
        self.polygon(ribbon(points, width, _EVEN), colour, alpha)

    def ellipse(self, centre: Point, radii: Point, colour: Colour, alpha: float = 1.0) -> None:
        """An ellipse along the frame's axes."""
        self.polygon(_CIRCLE * np.array(radii, np.float32) + np.array(centre, np.float32), colour, alpha)

    def strokes(self, lines: Array, widths: Array | float, colours: Array | Colour, alpha: float = 1.0) -> None:
        """Many brush strokes of equally many points: lines (n, k, 2), widths (n), colours (n, 3)."""
        self.polygons(ribbons(lines, np.broadcast_to(np.float32(widths), len(lines)), TAPER), colours, alpha)

    def polygons(self, shapes: Array, colours: Array | Colour, alpha: float = 1.0) -> None:
        """Many shapes of equally many points: (n, k, 2), colours (n, 3)."""
        count, corners, _ = shapes.shape
        pixels = self._frame.pixels(shapes.reshape(-1, 2)).reshape(count, 2 * corners).tolist()
        inks = np.full((len(shapes), 4), int(255 * alpha))
        inks[:, :3] = np.clip(np.asarray(colours) * 255 + 0.5, 0, 255)
        for outline, ink in zip(pixels, inks.tolist(), strict=True):
            self._draw.polygon(outline, fill=tuple(ink))


Profile = tuple[Point, ...]

TAPER: Profile = ((0.0, 0.25), (0.2, 1.0), (0.7, 0.9), (1.0, 0.05))
_EVEN: Profile = ((0.0, 1.0), (1.0, 1.0))
_ROUND = np.linspace(0, 2 * math.pi, 33, dtype=np.float32)[:-1]
_CIRCLE = np.stack([np.cos(_ROUND), np.sin(_ROUND)], axis=1)


def ribbon(points: Points, width: float, profile: Profile = TAPER) -> Array:
    """The outline of a stroke along `points`; `profile` gives (place 0…1, part of the width)."""
    return ribbons(np.asarray(points, np.float32)[None], np.array([width], np.float32), profile)[0]


def ribbons(lines: Array, widths: Array, profile: Profile = TAPER) -> Array:
    """The outlines of many strokes of equally many points: lines (n, k, 2), widths (n) → (n, 2k, 2)."""
    along = np.empty_like(lines)
    along[:, 1:-1] = lines[:, 2:] - lines[:, :-2]
    along[:, 0], along[:, -1] = lines[:, 1] - lines[:, 0], lines[:, -1] - lines[:, -2]
    length = np.sqrt(along[..., 0] ** 2 + along[..., 1] ** 2) + np.float32(1e-9)
    scale = _half_widths(lines.shape[1], profile) * widths[:, None] / length
    outline = np.empty((len(lines), 2 * lines.shape[1], 2), np.float32)
    there, back = outline[:, : lines.shape[1]], outline[:, lines.shape[1] :]
    there[..., 0] = lines[..., 0] - along[..., 1] * scale
    there[..., 1] = lines[..., 1] + along[..., 0] * scale
    back[...] = (2 * lines - there)[:, ::-1]
    return outline


@lru_cache(maxsize=256)
def _half_widths(count: int, profile: Profile) -> Array:
    places, parts = zip(*profile, strict=True)
    return np.interp(np.linspace(0, 1, count), places, parts).astype(np.float32) / 2


def curve(points: Points, count: int = 8, *, closed: bool = False) -> Array:
    """A smooth line (Catmull-Rom) through the points, `count` places per span: (n, 2)."""
    anchors = np.asarray(points, np.float32)
    if closed:
        around = np.concatenate([anchors[-1:], anchors, anchors[:2]])
    else:
        around = np.concatenate([2 * anchors[:1] - anchors[1:2], anchors, 2 * anchors[-1:] - anchors[-2:-1]])
    spans = len(around) - 3
    windows = np.stack([around[i : spans + i] for i in range(4)], axis=1)  # (spans, 4, 2)
    flat = (_spline(count) @ windows).reshape(-1, 2)
    return flat if closed else np.concatenate([flat, anchors[-1:]])


@lru_cache(maxsize=32)
def _spline(count: int) -> Array:
    """Weights of the four anchors around a span at `count` places of it."""
    t = np.linspace(0, 1, count, endpoint=False, dtype=np.float32)
    before = -t + 2 * t**2 - t**3
    start = 2 - 5 * t**2 + 3 * t**3
    end = t + 4 * t**2 - 3 * t**3
    return np.stack([before, start, end, t**3 - t**2], axis=1) / 2


def arcs(centres: Array, angles: Array, lengths: Array, bends: Array, count: int = 7) -> Array:
    """Bent short lines about `centres` (n, 2): (n, count, 2); `bends` as parts of the lengths."""
    t = np.linspace(-0.5, 0.5, count)
    along = np.stack([np.cos(angles), np.sin(angles)], axis=1)[:, None, :]
    aside = np.stack([-along[..., 1], along[..., 0]], axis=-1)
    sag = (1 - 4 * t**2)[None, :, None] * (bends * lengths)[:, None, None]
    return (centres[:, None, :] + along * (t[None, :] * lengths[:, None])[..., None] + aside * sag).astype(
        np.float32
    )
