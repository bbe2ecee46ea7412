"""Furry heads from the front: cat, dog, fox, and the owl with its feathers.

Coordinates: the origin lies between the eyes, one unit is half the head's width, y goes down.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sdstudio.practice.noise import Array
from sdstudio.practice.painting.canvas import Canvas, spot
from sdstudio.practice.painting.colour import Colour, lit, mingled, mixed, ramp
from sdstudio.practice.painting.drawing import Frame, Point, Random, Sketch, arcs, curve


@dataclass(frozen=True, slots=True)
class Beast:
    """One animal in one pose: its kind, coat and eyes; light from −1 left or 1 right."""

    kind: str
    coat: Colour
    pale: Colour
    dark: Colour
    eyes: Colour
    striped: bool
    light: float


_HEADS: dict[str, list[Point]] = {
    "cat": [(0, -0.72), (0.55, -0.66), (0.95, -0.1), (0.93, 0.35), (0.55, 0.82), (0.0, 0.98)],
    "dog": [(0, -0.85), (0.5, -0.82), (0.82, -0.35), (0.8, 0.25), (0.55, 0.95), (0.0, 1.25)],
    "fox": [(0, -0.68), (0.5, -0.62), (0.95, -0.05), (1.0, 0.32), (0.42, 0.78), (0.0, 1.15)],
    "owl": [(0, -0.85), (0.6, -0.8), (1.02, -0.25), (1.0, 0.4), (0.6, 0.85), (0.0, 0.95)],
}

_EARS: dict[str, list[Point]] = {
    "cat": [(0.28, -0.62), (0.72, -1.4), (0.95, -0.15)],
    "dog": [(0.5, -0.8), (0.98, -0.75), (1.2, 0.1), (1.0, 0.62), (0.78, 0.2), (0.7, -0.35)],
    "fox": [(0.22, -0.6), (0.72, -1.6), (0.98, -0.1)],
    "owl": [(0.35, -0.75), (0.82, -1.25), (0.9, -0.5)],
}

EYES: dict[str, Point] = {"cat": (0.42, 0.0), "dog": (0.38, -0.05), "fox": (0.42, 0.02), "owl": (0.43, -0.05)}
_EYE_SIZE = {"cat": 0.2, "dog": 0.155, "fox": 0.15, "owl": 0.26}
_MUZZLE: dict[str, tuple[Point, Point]] = {
    "cat": ((0, 0.55), (0.42, 0.3)),
    "dog": ((0, 0.68), (0.42, 0.52)),
    "fox": ((0, 0.72), (0.5, 0.36)),
    "owl": ((0, 0.1), (0.01, 0.01)),
}


def _mirrored(right: list[Point]) -> Array:
    points = [*right, *((-x, y) for x, y in reversed(right) if x)]
    return curve(points, closed=True)


def paint_head(canvas: Canvas, frame: Frame, beast: Beast, chance: Random) -> None:
    """Body, ears, head, fur, face."""
    part, frame = canvas.part(frame, (-2.4, -1.8, 2.4, 4))
    _body(part, frame, beast, chance)
    with part.sketch(frame) as sketch:
        if beast.kind != "dog":
            _ears(sketch, beast, chance)
    head = _mirrored(_HEADS[beast.kind])
    mask = part.mask(frame, head)
    x, y = part.grid(frame)
    part.blend(mask, _coat(part, beast, x, y, chance))
    _fur(part, frame, beast, chance)
    with part.sketch(frame, 3) as sketch:
        if beast.kind == "dog":
            _ears(sketch, beast, chance)
        for side in (-1, 1):
            _eye(sketch, beast, side)
        if beast.kind == "owl":
            _beak(sketch)
        else:
            _nose(sketch, beast, chance)


def _body(canvas: Canvas, frame: Frame, beast: Beast, chance: Random) -> None:
    """Chest and shoulders below the head."""
    right: list[Point] = [(0.0, 0.5), (0.75, 0.7), (1.15, 1.5), (1.45, 2.6), (1.6, 4.2)]
    mask = canvas.mask(frame, _mirrored(right))
    x, y = canvas.grid(frame)
    light = (
        0.42
        + 0.3 * beast.light * x
        - 0.4 * spot(x, y, (0, 0.95), (0.9, 0.35))
        + 0.1 * canvas.clouded(chance, 6, 3)
    )
    canvas.blend(mask, ramp(light, [(0, beast.dark), (0.5, beast.coat), (1, lit(beast.coat, 1.3))]))
    bib = np.clip(spot(x, y, (0, 1.9), (0.55, 1.0)) * 1.4, 0, 1) * mask
    if beast.kind != "owl":
        canvas.blend(bib * 0.85, mixed(beast.pale, beast.dark, 0.15))
    count = 240
    places = np.stack([chance.normal(0, 0.75, count), chance.uniform(0.95, 3.2, count)], axis=1)
    inside = np.abs(places[:, 0]) < 0.75 + 0.3 * (places[:, 1] - 0.7)
    angles = np.pi / 2 - 0.5 * places[:, 0] + chance.normal(0, 0.2, count)
    lines = arcs(places, angles, chance.uniform(0.16, 0.34, count), chance.normal(0, 0.1, count), 5)[inside]
    light_part = (
        np.exp(-((places[inside, 0] / 0.6) ** 2))
        if beast.kind != "owl"
        else chance.uniform(0, 0.8, int(inside.sum()))
    )
    base = np.array(beast.coat) + (np.array(beast.pale) - np.array(beast.coat)) * light_part[:, None]
    inks = np.clip(base * chance.uniform(0.65, 1.25, (len(lines), 1)), 0, 1)
    with canvas.sketch(frame) as sketch:
        sketch.strokes(lines, 0.05, inks, 0.6)


def _ears(sketch: Sketch, beast: Beast, chance: Random) -> None:
    for side in (-1, 1):
        shape = np.array([(side * x, y) for x, y in _EARS[beast.kind]])
        if beast.kind == "dog":
            shape = curve(shape, 6, closed=True)
        tone = lit(beast.coat, 0.95 if side == beast.light else 0.68)
        sketch.polygon(shape, mixed(tone, beast.dark, 0.35 if beast.kind in ("dog", "fox") else 0.1))
        middle = shape.mean(axis=0)
        if beast.kind in ("cat", "fox"):
            inner = middle + (shape - middle) * 0.62 + (0, 0.06)
            sketch.polygon(inner, mixed((0.85, 0.6, 0.55), beast.dark, 0.35))
        tips = chance.normal(0, 0.14, (26, 2)) + middle
        lines = arcs(
            tips,
            np.full(26, -1.2 * side + np.pi / 2) + chance.normal(0, 0.3, 26),
            np.full(26, 0.22),
            np.full(26, 0.1),
            5,
        )
        sketch.strokes(
            lines, 0.03, mingled((beast.pale, beast.coat, beast.dark), chance.integers(0, 3, 26), chance), 0.55
        )


def _coat(canvas: Canvas, beast: Beast, x: Array, y: Array, chance: Random) -> Array:
    light = (
        0.5
        + 0.26 * beast.light * x
        - 0.12 * (y - 0.1)
        - 0.2 * (x * x + y * y) * 0.4
        + 0.07 * canvas.clouded(chance, 12, 3)
    )
    eye_x, eye_y = EYES[beast.kind]
    for side in (-1, 1):
        light -= 0.22 * spot(x, y, (side * eye_x, eye_y), (0.3, 0.22))
        light += 0.12 * spot(x, y, (side * eye_x, eye_y - 0.3), (0.2, 0.1))
    colours = ramp(light, [(0.0, beast.dark), (0.42, beast.coat), (0.95, lit(beast.coat, 1.45))])
    centre, radii = _MUZZLE[beast.kind]
    pale = np.clip(1.5 * spot(x, y, centre, radii), 0, 1)
    if beast.kind == "fox":
        pale = np.maximum(pale, np.clip(1.3 * spot(np.abs(x), y, (0.72, 0.5), (0.3, 0.24)), 0, 1))
    if beast.kind == "owl":
        for side in (-1, 1):
            pale = np.maximum(pale, np.clip(1.6 * spot(x, y, (side * 0.42, 0.02), (0.42, 0.44)), 0, 1))
    shade = np.clip(0.75 + 0.5 * (light - 0.3), 0.5, 1.1)
    white = np.array(beast.pale, np.float32) * shade[..., None]
    return colours + (white - colours) * pale[..., None]


def _fur(canvas: Canvas, frame: Frame, beast: Beast, chance: Random) -> None:
    """Hairs growing outwards from the nose, stripes where the coat has them."""
    count = 420
    far, angle = np.sqrt(chance.uniform(0.02, 1.0, count)), chance.uniform(0, 2 * np.pi, count)
    places = np.stack([0.95 * far * np.cos(angle), 0.1 + 0.85 * far * np.sin(angle)], axis=1)
    out = np.arctan2(places[:, 1] - 0.35, places[:, 0])
    lines = arcs(
        places,
        out + chance.normal(0, 0.25, count),
        chance.uniform(0.1, 0.24, count),
        chance.normal(0, 0.12, count),
        5,
    )
    with canvas.sketch(frame) as sketch:
        if beast.striped:
            _stripes(sketch, beast)
        pixels = frame.pixels(places).astype(int)
        rows = np.clip(pixels[:, 1], 0, canvas.height - 1)
        below = canvas.picture[rows, np.clip(pixels[:, 0], 0, canvas.width - 1)]
        inks = np.clip(below * chance.uniform(0.72, 1.32, (count, 1)), 0, 1)
        sketch.strokes(lines, 0.03, inks.astype(np.float32), 0.6)


def _stripes(sketch: Sketch, beast: Beast) -> None:
    for side in (-1, 1):
        for points in (
            [(0.1, -0.68), (0.14, -0.5), (0.1, -0.32)],
            [(0.3, -0.66), (0.36, -0.5), (0.34, -0.38)],
            [(0.94, 0.1), (0.74, 0.12), (0.6, 0.2)],
            [(0.92, 0.36), (0.74, 0.36), (0.6, 0.42)],
        ):
            sketch.stroke(curve([(side * x, y) for x, y in points], 5), 0.1, beast.dark, 0.75)
    sketch.stroke(curve([(0, -0.7), (0, -0.5), (0, -0.35)], 5), 0.1, beast.dark, 0.75)


def _eye(sketch: Sketch, beast: Beast, side: int) -> None:
    x, y = EYES[beast.kind]
    x, size = x * side, _EYE_SIZE[beast.kind]
    flat = {"cat": 0.78, "fox": 0.7, "dog": 0.9, "owl": 1.0}[beast.kind]
    tilt = 0.0 if beast.kind in ("dog", "owl") else 0.22
    rim = [(-1.15, 0.25), (-0.5, -0.6), (0.35, -0.85), (1.15, -0.3 - tilt), (0.6, 0.55), (-0.3, 0.75)]
    if beast.kind in ("owl", "dog"):
        rim = [(-1, 0), (-0.7, -0.7), (0, -1), (0.7, -0.7), (1, 0), (0.7, 0.7), (0, 1), (-0.7, 0.7)]
    shape = curve([(x + side * a * size, y + b * size * flat) for a, b in rim], 6, closed=True)
    middle = shape.mean(axis=0)
    sketch.polygon(middle + (shape - middle) * 1.22, (0.08, 0.06, 0.06))
    sketch.polygon(shape, lit(beast.eyes, 0.6))
    sketch.polygon(middle + (shape - middle) * 0.86, beast.eyes)
    sketch.polygon(middle + (shape - middle) * (0.66, 0.5) + (0, 0.28 * size), lit(beast.eyes, 1.5), 0.55)
    wide = {"cat": 0.3, "fox": 0.36, "dog": 0.6, "owl": 0.52}[beast.kind] * size
    high = {"cat": 0.78, "fox": 0.62}.get(beast.kind, wide / size / flat) * size * flat
    sketch.ellipse((x, y), (wide, high), (0.02, 0.02, 0.03))
    glint = (x + 0.32 * size * beast.light, y - 0.38 * size * flat)
    sketch.ellipse(glint, (0.2 * size, 0.2 * size), (1, 1, 1), 0.96)
    sketch.ellipse(
        (x - 0.3 * size * beast.light, y + 0.4 * size * flat), (0.1 * size, 0.08 * size), (1, 1, 1), 0.5
    )


def _nose(sketch: Sketch, beast: Beast, chance: Random) -> None:
    y, size = {"cat": (0.44, 0.13), "dog": (0.72, 0.22), "fox": (0.82, 0.15)}[beast.kind]
    colour = (0.82, 0.5, 0.48) if beast.kind == "cat" else (0.1, 0.08, 0.09)
    nose = [(-1, -0.45), (0, -0.6), (1, -0.45), (0.55, 0.3), (0, 0.62), (-0.55, 0.3)]
    sketch.polygon(curve([(a * size, y + b * size) for a, b in nose], 5, closed=True), colour)
    sketch.ellipse(
        (0.25 * size * beast.light, y - 0.28 * size), (0.3 * size, 0.13 * size), lit(colour, 1.8), 0.6
    )
    line = mixed(beast.dark, (0, 0, 0), 0.4)
    mouth = y + size * 1.25
    sketch.stroke([(0, y + 0.5 * size), (0, mouth - 0.1 * size), (0, mouth)], 0.035, line, 0.9)
    for side in (-1, 1):
        lip = curve([(0, mouth), (side * 0.14, mouth + 0.08), (side * 0.32, mouth - 0.01)], 6)
        sketch.stroke(lip, 0.04, line, 0.85)
        if beast.kind == "dog":
            continue
        for whisker in range(4):
            start = (side * 0.2, y + 0.06 + 0.045 * whisker)
            end = (side * (1.25 + 0.05 * float(chance.normal())), y - 0.12 + 0.17 * whisker)
            sketch.stroke(
                curve([start, ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 - 0.06), end], 6),
                0.018,
                (0.97, 0.96, 0.94),
                0.85,
            )


def _beak(sketch: Sketch) -> None:
    horn = (0.82, 0.62, 0.28)
    shape = curve(
        [(-0.13, 0.12), (0, 0.04), (0.13, 0.12), (0.06, 0.34), (0, 0.46), (-0.06, 0.34)], 6, closed=True
    )
    sketch.polygon(shape, lit(horn, 0.7))
    sketch.polygon(shape * (0.6, 0.9) + (0.0, 0.01), horn)
