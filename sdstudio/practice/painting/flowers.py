"""Flowers: one large blossom or a few, stems and leaves, a soft garden behind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sdstudio.practice.noise import Array, generator
from sdstudio.practice.painting.canvas import Canvas
from sdstudio.practice.painting.colour import Colour, hexed, lit, mingled, mixed, ramp, turned, varied
from sdstudio.practice.painting.drawing import Point, Random, Sketch, curve, ribbon
from sdstudio.practice.painting.palette import PIGMENTS
from sdstudio.practice.painting.scenery import dabs
from sdstudio.practice.words import Theme, stable_number

_KINDS = ("rose", "poppy", "daisy", "tulip", "sunflower")
_COLOURS = {"rose": "d23a56", "poppy": "e2402c", "daisy": "f6f2ea", "tulip": "e8506a", "sunflower": "f2b822"}


@dataclass(frozen=True, slots=True)
class _Bloom:
    kind: str
    colour: Colour
    light: float


def paint_flowers(canvas: Canvas, theme: Theme, family: int, number: int) -> None:
    """One picture of the theme's flowers: the largest stands where all of the family have theirs."""
    shared = generator(theme.salt, stable_number("garden"), family)
    chance = generator(theme.salt, stable_number("flower"), number)
    kind = theme.subject or _KINDS[int(shared.integers(len(_KINDS)))]
    natural = turned(hexed(_COLOURS[kind]), float(shared.normal(0, 0.03)))
    named = PIGMENTS.get(theme.colour("subject") or theme.colour(""))
    bloom = _Bloom(kind, varied(named or natural, chance, 0.5), -1.0 if shared.integers(2) else 1.0)
    dark = theme.time == "night" or theme.style in ("cinematic", "noir") or shared.uniform() < 0.3
    _garden(canvas, theme, chance, shared, dark=dark)
    size = 0.3 * min(1.0, canvas.right, canvas.bottom)
    others = shared.uniform((-0.36, 0.02, 0.45), (-0.28, 0.2, 0.7), (2, 3))
    others[1, 0] *= -1
    middle = np.array([canvas.right * 0.5, canvas.bottom * 0.42])
    with canvas.sketch(canvas.whole()) as sketch:
        for dx, dy, part in others.tolist():
            place = middle + np.array([dx, dy]) + 0.012 * chance.normal(size=2)
            _flower(sketch, bloom, (float(place[0]), float(place[1])), size * part, chance, canvas.bottom)
        place = middle + 0.008 * chance.normal(size=2)
        _flower(sketch, bloom, (float(place[0]), float(place[1])), size, chance, canvas.bottom)


def _garden(canvas: Canvas, theme: Theme, chance: Random, shared: Random, *, dark: bool) -> None:
    """Out of focus: greens, and the colours of other flowers."""
    low, high = (hexed("0f1d18"), hexed("3f5f48")) if dark else (hexed("4f7a4a"), hexed("dfe8c0"))
    if pigment := PIGMENTS.get(theme.colour("backdrop")):
        low, high = lit(pigment, 0.5), lit(pigment, 1.6)
    field = 0.5 + 0.45 * canvas.clouded(chance, 2.2, 4)
    canvas.fill(ramp(field, [(0.0, low), (0.55, mixed(low, high, 0.55)), (1.1, high)]))
    count = 46
    places = np.stack([chance.uniform(0, canvas.right, count), chance.uniform(0, canvas.bottom, count)], axis=1)
    spots: tuple[Colour, ...] = (
        mixed(low, high, 0.8),
        turned(mixed(low, high, 0.5), 0.06),
        hexed("e8a0a8"),
        hexed("f0d98a"),
    )
    band = chance.choice(4, count, p=(0.42, 0.38, 0.1, 0.1))
    with canvas.sketch(canvas.whole()) as sketch:
        turn = np.linspace(0, 2 * np.pi, 25)[:-1]
        ring = np.stack([np.cos(turn), np.sin(turn)], axis=1)
        discs = (places[:, None, :] + ring * shared.uniform(0.02, 0.09, count)[:, None, None]).astype(
            np.float32
        )
        sketch.polygons(discs, mingled(spots, band, chance), 0.16 if dark else 0.25)


def _flower(sketch: Sketch, bloom: _Bloom, at: Point, size: float, chance: Random, bottom: float) -> None:  # noqa: PLR0917
    x, y = at
    green = varied(hexed("4f8a42"), chance)
    sway = 0.06 * float(chance.normal())
    stem = curve([(x, y + size * 0.2), (x + sway, (y + bottom) / 2), (x + sway * 0.4, bottom + 0.05)], 8)
    sketch.polygon(ribbon(stem, size * 0.13, ((0, 0.8), (1, 1.2))), green)
    sketch.polygon(
        ribbon(stem + np.array([bloom.light * size * 0.03, 0], np.float32), size * 0.04), lit(green, 1.4), 0.6
    )
    for side in (-1, 1):
        root = stem[len(stem) // 2 + 2 * side]
        _leaf(sketch, (float(root[0]), float(root[1])), side, size, green, chance)
    {"rose": _rose, "poppy": _poppy, "tulip": _tulip}.get(bloom.kind, _rayed)(sketch, bloom, at, size, chance)


def _leaf(sketch: Sketch, at: Point, side: int, size: float, green: Colour, chance: Random) -> None:  # noqa: PLR0917
    x, y = at
    long, drop = size * float(chance.uniform(0.8, 1.1)), size * float(chance.uniform(-0.45, -0.1))
    spine = curve([(x, y), (x + side * long * 0.5, y + drop), (x + side * long, y + drop * 0.5)], 7)
    shape = ribbon(spine, size * 0.36, ((0, 0.05), (0.4, 1), (1, 0.02)))
    sketch.polygon(shape, green)
    sketch.polygon(np.concatenate([spine, shape[len(spine) :]]), lit(green, 0.72), 0.8)
    sketch.stroke(spine, size * 0.03, lit(green, 1.5), 0.7)


def _petals(at: Point, count: int, reach: float, wide: float, shift: float, chance: Random) -> Array:  # noqa: PLR0917
    """Outlines of petals around a point: (count, 24, 2)."""
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False) + shift + chance.normal(0, 0.05, count)
    lengths = reach * chance.uniform(0.9, 1.08, count)
    t = np.linspace(0, 1, 12)
    half = wide * reach * np.sin(np.pi * t**0.75) ** 0.8 / 2
    along = np.concatenate([t, t[::-1]])
    aside = np.concatenate([half, -half[::-1]])
    cosine, sine = np.cos(angles)[:, None], np.sin(angles)[:, None]
    forward = along * lengths[:, None]
    x = at[0] + forward * cosine - aside * sine
    y = at[1] + forward * sine + aside * cosine
    return np.stack([x, y], axis=-1).astype(np.float32)


def _ring(sketch: Sketch, bloom: _Bloom, petals: Array, base: Colour, chance: Random) -> None:
    """A ring of petals, each lit by where it points, with a vein and a shaded root."""
    middle = petals.mean(axis=(0, 1))
    out = petals.mean(axis=1) - middle
    toward = out[:, 0] * bloom.light * 0.6 - out[:, 1] * 0.8
    light = 0.95 + 0.28 * toward / (np.abs(toward).max() + 1e-6) + chance.normal(0, 0.04, len(petals))
    colours = np.stack([np.array(lit(base, float(tone))) for tone in light])
    order = chance.permutation(len(petals))
    sketch.polygons(petals[order], colours[order])
    inner = middle + (petals - middle) * 0.55
    sketch.polygons(inner[order].astype(np.float32), np.array(lit(turned(base, -0.015, 1.1), 0.78)), 0.3)
    veins = np.stack([petals[:, 2], (petals[:, 6] + petals[:, 17]) / 2, petals[:, 11]], axis=1)
    sketch.strokes(veins, float(np.ptp(petals[..., 0])) * 0.012, lit(base, 1.35), 0.45)


def _rayed(sketch: Sketch, bloom: _Bloom, at: Point, size: float, chance: Random) -> None:
    """Sunflower and daisy: rays about a disc."""
    big = bloom.kind == "sunflower"
    count, core = (22, 0.46) if big else (19, 0.3)
    for ring in range(2):
        petals = _petals(
            at, count, size * (1.0 - 0.1 * ring), 0.26 if big else 0.2, ring * np.pi / count, chance
        )
        _ring(sketch, bloom, petals, lit(bloom.colour, 0.8 if not ring else 1.0), chance)
    disc = hexed("4a2c18") if big else hexed("e8b030")
    sketch.ellipse(at, (core * size, core * size), lit(disc, 0.7))
    sketch.ellipse(
        (at[0] + bloom.light * 0.05 * size, at[1] - 0.05 * size), (core * size * 0.88, core * size * 0.86), disc
    )
    count = 150
    turn = np.arange(count) * 2.39996
    far = np.sqrt(np.arange(count) / count) * core * size * 0.95
    seeds = np.stack([at[0] + far * np.cos(turn), at[1] + far * np.sin(turn)], axis=1)
    tones = (lit(disc, 0.5), lit(disc, 1.5), hexed("c98a2c"))
    inks = mingled(tones, (np.arange(count) * 7 % 3).astype(np.intp), chance)
    sketch.polygons(dabs(seeds, np.full(count, size * 0.022), 1.0, chance), inks, 0.8)


def _poppy(sketch: Sketch, bloom: _Bloom, at: Point, size: float, chance: Random) -> None:
    """Four or five broad crumpled petals about a dark heart."""
    for ring, count in ((0, 4), (1, 3)):
        petals = _petals(at, count, size * (1.0 - 0.18 * ring), 1.25, 0.5 + ring * 0.8, chance)
        petals += (0.02 * size * chance.normal(size=petals.shape)).astype(np.float32)
        _ring(sketch, bloom, petals, lit(bloom.colour, 0.85 + 0.15 * ring), chance)
    folds = _petals(at, 26, size * 0.85, 0.035, 0.1, chance)
    sketch.polygons(folds, np.array(lit(bloom.colour, 0.6)), 0.35)
    heart = hexed("1d1820")
    sketch.ellipse(at, (0.2 * size, 0.19 * size), heart)
    stamens = _petals(at, 30, size * 0.33, 0.05, 0, chance)
    sketch.polygons(stamens, np.array(heart), 0.8)
    tips = stamens[:, 11]
    sketch.polygons(dabs(tips, np.full(30, size * 0.022), 1.0, chance), np.array(hexed("3a3040")))
    sketch.ellipse(at, (0.11 * size, 0.1 * size), hexed("8fa05a"))
    sketch.polygons(_petals(at, 9, size * 0.1, 0.2, 0, chance), np.array(hexed("4a5a30")))


def _rose(sketch: Sketch, bloom: _Bloom, at: Point, size: float, chance: Random) -> None:
    """Rings of petals that close towards the heart."""
    x, y = at
    rings = ((1.0, 6, 0.0), (0.84, 6, 0.5), (0.68, 5, 0.9), (0.52, 5, 0.2), (0.37, 4, 0.7), (0.23, 3, 0.3))
    for rank, (reach, count, shift) in enumerate(rings):
        tone = lit(turned(bloom.colour, -0.006 * rank), 1.08 - 0.085 * rank)
        angles = np.linspace(0, 2 * np.pi, count, endpoint=False) + shift + chance.normal(0, 0.06, count)
        for angle in angles.tolist():
            light = 0.5 + 0.5 * (np.cos(angle) * bloom.light * 0.6 - np.sin(angle) * 0.8)
            centre = (x + 0.45 * reach * size * np.cos(angle), y + 0.42 * reach * size * np.sin(angle))
            round_ = np.linspace(0, 2 * np.pi, 17)[:-1]
            wide = reach * size * 0.56 * (1 + 0.05 * chance.normal(size=16))
            rim = np.stack(
                [centre[0] + wide * np.cos(round_), centre[1] + wide * 0.95 * np.sin(round_)], axis=1
            )
            shape = curve(rim, 3, closed=True)
            sketch.polygon(shape, lit(tone, 0.5 + 0.2 * float(light)))
            inner = shape + np.array([-0.03 * np.cos(angle), -0.03 * np.sin(angle)], np.float32) * size
            sketch.polygon(inner, lit(tone, 0.8 + 0.35 * float(light)))
            edge = curve([(float(a), float(b)) for a, b in shape[_facing(angle)]], 3)
            sketch.stroke(edge, 0.03 * size, lit(tone, 1.5), 0.55)
    sketch.ellipse((x, y - 0.01), (0.09 * size, 0.07 * size), lit(bloom.colour, 0.4))


def _facing(angle: float) -> list[int]:
    """Indices of a 48-point rim that face an angle."""
    start = int(angle / (2 * np.pi) * 48) - 8
    return [(start + step) % 48 for step in range(0, 17, 4)]


def _tulip(sketch: Sketch, bloom: _Bloom, at: Point, size: float, chance: Random) -> None:
    """A cup of pointed petals seen from the side."""
    x, y = at
    lean = 0.05 * float(chance.normal())

    def petal(left: float, right: float, tip: float, top: float) -> Array:
        points = [(0, 0.55), (left * 0.8, 0.35), (left, -0.1), (tip, top), (right, -0.1), (right * 0.8, 0.35)]
        return curve([(x + (a + lean * (0.5 - b)) * size, y + b * size) for a, b in points], 7, closed=True)

    for left, right, tip, top, tone in (
        (-0.3, 0.25, -0.12, -0.78, 0.6),
        (-0.25, 0.3, 0.14, -0.76, 0.62),
        (-0.52, 0.06, -0.4, -0.72, 0.85 - 0.12 * bloom.light),
        (-0.06, 0.52, 0.4, -0.72, 0.85 + 0.12 * bloom.light),
        (-0.33, 0.33, 0.02, -0.66, 1.02),
    ):
        shape = petal(left, right, tip + 0.02 * float(chance.normal()), top)
        sketch.polygon(shape, lit(bloom.colour, tone * 0.8))
        middle = shape.mean(axis=0)
        sketch.polygon(middle + (shape - middle) * np.float32(0.88), lit(bloom.colour, tone))
        for part in (-0.5, 0.0, 0.5):
            foot = (x + 0.5 * part * (right - left) * 0.5 * size, y + 0.45 * size)
            vein = curve(
                [
                    foot,
                    (x + (tip + part * 0.2) * size * 0.8, y - 0.1 * size),
                    (x + tip * size, y + top * size * 0.85),
                ],
                5,
            )
            sketch.stroke(vein, 0.022 * size, lit(bloom.colour, tone * 1.3), 0.4)
