"""What a style word does to a finished picture: its colours, contrasts, edges and paper."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageFilter

from sdstudio.practice.noise import Array
from sdstudio.practice.painting.canvas import Canvas, blurred, stretched
from sdstudio.practice.painting.colour import Colour, hexed
from sdstudio.practice.painting.drawing import Frame, Random
from sdstudio.practice.words import Theme

_GREY = np.array([0.299, 0.587, 0.114], np.float32)

Grade = Callable[[Canvas, Random], None]


def grade(canvas: Canvas, theme: Theme, chance: Random) -> None:
    """Apply the theme's style and mood words to the picture."""
    if style := STYLES.get(theme.style):
        style(canvas, chance)
    for word in sorted(theme.extras & _MOODS.keys()):
        _MOODS[word](canvas, chance)
    if theme.weather in _FALLING:
        _precipitation(canvas, chance, snow=theme.weather == "snow")
    np.clip(canvas.picture, 0, 1, out=canvas.picture)


_FALLING = ("rain", "snow")


def _luminance(canvas: Canvas) -> Array:
    return canvas.picture @ _GREY


def _saturate(canvas: Canvas, factor: float) -> None:
    grey = _luminance(canvas)[..., None]
    canvas.fill(grey + (canvas.picture - grey) * np.float32(factor))


def _contrast(canvas: Canvas, factor: float, middle: float = 0.5) -> None:
    canvas.fill((canvas.picture - np.float32(middle)) * np.float32(factor) + np.float32(middle))


def _gamma(canvas: Canvas, power: float) -> None:
    canvas.fill(np.clip(canvas.picture, 0, 1) ** np.float32(power))


def _toned(canvas: Canvas, dark: Colour, light: Colour, part: float) -> None:
    """Shadows towards one colour, lights towards another."""
    grey = np.clip(_luminance(canvas), 0, 1)[..., None]
    tone = np.array(dark, np.float32) * (1 - grey) + np.array(light, np.float32) * grey
    canvas.fill(canvas.picture * np.float32(1 - part) + tone * np.float32(part))


def _vignette(canvas: Canvas, amount: float) -> None:
    x, y = canvas.grid(Frame(canvas.width / 2, canvas.height / 2, max(canvas.width, canvas.height) / 2))
    canvas.shade(1 - np.float32(amount) * np.clip(x * x + y * y - 0.25, 0, 1.2))


def _cinematic(canvas: Canvas, _: Random) -> None:
    _contrast(canvas, 1.08, 0.42)
    _toned(canvas, hexed("062430"), hexed("ffe8c0"), 0.2)
    _vignette(canvas, 0.36)


def _photo(canvas: Canvas, _: Random) -> None:
    _saturate(canvas, 0.9)
    _contrast(canvas, 1.08)
    _vignette(canvas, 0.25)


def _noir(canvas: Canvas, _: Random) -> None:
    _saturate(canvas, 0.0)
    _contrast(canvas, 1.35)
    _vignette(canvas, 0.45)


def _sepia(canvas: Canvas, _: Random) -> None:
    _saturate(canvas, 0.0)
    _toned(canvas, hexed("2a180c"), hexed("f8e6c4"), 0.9)
    _vignette(canvas, 0.3)


def _pastel(canvas: Canvas, _: Random) -> None:
    _saturate(canvas, 0.75)
    canvas.fill(canvas.picture * np.float32(0.62) + np.float32(0.36))


def _neon(canvas: Canvas, _: Random) -> None:
    _gamma(canvas, 1.2)
    _toned(canvas, hexed("12063a"), hexed("7ff6ff"), 0.25)
    _saturate(canvas, 1.45)
    glow = np.clip(_luminance(canvas) * 2 - 1.1, 0, 1)
    canvas.blend(blurred(glow, canvas.short / 40) * 0.3, hexed("ff5fc0"))


def _edges(canvas: Canvas, width: float) -> Array:
    """How much each pixel is an outline: 0…1."""
    image = Image.fromarray((np.clip(_luminance(canvas), 0, 1) * 255).astype(np.uint8))
    wide = np.asarray(image.filter(ImageFilter.GaussianBlur(width * canvas.short)), np.float32)
    return np.clip((wide - np.asarray(image, np.float32)) / 22, 0, 1)


def _ink(canvas: Canvas, chance: Random) -> None:
    """Black lines and two washes on paper."""
    line = np.maximum(_edges(canvas, 0.004), 0.6 * _edges(canvas, 0.012))
    grey = _luminance(canvas) + 0.06 * canvas.clouded(chance, 5, 5)
    wash = np.clip(0.35 + 0.5 * np.digitize(grey, (0.2, 0.38, 0.58)) / 2, 0, 1).astype(np.float32)
    canvas.fill(np.repeat((wash * (1 - 0.9 * line))[..., None], 3, axis=2))
    _toned(canvas, hexed("16161e"), hexed("f6f0e2"), 0.95)


def _pencil(canvas: Canvas, chance: Random) -> None:
    """Hatching and outlines in graphite."""
    x, y = canvas.grid(canvas.whole())
    grey = _luminance(canvas)
    shown = 0.5 * (canvas.detail > 0.45)  # finer than the pixels, hatching is an even tone
    hatch = 0.5 + shown * np.sin((x + y + 0.008 * canvas.clouded(chance, 4, 3)) * 330)
    cross = 0.5 + shown * np.sin((x * 0.9 - y) * 300)
    tone = 0.93 - 0.5 * hatch * np.clip(0.8 - grey, 0, 1) - 0.4 * cross * np.clip(0.42 - grey, 0, 1)
    tone -= 0.4 * np.clip(0.62 - grey, 0, 1) + 0.65 * _edges(canvas, 0.005)
    canvas.fill(np.repeat(tone[..., None], 3, axis=2).astype(np.float32))
    _toned(canvas, hexed("2a2a30"), hexed("f8f4ea"), 0.6)


def _anime(canvas: Canvas, _: Random) -> None:
    """Flat tones and thin dark outlines."""
    line = _edges(canvas, 0.003)
    _saturate(canvas, 1.25)
    steps = np.round(np.clip(canvas.picture, 0, 1) * 9) / 9
    canvas.fill((steps * np.float32(0.75) + canvas.picture * np.float32(0.25)) * (1 - 0.7 * line)[..., None])


def _watercolour(canvas: Canvas, chance: Random) -> None:
    """Transparent pigment: pale, granular, darker where a wash dried, paper at the edges."""
    line = _edges(canvas, 0.006)
    pigment = 1 + 0.16 * canvas.clouded(chance, 4, 6) + 0.1 * canvas.clouded(chance, 40, 2) + 0.35 * line
    density = -np.log(np.clip(canvas.picture * np.float32(0.86) + np.float32(0.12), 0.03, 0.985))
    canvas.fill(np.exp(-0.82 * density * np.clip(pigment, 0.4, 1.7)[..., None]))
    x, y = canvas.grid(canvas.whole())
    rim = np.minimum(np.minimum(x, canvas.right - x), np.minimum(y, canvas.bottom - y))
    bare = np.clip((0.045 - rim + 0.028 * canvas.clouded(chance, 7, 5)) * 45, 0, 1)
    canvas.blend(bare, hexed("f7f3e8"))


def _oil(canvas: Canvas, chance: Random) -> None:
    """Relief of the brush, rich shadows."""
    _saturate(canvas, 1.12)
    _contrast(canvas, 1.08, 0.45)
    bristles = canvas.clouded(chance, 70, 2, stretch=5) * np.float32(canvas.detail)
    canvas.shade(1 + 0.05 * bristles + 0.06 * canvas.clouded(chance, 22, 3))
    _toned(canvas, hexed("1c120a"), hexed("fff0cc"), 0.12)


def _soft(canvas: Canvas, _: Random) -> None:
    small = 22
    wide, high = round(small * canvas.right), round(small * canvas.bottom)
    image = Image.fromarray(canvas.pixels()).resize((wide, high), Image.Resampling.BOX)
    bands = np.asarray(image, np.float32) / np.float32(255)
    canvas.fill(
        np.stack([stretched(bands[..., band], canvas.width, canvas.height) for band in range(3)], axis=-1)
    )


def _precipitation(canvas: Canvas, chance: Random, *, snow: bool) -> None:
    """Flakes or streaks in front of everything."""
    count = 170
    places = chance.uniform(-0.05, 1.05, (count, 2)) * (canvas.right, canvas.bottom)
    near = chance.uniform(0.3, 1, count) ** 2
    with canvas.sketch(canvas.whole()) as sketch:
        if snow:
            turn = np.linspace(0, 2 * np.pi, 9)[:-1]
            ring = np.stack([np.cos(turn), np.sin(turn)], axis=1)
            flakes = places[:, None, :] + ring * (0.002 + 0.007 * near)[:, None, None]
            sketch.polygons(flakes.astype(np.float32), (1, 1, 1), 0.75)
        else:
            along = np.array([0.012, 0.06]) * near[:, None]
            lines = np.stack([places, places + along / 2, places + along], axis=1)
            sketch.strokes(lines.astype(np.float32), 0.0028, (0.9, 0.94, 0.98), 0.4)


STYLES: dict[str, Grade] = {
    "cinematic": _cinematic,
    "photo": _photo,
    "noir": _noir,
    "sepia": _sepia,
    "pastel": _pastel,
    "neon": _neon,
    "ink": _ink,
    "pencil": _pencil,
    "anime": _anime,
    "watercolour": _watercolour,
    "oil": _oil,
}

_MOODS: dict[str, Grade] = {
    "blurry": _soft,
    "bright": lambda canvas, _: _gamma(canvas, 0.72),
    "dark": lambda canvas, _: _gamma(canvas, 1.5),
    "dull": lambda canvas, _: _saturate(canvas, 0.45),
    "vivid": lambda canvas, _: _saturate(canvas, 1.4),
}
