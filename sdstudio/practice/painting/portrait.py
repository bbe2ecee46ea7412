"""A head-and-shoulders portrait: backdrop, hair, neck, clothes, face and light."""

from __future__ import annotations

import numpy as np

from sdstudio.practice.noise import generator
from sdstudio.practice.painting.canvas import Canvas, spot
from sdstudio.practice.painting.colour import lit, mingled, ramp
from sdstudio.practice.painting.drawing import Frame, Random, arcs, curve
from sdstudio.practice.painting.face import paint_face, skin_ramp
from sdstudio.practice.painting.hair import paint_back, paint_front
from sdstudio.practice.painting.person import Person
from sdstudio.practice.painting.sitters import backdrop, sitter
from sdstudio.practice.painting.wall import paint_wall
from sdstudio.practice.words import Theme, stable_number

_SOFT = ("cinematic", "photo", "neon")  # styles with a shallow focus


def paint_portrait(canvas: Canvas, theme: Theme, family: int, number: int) -> None:
    """One picture of the theme's people; pictures of a family show the same one."""
    person = sitter(theme, family, number)
    chance = generator(theme.salt, stable_number("portrait"), number)
    frame = Frame(
        canvas.width * 0.5 + canvas.short * 0.003 * chance.normal(),
        canvas.height * 0.44 + canvas.short * 0.003 * chance.normal(),
        0.2 * min(canvas.height, canvas.width * 1.2) * (1 + 0.006 * chance.normal()),
        0.005 * chance.normal(),
    )
    if not theme.setting:
        paint_wall(canvas, backdrop(theme, family, number), chance, soft=theme.style in _SOFT)
    paint_back(canvas, frame, person)
    _neck(canvas, frame, person)
    _clothes(canvas, frame, person, chance)
    paint_face(canvas, frame, person)
    paint_front(canvas, frame, person)


def _neck(canvas: Canvas, frame: Frame, person: Person) -> None:
    canvas, frame = canvas.part(frame, (-1.3, 0.8, 1.3, 3.7))
    neck = 0.58 if person.masculine else 0.46
    right = [(neck, 0.9), (neck, 1.7), (neck * 1.5, 2.15), (1.2, 2.4), (1.2, 3.6)]
    shape = curve([*right, *((-x, y) for x, y in reversed(right))], closed=True)
    x, y = canvas.grid(frame)
    light = 0.62 + person.contrast * 0.36 * person.light * x - 0.06 * np.abs(x)
    for centre, radii, amount in (
        ((-0.1 * person.light, 1.35), (0.75, 0.5), -0.42),
        ((0.3 * person.light, 2.35), (0.4, 0.12), 0.1),
        ((0, 2.3), (0.12, 0.25), -0.08),
    ):
        light += np.float32(amount) * spot(x, y, centre, radii)
    canvas.blend(canvas.mask(frame, shape), ramp(light, skin_ramp(person)))


def _clothes(canvas: Canvas, frame: Frame, person: Person, chance: Random) -> None:
    canvas, frame = canvas.part(frame, (-12, 1.9, 12, 6))
    broad, neck, dip = (2.25, 0.58, 2.45) if person.masculine else (1.95, 0.46, 2.85)
    collar = [(-neck * 1.4, 2.08), (-neck * 0.9, 2.4), (0.0, dip), (neck * 0.9, 2.4), (neck * 1.4, 2.08)]
    sides = [(1.15, 2.3), (broad, 2.75), (broad * 1.15, 6.0)]
    shape = curve([*collar, *sides, *((-x, y) for x, y in reversed(sides))], closed=True)
    x, y = canvas.grid(frame)
    light = 0.55 + person.contrast * 0.15 * person.light * x + 0.12 * canvas.clouded(chance, 5, 3)
    light -= 0.1 * (y - 2.6) + 0.25 * spot(x, y, (0, 2.2), (0.8, 0.3))
    tones = [(0.0, lit(person.cloth, 0.25)), (0.5, person.cloth), (1.0, lit(person.cloth, 1.5))]
    canvas.blend(canvas.mask(frame, shape), ramp(light, tones))
    with canvas.sketch(frame) as sketch:
        edge = curve(collar)
        sketch.line(edge, 0.05, lit(person.cloth, 0.5), 0.8)
        sketch.stroke(edge + np.array([0, 0.06], np.float32), 0.04, lit(person.cloth, 1.4), 0.6)
        places = np.stack([chance.uniform(-broad, broad, 30), chance.uniform(2.8, 3.5, 30)], axis=1)
        angles = np.pi / 2 - 0.3 * places[:, 0] / broad + chance.normal(0, 0.2, 30)
        folds = arcs(places, angles, chance.uniform(0.2, 0.6, 30), chance.normal(0, 0.12, 30))
        sketch.strokes(
            folds,
            0.1,
            mingled([lit(person.cloth, 0.6), lit(person.cloth, 1.5)], chance.integers(0, 2, 30), chance),
            0.3,
        )
