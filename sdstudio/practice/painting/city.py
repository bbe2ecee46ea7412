"""Towns: a skyline across water, or a street between houses, by day or with its lamps lit."""

from __future__ import annotations

import itertools

import numpy as np

from sdstudio.practice.noise import generator
from sdstudio.practice.painting.buildings import LAMP, block
from sdstudio.practice.painting.canvas import Canvas, blurred, spot
from sdstudio.practice.painting.colour import Colour, hexed, lit, mingled, mixed
from sdstudio.practice.painting.drawing import Random, Sketch
from sdstudio.practice.painting.scenery import Scene, paint_birds, paint_sky
from sdstudio.practice.painting.schemes import Scheme, coloured, scheme_of
from sdstudio.practice.painting.water import paint_lake
from sdstudio.practice.words import Theme, stable_number

_NEON = ("ff3f9a", "2ff0e6", "ffb13f", "8f5bff", "ff5f4a", "4fa8ff")
_WALLS = ("c9a27c", "b56f52", "d8c3a0", "8f9aa6", "a8868a", "7f8f7a", "c4b5a2")


def paint_city(canvas: Canvas, theme: Theme, family: int, number: int) -> None:
    """One view of the theme's town."""
    shared = generator(theme.salt, stable_number("town"), family)
    chance = generator(theme.salt, stable_number("city"), number)
    street = theme.subject == "street" or (theme.subject != "skyline" and bool(shared.integers(2)))
    scheme = _evening() if theme.style == "neon" and not theme.time else scheme_of(theme, family)
    scene = Scene(canvas, theme, scheme, chance, canvas.right * float(shared.choice([0.3, 0.7])))
    if street:
        _street(scene, shared)
    else:
        _skyline(scene, shared)


def _evening() -> Scheme:
    """Neon wants darkness: violet above, magenta at the horizon."""
    night = "0a0a26 2a145a b83a8a 6a3a8a 1a1038 fff6d8 5a2a7a 7f8490 7da24f 4c7f3c 1a1a4a 080614"
    return coloured(night, lamp=1.0, sun=-1.0)


def _skyline(scene: Scene, shared: Random) -> None:
    canvas, scheme, chance = scene.canvas, scene.scheme, scene.chance
    shore = canvas.bottom * float(shared.uniform(0.68, 0.74))
    paint_sky(scene, shore, float(chance.uniform(0.2, 0.5)))
    peak = float(shared.uniform(0.35, 0.65))
    for depth in range(3):
        fade = 0.62 - 0.24 * depth
        with canvas.sketch(canvas.whole()) as sketch:
            x = -0.03
            while x < canvas.right:
                wide = float(chance.uniform(0.05, 0.11)) * (0.8 + 0.15 * depth)
                hill = np.exp(-(((x / canvas.right - peak) / 0.28) ** 2))
                high = (
                    canvas.bottom
                    * (0.1 + 0.42 * float(hill) * float(chance.uniform(0.5, 1.1)))
                    * (1 - 0.2 * depth)
                )
                _tower(scene, sketch, (x, shore - high, x + wide, shore), fade)
                x += wide * float(chance.uniform(0.85, 1.15))
    if scheme.lamp > 0.5:
        _halo(scene, 0.5)
    paint_lake(scene, shore, canvas.bottom)
    if scheme.lamp < 0.5:
        paint_birds(scene, shore * 0.6)


def _tower(scene: Scene, sketch: Sketch, box: tuple[float, float, float, float], fade: float) -> None:
    """A house or skyscraper seen from afar, with its lit side and windows."""
    scheme, chance = scene.scheme, scene.chance
    left, top, right, bottom = box
    wall = hexed(_WALLS[int(chance.integers(len(_WALLS)))])
    wall = mixed(mixed(wall, scheme.dark, 0.25 + 0.5 * scheme.lamp), scheme.haze, fade)
    block(sketch, box, mixed(wall, scheme.dark, 0.35 * (1 - fade)))
    middle = left + (right - left) * 0.55
    near = (middle, top, right, bottom) if scene.side > 0 else (left, top, middle, bottom)
    block(sketch, near, mixed(wall, scheme.light, 0.2 * (1 - scheme.lamp)))
    roof = chance.uniform()
    if roof < 0.35:
        sketch.polygon(
            [(left, top), ((left + right) / 2, top - (right - left) * 0.5), (right, top)],
            mixed(wall, scheme.dark, 0.4),
        )
    elif roof < 0.5:
        block(
            sketch,
            ((left + right) / 2 - 0.003, top - 0.07, (left + right) / 2 + 0.003, top),
            mixed(wall, scheme.dark, 0.5),
        )
    _windows(scene, sketch, box, fade)


def _windows(scene: Scene, sketch: Sketch, box: tuple[float, float, float, float], fade: float) -> None:
    scheme, chance = scene.scheme, scene.chance
    left, top, right, bottom = box
    columns = max(2, int((right - left) / 0.018))
    rows = max(2, int((bottom - top) / 0.026))
    x = left + (np.arange(columns) + 0.5) / columns * (right - left)
    y = top + (np.arange(rows) + 0.6) / (rows + 0.5) * (bottom - top)
    places = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    lit_up = chance.uniform(size=len(places)) < (0.12 + 0.42 * scheme.lamp)
    pane = np.array([(-0.0045, -0.006), (0.0045, -0.006), (0.0045, 0.006), (-0.0045, 0.006)])
    shapes = (places[:, None, :] + pane).astype(np.float32)
    dark = mixed(mixed(scheme.dark, scheme.sky, 0.35), scheme.haze, fade)
    sketch.polygons(shapes[~lit_up], dark, 0.55)
    if scheme.lamp > 0.3:
        lights = (LAMP, hexed("ffe9b8"), hexed("ffb35a"))
        if scene.theme.style == "neon":
            lights = tuple(hexed(code) for code in _NEON[:4])
        inks = mingled(lights, chance.integers(0, len(lights), int(lit_up.sum())), chance)
        sketch.polygons(shapes[lit_up], inks, 0.55 + 0.4 * (1 - fade))


def _halo(scene: Scene, amount: float) -> None:
    """Light bleeding from what is bright."""
    canvas = scene.canvas
    bright = np.clip(canvas.picture.max(axis=2) * 2.2 - 1.35, 0, 1)
    soft = blurred(bright, canvas.short * 0.02)
    canvas.blend(np.clip(soft * amount, 0, 1), hexed("ff9ad0") if scene.theme.style == "neon" else LAMP)


def _street(scene: Scene, shared: Random) -> None:
    """Houses on both sides running to a vanishing point."""
    canvas, scheme, chance = scene.canvas, scene.scheme, scene.chance
    far = (canvas.right * float(shared.uniform(0.42, 0.58)), canvas.bottom * float(shared.uniform(0.5, 0.58)))
    paint_sky(scene, far[1] + 0.05, float(chance.uniform(0.2, 0.5)))
    x, y = canvas.grid(canvas.whole())
    canvas.blend(spot(x, y, far, (0.25, 0.25)) * 0.6, mixed(scheme.horizon, scheme.light, 0.4))
    _road(scene, far)
    with canvas.sketch(canvas.whole()) as sketch:
        for way in (-1, 1):
            depths = np.cumprod(np.concatenate([[1.0], chance.uniform(0.62, 0.74, 7)]))[::-1]
            for small, large in itertools.pairwise(depths):
                _facade(scene, sketch, far, way, (float(small), float(large)))
    _lamps(scene, far)
    if scheme.lamp > 0.5:
        _halo(scene, 0.6)
    if scene.theme.weather == "rain" or scene.theme.style == "neon":
        _wet(scene, far)


def _road(scene: Scene, far: tuple[float, float]) -> None:
    canvas, scheme, chance = scene.canvas, scene.scheme, scene.chance
    paving = mixed(mixed(hexed("9a938c"), scheme.haze, 0.3), scheme.dark, 0.2 + 0.4 * scheme.lamp)
    _, y = canvas.grid(canvas.whole())
    ground = np.clip((y - far[1]) * canvas.short + 0.5, 0, 1)
    canvas.blend(ground, paving)
    canvas.shade(1 + (0.12 * canvas.clouded(chance, 14, 4, stretch=4) - 0.12 * (y - far[1])) * ground)
    with canvas.sketch(canvas.whole()) as sketch:
        for way in (-0.62, 0.62):
            edge = (far[0] + way * 2.2 * (canvas.bottom - far[1]), canvas.bottom)
            kerb = [far, edge, (edge[0] + way * 1.5, canvas.bottom)]
            sketch.polygon(kerb, lit(paving, 1.15), 0.7)


def _facade(
    scene: Scene, sketch: Sketch, far: tuple[float, float], way: int, span: tuple[float, float]
) -> None:
    """One house front between two depths (1 at the picture's edge, 0 at the vanishing point)."""
    canvas, scheme, chance = scene.canvas, scene.scheme, scene.chance
    reach = (far[0] if way < 0 else canvas.right - far[0]) * 1.25
    high = float(chance.uniform(0.75, 1.35)) * canvas.bottom

    def at(depth: float, level: float) -> tuple[float, float]:
        """A point on the wall: level 0 at the foot, 1 at the eaves."""
        return far[0] + way * reach * depth, far[1] + depth * (0.42 - high * level)

    near, fade = span[1], 0.55 * (1 - span[1]) ** 1.5
    wall = hexed(_WALLS[int(chance.integers(len(_WALLS)))])
    sunny = 0.25 if way == -scene.side else -0.35
    wall = mixed(wall, scheme.light, sunny) if sunny > 0 else mixed(wall, scheme.dark, -sunny)
    wall = mixed(mixed(wall, scheme.dark, 0.55 * scheme.lamp), scheme.haze, fade)
    sketch.polygon([at(span[0], 0), at(span[0], 1), at(near, 1), at(near, 0)], wall)
    sketch.polygon(
        [at(span[0], 1), at(span[0], 1.04), at(near, 1.04), at(near, 1)], mixed(wall, scheme.dark, 0.5)
    )
    glass = mixed(mixed(scheme.dark, scheme.sky, 0.25), scheme.haze, fade)
    for column in range(3):
        start = span[0] + (near - span[0]) * (0.12 + 0.3 * column)
        end = start + (near - span[0]) * 0.17
        for level in np.linspace(0.26, 0.86, 4).tolist():
            bright = chance.uniform() < 0.1 + 0.5 * scheme.lamp
            pane = [at(start, level), at(start, level + 0.1), at(end, level + 0.1), at(end, level)]
            sketch.polygon(pane, mixed(LAMP, wall, fade) if bright and scheme.lamp > 0.25 else glass, 0.9)
    shop = mixed(LAMP, wall, 0.2) if scheme.lamp > 0.3 else mixed(glass, wall, 0.2)
    first, last = span[0] + (near - span[0]) * 0.1, span[0] + (near - span[0]) * 0.9
    sketch.polygon([at(first, 0.02), at(first, 0.16), at(last, 0.16), at(last, 0.02)], shop, 0.85)
    sign: Colour = (
        hexed(_NEON[int(chance.integers(len(_NEON)))]) if scene.theme.style == "neon" else hexed("a8402f")
    )
    sketch.polygon(
        [at(first, 0.165), at(first, 0.21), at(last, 0.21), at(last, 0.165)],
        mixed(sign, scheme.haze, fade),
        0.9,
    )
    if scene.theme.style == "neon" and chance.uniform() < 0.8:
        glow = hexed(_NEON[int(chance.integers(len(_NEON)))])
        sketch.polygon(
            [at(first, 0.4), at(first, 0.8), at(first + 0.05 * near, 0.8), at(first + 0.05 * near, 0.4)], glow
        )


def _lamps(scene: Scene, far: tuple[float, float]) -> None:
    """Street lamps and a few people."""
    canvas, scheme, chance = scene.canvas, scene.scheme, scene.chance
    with canvas.sketch(canvas.whole()) as sketch:
        for depth in (0.12, 0.22, 0.42):
            for way in (-1, 1):
                x, foot = far[0] + way * depth * 0.72, far[1] + 0.42 * depth
                top = foot - 0.85 * depth
                sketch.line([(x, foot), (x, top)], 0.02 * depth, scheme.dark)
                sketch.ellipse(
                    (x, top), (0.035 * depth, 0.045 * depth), LAMP if scheme.lamp > 0.2 else hexed("e8e2d2")
                )
        for _ in range(4):
            depth, way = float(chance.uniform(0.15, 0.5)), float(chance.uniform(-0.5, 0.5))
            x, foot = far[0] + way * depth, far[1] + 0.4 * depth
            coat = mixed(hexed(_WALLS[int(chance.integers(len(_WALLS)))]), scheme.dark, 0.6)
            sketch.ellipse((x, foot - 0.17 * depth), (0.045 * depth, 0.14 * depth), coat)
            sketch.line(
                [(x - 0.015 * depth, foot - 0.06 * depth), (x - 0.02 * depth, foot)], 0.02 * depth, scheme.dark
            )
            sketch.line(
                [(x + 0.015 * depth, foot - 0.06 * depth), (x + 0.02 * depth, foot)], 0.02 * depth, scheme.dark
            )
            sketch.ellipse(
                (x, foot - 0.34 * depth),
                (0.028 * depth, 0.035 * depth),
                mixed(hexed("d9b08c"), scheme.dark, 0.3),
            )


def _wet(scene: Scene, far: tuple[float, float]) -> None:
    """The street mirrors what shines above it."""
    canvas = scene.canvas
    top = int((far[1] + 0.06) * canvas.short)
    rows = np.arange(canvas.height - top)
    part = Canvas(canvas.picture[top:], canvas.aspect, canvas.detail)
    ripple = part.clouded(scene.chance, 24, 2, stretch=6)
    mirrored = canvas.picture[np.clip(top - rows, 0, canvas.height - 1)].copy()
    _, y = part.grid(canvas.whole())
    part.blend(np.clip(0.42 + 0.4 * ripple - 0.25 * y, 0, 0.75), mirrored)
