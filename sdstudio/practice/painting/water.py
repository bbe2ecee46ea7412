"""Lakes and the sea: mirrored light, ripples, waves and foam."""

from __future__ import annotations

import numpy as np

from sdstudio.practice.painting.canvas import Canvas
from sdstudio.practice.painting.colour import Colour, mingled, mixed, ramp
from sdstudio.practice.painting.drawing import arcs
from sdstudio.practice.painting.scenery import Scene, below, columns


def paint_lake(scene: Scene, shore: float, end: float) -> None:
    """Still water between two heights: what stands above the shore, upside down and rippled."""
    canvas, scheme = scene.canvas, scene.scheme
    top, low = int(shore * canvas.short), min(canvas.height, int(end * canvas.short))
    part = Canvas(canvas.picture[top:low], canvas.aspect, canvas.detail)
    ripple = part.clouded(scene.chance, 30, 2, stretch=7)
    rows = np.arange(part.height, dtype=np.float32)
    depth = rows / max(1, part.height)
    wobble = ripple[:, part.width // 2] * (2 + 10 * depth) * canvas.short / 512
    part.fill(canvas.picture[np.clip(top - 1 - rows * 1.1 + wobble, 0, canvas.height - 1).astype(np.intp)])
    part.blend(np.ascontiguousarray(np.broadcast_to((0.25 + 0.4 * depth)[:, None], ripple.shape)), scheme.water)
    part.blend(np.clip(ripple * 1.1 - 0.35, 0, 0.5), mixed(scheme.horizon, scheme.light, 0.4))
    part.blend(np.clip(-ripple * 0.9 - 0.4, 0, 0.4), mixed(scheme.water, scheme.dark, 0.5))


def paint_sea(scene: Scene, horizon: float, rough: float) -> None:
    """Open water from the horizon down; `rough` 0…1."""
    canvas, scheme = scene.canvas, scene.scheme
    x, y = canvas.grid(canvas.whole())
    depth = np.clip((y - horizon) / (canvas.bottom - horizon), 0, 1)
    swell = canvas.clouded(scene.chance, 9, 4, stretch=6)
    tone = depth * 0.9 + 0.22 * swell * (0.4 + depth)
    far, deep = mixed(scheme.water, scheme.horizon, 0.55), mixed(scheme.water, scheme.dark, 0.35)
    colours = ramp(tone, [(0.0, far), (0.35, scheme.water), (1.0, deep)])
    canvas.blend(below(canvas, np.full_like(columns(canvas), horizon)), colours)
    if scheme.sun > -0.5:
        spread = 0.04 + 0.25 * depth
        glitter = np.exp(-(((x - scene.sun_x) / spread) ** 2)) * np.clip(0.25 + 1.4 * swell, 0, 1) * (depth > 0)
        canvas.blend(np.clip(glitter * 0.9, 0, 0.9), mixed(scheme.light, (1, 1, 1), 0.3))
    _waves(scene, horizon, rough)


def _waves(scene: Scene, horizon: float, rough: float) -> None:
    """Strokes that lengthen towards the viewer: troughs, backs, foam."""
    canvas, scheme, chance, count = scene.canvas, scene.scheme, scene.chance, 260
    depth = np.sort(chance.uniform(0, 1, count) ** 1.6)
    down = horizon + 0.004 + depth * (canvas.bottom - horizon)
    places = np.stack([chance.uniform(-0.1, 1.1, count) * canvas.right, down], axis=1)
    lengths = (0.02 + 0.22 * depth) * chance.uniform(0.6, 1.4, count)
    bends = -chance.uniform(0.02, 0.1 + 0.14 * rough, count)
    lines = arcs(places, chance.normal(0, 0.03 + 0.05 * rough, count), lengths, bends)
    tones: tuple[Colour, ...] = (
        mixed(scheme.water, scheme.dark, 0.45),
        mixed(scheme.water, scheme.horizon, 0.45),
        mixed(scheme.cloud, scheme.horizon, 0.3),
    )
    band = chance.choice(3, count, p=(0.45 - 0.1 * rough, 0.4 - 0.1 * rough, 0.15 + 0.2 * rough))
    widths = ((0.002 + 0.016 * depth) * (0.7 + rough)).astype(np.float32)
    with canvas.sketch(canvas.whole()) as sketch:
        sketch.strokes(lines, widths, mingled(tones, band, chance), 0.55)
