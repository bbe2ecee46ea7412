"""A wood from inside: light behind, trunks before it, leaves above, ferns below."""

from __future__ import annotations

import numpy as np

from sdstudio.practice.noise import generator
from sdstudio.practice.painting.canvas import Canvas, spot
from sdstudio.practice.painting.colour import Colour, hexed, lit, mingled, mixed, ramp
from sdstudio.practice.painting.drawing import Point, Random, Sketch, arcs, curve, ribbon
from sdstudio.practice.painting.scenery import Scene, below, columns, dabs, paint_grass, skyline
from sdstudio.practice.painting.schemes import scheme_of
from sdstudio.practice.words import Theme, stable_number


def paint_forest(canvas: Canvas, theme: Theme, family: int, number: int) -> None:
    """One view into the theme's wood."""
    shared = generator(theme.salt, stable_number("wood"), family)
    chance = generator(theme.salt, stable_number("forest"), number)
    sun_x = canvas.right * float(shared.uniform(0.38, 0.62))
    scene = Scene(canvas, theme, scheme_of(theme, family), chance, sun_x)
    floor = canvas.bottom * float(shared.uniform(0.66, 0.74))
    birch = bool(shared.uniform() < 0.3)
    _light(scene, floor)
    for depth in range(3):
        _leaves(scene, floor, depth)
        _trunks(scene, shared, floor, depth, birch=birch)
    _floor(scene, floor)
    _shafts(scene, floor)
    _fore(scene, shared, birch=birch)
    greens = (
        lit(scene.scheme.leaves, 1.25),
        scene.scheme.leaves,
        mixed(scene.scheme.leaves, scene.scheme.dark, 0.6),
    )
    paint_grass(scene, floor + 0.06, canvas.bottom + 0.03, greens, 260)


def _glow(scene: Scene) -> Colour:
    return mixed(mixed(scene.scheme.horizon, scene.scheme.light, 0.5), scene.scheme.leaves, 0.12)


def _light(scene: Scene, floor: float) -> None:
    """What shines through: bright in the middle, green towards the edges."""
    canvas, scheme = scene.canvas, scene.scheme
    x, y = canvas.grid(canvas.whole())
    bright = spot(x, y, (scene.sun_x, floor * 0.62), (0.36 * canvas.right, 0.5 * floor))
    bright += 0.22 * canvas.clouded(scene.chance, 6, 5)
    shade = mixed(scheme.leaves, scheme.dark, 0.5)
    canvas.fill(
        ramp(bright, [(0.0, shade), (0.35, mixed(scheme.leaves, scheme.haze, 0.35)), (0.9, _glow(scene))])
    )


def _leaves(scene: Scene, floor: float, depth: int) -> None:
    """Foliage in the upper part; farther layers are paler."""
    canvas, scheme, chance = scene.canvas, scene.scheme, scene.chance
    count = (150, 190, 230)[depth]
    places = np.stack(
        [chance.uniform(-0.02, 1.02, count) * canvas.right, chance.beta(1.2, 2.6, count) * floor], axis=1
    )
    away = np.abs(places[:, 0] - scene.sun_x) / canvas.right
    places[:, 1] *= 0.45 + 1.3 * away  # an opening where the light is
    pale = 0.5 - 0.22 * depth
    base = mixed(scheme.leaves, _glow(scene), pale)
    tones = (mixed(base, scheme.dark, 0.35), base, mixed(lit(base, 1.3), scheme.light, 0.35))
    sizes = chance.uniform(0.01, 0.026 + 0.008 * depth, count)
    inks = mingled(tones, chance.integers(0, 3, count), chance, 1.3)
    with canvas.sketch(canvas.whole()) as sketch:
        sketch.polygons(dabs(places, sizes, 0.75, chance), inks, 0.72)


def _trunks(scene: Scene, shared: Random, floor: float, depth: int, *, birch: bool) -> None:
    """Where trunks stand and how they lean is the family's, so that their parts fit together."""
    canvas, scheme = scene.canvas, scene.scheme
    count = (13, 8, 5)[depth]
    bark = hexed("d9d4c8") if birch else hexed("5f4a3a")
    colour = mixed(mixed(bark, scheme.dark, 0.35 if birch else 0.2), _glow(scene), 0.55 - 0.24 * depth)
    with canvas.sketch(canvas.whole()) as sketch:
        for slot in range(count):
            off, lean, down = shared.normal(size=3).tolist()
            wide = (0.012, 0.024, 0.042)[depth] * float(shared.uniform(0.7, 1.3))
            x = canvas.right * (slot + 0.5 + 0.35 * off) / count
            if not depth or abs(x - scene.sun_x) > 0.12 * canvas.right:
                foot = (
                    x + 0.003 * float(scene.chance.normal()),
                    floor + (0.0, 0.02, 0.05)[depth] + 0.01 * down,
                )
                _trunk(scene, sketch, foot, 0.04 * lean, wide, colour)


def _trunk(scene: Scene, sketch: Sketch, foot: Point, lean: float, wide: float, colour: Colour) -> None:  # noqa: PLR0917
    x, y = foot
    spine = curve([(x, y), (x + lean * 0.3, y * 0.6), (x + lean, -0.05)], 8)
    sketch.polygon(ribbon(spine, wide, ((0, 1.5), (0.06, 1.05), (1, 0.75))), colour)
    toward = 1 if scene.sun_x > x else -1
    edge = spine + np.array([toward * wide * 0.3, 0], np.float32)
    sketch.polygon(ribbon(edge, wide * 0.3, ((0, 1), (1, 0.7))), mixed(colour, scene.scheme.light, 0.5), 0.7)
    marks = 9
    places = np.stack(
        [x + wide * scene.chance.uniform(-0.4, 0.4, marks), y * scene.chance.uniform(0, 0.95, marks)], axis=1
    )
    lines = arcs(
        places, scene.chance.normal(0, 0.3, marks), np.full(marks, wide * 0.7), np.full(marks, 0.15), 4
    )
    sketch.strokes(lines, wide * 0.12, mixed(colour, scene.scheme.dark, 0.55), 0.6)


def _floor(scene: Scene, floor: float) -> None:
    canvas, scheme, chance = scene.canvas, scene.scheme, scene.chance
    x, y = canvas.grid(canvas.whole())
    line = floor + 0.015 * skyline(chance, columns(canvas), 2, 3)
    bright = 0.75 * spot(x, y, (scene.sun_x, floor), (0.4 * canvas.right, 0.12)) + 0.3
    bright += 0.3 * canvas.clouded(chance, 9, 4, stretch=2.5) - 0.5 * (y - floor)
    moss = mixed(scheme.ground, scheme.leaves, 0.4)
    earth = mixed(moss, scheme.dark, 0.65)
    canvas.blend(
        below(canvas, line), ramp(bright, [(0.0, earth), (0.45, moss), (1.0, mixed(moss, scheme.light, 0.6))])
    )
    if "path" in scene.theme.extras or chance.uniform() < 0.4:
        spine = curve(
            [
                (0.45 * canvas.right, canvas.bottom + 0.05),
                (0.56 * canvas.right, floor + 0.14),
                (scene.sun_x, floor),
            ],
            10,
        )
        with canvas.sketch(canvas.whole()) as sketch:
            tread = ribbon(spine, 0.3, ((0, 1), (0.6, 0.35), (1, 0.08)))
            sketch.polygon(tread, mixed(hexed("b59468"), scheme.haze, 0.3), 0.7)
    count = 120
    places = np.stack(
        [chance.uniform(0, canvas.right, count), floor + 0.03 + chance.uniform(0, 1, count) ** 1.3 * 0.3],
        axis=1,
    )
    litter = (mixed(scheme.leaves, scheme.light, 0.4), earth, mixed(hexed("b0703a"), scheme.haze, 0.2))
    inks = mingled(litter, chance.integers(0, 3, count), chance)
    with canvas.sketch(canvas.whole()) as sketch:
        sketch.polygons(dabs(places, 0.003 + 0.03 * (places[:, 1] - floor), 0.45, chance), inks, 0.6)


def _shafts(scene: Scene, floor: float) -> None:
    """Beams of light slanting from the opening."""
    if scene.scheme.sun < -0.5 and scene.theme.weather != "fog":
        return
    canvas = scene.canvas
    beams = canvas.mask(
        canvas.whole(),
        *(
            [
                (x - 0.01, -0.02),
                (x + w, -0.02),
                (x + lean + w * 2.2, floor + 0.1),
                (x + lean - 0.02, floor + 0.1),
            ]
            for x, w, lean in zip(
                scene.sun_x + scene.chance.uniform(-0.25, 0.2, 5),
                scene.chance.uniform(0.02, 0.05, 5),
                np.full(5, 0.28 * scene.side),
                strict=True,
            )
        ),
        soft=0.02,
    )
    canvas.blend(beams * (0.1 if scene.scheme.lamp > 0.95 else 0.22), mixed(scene.scheme.light, (1, 1, 1), 0.2))


def _fore(scene: Scene, shared: Random, *, birch: bool) -> None:
    """A dark tree at one or both edges, so that one looks between them."""
    canvas, scheme = scene.canvas, scene.scheme
    bark = hexed("8d8478") if birch else hexed("3b2e26")
    colour = mixed(bark, scheme.dark, 0.45)
    with canvas.sketch(canvas.whole()) as sketch:
        for side in (-1, 1):
            place, shown, lean = shared.uniform(size=3).tolist()
            if shown < 0.75:
                x = canvas.right * (0.5 + side * (0.45 - 0.1 * place))
                _trunk(
                    scene, sketch, (x, canvas.bottom * 1.02), 0.1 * (lean - 0.5), 0.085 + 0.03 * place, colour
                )
