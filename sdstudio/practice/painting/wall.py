"""Backdrops of pictures with one subject: a painted wall, or lights out of focus."""

from __future__ import annotations

import numpy as np

from sdstudio.practice.painting.canvas import Canvas
from sdstudio.practice.painting.colour import Colour, lit, mingled, mixed, ramp
from sdstudio.practice.painting.drawing import Frame, Random, arcs

_ROUND = np.linspace(0, 2 * np.pi, 25)[:-1]


def paint_wall(canvas: Canvas, tones: tuple[Colour, Colour, Colour], chance: Random, *, soft: bool) -> None:
    """Three tones, dark to light, brighter in the middle: out of focus, or with the brush's marks."""
    x, y = canvas.grid(Frame(canvas.width / 2, canvas.height * 0.42, canvas.short / 2))
    field = 0.8 + 0.35 * canvas.clouded(chance, 2, 4) - 0.3 * np.sqrt(x * x + y * y)
    canvas.fill(ramp(field, [(0.0, tones[0]), (0.5, tones[1]), (1.1, tones[2])]))
    if soft:
        _lights(canvas, tones, chance)
    else:
        _marks(canvas, tones, chance)


def _lights(canvas: Canvas, tones: tuple[Colour, Colour, Colour], chance: Random) -> None:
    """Discs of light out of focus."""
    count = 26
    places = chance.uniform(0, 1, (count, 2)) * (canvas.right, canvas.bottom)
    sizes = chance.uniform(0.02, 0.07, count)
    ring = np.stack([np.cos(_ROUND), np.sin(_ROUND)], axis=1)
    discs = (places[:, None, :] + ring * sizes[:, None, None]).astype(np.float32)
    glow = (mixed(tones[1], tones[2], 0.6), tones[2], lit(tones[2], 1.3))
    with canvas.sketch(canvas.whole()) as sketch:
        sketch.polygons(discs, mingled(glow, chance.integers(0, 3, count), chance), 0.13)


def _marks(canvas: Canvas, tones: tuple[Colour, Colour, Colour], chance: Random) -> None:
    count = 170
    places = chance.uniform(-0.05, 1.05, (count, 2)) * (canvas.right, canvas.bottom)
    angles = chance.normal(chance.uniform(0.6, 1.1), 0.3, count)
    lines = arcs(places, angles, chance.uniform(0.15, 0.4, count), chance.normal(0, 0.05, count))
    inks = mingled(tones, chance.integers(0, 3, count), chance)
    with canvas.sketch(canvas.whole(), 1) as sketch:
        sketch.strokes(lines, chance.uniform(0.008, 0.03, count).astype(np.float32), inks, 0.13)
