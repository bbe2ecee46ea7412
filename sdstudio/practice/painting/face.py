"""A face modelled by light, with nose and mouth; the eyes are in `eyes`.

Coordinates of all heads: the origin lies between the eyes, one unit is half the face's width at the cheekbones, y
goes down. The crown is near −1.6, the chin near 1.5.
"""

from __future__ import annotations

import numpy as np

from sdstudio.practice.noise import Array
from sdstudio.practice.painting.canvas import Canvas, blurred, spot
from sdstudio.practice.painting.colour import Colour, lit, mingled, mixed, ramp, turned
from sdstudio.practice.painting.drawing import Frame, Sketch, arcs, curve
from sdstudio.practice.painting.eyes import EYE, paint_brow, paint_eye
from sdstudio.practice.painting.person import Person

_HEAD = ((0.0, -1.5), (0.5, -1.38), (0.86, -0.9), (0.965, -0.25), (0.955, 0.2))
_JAW = ((0.86, 0.7), (0.63, 1.12), (0.33, 1.42), (0.0, 1.5))
_STRONG_JAW = ((0.91, 0.72), (0.78, 1.16), (0.42, 1.5), (0.0, 1.58))


def outline(person: Person) -> Array:
    """The face's closed outline."""
    right = [*_HEAD, *(_STRONG_JAW if person.masculine else _JAW)]
    points = [*right, *((-x, y) for x, y in reversed(right[1:-1]))]
    return curve([(x * (1 + 0.05 * person.turn * np.sign(x)), y) for x, y in points], closed=True)


def paint_face(canvas: Canvas, frame: Frame, person: Person) -> None:
    """The head without hair."""
    head, frame = canvas.part(frame, (-1.25, -1.7, 1.25, 1.75))
    if person.style in ("short", "bun", "bald"):
        _ears(head, frame, person)
    mask = head.mask(frame, outline(person))
    head.blend(mask, _skin(head, frame, person, mask))
    with head.sketch(frame, 3) as sketch:
        _nose(sketch, person)
        if person.beard > 0.5:
            _beard(sketch, person)
        _mouth(sketch, person)
        for side in (-1, 1):
            paint_eye(sketch, person, side)
            paint_brow(sketch, person, side)


def skin_ramp(person: Person) -> list[tuple[float, Colour]]:
    """Skin from deep shadow to highlight."""
    skin = person.skin
    return [
        (0.0, turned(lit(skin, 0.26), -0.02, 1.1)),
        (0.35, turned(lit(skin, 0.58), -0.014, 1.2)),
        (0.7, skin),
        (0.92, turned(lit(skin, 1.14), 0.005, 0.95)),
        (1.15, turned(lit(skin, 1.45), 0.01, 0.9)),
    ]


def _skin(canvas: Canvas, frame: Frame, person: Person, mask: Array) -> Array:
    x, y = canvas.grid(frame)
    chance = person.chance()
    light = _modelling(person, x - np.float32(0.16 * person.turn), y)
    bulge = np.sqrt(np.clip(1 - (x / 1.12) ** 2 - ((y - 0.05) / 1.9) ** 2, 0.02, 1))
    light += 0.36 + 0.36 * bulge + person.contrast * (0.34 * person.light * x - 0.05 * y)
    light -= 0.24 * (1 - blurred(mask, 0.16 * frame.unit))
    light += 0.035 * canvas.clouded(chance, 9, 3)
    colours = ramp(light, skin_ramp(person))
    for centre, radii, amount in (
        ((-0.56, 0.42), (0.3, 0.22), 0.3),
        ((0.56, 0.42), (0.3, 0.22), 0.3),
        ((0, 0.54), (0.17, 0.12), 0.2),
    ):
        _glow(colours, spot(x, y, centre, radii) * amount, mixed(person.skin, (0.86, 0.30, 0.27), 0.7))
    if person.beard:
        chin = spot(x, y, (0, 1.25), (0.85, 0.5)) * 1.5 - spot(x, y, (0, 0.35), (0.75, 0.42)) * 1.6
        _glow(colours, np.clip(chin, 0, 1) * person.beard, lit(person.hair, 0.8))
    return colours


def _glow(colours: Array, mask: Array, colour: Colour) -> None:
    colours += (np.array(colour, np.float32) - colours) * mask[..., None]


def _modelling(person: Person, x: Array, y: Array) -> Array:
    """Light and shadow of the features: what stands out and what lies back."""
    side, force, old = person.light, person.contrast, person.age
    light = np.zeros_like(x)
    spots = [
        ((-side * 0.16, 0.32), (0.09, 0.34), -0.2 * force),
        ((side * 0.02, 0.15), (0.065, 0.4), 0.16),
        ((side * 0.02, 0.53), (0.09, 0.08), 0.18),
        ((-side * 0.04, 0.78), (0.2, 0.07), -0.16),
        ((0, 0.86), (0.05, 0.09), -0.05),
        ((0, 1.2), (0.24, 0.06), -0.14),
        ((side * 0.04, 1.36), (0.18, 0.09), 0.09),
        ((side * 0.15, -0.62), (0.5, 0.3), 0.08),
        ((0, -0.22), (0.12, 0.1), -0.03),
    ]
    for eye in (-1, 1):
        spots += [
            ((eye * EYE, -0.1), (0.36, 0.14), -0.17),
            ((eye * 0.18, -0.08), (0.09, 0.2), -0.16),
            ((eye * EYE, -0.27), (0.24, 0.05), 0.07),
            ((eye * 0.46, 0.2), (0.22, 0.05), -0.06 - 0.06 * old),
            ((eye * 0.58, 0.25), (0.26, 0.15), 0.07),
            ((eye * 0.2, 0.6), (0.08, 0.08), -0.1),
            ((eye * 0.4, 0.78), (0.06, 0.26), -0.03 - 0.1 * old - 0.05 * max(0.0, person.smile)),
            ((eye * 0.75, 0.75), (0.2, 0.35), -0.07),
        ]
    for centre, radii, amount in spots:
        light += np.float32(amount) * spot(x, y, centre, radii)
    return light


def _ears(canvas: Canvas, frame: Frame, person: Person) -> None:
    with canvas.sketch(frame) as sketch:
        for side in (-1, 1):
            rim = [(0.9, -0.12), (1.06, -0.2), (1.12, 0.05), (1.04, 0.38), (0.92, 0.5)]
            shell = curve([(side * x, y) for x, y in rim])
            tone = 0.82 if side == person.light else 0.5
            sketch.polygon(shell, turned(lit(person.skin, tone), -0.01, 1.15))
            sketch.stroke(shell * (0.97, 0.8), 0.04, lit(person.skin, 0.45), 0.5)


def _nose(sketch: Sketch, person: Person) -> None:
    x = 0.2 * person.turn
    dark = mixed(lit(person.skin, 0.3), (0.35, 0.1, 0.08), 0.3)
    for side in (-1, 1):
        nostril = [
            (x + side * 0.05, 0.655),
            (x + side * 0.1, 0.63),
            (x + side * 0.15, 0.66),
            (x + side * 0.09, 0.685),
        ]
        sketch.polygon(curve(nostril, 6, closed=True), dark, 0.75)
        wing = curve([(x + side * 0.185, 0.5), (x + side * 0.225, 0.6), (x + side * 0.16, 0.69)])
        sketch.stroke(wing, 0.04, dark, 0.3 if side == person.light else 0.5)
    ridge = [(x - 0.06 * person.light, 0.5), (x - 0.1 * person.light, 0.2), (x - 0.14 * person.light, -0.1)]
    sketch.stroke(curve(ridge), 0.07, dark, 0.07)
    sketch.ellipse((x + 0.035 * person.light, 0.53), (0.035, 0.03), lit(person.skin, 1.6), 0.5)


def _beard(sketch: Sketch, person: Person) -> None:
    """Hair about the jaw, longer towards the chin, and on the upper lip."""
    chance, count = person.combing(), 230
    turn = chance.uniform(-1.35, 1.35, count)
    deep = chance.uniform(0.72, 1.02, count)
    places = np.stack([0.84 * deep * np.sin(turn), 0.55 + 0.95 * deep * np.cos(turn)], axis=1)
    places[:40] = np.stack(
        [chance.uniform(-0.36, 0.36, 40), 0.86 + 0.25 * chance.uniform(-0.3, 0.3, 40) ** 2], axis=1
    )
    angles = np.pi / 2 - 0.5 * places[:, 0] + chance.normal(0, 0.16, count)
    angles[:40] = np.where(places[:40, 0] > 0, 0.45, np.pi - 0.45)
    lines = arcs(places, angles, chance.uniform(0.1, 0.24, count), chance.normal(0, 0.12, count), 5)
    inks = mingled(
        (lit(person.hair, 0.62), person.hair, lit(person.hair, 1.25)), chance.integers(0, 3, count), chance
    )
    sketch.strokes(lines, 0.045, inks, 0.8)


def _mouth(sketch: Sketch, person: Person) -> None:
    x, y, smile = 0.17 * person.turn, 1.0, person.smile
    wide, corner = 0.35 + 0.05 * smile, y - 0.05 * smile
    full = 0.65 if person.masculine else 1.0
    right = [(0.07, -0.115), (0.2, -0.075)]
    top = [(x - wide, corner), *((x - a, y + b * full) for a, b in reversed(right)), (x, y - 0.09 * full)]
    top += [*((x + a, y + b * full) for a, b in right), (x + wide, corner)]
    low = [(x + wide, corner), (x + 0.21, y + 0.1 * full), (x, y + 0.15 * full), (x - 0.21, y + 0.1 * full)]
    middle = [(x - wide, corner), (x - 0.14, y + 0.014), (x, y), (x + 0.14, y + 0.014), (x + wide, corner)]
    between = curve(middle)
    sketch.polygon(np.concatenate([curve(top), between[::-1]]), lit(person.lips, 0.76))
    sketch.polygon(np.concatenate([between, curve([*low, (x - wide, corner)])]), person.lips)
    for high, alpha in ((0.1, 0.25), (0.06, 0.3)):
        shine = [
            (x - high * 2, y + 0.06),
            (x, y + 0.075 - high / 3),
            (x + high * 2, y + 0.06),
            (x, y + 0.07 + high / 3),
        ]
        sketch.polygon(curve(shine, 6, closed=True), lit(person.lips, 1.55), alpha)
    sketch.stroke(between, 0.03, lit(person.lips, 0.3), 0.9)
    for end in (between[0], between[-1]):
        sketch.ellipse((float(end[0]), float(end[1])), (0.03, 0.025), lit(person.skin, 0.5), 0.45)
