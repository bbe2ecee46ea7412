"""Things on a table: fruit, a bottle, a cup, a bowl."""

from __future__ import annotations

import numpy as np

from sdstudio.practice.noise import Array, generator
from sdstudio.practice.painting.canvas import Canvas, spot
from sdstudio.practice.painting.colour import Colour, hexed, lit, mixed, ramp, varied
from sdstudio.practice.painting.drawing import Frame, Point, Random, arcs, curve
from sdstudio.practice.painting.palette import PIGMENTS
from sdstudio.practice.painting.sitters import backdrop
from sdstudio.practice.painting.wall import paint_wall
from sdstudio.practice.words import Theme, stable_number

_COLOURS = {"apple": "c0342c", "orange": "e8862a", "pear": "c9b848", "bottle": "2f5a48", "cup": "e6ddd0"}
_TABLES = ("8a5a38", "6a4630", "a87c52", "5a4a44", "b8a48c")


def paint_still_life(canvas: Canvas, theme: Theme, family: int, number: int) -> None:
    """One arrangement of the theme's things; a family shares table, light and places."""
    shared = generator(theme.salt, stable_number("table"), family)
    chance = generator(theme.salt, stable_number("still life"), number)
    edge = canvas.bottom * float(shared.uniform(0.6, 0.66))
    light = 1.0 if shared.integers(2) else -1.0
    paint_wall(canvas, backdrop(theme, family, number), chance, soft=theme.style in ("cinematic", "photo"))
    _table(canvas, varied(hexed(str(shared.choice(_TABLES))), chance, 0.4), edge, light, chance)
    main = theme.subject or ("apple", "orange", "pear", "cup", "bottle")[int(shared.integers(5))]
    others = [kind for kind in ("bottle", "pear", "apple", "orange", "cup") if kind != main]
    picked = [others[int(shared.integers(len(others)))] for _ in range(3)]
    named = PIGMENTS.get(theme.colour("subject") or theme.colour(""))
    behind = (0.26 * float(shared.choice([-1, 1])), -0.02)
    for kind, (dx, dy), size in ((picked[0], behind, 0.8), (picked[1], (-behind[0] * 1.15, 0.03), 0.7)):
        _thing(canvas, kind, (canvas.right / 2 + dx, edge + 0.1 + dy), 0.17 * size, None, light, chance)
    place = (canvas.right / 2 + 0.006 * float(chance.normal()), edge + 0.18)
    _thing(canvas, main, place, 0.2, named, light, chance)


def _table(canvas: Canvas, wood: Colour, edge: float, light: float, chance: Random) -> None:
    x, y = canvas.grid(canvas.whole())
    mask = np.clip((y - edge) * canvas.short + 0.5, 0, 1)
    grain = canvas.clouded(chance, 14, 4, stretch=9)
    tone = 0.55 + 0.16 * grain + 0.25 * light * (x / canvas.right - 0.5) - 0.4 * (y - edge)
    canvas.blend(mask, ramp(tone, [(0, lit(wood, 0.35)), (0.5, wood), (1, lit(wood, 1.45))]))
    rim = np.clip(1 - np.abs(y - edge) * canvas.short / 2, 0, 1)
    canvas.blend(rim * 0.5, lit(wood, 1.6))


def _thing(  # noqa: PLR0917
    canvas: Canvas, kind: str, foot: Point, size: float, colour: Colour | None, light: float, chance: Random
) -> None:
    """One object whose foot stands at `foot`; `size` is its half width."""
    base = varied(colour or hexed(_COLOURS[kind]), chance, 0.5)
    frame = Frame(foot[0] * canvas.short, foot[1] * canvas.short, size * canvas.short)
    part, frame = canvas.part(frame, (-3, -3.8, 3, 0.9))
    x, y = part.grid(frame)
    shadow = spot(x, y, (-0.55 * light, -0.02), (1.35, 0.24))
    part.shade(1 - 0.55 * np.clip(shadow * 1.2, 0, 1))
    if kind in ("bottle", "cup"):
        _vessel(part, frame, kind, base, light)
    else:
        _fruit(part, frame, kind, base, light, chance)


_FRUIT: dict[str, list[Point]] = {
    "apple": [(0, -1.66), (0.4, -1.82), (0.85, -1.6), (1.02, -1.0), (0.82, -0.32), (0.42, 0.0), (0, -0.06)],
    "orange": [(0, -1.9), (0.55, -1.76), (0.92, -1.36), (1.0, -0.92), (0.84, -0.4), (0.48, -0.06), (0, 0.02)],
    "pear": [
        (0, -2.4),
        (0.24, -2.3),
        (0.4, -1.8),
        (0.62, -1.3),
        (0.9, -0.8),
        (0.78, -0.22),
        (0.4, 0.02),
        (0, 0),
    ],
}


def _fruit(canvas: Canvas, frame: Frame, kind: str, base: Colour, light: float, chance: Random) -> None:  # noqa: PLR0917
    right = _FRUIT[kind]
    shape = curve([*right, *((-x, y) for x, y in reversed(right[1:-1]))], closed=True)
    x, y = canvas.grid(frame)
    bulge = np.sqrt(np.clip(1 - (x / 1.05) ** 2 - ((y + 0.95) / (1.25 if kind == "pear" else 1.05)) ** 2, 0, 1))
    tone = 0.22 + 0.42 * bulge + 0.3 * light * x - 0.14 * (y + 0.95) + 0.06 * canvas.clouded(chance, 10, 4)
    tone += 0.12 * spot(x, y, (-0.5 * light, -0.2), (0.5, 0.3))  # light thrown back by the table
    warm = mixed(base, hexed("e8c050"), 0.45)
    stops = [
        (0.0, lit(base, 0.25)),
        (0.35, lit(base, 0.7)),
        (0.62, base),
        (0.9, mixed(base, warm, 0.7)),
        (1.2, lit(warm, 1.5)),
    ]
    canvas.blend(canvas.mask(frame, shape), ramp(tone, stops))
    gloss = spot(x, y, (0.36 * light, -1.35), (0.2, 0.17))
    canvas.blend(np.clip(gloss * 0.9, 0, 1), (1.0, 0.98, 0.94))
    with canvas.sketch(frame, 3) as sketch:
        if kind != "orange":
            count = 46
            places = np.stack([chance.uniform(-0.75, 0.75, count), chance.uniform(-1.5, -0.25, count)], axis=1)
            streaks = arcs(
                places, np.pi / 2 - 0.6 * places[:, 0], chance.uniform(0.2, 0.5, count), 0.1 * places[:, 0], 6
            )
            sketch.strokes(streaks, 0.03, lit(warm, 1.1), 0.2)
        top = -1.68 if kind == "apple" else (-1.88 if kind == "orange" else -2.38)
        sketch.ellipse((0, top + 0.06), (0.2, 0.07), lit(base, 0.35), 0.7)
        if kind == "orange":
            sketch.ellipse((0, top + 0.06), (0.07, 0.05), hexed("5a7a38"))
            return
        sketch.stroke(curve([(0, top + 0.08), (0.04, top - 0.2), (0.14, top - 0.4)], 6), 0.1, hexed("4a3322"))
        leaf = curve(
            [(0.08, top - 0.14), (0.4, top - 0.42), (0.8, top - 0.36), (0.45, top - 0.14)], 6, closed=True
        )
        sketch.polygon(leaf, hexed("4f7f3a"))
        sketch.stroke([(0.1, top - 0.15), (0.42, top - 0.3), (0.76, top - 0.35)], 0.03, hexed("a8c878"), 0.8)


def _vessel(canvas: Canvas, frame: Frame, kind: str, base: Colour, light: float) -> None:
    """Turned on a wheel: a profile, lit across its roundness."""
    x, y = canvas.grid(frame)
    profile: list[Point]
    if kind == "bottle":
        profile = [
            (0.75, 0.0),
            (0.78, -0.3),
            (0.78, -1.9),
            (0.55, -2.3),
            (0.27, -2.5),
            (0.25, -3.2),
            (0.31, -3.25),
            (0.31, -3.4),
        ]
    else:
        profile = [(0.55, 0.0), (0.72, -0.2), (0.88, -0.9), (0.92, -1.35)]
    side = curve(profile, 6)
    mask = canvas.mask(frame, np.concatenate([side, side[::-1] * np.array([-1, 1], np.float32)]))
    half = np.interp(-y, -side[:, 1], side[:, 0])
    around = np.clip(x / np.maximum(half, 0.05), -1, 1)
    tone = _turned(around, light)
    stops = [(0.0, lit(base, 0.3)), (0.5, base), (0.85, lit(base, 1.3)), (1.1, lit(base, 2.2))]
    canvas.blend(mask, ramp(tone, stops))
    with canvas.sketch(frame, 3) as sketch:
        if kind == "cup":
            handle = curve(
                [(0.86 * light, -1.1), (1.4 * light, -1.05), (1.35 * light, -0.5), (0.75 * light, -0.4)], 8
            )
            sketch.line(handle, 0.17, lit(base, 0.8))
            sketch.line(handle + np.array([0, -0.03], np.float32), 0.07, lit(base, 1.4), 0.8)
            sketch.ellipse((0, -1.35), (0.92, 0.2), lit(base, 1.25))
            sketch.ellipse((0, -1.33), (0.82, 0.16), lit(base, 0.55))
            sketch.ellipse((0, -1.29), (0.76, 0.11), hexed("4a2a1a"))
            return
        sketch.polygon([(-0.77, -0.55), (-0.77, -1.45), (0.77, -1.45), (0.77, -0.55)], hexed("e6d8b8"), 0.8)
        sketch.line([(-0.5, -1.15), (0.5, -1.15)], 0.07, hexed("7a3a30"), 0.8)
        sketch.line([(-0.35, -0.9), (0.35, -0.9)], 0.04, hexed("5a4a3a"), 0.8)
        gloss = [(0.45 * light, -1.85), (0.5 * light, -1.2), (0.47 * light, -0.4)]
        sketch.stroke(curve(gloss, 6), 0.12, (1, 1, 1), 0.5)
        sketch.stroke(curve([(0.12 * light, -3.1), (0.13 * light, -2.6)], 6), 0.07, (1, 1, 1), 0.5)


def _turned(around: Array, light: float) -> Array:
    """Light on something round, `around` −1…1 from edge to edge."""
    gloss = np.exp(-(((around - 0.45 * light) / 0.2) ** 2))
    return 0.5 + 0.3 * light * around - 0.28 * around**4 + 0.35 * gloss
