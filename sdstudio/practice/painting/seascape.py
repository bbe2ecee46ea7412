"""The sea: open water, beach or cliffs, with boat or lighthouse."""

from __future__ import annotations

import numpy as np

from sdstudio.practice.noise import generator
from sdstudio.practice.painting.buildings import paint_boat, paint_lighthouse
from sdstudio.practice.painting.canvas import Canvas
from sdstudio.practice.painting.colour import hexed, lit, mixed
from sdstudio.practice.painting.drawing import Random
from sdstudio.practice.painting.scenery import (
    Scene,
    below,
    columns,
    paint_birds,
    paint_ridge,
    paint_sky,
    skyline,
)
from sdstudio.practice.painting.schemes import scheme_of
from sdstudio.practice.painting.water import paint_sea
from sdstudio.practice.words import Theme, stable_number


def paint_seascape(canvas: Canvas, theme: Theme, family: int, number: int) -> None:
    """One view of the theme's sea."""
    shared = generator(theme.salt, stable_number("coast"), family)
    chance = generator(theme.salt, stable_number("sea"), number)
    horizon = canvas.bottom * float(shared.uniform(0.42, 0.55))
    sun_x = canvas.right * float(shared.choice([0.3, 0.38, 0.62, 0.7]))
    cliff, boat = (shared.uniform(size=2) < 0.5).tolist()
    scene = Scene(canvas, theme, scheme_of(theme, family), chance, sun_x)
    stormy = theme.weather in ("storm", "rain")
    paint_sky(scene, horizon, 0.8 if stormy else float(chance.uniform(0.25, 0.55)))
    paint_sea(scene, horizon, rough=0.9 if stormy else 0.3)
    if "lighthouse" in theme.extras or (cliff and theme.subject != "beach"):
        _cliff(scene, horizon)
    if theme.subject == "beach":
        _beach(scene, shared)
    if "boat" in theme.extras or (boat and "lighthouse" not in theme.extras):
        paint_boat(scene, (canvas.right * (0.5 + 0.1 * scene.side), horizon + 0.09), 0.16)
    if chance.uniform() < 0.6:
        paint_birds(scene, horizon)


def _cliff(scene: Scene, horizon: float) -> None:
    """Rock on the side away from the sun, grass on its top, perhaps a lighthouse."""
    canvas, scheme = scene.canvas, scene.scheme
    x = columns(canvas)
    inward = 1 - x / canvas.right if scene.side < 0 else x / canvas.right
    rise = np.clip(1 - inward / 0.48, 0, 1) ** 0.55
    line = horizon + 0.14 - 0.34 * rise + 0.16 * (rise == 0)
    line -= 0.025 * skyline(scene.chance, x, 5, 5) * rise
    foot = below(canvas, horizon + 0.15 + 0.012 * skyline(scene.chance, x, 6, 3))
    kept = canvas.picture.copy()
    rock = mixed(scheme.rock, scheme.haze, 0.15)
    tones = (mixed(lit(rock, 1.2), scheme.light, 0.2), mixed(rock, scheme.dark, 0.6))
    paint_ridge(scene, line, tones, scheme.dark, rock=1.0)
    canvas.blend(foot, kept)
    turf = np.clip(below(canvas, line - 0.004) - below(canvas, line + 0.022), 0, 1) * (1 - foot) * (rise > 0.02)
    canvas.blend(turf * 0.85, mixed(scheme.ground, scheme.dark, 0.15))
    if "lighthouse" in scene.theme.extras:
        at = canvas.right * (0.5 - 0.3 * scene.side)
        top = float(line[np.argmin(np.abs(x - at))])
        paint_lighthouse(scene, (at, top + 0.01), min(0.34, 0.86 * top))


def _beach(scene: Scene, shared: Random) -> None:
    canvas, scheme, chance = scene.canvas, scene.scheme, scene.chance
    x = columns(canvas)
    line = canvas.bottom * 0.8 + 0.05 * skyline(shared, x, 0.9, 3) + 0.08 * (x / canvas.right - 0.5)
    sand = mixed(hexed("e0c294"), scheme.haze, 0.2 + 0.3 * scheme.lamp)
    canvas.blend(below(canvas, line - 0.045), mixed(sand, scheme.water, 0.45))
    for rank in range(3):
        edge = line - 0.05 + 0.025 * rank + 0.012 * skyline(chance, x, 4, 3)
        foam = np.clip(below(canvas, edge) - below(canvas, edge + 0.008), 0, 1)
        canvas.blend(foam * 0.8, mixed(scheme.cloud, (1, 1, 1), 0.4))
    beach = below(canvas, line)
    canvas.blend(beach, sand)
    canvas.shade(1 + 0.08 * canvas.clouded(chance, 20, 4) * beach)
