"""The painter's ground: a float picture, masks, soft fields, and a way to draw on it.

Pictures are (height, width, 3) float32 in 0…1; masks and fields (height, width) float32. Everything random is
drawn in coordinates that do not know the pixel size, so that one picture can be painted small and again large.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from sdstudio.practice.noise import Array
from sdstudio.practice.painting.colour import Colour
from sdstudio.practice.painting.drawing import Frame, Points, Random, Sketch

Box = tuple[float, float, float, float]


class Canvas:
    """One picture being painted, or a part of one (then it shares the pixels); belongs to the thread that made it.

    `aspect` is that of the result, not of these pixels: random lattices must not change with rounding. `detail` is
    the part 0…1 of the fine strokes worth drawing at this size.
    """

    def __init__(self, picture: Array, aspect: float, detail: float = 1.0) -> None:
        self.picture = picture
        self.height: int = picture.shape[0]
        self.width: int = picture.shape[1]
        self.aspect = aspect
        self.detail = detail

    @classmethod
    def blank(cls, width: int, height: int, aspect: float | None = None, detail: float = 1.0) -> Canvas:
        """A black canvas."""
        return cls(np.zeros((height, width, 3), np.float32), aspect or width / height, detail)

    @property
    def short(self) -> int:
        """The shorter side in pixels."""
        return min(self.width, self.height)

    def whole(self) -> Frame:
        """Coordinates from the top left corner, the shorter side being 1."""
        return Frame(0, 0, self.short)

    @property
    def right(self) -> float:
        """The right edge in `whole` coordinates."""
        return max(1.0, self.aspect)

    @property
    def bottom(self) -> float:
        """The bottom edge in `whole` coordinates."""
        return max(1.0, 1 / self.aspect)

    def pixels(self) -> NDArray[np.uint8]:
        """The picture in bytes."""
        return (np.clip(self.picture, 0, 1) * np.float32(255) + np.float32(0.5)).astype(np.uint8)

    def part(self, frame: Frame, box: Box) -> tuple[Canvas, Frame]:
        """The part within a box (left, top, right, bottom) of an upright frame, and the frame as seen there."""
        corners = frame.pixels([box[:2], (box[2], box[1]), box[2:], (box[0], box[3])])
        left, top = np.clip(corners.min(axis=0) - 1, 0, (self.width - 2, self.height - 2)).astype(int).tolist()
        right, bottom = np.clip(corners.max(axis=0) + 2, (left + 2, top + 2), (self.width, self.height)).astype(
            int
        )
        inner = Canvas(self.picture[top:bottom, left:right], self.aspect, self.detail)
        return inner, Frame(frame.x - left, frame.y - top, frame.unit, frame.tilt)

    def grid(self, frame: Frame) -> tuple[Array, Array]:
        """x and y of every pixel's centre in a frame's coordinates."""
        across = (np.arange(self.width, dtype=np.float32) + np.float32(0.5 - frame.x)) / np.float32(frame.unit)
        down = (np.arange(self.height, dtype=np.float32) + np.float32(0.5 - frame.y)) / np.float32(frame.unit)
        x, y = np.meshgrid(across, down)
        if not frame.tilt:
            return x, y
        cosine, sine = np.float32(math.cos(frame.tilt)), np.float32(math.sin(frame.tilt))
        return x * cosine + y * sine, y * cosine - x * sine

    def fill(self, colours: Array) -> None:
        """Replace the picture."""
        self.picture[...] = colours

    def blend(self, mask: Array, colour: Colour | Array) -> None:
        """Lay a colour, or a picture of colours, over the canvas where the mask is."""
        over = np.asarray(colour, np.float32)
        for band in range(3):  # three strided passes are twice as quick as one broadcast over an axis of three
            below = self.picture[..., band]
            below += (over[..., band] - below) * mask

    def shade(self, field: Array) -> None:
        """Multiply all colours by a field around 1."""
        self.picture *= field[..., None]

    def mask(self, frame: Frame, *shapes: Points, soft: float = 0.0) -> Array:
        """Polygons as one mask, its edge blurred by `soft` units."""
        image = Image.new("L", (self.width * 2, self.height * 2))
        draw = ImageDraw.Draw(image)
        for points in shapes:
            flat: list[float] = (frame.pixels(points) * 2).ravel().tolist()
            draw.polygon(flat, fill=255)
        small = image.reduce(2)
        if soft > 0:
            small = small.filter(ImageFilter.GaussianBlur(soft * frame.unit))
        return np.asarray(small, np.float32) / np.float32(255)

    @contextmanager
    def sketch(self, frame: Frame, fine: int = 2) -> Generator[Sketch]:
        """Draw on the picture, `fine` times oversampled."""
        large = Image.fromarray(self.pixels()).resize(
            (self.width * fine, self.height * fine), Image.Resampling.NEAREST
        )
        yield Sketch(large, frame.scaled(fine))
        self.fill(np.asarray(large.reduce(fine), np.float32) / np.float32(255))

    def clouded(self, random: Random, cells: float, octaves: int = 4, stretch: float = 1.0) -> Array:
        """A soft field about 0 within about −1…1: fractal noise, `cells` across the shorter side.

        `stretch` > 1 draws it out horizontally.
        """
        total = np.zeros((2, 2), np.float32)
        for octave in range(octaves):
            size = cells * 2**octave
            columns = max(2, round(size * self.right / stretch)) + 2
            rows = max(2, round(size * self.bottom)) + 2
            lattice = random.uniform(-1, 1, (rows, columns)).astype(np.float32)
            if size < self.short:  # finer noise than the pixels would only alias
                total = stretched(total, columns, rows) + lattice * np.float32(0.5**octave)
        return stretched(total, self.width, self.height)


def stretched(field: Array, width: int, height: int) -> Array:
    """A field at another size, smoothly interpolated."""
    image = Image.fromarray(np.asarray(field, np.float32))
    return np.asarray(image.resize((width, height), Image.Resampling.BICUBIC), np.float32)


def blurred(field: Array, radius: float) -> Array:
    """A field or mask in 0…1 blurred by `radius` pixels."""
    image = Image.fromarray((np.clip(field, 0, 1) * 255).astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(radius)), np.float32) / np.float32(255)


def spot(x: Array, y: Array, centre: tuple[float, float], radii: tuple[float, float]) -> Array:
    """A soft elliptical spot: 1 at the centre, 1/e at the radii."""
    across = (x - np.float32(centre[0])) / np.float32(radii[0])
    down = (y - np.float32(centre[1])) / np.float32(radii[1])
    return np.exp(-(across * across + down * down))
