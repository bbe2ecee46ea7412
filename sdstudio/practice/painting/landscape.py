"""Open country: mountains, hills, meadows, lakes, deserts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sdstudio.practice.noise import Array, generator
from sdstudio.practice.painting.buildings import paint_castle, paint_house
from sdstudio.practice.painting.canvas import Canvas
from sdstudio.practice.painting.colour import Colour, hexed, lit, mingled, mixed
from sdstudio.practice.painting.drawing import Random, curve
from sdstudio.practice.painting.scenery import (
    Scene,
    below,
    columns,
    dabs,
    paint_birds,
    paint_crown,
    paint_fir,
    paint_grass,
    paint_ridge,
    paint_sky,
    skyline,
)
from sdstudio.practice.painting.schemes import scheme_of
from sdstudio.practice.painting.water import paint_lake
from sdstudio.practice.words import Theme, stable_number

_KINDS = ("mountain", "meadow", "lake", "mountain", "meadow")
_PEAKS = {"mountain": 0.34, "lake": 0.24, "meadow": 0.12, "desert": 0.1}


@dataclass(frozen=True, slots=True)
class _Lie:
    """What pictures of a family share: which country, where the horizon is, how high the mountains are."""

    kind: str
    horizon: float
    peaks: float


def paint_landscape(canvas: Canvas, theme: Theme, family: int, number: int) -> None:
    """One view of the theme's country."""
    shared = generator(theme.salt, stable_number("lie of the land"), family)
    kind = theme.subject or _KINDS[int(shared.integers(len(_KINDS)))]
    peaks = _PEAKS.get(kind, 0.15) * min(1.0, canvas.bottom)
    lie = _Lie(kind, canvas.bottom * float(shared.uniform(0.48, 0.58)), peaks)
    sun_x = canvas.right * float(shared.choice([0.24, 0.3, 0.68, 0.76]))
    chance = generator(theme.salt, stable_number("landscape"), number)
    scene = Scene(canvas, theme, scheme_of(theme, family), chance, sun_x)
    covered = theme.weather in ("storm", "rain", "snow") or "clouds" in theme.extras
    paint_sky(scene, lie.horizon + 0.05, 0.75 if covered else float(chance.uniform(0.2, 0.55)))
    _far(scene, lie)
    if lie.kind == "desert":
        _dunes(scene, lie, shared)
    else:
        _near(scene, lie)
    if "birds" in theme.extras or chance.uniform() < 0.4:
        paint_birds(scene, lie.horizon * 0.8)


def _far(scene: Scene, lie: _Lie) -> None:
    """Three ranges, each nearer one lower, darker and less blue."""
    x, scheme = columns(scene.canvas), scene.scheme
    snowy = scene.theme.season == "winter" or scene.theme.weather == "snow"
    limit = lie.horizon * 0.75  # of height: mountains bend under it instead of being cut off
    for rank in range(3):
        rise = lie.peaks * (1.0, 0.62, 0.34)[rank]
        rough = 0.55 if lie.kind in ("mountain", "lake") else 0.4
        height = rise * (0.6 + 0.6 * skyline(scene.chance, x, (1.6, 2.2, 1.7)[rank], 6, rough))
        colour = mixed(mixed(scheme.rock, scheme.leaves, 0.15 + 0.3 * rank), scheme.haze, 0.62 - 0.25 * rank)
        bright = mixed(lit(colour, 1.3), scheme.light, 0.22)
        if rank == 0 and lie.kind == "mountain":
            bright = mixed(bright, hexed("f4f6fa"), 0.9 if snowy else 0.65)
        tones = (bright, mixed(colour, scheme.dark, 0.35))
        line = lie.horizon - limit * np.tanh(height / limit)
        paint_ridge(scene, line, tones, scheme.haze, rock=float(lie.kind != "meadow"))


def _near(scene: Scene, lie: _Lie) -> None:
    canvas, scheme, chance = scene.canvas, scene.scheme, scene.chance
    x = columns(canvas)
    green, dark = scheme.ground, mixed(scheme.leaves, scheme.dark, 0.45)
    line = lie.horizon + 0.03 + 0.03 * skyline(chance, x, 1.2, 3)
    paint_ridge(scene, line, (mixed(green, scheme.haze, 0.25), mixed(dark, scheme.haze, 0.2)), scheme.haze)
    _wood(scene, line)
    if lie.kind == "lake" or "river" in scene.theme.extras:
        paint_lake(scene, lie.horizon + 0.05, canvas.bottom * 0.9)
    level = canvas.bottom * (0.86 if lie.kind == "lake" else 0.7)
    front = level + 0.05 * skyline(chance, x, 1.1, 4)
    paint_ridge(scene, front, (lit(green, 1.05), mixed(green, dark, 0.55)), green)
    if "path" in scene.theme.extras or (lie.kind == "meadow" and chance.uniform() < 0.5):
        _path(scene, lie)
    _buildings(scene, lie)
    _trees(scene, firs=lie.kind == "mountain" or scene.theme.season == "winter")
    paint_grass(scene, level, canvas.bottom + 0.03, (lit(green, 1.2), green, mixed(green, dark, 0.6)))
    if scene.theme.season not in ("winter", "autumn"):
        _meadow_flowers(scene, level)


def _wood(scene: Scene, line: Array) -> None:
    """A far wood's edge along a line, with a gap."""
    canvas, scheme, chance = scene.canvas, scene.scheme, scene.chance
    across = chance.uniform(0, 1, 90)
    across = across[np.abs(across - 0.5 + 0.12 * scene.side) > 0.1]
    x = across * canvas.right
    places = np.stack([x, np.interp(x, columns(canvas), line) + 0.004], axis=1)
    dark = mixed(mixed(scheme.leaves, scheme.dark, 0.5), scheme.haze, 0.25)
    tones = (dark, mixed(dark, scheme.leaves, 0.5), mixed(scheme.leaves, scheme.light, 0.25))
    sizes = chance.uniform(0.008, 0.022, len(x))
    with canvas.sketch(canvas.whole()) as sketch:
        sketch.polygons(
            dabs(places, sizes, 1.1, chance), mingled(tones, chance.integers(0, 3, len(x)), chance), 0.9
        )


def _trees(scene: Scene, *, firs: bool) -> None:
    """One group of larger trees, off to the side away from the sun."""
    canvas, scheme, chance = scene.canvas, scene.scheme, scene.chance
    dark = mixed(scheme.leaves, scheme.dark, 0.6)
    with canvas.sketch(canvas.whole()) as sketch:
        for rank in range(3):
            x = canvas.right * (0.5 - scene.side * (0.42 - 0.13 * rank)) + 0.03 * chance.normal()
            y = canvas.bottom * (0.8 - 0.03 * rank)
            height = (0.42 - 0.1 * rank) * float(chance.uniform(0.85, 1.15))
            if firs:
                paint_fir(scene, sketch, (x, y), height * 1.15, (scheme.leaves, dark))
                continue
            lean = x + 0.02 * chance.normal()
            trunk = curve([(x, y), (lean, y - height * 0.4), (lean, y - height * 0.7)], 5)
            sketch.line(trunk, 0.05 * height, mixed(scheme.dark, hexed("5a4030"), 0.5))
            tones = (dark, scheme.leaves, mixed(lit(scheme.leaves, 1.35), scheme.light, 0.3))
            for crown in range(4):
                centre = (lean + 0.14 * height * chance.normal(), y - height * (0.62 + 0.1 * crown))
                paint_crown(scene, sketch, centre, (0.26 * height, 0.2 * height), tones)


def _path(scene: Scene, lie: _Lie) -> None:
    canvas, scheme, chance = scene.canvas, scene.scheme, scene.chance
    start, end = (canvas.right * part for part in chance.uniform((0.4, 0.45), (0.6, 0.55)).tolist())
    bend = (start + 0.1 * chance.normal(), canvas.bottom * 0.84)
    way = [(start, canvas.bottom + 0.02), bend, (end + 0.12, lie.horizon + 0.13), (end, lie.horizon + 0.06)]
    spine = curve(way, 10)
    wide = np.linspace(0.14, 0.006, len(spine), dtype=np.float32)[:, None] * np.array([1, 0], np.float32)
    earth = mixed(mixed(hexed("c9ab7c"), scheme.ground, 0.25), scheme.haze, 0.2)
    with canvas.sketch(canvas.whole()) as sketch:
        sketch.polygon(np.concatenate([spine - wide, (spine + wide)[::-1]]), earth, 0.85)
        sketch.polygon(
            np.concatenate([spine + wide * 0.3, (spine + wide)[::-1]]), mixed(earth, scheme.dark, 0.35), 0.4
        )


def _buildings(scene: Scene, lie: _Lie) -> None:
    x = scene.canvas.right * (0.5 + 0.14 * scene.side)
    if "castle" in scene.theme.extras:
        paint_castle(scene, (x, lie.horizon + 0.02), 0.3)
    elif "house" in scene.theme.extras:
        paint_house(scene, (x, lie.horizon + 0.075), 0.16)


def _meadow_flowers(scene: Scene, level: float) -> None:
    canvas, chance, count = scene.canvas, scene.chance, 150
    depth = chance.uniform(0, 1, count) ** 0.7
    down = level + 0.02 + depth * (canvas.bottom - level)
    places = np.stack([chance.uniform(0, canvas.right, count), down], axis=1)
    kinds: tuple[Colour, ...] = (hexed("e5533d"), hexed("f3d25a"), hexed("f4f0ea"), hexed("b884c8"))
    shown = [mixed(kind, scene.scheme.haze, 0.6 if scene.scheme.lamp > 0.5 else 0.2) for kind in kinds]
    inks = mingled(shown, chance.integers(0, 4, count), chance)
    with canvas.sketch(canvas.whole()) as sketch:
        sketch.polygons(dabs(places, 0.003 + 0.008 * depth, 0.7, chance), inks, 0.9)


def _dunes(scene: Scene, lie: _Lie, shared: Random) -> None:
    canvas, scheme, chance = scene.canvas, scene.scheme, scene.chance
    x = columns(canvas)
    sand = mixed(hexed("dba764"), scheme.light, 0.15)
    shadow = mixed(hexed("8a5a3c"), scheme.dark, 0.25)
    _, y = canvas.grid(canvas.whole())
    for rank in range(4):
        fade = 0.45 - 0.14 * rank
        level = lie.horizon + (canvas.bottom - lie.horizon) * (0.05 + 0.24 * rank)
        line = level - (0.05 + 0.03 * rank) * skyline(shared, x, 0.9, 2)
        dune = below(canvas, line)
        bright = mixed(sand, scheme.haze, fade)
        canvas.blend(dune, bright)
        crest = line + 0.02 + 0.09 * (1 + skyline(shared, x, 0.8, 2)) * (0.4 + 0.3 * rank)
        lee = np.clip(dune - below(canvas, crest), 0, 1)
        canvas.blend(lee * 0.85, mixed(shadow, scheme.haze, fade))
        glow = np.clip(1 - np.abs(y - crest[None, :]) * 9, 0, 1) * dune * (1 - lee)
        canvas.blend(glow * 0.4, mixed(scheme.light, bright, 0.3))
    ripples = canvas.clouded(chance, 26, 3, stretch=5)
    canvas.shade(1 + 0.06 * ripples * below(canvas, np.full_like(x, lie.horizon + 0.1)))
