"""Eyes and brows, in the face's coordinates (see `face`)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sdstudio.practice.noise import Array
from sdstudio.practice.painting.colour import lit, mixed
from sdstudio.practice.painting.drawing import Point, Points, Sketch, curve, ribbon
from sdstudio.practice.painting.person import Person

EYE = 0.44  # from the middle of the face to an eye's centre
_HALF = 0.235  # half an eye's width


@dataclass(frozen=True, slots=True)
class _Lids:
    """The upper and lower edge of one eye, from the nose outwards."""

    upper: Array
    under: Array

    def between(self, centre: Point, radius: float, wide: float, high: float) -> Array:
        """An ellipse about `centre`, cut off by the lids."""
        angles = np.linspace(0, 2 * np.pi, 41)[:-1]
        x, y = centre[0] + wide * radius * np.cos(angles), centre[1] + high * radius * np.sin(angles)
        return np.stack([x, np.clip(y, _height(self.upper, x), _height(self.under, x))], axis=1)


def _height(edge: Array, x: Array) -> Array:
    order = np.argsort(edge[:, 0])
    rising = edge[order]
    return np.interp(x, rising[:, 0], rising[:, 1]).astype(np.float32)


def paint_eye(sketch: Sketch, person: Person, side: int) -> None:
    """The eye on one side, −1 being the viewer's left."""
    centre = side * EYE + 0.16 * person.turn
    wide = _HALF * (1 - 0.12 * max(0.0, side * person.turn))

    def placed(points: Points) -> Array:
        return curve([(centre + side * x * wide, y * _HALF) for x, y in points], 10)

    narrow = 1 - 0.18 * max(0.0, person.smile) - 0.15 * person.age - 0.14 * person.masculine
    top = [(-1.0, 0.16), (-0.55, -0.3 * narrow), (0.05, -0.52 * narrow), (0.62, -0.33 * narrow), (1.05, -0.1)]
    low = [(-1.0, 0.16), (-0.55, 0.32), (0.05, 0.4), (0.6, 0.3), (1.05, -0.1)]
    lids = _Lids(placed(top), placed(low))
    shade = lit(person.skin, 0.45)
    sketch.polygon(np.concatenate([lids.upper, lids.under[::-1]]), mixed((0.93, 0.91, 0.89), shade, 0.14))
    _iris(sketch, person, (centre + 0.1 * person.turn, -0.03 * _HALF), lids)
    sketch.polygon(_band(lids.upper, 0.05), (0.1, 0.06, 0.08), 0.4)  # the lid's shadow on the eye
    sketch.polygon(_band(lids.upper, -0.11), mixed(person.skin, shade, 0.6), 0.5)
    sketch.polygon(_band(lids.under, 0.045), lit(person.skin, 1.1), 0.3)
    sketch.ellipse((centre - side * 0.92 * wide, 0.12 * _HALF), (0.022, 0.02), (0.8, 0.5, 0.47), 0.8)
    crease = placed([(x, y - 0.3) for x, y in top[1:]])
    sketch.stroke(crease, 0.035, shade, 0.55)
    _lashes(sketch, person, lids, side)


def _band(edge: Array, high: float) -> Array:
    return np.concatenate([edge, edge[::-1] + np.array([0, high], np.float32)])


def _lashes(sketch: Sketch, person: Person, lids: _Lids, side: int) -> None:
    colour = mixed(lit(person.hair, 0.3), (0.05, 0.03, 0.03), 0.6)
    thick = 0.035 if person.masculine else 0.065
    rising = np.linspace(0.25, 1.0, len(lids.upper), dtype=np.float32)[:, None] * np.array(
        [0, -thick], np.float32
    )
    sketch.polygon(np.concatenate([lids.upper, (lids.upper + rising)[::-1]]), colour)
    sketch.line(lids.under, 0.014, mixed(colour, person.skin, 0.35), 0.7)
    if person.masculine:
        return
    end = lids.upper[-1]
    sketch.polygon(end + np.array([(0, 0), (side * 0.09, -0.075), (-side * 0.09, -0.06)], np.float32), colour)
    roots = lids.upper[len(lids.upper) // 2 :: 4]
    bend = np.array([(0, 0), (side * 0.015, -0.06), (side * 0.05, -0.1)], np.float32)
    sketch.strokes(roots[:, None, :] + bend, 0.02, colour, 0.8)


def _iris(sketch: Sketch, person: Person, at: Point, lids: _Lids) -> None:
    x, y = at
    radius = 0.52 * _HALF

    def disc(part: float, down: float = 0.0, flat: float = 1.0) -> Array:
        return lids.between((x, y + down * radius), radius, part, part * flat)

    sketch.polygon(disc(1.0), lit(person.eyes, 0.34))
    sketch.polygon(disc(0.86, 0.04), lit(person.eyes, 0.8))
    sketch.polygon(disc(0.66, 0.28, 0.8), lit(person.eyes, 1.3), 0.85)
    rim = disc(0.82)[::3]
    rays = np.stack([np.broadcast_to(np.array(at), rim.shape), (rim + at) / 2, rim], axis=1)
    sketch.strokes(rays, 0.016, lit(person.eyes, 1.6), 0.3)
    sketch.polygon(disc(0.42), (0.02, 0.02, 0.03))
    away = 0.3 * radius * person.light
    sketch.ellipse((x + away, y - 0.34 * radius), (0.23 * radius, 0.23 * radius), (1, 1, 1))
    sketch.ellipse((x - away, y + 0.42 * radius), (0.12 * radius, 0.1 * radius), (1, 1, 1), 0.5)


def paint_brow(sketch: Sketch, person: Person, side: int) -> None:
    """The brow over the eye on one side."""
    centre, lift = 0.14 * person.turn, 0.04 * person.smile
    spine = [(0.15, -0.28 - 0.2 * lift), (0.42, -0.37 - lift), (0.64, -0.36 - lift), (0.83, -0.2 - lift)]
    line = curve([(centre + side * x, y) for x, y in spine])
    thick = 0.15 if person.masculine else 0.1
    shape = ribbon(line, thick, ((0, 0.55), (0.25, 1), (0.6, 0.75), (1, 0.05)))
    sketch.polygon(shape, mixed(lit(person.hair, 0.5), person.skin, 0.2), 0.72)
    roots = line[1:-3]
    lean = side * np.linspace(0.02, 0.07, len(roots))
    high = thick * person.combing().normal(0.4, 0.15, len(roots))
    half = np.stack([lean, -high], axis=1)
    hairs = np.stack([roots - half, roots, roots + half], axis=1).astype(np.float32)
    sketch.strokes(hairs, 0.022, lit(person.hair, 0.4), 0.45)
