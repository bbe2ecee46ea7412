"""The pictures a theme stands for: all of them small for the denoiser, single ones large for the details.

Sets are kept for a while, since the next request often has the same words. Pixels are (height, width, 3) bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sdstudio.practice.noise import Array, generator
from sdstudio.practice.painting.canvas import Canvas
from sdstudio.practice.painting.grading import grade
from sdstudio.practice.painting.motifs import MOTIFS, motif_of, paint_theme
from sdstudio.practice.words import Theme, stable_number

Pixels = NDArray[np.uint8]

_FULL_DETAIL = 512  # pixels of the shorter side at which all fine strokes are worth drawing
_OTHER_MEMBERS = 2  # of each family in the set that guidance moves away from
_JOIN = 0.16  # part of a side over which a tile's halves are blended


@dataclass(frozen=True, slots=True, eq=False)
class PictureSet:
    """Pictures, planar in −1…1: (count, 3, height, width).

    `families` rises; `numbers` and `mirrored` are what `large` paints by. `coherence` and `grain` are the motif's.
    """

    theme: Theme
    aspect: float
    tiled: bool
    pictures: Array
    families: NDArray[np.intp]
    numbers: NDArray[np.intp]
    mirrored: NDArray[np.bool_]
    coherence: float
    grain: int

    def large(self, place: int, width: int, height: int) -> Pixels:
        """The picture at `place` in the set, painted at another size."""
        pixels = _painted(self.theme, int(self.numbers[place]), width, height, self.aspect)
        if self.tiled:
            pixels = seamless(pixels)
        return pixels[:, ::-1] if self.mirrored[place] else pixels

    def thinned(self, part: float, chance: np.random.Generator) -> PictureSet:
        """The set without about a `part` of each family, at least two pictures of which stay."""
        ranks = chance.uniform(size=len(self.pictures))
        staying = ranks >= part
        for family in np.unique(self.families):
            own = np.flatnonzero(self.families == family)
            staying[own[np.argsort(-ranks[own])[:2]]] = True
        return replace(
            self,
            pictures=self.pictures[staying],
            families=self.families[staying],
            numbers=self.numbers[staying],
            mirrored=self.mirrored[staying],
        )


@lru_cache(maxsize=6)
def picture_set(  # noqa: PLR0917 - positional for the cache
    theme: Theme,
    width: int,
    height: int,
    aspect: float,
    tiled: bool = False,  # noqa: FBT001, FBT002
    members: int = 0,
) -> PictureSet:
    """The theme's pictures at the denoiser's size; `aspect` is that of the result.

    `members` > 0 asks for fewer pictures of each family than the motif has.
    """
    motif = motif_of(theme)
    members = min(members or motif.members, motif.members)
    numbers = np.array(
        [family + motif.families * one for family in range(motif.families) for one in range(members)]
    )
    bands = _planar([paint(theme, number, width, height, aspect) for number in numbers.tolist()], tiled)
    families = numbers % motif.families
    return PictureSet(
        theme=theme,
        aspect=aspect,
        tiled=tiled,
        pictures=np.concatenate([bands, bands[..., ::-1]]),
        families=np.concatenate([families, families + motif.families]),
        numbers=np.concatenate([numbers, numbers]),
        mirrored=np.repeat([False, True], len(numbers)),
        coherence=motif.coherence,
        grain=motif.grain,
    )


def opposite_set(  # noqa: PLR0917 - as above
    wanted: Theme,
    unwanted: Theme,
    width: int,
    height: int,
    aspect: float,
    tiled: bool = False,  # noqa: FBT001, FBT002
) -> PictureSet:
    """What guidance moves away from: the unwanted motif; the wanted one as it should not look; or anything."""
    if unwanted.motif:
        return picture_set(unwanted, width, height, aspect, tiled, _OTHER_MEMBERS)
    if unwanted.plain:
        return _anything(unwanted.salt, width, height, aspect, tiled)
    other = replace(unwanted, motif=wanted.motif, subject=wanted.subject, salt=wanted.salt)
    return picture_set(other, width, height, aspect, tiled, _OTHER_MEMBERS)


@lru_cache(maxsize=4)
def _anything(salt: int, width: int, height: int, aspect: float, tiled: bool) -> PictureSet:  # noqa: FBT001
    """Two pictures of every motif: the empty prompt's set."""
    themes = [Theme(motif=name, salt=salt) for name in sorted(MOTIFS)]
    bands = _planar([paint(theme, n, width, height, aspect) for theme in themes for n in range(2)], tiled)
    zeros = np.zeros(len(bands), np.intp)
    return PictureSet(Theme(salt=salt), aspect, tiled, bands, zeros, zeros, zeros > 0, coherence=0.4, grain=3)


@lru_cache(maxsize=32)
def _painted(theme: Theme, number: int, width: int, height: int, aspect: float) -> Pixels:
    return paint(theme, number, width, height, aspect)


def paint(theme: Theme, number: int, width: int, height: int, aspect: float) -> Pixels:
    """Picture `number` of a theme at any size; `aspect` is that of the result the size stands for."""
    canvas = Canvas.blank(width, height, aspect, detail=min(1.0, min(width, height) / _FULL_DETAIL))
    paint_theme(canvas, theme, number)
    grade(canvas, theme, generator(theme.salt, stable_number("grade"), number))
    return canvas.pixels()


def _planar(pixels: list[Pixels], tiled: bool) -> Array:  # noqa: FBT001
    stacked = np.stack([seamless(one) for one in pixels] if tiled else pixels)
    return stacked.transpose(0, 3, 1, 2).astype(np.float32) / np.float32(127.5) - 1


def seamless(pixels: Pixels) -> Pixels:
    """The picture made to repeat: near its edges it turns into its own middle, whose edges do meet."""
    bands = pixels.astype(np.float32)
    for axis in (0, 1):
        length = bands.shape[axis]
        inward = np.minimum(np.arange(length) + 0.5, length - np.arange(length) - 0.5) / length
        part = np.clip(inward / _JOIN, 0, 1)
        part = (part * part * (3 - 2 * part)).reshape((-1, 1, 1) if axis == 0 else (1, -1, 1))
        bands = bands * part + np.roll(bands, length // 2, axis=axis) * (1 - part)
    return bands.astype(np.uint8)
