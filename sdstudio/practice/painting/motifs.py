"""The motifs by name: who paints them, and how a set of them is put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sdstudio.practice.painting.abstract import paint_abstract
from sdstudio.practice.painting.animals import paint_animal
from sdstudio.practice.painting.canvas import Canvas, blurred, stretched
from sdstudio.practice.painting.city import paint_city
from sdstudio.practice.painting.flowers import paint_flowers
from sdstudio.practice.painting.forest import paint_forest
from sdstudio.practice.painting.landscape import paint_landscape
from sdstudio.practice.painting.portrait import paint_portrait
from sdstudio.practice.painting.seascape import paint_seascape
from sdstudio.practice.painting.still_life import paint_still_life
from sdstudio.practice.words import Theme

Painter = Callable[[Canvas, Theme, int, int], None]


_SETTING = 160  # pixels of the shorter side: enough for what is out of focus
_OUT_OF_FOCUS = 0.016  # of the shorter side: how far a setting behind a sitter is blurred


@dataclass(frozen=True, slots=True)
class Motif:
    """How to paint pictures of one kind and how they hang together.

    `paint` gets the canvas, the theme, the picture's family and its number. `coherence` is the part of a picture
    that has to be decided together at first (a face: much; a meadow: little), `grain` the pixels at the end.
    `staged` ones leave the canvas as it is behind their subject when the theme names a setting.
    """

    paint: Painter
    families: int = 3
    members: int = 7
    coherence: float = 0.5
    grain: int = 3
    staged: bool = False


MOTIFS: dict[str, Motif] = {
    "portrait": Motif(paint_portrait, families=6, members=4, coherence=0.6, staged=True),
    "landscape": Motif(paint_landscape, families=3, members=8, coherence=0.45),
    "forest": Motif(paint_forest, families=3, members=8, coherence=0.45),
    "city": Motif(paint_city, families=4, members=6, coherence=0.55),
    "flower": Motif(paint_flowers, families=4, members=6, coherence=0.6),
    "animal": Motif(paint_animal, families=4, members=5, coherence=0.65, staged=True),
    "still life": Motif(paint_still_life, families=4, members=6, coherence=0.55),
    "abstract": Motif(paint_abstract, families=3, members=8, coherence=0.4),
    "sea": Motif(paint_seascape, families=3, members=8, coherence=0.45),
}

_GUESSED = ("landscape", "sea", "forest", "city", "flower", "still life", "abstract")


def motif_of(theme: Theme) -> Motif:
    """The theme's motif; when no word names one, its unknown words choose."""
    return MOTIFS.get(theme.motif) or MOTIFS[_GUESSED[theme.salt % len(_GUESSED)]]


def paint_theme(canvas: Canvas, theme: Theme, number: int) -> None:
    """Picture `number` of the theme; a portrait or an animal stands before its setting if it has one."""
    motif = motif_of(theme)
    family = number % motif.families
    setting = MOTIFS.get(theme.setting)
    if setting and motif.staged:
        part = min(1.0, _SETTING / canvas.short)
        small = Canvas.blank(
            round(canvas.width * part), round(canvas.height * part), canvas.aspect, detail=0.25
        )
        setting.paint(small, replace(theme, motif=theme.setting, subject="", setting=""), family, number)
        for band in range(3):
            soft = blurred(small.picture[..., band], _OUT_OF_FOCUS * small.short)
            canvas.picture[..., band] = stretched(soft, canvas.width, canvas.height)
    motif.paint(canvas, theme, family, number)
