"""Colour schemes of the open air: what light, season and weather do to sky, ground, leaves and water."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from sdstudio.practice.noise import generator
from sdstudio.practice.painting.colour import Colour, hexed, mixed, turned
from sdstudio.practice.painting.palette import PIGMENTS
from sdstudio.practice.words import Theme, stable_number


@dataclass(frozen=True, slots=True)
class Scheme:
    """Colours of a scene. `haze` is what distance fades to; `light` the sun's or moon's; `dark` deep shadow."""

    zenith: Colour
    sky: Colour
    horizon: Colour
    cloud: Colour
    shade: Colour  # of clouds
    light: Colour
    haze: Colour
    rock: Colour
    ground: Colour
    leaves: Colour
    water: Colour
    dark: Colour
    lamp: float = 0.0  # how far windows and lamps are lit
    sun: float = 0.4  # height of the sun or moon, as a part of the sky; below 0: not seen


def coloured(codes: str, lamp: float = 0.0, sun: float = 0.4) -> Scheme:
    """A scheme from its colours in hexadecimal, in the order of the fields."""
    colours = [hexed(code) for code in codes.split()]
    return Scheme(*colours, lamp=lamp, sun=sun)


_TIMES = {
    "day": coloured(
        "3f7fc4 7db4e0 d9ebf0 fbf8f0 a9bccd fff6d8 b5cfde 7f8490 7da24f 4c7f3c 2f7396 223a3a", sun=0.75
    ),
    "dawn": coloured(
        "5c7fb5 b9b3d0 f8d9b8 fde7d6 b79bb2 ffe0a8 dcc6c8 857a8c 87995a 5a7a4a 6f94ac 2f3446", 0.2, 0.15
    ),
    "sunset": coloured(
        "35487f c76f6a fbb95c ffcf8e 8a4f66 ffdf8a e0956c 6a4a58 77713a 4f5a30 7f5a66 2a2233", 0.4, 0.12
    ),
    "dusk": coloured(
        "1f2a52 5a4f86 d58a78 c98a90 4a4170 ffc9a0 7d6a90 484560 4a5a48 33463c 3d4a78 171a2c", 0.9, 0.05
    ),
    "night": coloured(
        "0a1130 152450 2f4a78 4a5f8c 1f2f58 e8ecff 2a3f68 2c3450 26382f 1d3028 152c50 080c1a", 1.0, 0.7
    ),
}

_HOURS = ("day", "sunset", "day", "dawn", "dusk")  # for families of a theme that names none

_SEASONS = {
    "spring": {"leaves": hexed("86b04a"), "ground": hexed("92b85a")},
    "summer": {"leaves": hexed("3f7a38"), "ground": hexed("88a048")},
    "autumn": {"leaves": hexed("c8702c"), "ground": hexed("a8884a")},
    "winter": {"leaves": hexed("8c9aa0"), "ground": hexed("e3eaf0")},
}

_WEATHERS = {
    "storm": ("2f3a48", "58646e", 0.75),
    "rain": ("56636e", "8a979e", 0.6),
    "fog": ("b4bcc0", "d2d6d4", 0.65),
    "snow": ("98a6b4", "dfe6ea", 0.55),
}


def scheme_of(theme: Theme, family: int) -> Scheme:
    """The scheme of a family: what the words say; families differ in what they leave open."""
    chance = generator(theme.salt, stable_number("scheme"), family)
    first = generator(theme.salt, stable_number("hours")).integers(len(_HOURS))
    time = theme.time or _HOURS[(int(first) + family) % len(_HOURS)]
    scheme = _TIMES[time]
    if theme.season:
        scheme = _lit_by(scheme, _SEASONS[theme.season], 0.15 if time == "day" else 0.45)
    if theme.weather in _WEATHERS:
        scheme = _under(scheme, *_WEATHERS[theme.weather])
    named = {owner: PIGMENTS[word] for owner, word in theme.colours if word in PIGMENTS}
    own = {"sky": "sky", "water": "water", "leaves": "leaves", "ground": "ground"}
    scheme = _lit_by(scheme, {own[owner]: colour for owner, colour in named.items() if owner in own}, 0.15)
    if colour := named.get("") or named.get("subject"):
        scheme = _dipped(scheme, colour)
    return _dipped(scheme, turned(scheme.sky, float(chance.normal(0, 0.08))), 0.12)


def _lit_by(scheme: Scheme, colours: dict[str, Colour], part: float) -> Scheme:
    """The scheme with local colours replaced, seen in its own light."""
    return replace(scheme, **{name: mixed(colour, scheme.haze, part) for name, colour in colours.items()})


def _under(scheme: Scheme, above: str, haze: str, part: float) -> Scheme:
    """The scheme under a covered sky: no sun, less colour."""
    grey, veil = hexed(above), hexed(haze)
    night = mixed(scheme.zenith, grey, part)
    return replace(
        scheme,
        zenith=night,
        sky=mixed(scheme.sky, mixed(grey, veil, 0.5), part),
        horizon=mixed(scheme.horizon, veil, part),
        cloud=mixed(scheme.cloud, veil, part),
        shade=mixed(scheme.shade, night, 0.7),
        haze=mixed(scheme.haze, veil, part),
        water=mixed(scheme.water, grey, part * 0.7),
        ground=mixed(scheme.ground, grey, part * 0.4),
        leaves=mixed(scheme.leaves, grey, part * 0.4),
        light=mixed(scheme.light, veil, 0.5),
        sun=-1.0,
    )


def _dipped(scheme: Scheme, colour: Colour, part: float = 0.4) -> Scheme:
    """All colours moved towards one."""
    colours = [field.name for field in fields(scheme) if field.name not in ("lamp", "sun")]
    return replace(scheme, **{name: _towards(getattr(scheme, name), colour, part) for name in colours})


def _towards(colour: Colour, aim: Colour, part: float) -> Colour:
    """Mixed with the aim at the colour's own lightness."""
    light, aimed = sum(colour) / 3, max(0.05, sum(aim) / 3)
    red, green, blue = (min(1.0, band * (light / aimed) ** 0.7) for band in aim)
    return mixed(colour, (red, green, blue), part)
