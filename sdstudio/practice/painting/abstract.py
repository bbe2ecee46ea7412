"""Pictures of nothing: fields of colour, discs and bars, ribbons, poured paint."""

from __future__ import annotations

import numpy as np

from sdstudio.practice.noise import generator
from sdstudio.practice.painting.canvas import Canvas, blurred
from sdstudio.practice.painting.colour import Colour, hexed, lit, mingled, mixed, ramp, turned
from sdstudio.practice.painting.drawing import Random, arcs, curve, ribbon
from sdstudio.practice.painting.palette import PIGMENTS
from sdstudio.practice.words import Theme, stable_number

_SCHEMES = (
    "f2e8d8 d8453a 1f3f6a e8b23c 2a2a30 5a9a92",
    "10182c 2f5fd0 f05a6a f8c04a f4efe6 3fbfa8",
    "f6f0e6 e07a5f 3d405b 81b29a f2cc8f 8a5a7a",
    "1c1420 8a2fb0 ff5f8a ffb85a 3fd0e0 f6ecff",
    "e8ece4 2a5a4a c8553d f0b84a 7a9ab0 22303a",
)


def paint_abstract(canvas: Canvas, theme: Theme, family: int, number: int) -> None:
    """One composition; a family shares its kind and colours."""
    shared = generator(theme.salt, stable_number("abstract"), family)
    chance = generator(theme.salt, stable_number("composition"), number)
    first = int(generator(theme.salt, stable_number("colours")).integers(len(_SCHEMES)))
    colours = [hexed(code) for code in _SCHEMES[(first + family) % len(_SCHEMES)].split()]
    if pigment := PIGMENTS.get(theme.colour("") or theme.colour("subject")):
        colours = [
            mixed(colour, turned(pigment, 0.03 * i, 1, 0.6 + 0.2 * i), 0.6) for i, colour in enumerate(colours)
        ]
    kinds = (_shapes, _ribbons, _poured)
    kinds[int(shared.permutation(3)[0] + family) % 3](canvas, colours, shared, chance)


def _ground(canvas: Canvas, colour: Colour, chance: Random) -> None:
    canvas.fill(
        ramp(0.5 + 0.4 * canvas.clouded(chance, 5, 5), [(0, lit(colour, 0.88)), (1, lit(colour, 1.08))])
    )


def _shapes(canvas: Canvas, colours: list[Colour], shared: Random, chance: Random) -> None:
    """Discs, rings, bars and triangles in balance."""
    _ground(canvas, colours[0], chance)
    size = (canvas.right, canvas.bottom)
    turn = np.linspace(0, 2 * np.pi, 49)[:-1]
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    with canvas.sketch(canvas.whole(), 2) as sketch:
        for _ in range(16):
            place = shared.uniform(0.08, 0.92, 2) * size + chance.normal(0, 0.015, 2)
            radius, kind = float(shared.uniform(0.04, 0.2)), int(shared.integers(4))
            colour, alpha = colours[1 + int(shared.integers(5))], float(shared.uniform(0.65, 0.95))
            angle = float(shared.uniform(0, 6.28) + 0.06 * chance.normal())
            if kind == 0:
                sketch.polygon(place + circle * radius, colour, alpha)
                sketch.polygon(place + circle * radius * 0.55, colours[int(shared.integers(6))], alpha)
            elif kind == 1:
                sketch.line(place + circle[[*range(48), 0]] * radius, 0.012, colour, alpha)
            elif kind == 2:
                along = np.array([np.cos(angle), np.sin(angle)]) * (radius + 0.12)
                sketch.line([tuple(place - along), tuple(place + along)], 0.008 + 0.05 * radius, colour, alpha)
            else:
                corners = (
                    place
                    + 1.2
                    * radius
                    * circle[[int(angle * 7) % 48, int(angle * 7 + 17) % 48, int(angle * 7 + 30) % 48]]
                )
                sketch.polygon(corners, colour, alpha)


def _ribbons(canvas: Canvas, colours: list[Colour], shared: Random, chance: Random) -> None:
    """Broad bands flowing across, each with its own light and strands."""
    _ground(canvas, colours[0], chance)
    count = 11
    with canvas.sketch(canvas.whole(), 2) as sketch:
        for rank in range(count):
            level = (rank + 0.5) / count * canvas.bottom
            knots = [
                (canvas.right * part, level + 0.13 * float(shared.normal()) + 0.02 * float(chance.normal()))
                for part in np.linspace(-0.15, 1.15, 7)
            ]
            spine = curve(knots, 12)
            wide, colour = float(shared.uniform(0.05, 0.13)), colours[1 + rank % 5]
            sketch.polygon(
                ribbon(spine + np.array([0, 0.012], np.float32), wide * 1.05, ((0, 1), (1, 1))),
                lit(colour, 0.35),
                0.4,
            )
            sketch.polygon(ribbon(spine, wide, ((0, 0.7), (0.3, 1.1), (0.7, 0.6), (1, 1))), colour, 0.95)
            for strand in range(9):
                shift = np.array([0, wide * (strand / 8 - 0.5) * 0.8], np.float32)
                tone = lit(colour, 0.7 + 0.9 * (1 - strand / 8) + 0.1 * float(chance.normal()))
                sketch.stroke(spine + shift, wide * 0.1, tone, 0.5)


def _poured(canvas: Canvas, colours: list[Colour], shared: Random, chance: Random) -> None:
    """Poured paint: a field warped by another, in hard-edged bands with bright rims."""
    warp = canvas.clouded(chance, 3, 3)
    field = canvas.clouded(chance, 2, 4) + 0.5 * warp
    steps = np.clip((field + 1.1) * 3.1 + 0.35 * canvas.clouded(chance, 9, 3), 0, 5.999)
    order = shared.permutation(len(colours))
    table = np.array([colours[place] for place in order], np.float32)
    canvas.fill(table.take(steps.astype(np.intp), axis=0))
    inside = np.abs(steps - np.floor(steps) - 0.5) * 2
    canvas.shade(1.12 - 0.3 * inside**3)
    canvas.blend(blurred((inside > 0.93).astype(np.float32), canvas.short / 300) * 0.35, (1, 1, 1))
    count = 90
    places = chance.uniform(0, 1, (count, 2)) * (canvas.right, canvas.bottom)
    lines = arcs(
        places, chance.uniform(0, 6.28, count), chance.uniform(0.01, 0.12, count), chance.normal(0, 0.3, count)
    )
    with canvas.sketch(canvas.whole()) as sketch:
        inks = mingled(colours, chance.integers(0, 6, count), chance)
        sketch.strokes(lines, chance.uniform(0.003, 0.012, count).astype(np.float32), inks, 0.85)
