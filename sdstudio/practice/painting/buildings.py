"""Single buildings and boats in a landscape, each standing with its foot's middle at `foot`."""

from __future__ import annotations

from sdstudio.practice.painting.colour import Colour, hexed, lit, mixed
from sdstudio.practice.painting.drawing import Point, Sketch, curve
from sdstudio.practice.painting.scenery import Scene

LAMP = hexed("ffd27a")


def paint_house(scene: Scene, foot: Point, size: float) -> None:
    """A cottage with a pitched roof."""
    scheme, side = scene.scheme, scene.side
    x, y = foot
    wall = mixed(hexed("e8dcc4"), scheme.haze, 0.25 + 0.3 * scheme.lamp)
    roof = mixed(hexed("9a4a34"), scheme.dark, 0.2 + 0.3 * scheme.lamp)
    half, high = size * 0.5, size * 0.42
    ridge = y - high - size * 0.32
    door = mixed(roof, scheme.dark, 0.5)
    with scene.canvas.sketch(scene.canvas.whole(), 3) as sketch:
        block(sketch, (x - half, y - high, x + half, y), mixed(wall, scheme.dark, 0.4))
        block(sketch, _ordered(x - side * half * 0.2, y - high, x + side * half, y), wall)
        eaves = [
            (x - half * 1.15, y - high),
            (x - half * 0.8, ridge),
            (x + half * 0.8, ridge),
            (x + half * 1.15, y - high),
        ]
        sketch.polygon(eaves, roof)
        block(sketch, (x + half * 0.35, ridge - size * 0.1, x + half * 0.52, ridge + size * 0.1), door)
        glass = mixed(mixed(scheme.dark, scheme.sky, 0.3), LAMP, min(1.0, scheme.lamp))
        for place in (-0.62, -0.1, 0.5):
            left, top = x + place * half, y - high * 0.75
            block(sketch, (left, top, left + size * 0.1, top + size * 0.15), glass)
        block(sketch, (x + half * 0.18, y - high * 0.62, x + half * 0.4, y), door)


def paint_castle(scene: Scene, foot: Point, size: float) -> None:
    """Keep, wall and towers with pointed roofs."""
    scheme = scene.scheme
    x, y = foot
    stone = mixed(hexed("b9ab98"), scheme.haze, 0.35)
    dim = mixed(stone, scheme.dark, 0.45)
    towers = ((-0.46, 0.16, 0.62), (0.44, 0.17, 0.7), (0.0, 0.3, 0.5), (-0.16, 0.14, 0.95), (0.2, 0.12, 0.78))
    with scene.canvas.sketch(scene.canvas.whole(), 3) as sketch:
        for place, wide, high in towers:
            _tower(scene, sketch, (x + place * size, y), (wide * size, high * size), (stone, dim))
        block(sketch, (x - 0.5 * size, y - 0.24 * size, x + 0.5 * size, y + 0.02), mixed(stone, dim, 0.5))


def _tower(scene: Scene, sketch: Sketch, foot: Point, size: Point, tones: tuple[Colour, Colour]) -> None:
    x, y = foot
    wide, high = size
    top, half, side = y - high, wide / 2, scene.side
    block(sketch, (x - half, top, x + half, y), tones[1])
    block(sketch, _ordered(x, top, x + side * half, y), tones[0])
    if high > wide * 3:
        roof = mixed(hexed("5a4a6a"), scene.scheme.dark, 0.2)
        peak, eave = top - 1.9 * wide, half * 1.25
        sketch.polygon([(x - eave, top), (x, peak), (x + eave, top)], roof)
        sketch.polygon([(x, top), (x, peak), (x + side * eave, top)], lit(roof, 1.35))
    glass = mixed(scene.scheme.dark, LAMP, min(1.0, scene.scheme.lamp))
    block(sketch, (x - 0.12 * wide, top + 0.12 * high, x + 0.12 * wide, top + 0.25 * high), glass)


def paint_lighthouse(scene: Scene, foot: Point, size: float) -> None:
    """A banded tower with its lantern; it sends beams when the light is low."""
    scheme = scene.scheme
    x, y = foot
    white, red = mixed(hexed("f0ece2"), scheme.haze, 0.2), mixed(hexed("b8392f"), scheme.dark, 0.1)
    top, rail = 0.07 * size, y - 0.9 * size
    with scene.canvas.sketch(scene.canvas.whole(), 3) as sketch:
        if scheme.lamp > 0.3 or scheme.sun < 0:
            for way in (-1.2, 1.2):
                sketch.polygon(
                    [(x, y - size), (x + way, y - size - 0.14), (x + way, y - size + 0.08)], LAMP, 0.16
                )
        for band in range(5):
            _band(sketch, (x, y), size, band, mixed(red if band % 2 else white, scheme.dark, 0.35), (-1, 1))
            _band(sketch, (x, y), size, band, red if band % 2 else white, (0.2 * scene.side, scene.side))
        block(sketch, (x - top * 1.5, rail - 0.02 * size, x + top * 1.5, rail), scheme.dark)
        block(
            sketch,
            (x - top * 0.8, rail - 0.12 * size, x + top * 0.8, rail - 0.02 * size),
            mixed(LAMP, (1, 1, 1), 0.3),
        )
        sketch.polygon(
            [(x - top, rail - 0.12 * size), (x, rail - 0.21 * size), (x + top, rail - 0.12 * size)], red
        )


def _band(sketch: Sketch, foot: Point, size: float, band: int, colour: Colour, across: Point) -> None:  # noqa: PLR0917
    """One of the tower's five bands, `across` a part −1…1 of its width."""
    x, y = foot
    corners: list[Point] = []
    for level, way in ((band, 0), (band + 1, 0), (band + 1, 1), (band, 1)):
        half = size * (0.11 - 0.04 * level / 5)
        corners.append((x + across[way] * half, y - 0.18 * level * size))
    sketch.polygon(corners, colour)


def paint_boat(scene: Scene, foot: Point, size: float) -> None:
    """A sailing boat and its reflection."""
    scheme, side = scene.scheme, scene.side
    x, y = foot
    hull, sail = mixed(hexed("5a3428"), scheme.dark, 0.3), mixed(hexed("f3ead8"), scheme.light, 0.2)

    def placed(points: list[Point]) -> list[Point]:
        return [(x + side * a * size, y + b * size) for a, b in points]

    with scene.canvas.sketch(scene.canvas.whole(), 3) as sketch:
        sketch.polygon(placed([(-0.48, -0.1), (0.52, -0.12), (0.36, 0.06), (-0.36, 0.06)]), hull)
        sketch.line(placed([(0, -0.1), (0, -1.15)]), 0.02 * size, scheme.dark)
        main = curve(placed([(0.02, -1.12), (0.3, -0.6), (0.46, -0.16)]), 6)
        sketch.polygon([*main, *placed([(0.02, -0.16)])], sail)
        fore = curve(placed([(-0.03, -0.98), (-0.2, -0.5), (-0.4, -0.16)]), 6)
        sketch.polygon([*fore, *placed([(-0.03, -0.2)])], mixed(sail, scheme.dark, 0.25))
        for rank in range(5):
            level, half = 0.1 + 0.09 * rank, 0.34 - 0.05 * rank
            glint = placed([(-half, level), (0, level + 0.06), (half, level)])
            sketch.stroke(glint, 0.03 * size, mixed(hull, scheme.water, 0.4), 0.5)


def block(sketch: Sketch, box: tuple[float, float, float, float], colour: Colour, alpha: float = 1.0) -> None:
    """A filled rectangle: left, top, right, bottom."""
    left, top, right, bottom = box
    sketch.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], colour, alpha)


def _ordered(x1: float, top: float, x2: float, bottom: float) -> tuple[float, float, float, float]:
    return min(x1, x2), top, max(x1, x2), bottom
