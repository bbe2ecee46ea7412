"""Hair: the mass behind the head and the locks in front of it, combed between guide lines.

Coordinates are the face's (see `face`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sdstudio.practice.noise import Array
from sdstudio.practice.painting.canvas import Canvas, spot
from sdstudio.practice.painting.colour import lit
from sdstudio.practice.painting.drawing import Frame, Point, Random, Sketch, curve
from sdstudio.practice.painting.person import Person


@dataclass(frozen=True, slots=True)
class Cut:
    """A way to wear hair: how far down it falls, how wide, and how it waves."""

    length: float
    wide: float
    wave: float = 0.012
    turns: float = 1.2


CUTS = {
    "long": Cut(2.9, 1.3),
    "wavy": Cut(2.6, 1.42, 0.08, 2.2),
    "curly": Cut(1.9, 1.62, 0.12, 4.6),
    "bob": Cut(1.25, 1.34),
    "bun": Cut(0.25, 1.1),
    "short": Cut(0.05, 1.05),
}


@dataclass(frozen=True, slots=True)
class Lock:
    """A bundle of strands between two guide lines."""

    inner: list[Point]
    outer: list[Point]
    count: int
    tone: float = 1.0


def paint_back(canvas: Canvas, frame: Frame, person: Person) -> None:
    """What is seen behind neck and face."""
    cut = CUTS.get(person.style)
    if cut is None:
        return
    wide, length = cut.wide, cut.length
    right = [(0.62, -1.66), (1.06, -1.2), (wide * 0.95, -0.4)]
    if length > 1:
        right += [(wide, 0.5), (wide * 1.02, length * 0.7), (wide * 0.82, length), (0.4, length * 0.97)]
    else:
        right += [(1.0, length), (0.6, length + 0.5)]
    shape = curve([(0.0, -1.78), *right, *((-x, y) for x, y in reversed(right))], closed=True)
    locks = [
        Lock(
            [(side * 0.5, -0.6), (side * 0.62, 0.6), (side * 0.55, length)],
            [(side * 0.95, -1.2), (side * wide * 0.98, 0.5), (side * wide * 0.86, length)],
            30,
            0.7,
        )
        for side in (-1, 1)
        if length > 1
    ]
    with canvas.sketch(frame) as sketch:
        if person.style == "bun":
            _bun(sketch, person)
        sketch.polygon(shape, lit(person.hair, 0.42))
    _comb(canvas, frame, person, cut, locks)


def paint_front(canvas: Canvas, frame: Frame, person: Person) -> None:
    """Locks from the parting over the temples, a fringe, or a short cut."""
    cut = CUTS.get(person.style)
    if cut is None:
        return
    locks = _short(person) if person.style == "short" else [_side(person, cut, side) for side in (-1, 1)]
    if person.fringe:
        locks += _fringe()
    _shadow(canvas, frame, locks)
    _comb(canvas, frame, person, cut, locks)


def _side(person: Person, cut: Cut, side: int) -> Lock:
    top, wide, length = person.part, cut.wide, cut.length
    if person.style == "bun":
        inner = [(top, -1.2), (top + side * 0.45, -1.05), (side * 0.88, -0.62), (side * 0.99, -0.1)]
        outer = [(top, -1.74), (side * 0.7, -1.62), (side * 1.1, -0.95), (side * 1.05, -0.1)]
    else:
        inner = [
            (top, -1.2),
            (top + side * 0.42, -1.0),
            (side * 0.84, -0.55),
            (side * 0.93, 0.35),
            (side * 0.9, length),
        ]
        outer = [
            (top, -1.78),
            (side * 0.72, -1.66),
            (side * 1.16, -0.8),
            (side * wide, 0.45),
            (side * wide * 0.9, length),
        ]
    return Lock(inner, outer, 54)


def _fringe() -> list[Lock]:
    middle = [(0.0, -1.6), (0.02, -1.05), (0.02, -0.42)]
    sides = [[(s * 0.25, -1.5), (s * 0.72, -1.05), (s * 0.88, -0.3)] for s in (-1, 1)]
    return [Lock(side, middle, 30) for side in sides]


def _short(person: Person) -> list[Lock]:
    s = 1 if person.part >= 0 else -1
    return [
        Lock(
            [(-s * 0.5, -1.1), (-s * 0.86, -0.85), (-s * 0.97, -0.15)],
            [(-s * 0.3, -1.7), (-s * 0.98, -1.25), (-s * 1.04, -0.15)],
            26,
            0.85,
        ),
        Lock(
            [(s * 0.5, -1.05), (s * 0.88, -0.8), (s * 0.97, -0.15)],
            [(s * 0.4, -1.6), (s * 1.0, -1.2), (s * 1.04, -0.15)],
            24,
            0.85,
        ),
        Lock(
            [(-s * 0.62, -1.02), (s * 0.15, -1.2), (s * 0.92, -0.85)],
            [(-s * 0.72, -1.35), (s * 0.05, -1.92), (s * 1.0, -1.2)],
            44,
        ),
    ]


def _bun(sketch: Sketch, person: Person) -> None:
    chance = person.combing()
    sketch.ellipse((0.08, -1.92), (0.5, 0.4), lit(person.hair, 0.6))
    angle, near = chance.uniform(0, 6.3, (36, 1)), chance.uniform(0.1, 0.34, (36, 1))
    turn = angle + np.linspace(0, 1.4, 5)
    rings = np.stack([0.08 + near * 1.25 * np.cos(turn), -1.92 + near * np.sin(turn)], axis=-1)
    colours = np.clip(np.array(person.hair) * chance.uniform(0.5, 1.4, (36, 1)), 0, 1)
    sketch.strokes(rings.astype(np.float32), 0.05, colours.astype(np.float32), 0.7)


def _shadow(canvas: Canvas, frame: Frame, locks: list[Lock]) -> None:
    """What the front hair throws on the face."""
    head, frame = canvas.part(frame, (-1.3, -1.9, 1.3, 1.2))
    lower = Frame(frame.x, frame.y + 0.07 * frame.unit, frame.unit, frame.tilt)
    head.shade(1 - 0.38 * head.mask(lower, *(_shape(lock) for lock in locks), soft=0.05))


def _shape(lock: Lock) -> Array:
    return np.concatenate([curve(lock.inner), curve(lock.outer)[::-1]])


def _comb(canvas: Canvas, frame: Frame, person: Person, cut: Cut, locks: list[Lock]) -> None:
    """All strands of some locks, then the light on them."""
    if not locks:
        return
    chance = person.combing()
    part, frame = canvas.part(frame, (-1.9, -2.1, 1.9, cut.length + 0.4))
    before = part.picture[..., 1].copy()
    with part.sketch(frame) as sketch:
        for lock in locks:
            sketch.polygon(_shape(lock), lit(person.hair, 0.6 * lock.tone))
            _strands(sketch, person, lock, chance, part.detail)
    combed = np.maximum(np.abs(part.picture[..., 1] - before) > 0.006, part.mask(frame, *map(_shape, locks)))
    x, y = part.grid(frame)
    part.shade(1 + (_sheen(person, x, y) - 1) * combed)


def _strands(sketch: Sketch, person: Person, lock: Lock, chance: Random, detail: float) -> None:
    cut = CUTS[person.style]
    first, last = curve(lock.inner, 5), curve(lock.outer, 5)
    along = np.linspace(0, 1, len(first), dtype=np.float32)
    across, shift, tone, width, reach = (chance.uniform(0, 1, lock.count) for _ in range(5))
    across[::3] = np.linspace(-0.03, 1.03, len(across[::3]))
    drawn = np.arange(lock.count)
    drawn = drawn[(drawn % 3 == 0) | (drawn < detail * lock.count)]
    across, shift, tone, width, reach = (
        some[drawn].astype(np.float32) for some in (across, shift, tone, width, reach)
    )
    strands = first + (last - first) * across[:, None, None]
    phase = np.float32(6.28) * (cut.turns * along + np.float32(0.35) * across[:, None]) + shift[:, None]
    strands[..., 0] += cut.wave * along * np.sin(phase) + np.float32(0.02) * (shift[:, None] - np.float32(0.5))
    strands[..., 1] += np.float32(0.25) * along**3 * (reach[:, None] - np.float32(0.5))
    colours = np.clip(
        np.array(person.hair, np.float32) * (np.float32(0.55) + np.float32(0.75) * tone[:, None]), 0, 1
    )
    colours *= np.float32(lock.tone)
    sketch.strokes(strands, np.float32(0.045) + np.float32(0.06) * width, colours, 0.75)


def _sheen(person: Person, x: Array, y: Array) -> Array:
    """Light on combed hair: a band over the crown and another where it falls, brighter towards the light."""
    toward = np.float32(0.55) + np.float32(0.45) * np.tanh(2 * person.light * x)
    band = np.exp(-(((y + 0.95 + 0.25 * np.abs(x)) / 0.36) ** 2)) + 0.4 * spot(0 * x, y, (0, 1.0), (1, 0.5))
    return 0.72 + 0.25 * person.contrast * toward + (0.3 + 0.3 * person.contrast) * toward * band
