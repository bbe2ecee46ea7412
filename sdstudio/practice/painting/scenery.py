"""What outdoor pictures share: the scene itself, sky and clouds, ridges, foliage, grass, birds.

Coordinates are the canvas's `whole` ones: the shorter side is 1, y goes down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sdstudio.practice.noise import Array
from sdstudio.practice.painting.canvas import Canvas, spot
from sdstudio.practice.painting.colour import Colour, mingled, mixed, ramp
from sdstudio.practice.painting.drawing import Point, Random, Sketch, curve
from sdstudio.practice.painting.schemes import Scheme
from sdstudio.practice.words import Theme


@dataclass(frozen=True, slots=True)
class Scene:
    """One outdoor picture being painted: where, what, in which colours, by which chance; where the sun stands."""

    canvas: Canvas
    theme: Theme
    scheme: Scheme
    chance: Random
    sun_x: float

    @property
    def side(self) -> float:
        """The sun's side: −1 left, 1 right."""
        return -1.0 if self.sun_x < self.canvas.right / 2 else 1.0


def paint_sky(scene: Scene, horizon: float, cover: float) -> None:
    """The sky down to `horizon` with sun or moon if the scheme has one, `cover` 0…1 of it clouds."""
    canvas, scheme = scene.canvas, scene.scheme
    x, y = canvas.grid(canvas.whole())
    height = y / np.float32(horizon)
    canvas.fill(ramp(height, [(0.0, scheme.zenith), (0.55, scheme.sky), (0.97, scheme.horizon)]))
    sun = (scene.sun_x, horizon * (1 - scheme.sun))
    if scheme.sun > -0.5:
        glow = spot(x, y, sun, (0.55, 0.4)) * 0.45 + spot(x, y, sun, (0.16, 0.14)) * 0.5
        canvas.blend(np.clip(glow * (0.35 + 0.65 * (1 - scheme.lamp)), 0, 1), scheme.light)
    if scheme.lamp > 0.95:
        _stars(scene, horizon)
    if scheme.sun > -0.5:
        disc = np.clip((0.036 - np.hypot(x - sun[0], y - sun[1])) * canvas.short / 1.5 + 0.5, 0, 1)
        canvas.blend(disc, mixed(scheme.light, (1, 1, 1), 0.6))
    _clouds(scene, height, cover)


def _clouds(scene: Scene, height: Array, cover: float) -> None:
    canvas, scheme = scene.canvas, scene.scheme
    field = canvas.clouded(scene.chance, 3.2, 6, stretch=2.6)
    billow = canvas.clouded(scene.chance, 8, 5, stretch=1.7)
    dense = field + 0.5 * billow + np.float32(1.5 * cover - 0.8) + 0.25 * (height - 0.5)
    mask = np.clip(dense * 2.4, 0, 1) * np.clip(1.3 - height, 0, 1) * np.float32(0.92)
    under = _moved(dense, 0, -max(1, canvas.short // 24))
    lit = np.clip(0.62 + 0.55 * (dense - under) + 0.3 * billow - 0.25 * dense, 0, 1)
    middle = mixed(scheme.shade, scheme.cloud, 0.7)
    canvas.blend(mask, ramp(lit, [(0.0, scheme.shade), (0.55, middle), (1.0, scheme.cloud)]))


def _stars(scene: Scene, horizon: float) -> None:
    places = scene.chance.uniform(0, 1, (130, 2)) * (scene.canvas.right, horizon)
    sizes = scene.chance.uniform(0.0012, 0.0034, 130)
    ring = np.array([(1, 0), (0, 1), (-1, 0), (0, -1)], np.float32)
    shapes = (places[:, None, :] + ring * sizes[:, None, None]).astype(np.float32)
    with scene.canvas.sketch(scene.canvas.whole()) as sketch:
        sketch.polygons(shapes, (1, 1, 0.94), 0.85)


def skyline(chance: Random, x: Array, cells: float, octaves: int = 5, rough: float = 0.5) -> Array:
    """A rough line over places `x`: about −1…1."""
    height = np.zeros_like(x)
    for octave in range(octaves):
        size = cells * 2**octave
        knots = chance.uniform(-1, 1, int(4 * size) + 4)
        place = x * size
        index = np.clip(place.astype(np.intp), 0, len(knots) - 2)
        t = place - index
        ease = t * t * (3 - 2 * t)
        height += rough**octave * (knots[index] * (1 - ease) + knots[index + 1] * ease)
    return height


def columns(canvas: Canvas) -> Array:
    """x of each column in `whole` coordinates."""
    return ((np.arange(canvas.width) + 0.5) / canvas.short).astype(np.float32)


def below(canvas: Canvas, line: Array) -> Array:
    """The mask of everything below a line given per column (in units)."""
    rows = ((np.arange(canvas.height) + 0.5) / canvas.short).astype(np.float32)
    return np.clip((rows[:, None] - line[None, :].astype(np.float32)) * canvas.short + 0.5, 0, 1)


def paint_ridge(
    scene: Scene, line: Array, tones: tuple[Colour, Colour], haze: Colour, rock: float = 0.0
) -> None:
    """Land below a line: lit and shadow tones by its relief, fading to `haze` at its foot.

    `rock` 0…1 is how craggy the relief is.
    """
    canvas = scene.canvas
    top = max(0, int((line.min() - 0.01) * canvas.short))
    part = Canvas(canvas.picture[top:], canvas.aspect, canvas.detail)
    _, y = part.grid(canvas.whole())
    y += np.float32(top / canvas.short)
    relief = part.clouded(scene.chance, 7, 5) if rock else part.clouded(scene.chance, 3, 5, stretch=1.5)
    reach = max(1, canvas.short // 90)
    slope = relief - _moved(relief, -int(scene.side) * reach, reach)
    light = 0.5 + (1.6 + 1.6 * rock) * slope + 0.18 * relief
    colours = ramp(light, [(0.05, tones[1]), (0.55, mixed(tones[0], tones[1], 0.35)), (1.0, tones[0])])
    depth = np.clip((y - line[None, :]) * 2.2, 0, 0.75)
    for band in range(3):
        colours[..., band] += (haze[band] - colours[..., band]) * depth * 0.6
    part.blend(below(canvas, line)[top:], colours)


def _moved(field: Array, right: int, down: int) -> Array:
    """The field shifted by pixels, its edges repeated."""
    height, width = int(field.shape[0]), int(field.shape[1])
    rows = np.clip(np.arange(height) - down, 0, height - 1)
    return field[rows][:, np.clip(np.arange(width) - right, 0, width - 1)]


def dabs(places: Array, sizes: Array, flat: float, chance: Random) -> Array:
    """Small uneven blots about `places` (n, 2): (n, 8, 2)."""
    angles = np.linspace(0, 2 * np.pi, 9)[:-1] + chance.uniform(0, 0.7, (len(places), 1))
    radii = sizes[:, None] * chance.uniform(0.7, 1.15, (len(places), 8))
    ring = np.stack([np.cos(angles) * radii, np.sin(angles) * radii * flat], axis=-1)
    return (places[:, None, :] + ring).astype(np.float32)


def paint_crown(scene: Scene, sketch: Sketch, centre: Point, radii: Point, tones: Sequence[Colour]) -> None:
    """A tree's crown in three tones: dark dabs first, lit ones last and on the sun's side."""
    chance, count = scene.chance, 46
    angle, far = chance.uniform(0, 6.283, count), np.sqrt(chance.uniform(0, 1, count))
    offsets = np.stack([np.cos(angle) * far, np.sin(angle) * far], axis=1)
    lit = offsets[:, 0] * scene.side * 0.5 - offsets[:, 1] * 0.7 + chance.normal(0, 0.25, count)
    order = np.argsort(lit)
    places = np.array(centre) + offsets[order] * radii
    band = np.digitize(lit[order], (-0.25, 0.4))
    sizes = radii[0] * chance.uniform(0.2, 0.38, count)
    sketch.polygons(dabs(places, sizes, 0.8, chance), mingled(tones, band, chance), 0.85)


def paint_fir(scene: Scene, sketch: Sketch, foot: Point, height: float, tones: tuple[Colour, Colour]) -> None:
    """A conifer: tiers of drooping branches, lit and dark."""
    x, y = foot
    sketch.polygon([(x - 0.012 * height, y), (x, y - height), (x + 0.012 * height, y)], tones[1])
    tiers = 9
    for tier in range(tiers):
        level = y - height * (0.1 + 0.88 * tier / tiers)
        half = height * (0.24 * (1 - tier / tiers) ** 0.9 + 0.01)
        drop = height * 0.1
        for way in (-1, 1):
            reach = way * half * float(scene.chance.uniform(0.75, 1.15))
            tone = mixed(tones[1], tones[0], 0.55 + 0.45 * way * scene.side) if tier % 2 else tones[1]
            low = [
                (x + reach, level + drop * 0.35),
                (x + reach * 0.4, level + drop * 0.1),
                (x, level + drop * 0.3),
            ]
            sketch.polygon([(x, level - drop * 1.2), *low], tone, 0.92)


def paint_grass(scene: Scene, top: float, bottom: float, tones: Sequence[Colour], count: int = 420) -> None:
    """Blades between two heights, longer towards the bottom."""
    canvas, chance = scene.canvas, scene.chance
    depth = np.sort(chance.uniform(0, 1, count)) ** 0.8
    feet = np.stack([chance.uniform(-0.02, canvas.right + 0.02, count), top + depth * (bottom - top)], axis=1)
    high = 0.012 + 0.06 * depth * chance.uniform(0.6, 1.3, count)
    lean = chance.normal(0.15, 0.5, count) * high
    middle = feet + np.stack([lean * 0.3, -high * 0.6], axis=1)
    tips = feet + np.stack([lean, -high], axis=1)
    lines = np.stack([feet, middle, tips], axis=1).astype(np.float32)
    colours = mingled(tones, chance.integers(0, len(tones), count), chance, 1.2)
    with canvas.sketch(canvas.whole(), 1 if canvas.detail < 0.6 else 2) as sketch:
        sketch.strokes(lines, (0.004 + 0.007 * depth).astype(np.float32), colours, 0.7)


def paint_birds(scene: Scene, horizon: float, count: int = 6) -> None:
    """A few birds far off."""
    chance = scene.chance
    colour = mixed(scene.scheme.dark, scene.scheme.haze, 0.2)
    with scene.canvas.sketch(scene.canvas.whole()) as sketch:
        for _ in range(count):
            x, y = chance.uniform(0.2, 0.8) * scene.canvas.right, chance.uniform(0.15, 0.75) * horizon
            size = chance.uniform(0.012, 0.028)
            half = [(0.4, -0.5), (1.0, -0.45)]
            wings = [*((x - a * size, y + b * size) for a, b in reversed(half)), (x, y)]
            wings += [(x + a * size, y + b * size) for a, b in half]
            sketch.stroke(curve(wings, 4), size * 0.3, colour, 0.85)
