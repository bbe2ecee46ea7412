"""Animals: furry heads (see `fur`), a bird on its twig, a fish in its water."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sdstudio.practice.noise import generator
from sdstudio.practice.painting.canvas import Canvas, spot
from sdstudio.practice.painting.colour import Colour, hexed, lit, mingled, mixed, ramp, varied
from sdstudio.practice.painting.drawing import Frame, Point, Random, arcs, curve
from sdstudio.practice.painting.fur import Beast, paint_head
from sdstudio.practice.painting.palette import EYES, PIGMENTS
from sdstudio.practice.painting.scenery import dabs
from sdstudio.practice.painting.sitters import Backdrop, backdrop
from sdstudio.practice.painting.wall import paint_wall
from sdstudio.practice.words import Theme, stable_number

_KINDS = ("cat", "dog", "fox", "owl", "bird", "fish")
_COATS = {
    "cat": ("c98a4a", "8f8f92", "3a3634", "d8c8b0"),
    "dog": ("a8713c", "4a3a30", "d9b888", "8a8078"),
    "fox": ("c8641f", "b8551c", "d07428"),
    "owl": ("8a6a48", "a08868", "6f5a48"),
    "bird": ("3f7fc0", "c0402f", "e0a030", "4f9a60"),
    "fish": ("e8742c", "f0a030", "3f8fc0", "d84a50"),
}
_EYES = {
    "cat": ("8fb03a", "d9a52f", "4fa0c0"),
    "dog": ("6a3f1f", "8a5a2a"),
    "fox": ("d08a2a",),
    "owl": ("f0a020",),
}


def paint_animal(canvas: Canvas, theme: Theme, family: int, number: int) -> None:
    """One picture of the theme's animal; pictures of a family show the same one."""
    shared = generator(theme.salt, stable_number("kind of animal"), family)
    chance = generator(theme.salt, stable_number("animal"), number)
    kind = theme.subject if theme.subject in _COATS else _KINDS[int(shared.integers(4))]
    named = PIGMENTS.get(theme.colour("subject") or theme.colour(""))
    coat = varied(named or hexed(str(shared.choice(_COATS[kind]))), chance, 0.4)
    light = 1.0 if shared.integers(2) else -1.0
    eyes = EYES.get(theme.colour("eyes")) or hexed(str(shared.choice(_EYES.get(kind, ("201810",)))))
    striped = kind == "cat" and bool(shared.uniform() < 0.6)
    frame = Frame(
        canvas.width * 0.5 + canvas.short * 0.003 * chance.normal(),
        canvas.height * 0.48 + canvas.short * 0.003 * chance.normal(),
        0.265 * min(canvas.height, canvas.width * 1.1) * (1 + 0.006 * chance.normal()),
        0.006 * chance.normal(),
    )
    if kind == "fish":
        _fish(canvas, replace(frame, unit=0.8 * frame.unit), coat, chance)
        return
    if not theme.setting:
        paint_wall(canvas, backdrop(theme, family, number), chance, soft=True)
    if kind == "bird":
        _bird(canvas, replace(frame, unit=0.85 * frame.unit), coat, light, chance)
        return
    pale = mixed(lit(coat, 1.9), hexed("f6f0e4"), 0.75)
    beast = Beast(
        kind, coat, pale, mixed(lit(coat, 0.3), hexed("1d1613"), 0.4), varied(eyes, chance, 0.3), striped, light
    )
    paint_head(canvas, frame, beast, chance)


def _bird(canvas: Canvas, frame: Frame, coat: Colour, light: float, chance: Random) -> None:
    """A songbird in profile, its breast paler, on a twig."""
    belly = mixed(hexed("f0d8b0"), coat, 0.12)
    twig = mixed(hexed("5a4232"), (0, 0, 0), 0.1)
    body = curve(
        [
            (-0.55, -0.55),
            (-0.2, -0.72),
            (0.15, -0.5),
            (0.5, 0.05),
            (0.95, 0.75),
            (0.45, 0.8),
            (0.0, 0.95),
            (-0.55, 0.6),
            (-0.75, 0.0),
        ],
        7,
        closed=True,
    )
    with canvas.sketch(frame) as sketch:
        sketch.line(curve([(-3, 1.2), (-0.8, 1.06), (0.8, 1.0), (3, 0.75)], 8), 0.13, twig)
        sketch.stroke(curve([(-3, 1.17), (-0.8, 1.02), (0.8, 0.96), (3, 0.7)], 8), 0.05, lit(twig, 1.6), 0.6)
        sketch.polygon(
            curve([(0.55, 0.35), (1.9, 1.35), (1.7, 1.5), (0.45, 0.85)], 6, closed=True), lit(coat, 0.6)
        )
        for x in (-0.25, 0.1):
            sketch.line([(x, 0.8), (x + 0.03, 1.08)], 0.05, hexed("3a2c24"))
    mask = canvas.mask(frame, body)
    x, y = canvas.grid(frame)
    shade = 0.5 + 0.25 * light * x - 0.25 * (y - 0.1) + 0.08 * canvas.clouded(chance, 12, 3)
    canvas.blend(mask, ramp(shade, [(0, lit(coat, 0.45)), (0.5, coat), (1, lit(coat, 1.4))]))
    breast = np.clip(1.6 * spot(x, y, (-0.42, 0.35), (0.42, 0.5)), 0, 1) * mask
    canvas.blend(breast, ramp(shade, [(0, lit(belly, 0.6)), (0.6, belly), (1, lit(belly, 1.2))]))
    count = 150
    places = np.stack([chance.uniform(-0.6, 0.5, count), chance.uniform(-0.6, 0.8, count)], axis=1)
    keep = (places[:, 0] / 0.75) ** 2 + ((places[:, 1] - 0.1) / 0.85) ** 2 < 0.9
    lines = arcs(
        places,
        chance.normal(0.9, 0.25, count),
        chance.uniform(0.08, 0.2, count),
        chance.normal(0, 0.1, count),
        4,
    )[keep]
    with canvas.sketch(frame, 3) as sketch:
        inks = mingled((lit(coat, 0.75), lit(coat, 1.25)), chance.integers(0, 2, int(keep.sum())), chance)
        sketch.strokes(lines, 0.03, inks, 0.3)
        for rank in range(6):
            wing = curve(
                [
                    (-0.15, -0.1 + 0.05 * rank),
                    (0.35, 0.25 + 0.07 * rank),
                    (0.95 - 0.06 * rank, 0.85 + 0.03 * rank),
                ],
                7,
            )
            sketch.stroke(wing, 0.26, lit(coat, 0.55 + 0.1 * rank), 0.9)
        sketch.polygon([(-0.68, -0.42), (-1.02, -0.3), (-0.7, -0.22)], hexed("3a3028"))
        sketch.ellipse((-0.45, -0.38), (0.1, 0.1), (0.03, 0.03, 0.04))
        sketch.ellipse((-0.48, -0.42), (0.035, 0.035), (1, 1, 1))


def _fish(canvas: Canvas, frame: Frame, coat: Colour, chance: Random) -> None:
    """A fish from the side in green-blue water."""
    water: Backdrop = (hexed("0f3f5a"), hexed("2a8a9a"), hexed("a8e0d0"))
    paint_wall(canvas, water, chance, soft=True)
    x, y = canvas.grid(canvas.whole())
    canvas.blend(np.clip(0.7 - y / canvas.bottom, 0, 0.6), hexed("c8f0e0"))
    fin = mixed(coat, hexed("ffd9a0"), 0.25)
    with canvas.sketch(frame) as sketch:
        for points in (
            [(0.9, 0.0), (1.9, -0.75), (1.55, 0.0), (1.9, 0.75)],
            [(-0.35, -0.5), (0.15, -1.05), (0.75, -0.8), (0.6, -0.3)],
            [(-0.1, 0.5), (0.35, 0.95), (0.6, 0.75), (0.45, 0.35)],
        ):
            sketch.polygon(curve(points, 6, closed=True), lit(fin, 0.85))
            foot = np.array(points[0]) * 0.5 + np.array(points[-1]) * 0.5
            for tip in curve(points[1:-1], 4):
                sketch.stroke(
                    [(float(foot[0]), float(foot[1])), tuple((foot + tip) / 2), tuple(tip)],
                    0.04,
                    lit(fin, 1.4),
                    0.5,
                )
    body = curve(
        [
            (-1.15, 0.0),
            (-0.8, -0.4),
            (-0.1, -0.62),
            (0.6, -0.35),
            (1.05, -0.08),
            (1.05, 0.08),
            (0.6, 0.35),
            (-0.1, 0.58),
            (-0.8, 0.36),
        ],
        7,
        closed=True,
    )
    mask = canvas.mask(frame, body)
    x, y = canvas.grid(frame)
    shade = 0.62 - 0.55 * y - 0.1 * np.abs(x) + 0.06 * canvas.clouded(chance, 10, 3)
    belly = mixed(coat, hexed("fff0d8"), 0.6)
    canvas.blend(mask, ramp(shade, [(0.1, lit(coat, 0.5)), (0.45, coat), (0.75, belly), (1.0, lit(coat, 1.5))]))
    rows, columns = np.mgrid[0:7, 0:12]
    scales = np.stack([-0.45 + 0.13 * columns + 0.065 * (rows % 2), -0.4 + 0.125 * rows], axis=-1).reshape(
        -1, 2
    )
    keep = (scales[:, 0] / 1.0) ** 2 + (scales[:, 1] / 0.52) ** 2 < 0.85
    lines = arcs(
        scales[keep],
        np.full(int(keep.sum()), np.pi / 2),
        np.full(int(keep.sum()), 0.13),
        np.full(int(keep.sum()), -0.45),
        6,
    )
    with canvas.sketch(frame, 3) as sketch:
        sketch.strokes(lines, 0.02, lit(coat, 0.5), 0.5)
        sketch.stroke(curve([(-0.62, -0.38), (-0.48, 0.0), (-0.62, 0.35)], 8), 0.05, lit(coat, 0.45), 0.7)
        sketch.polygon(
            curve([(-0.3, 0.1), (0.15, 0.2), (0.1, 0.42), (-0.25, 0.3)], 6, closed=True), lit(fin, 1.1), 0.9
        )
        sketch.ellipse((-0.82, -0.08), (0.13, 0.13), hexed("f6f0e0"))
        sketch.ellipse((-0.83, -0.08), (0.08, 0.085), (0.03, 0.03, 0.04))
        sketch.ellipse((-0.87, -0.12), (0.03, 0.03), (1, 1, 1))
        sketch.stroke(curve([(-1.13, 0.03), (-1.02, 0.08), (-0.95, 0.07)], 5), 0.03, lit(coat, 0.35), 0.9)
    _bubbles(canvas, chance, (frame.x / canvas.short, frame.y / canvas.short))


def _bubbles(canvas: Canvas, chance: Random, near: Point) -> None:
    places = np.array(near) + chance.normal(0, 0.18, (14, 2)) + (-0.3, -0.12)
    sizes = chance.uniform(0.006, 0.02, 14)
    with canvas.sketch(canvas.whole()) as sketch:
        sketch.polygons(dabs(places, sizes, 1.0, chance), (0.9, 1.0, 0.98), 0.3)
        sketch.polygons(dabs(places - sizes[:, None] * 0.3, sizes * 0.35, 1.0, chance), (1, 1, 1), 0.8)
