"""Which people sit for a portrait: from a theme's words to a `Person` and a backdrop for each picture of a set."""

from __future__ import annotations

from sdstudio.practice.noise import generator
from sdstudio.practice.painting.colour import Colour, hexed, lit, mixed, varied
from sdstudio.practice.painting.drawing import Random
from sdstudio.practice.painting.palette import EYES, HAIR, NATURAL_EYES, NATURAL_LOOKS, PIGMENTS, SKIN
from sdstudio.practice.painting.person import Person
from sdstudio.practice.words import Theme, stable_number

Backdrop = tuple[Colour, Colour, Colour]

_CLOTHS = ("2f4858", "7a2e3a", "d8cfc0", "35503f", "3a3550", "8a5a3c", "26282e", "b8863b")
_BACKDROPS = {
    "cinematic": (("0e1a20", "1f4148", "c9864e"), ("12161f", "27405a", "d49a5a"), ("151214", "4a3328", "d8a066")),
    "oil": (("1e1712", "4a3826", "8a6c44"), ("161a16", "3a4636", "7d8058"), ("221616", "573430", "9a6a52")),
    "neon": (("120a26", "47207a", "ff4fa0"), ("081a2c", "0f5a86", "35f0e0"), ("1a0820", "7a1460", "ffb040")),
    "pastel": (("b9c6dd", "dcd3e4", "f6e6dc"), ("c4ddd3", "e5ecd8", "faf1dc"), ("e2c3cb", "f1dcd6", "fbf1e4")),
    "": (
        ("3b4a54", "7d8f8f", "d9cfb8"), ("4a3a34", "9a7560", "e4c7a0"), ("2f4038", "6f8a6c", "cfd3a8"),
        ("37364f", "7d7596", "d6c3cc"), ("24424a", "5a8a92", "c9d8cc"),
    ),
}  # fmt: skip


def sitter(theme: Theme, family_number: int, number: int) -> Person:
    """The person of one picture; a family shares hair, skin and light, so that the patches of a face fit."""
    family = generator(theme.salt, stable_number("family"), family_number)
    own = generator(theme.salt, stable_number("sitter"), number)
    old = "old" in theme.extras
    masculine = theme.subject == "man" or (not theme.subject and bool(family.integers(2)))
    first = generator(theme.salt, stable_number("looks")).permutation(len(NATURAL_LOOKS))
    usual_skin, usual_hair = NATURAL_LOOKS[int(first[family_number % len(first)])]
    hair = varied(HAIR.get(theme.colour("hair")) or HAIR["white" if old else usual_hair], family, 0.5)
    skin = varied(SKIN.get(theme.colour("skin")) or SKIN[usual_skin], family, 0.4)
    usual_eyes = NATURAL_EYES[int(family.integers(len(NATURAL_EYES)))]
    eyes = varied(EYES.get(theme.colour("eyes")) or EYES[usual_eyes], family, 0.4)
    cloth = PIGMENTS.get(theme.colour("cloth")) or hexed(str(family.choice(_CLOTHS)))
    lips = PIGMENTS.get(theme.colour("lips")) or hexed("b04a58" if not masculine else "b5705f")
    style = _style(theme, family, masculine=masculine)
    moody = theme.style in ("cinematic", "oil", "noir", "neon")
    return Person(
        skin=skin,
        hair=hair,
        eyes=eyes,
        lips=mixed(varied(lips, family, 0.6), skin, 0.3 if masculine else 0.1),
        cloth=varied(varied(cloth, family, 0.8), own, 0.3),
        style=style,
        fringe="fringe" in theme.extras or (style in ("long", "bob") and family.uniform() < 0.25),
        masculine=masculine,
        beard=_beard(theme, family, masculine=masculine),
        age=0.8 if old else 0.1,
        turn=float(family.uniform(-0.8, 0.8) + own.uniform(-0.25, 0.25)),
        smile=_smile(theme, own),
        part=float(family.uniform(-0.35, 0.35)),
        light=1.0 if family.integers(2) else -1.0,
        contrast=1.0 if moody else 0.7,
        seed=int(own.integers(2**62)),
        look=int(family.integers(2**62)),
    )


def backdrop(theme: Theme, family_number: int, number: int) -> Backdrop:
    """Three tones, dark to light, behind the sitter."""
    family = generator(theme.salt, stable_number("backdrop"), family_number)
    own = generator(theme.salt, stable_number("backdrop of"), number)
    if pigment := PIGMENTS.get(theme.colour("backdrop") or theme.colour("")):
        tones: Backdrop = (lit(pigment, 0.45), pigment, lit(pigment, 1.7))
    else:
        choices = _BACKDROPS.get(theme.style, _BACKDROPS[""])
        dark, middle, light = choices[int(family.integers(len(choices)))]
        tones = (hexed(dark), hexed(middle), hexed(light))
    if theme.time in ("night", "dusk"):
        night = hexed("101a30")
        tones = (
            mixed(tones[0], night, 0.7),
            mixed(tones[1], night, 0.5),
            mixed(tones[2], hexed("c98a50"), 0.4),
        )
    return varied(tones[0], own), varied(tones[1], own), varied(tones[2], own)


def _style(theme: Theme, chance: Random, *, masculine: bool) -> str:
    for word, style in _STYLES.items():
        if word in theme.extras:
            return style
    free = chance.uniform()
    if masculine:
        return "short"
    return ("long", "wavy", "bob", "wavy", "bun")[int(free * 5)]


_STYLES = {
    "bald": "bald",
    "bun": "bun",
    "curly hair": "curly",
    "wavy hair": "wavy",
    "short hair": "bob",
    "long hair": "long",
}


def _beard(theme: Theme, chance: Random, *, masculine: bool) -> float:
    grown = float(chance.choice([0.0, 0.0, 0.35, 0.75]))
    if "beard" in theme.extras:
        return 0.85
    return grown if masculine else 0.0


def _smile(theme: Theme, chance: Random) -> float:
    smile = float(chance.uniform(-0.1, 0.6))
    if "smile" in theme.extras:
        return smile + 0.6
    return -0.6 if "sad" in theme.extras else smile
