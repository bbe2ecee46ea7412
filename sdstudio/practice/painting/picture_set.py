"""The pictures a theme stands for: all of them small for the denoiser, single ones large for the details.

Sets are kept for a while, since the next request often has the same words. Pixels are (height, width, 3) bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sdstudio.practice.noise import Array, generator
from sdstudio.practice.painting.canvas import Canvas
from sdstudio.practice.painting.grading import grade
from sdstudio.practice.painting.motifs import motif_of
from sdstudio.practice.words import Theme, stable_number

Pixels = NDArray[np.uint8]

_FULL_DETAIL = 512  # pixels of the shorter side at which all fine strokes are worth drawing


@dataclass(frozen=True, slots=True, eq=False)
class PictureSet:
    """A theme's pictures, planar in −1…1: (count, 3, height, width); the second half is the first mirrored.

    `families` rises; `numbers` are what `large` paints by. `coherence` and `grain` are the motif's.
    """

    theme: Theme
    aspect: float
    pictures: Array
    families: NDArray[np.intp]
    numbers: NDArray[np.intp]
    coherence: float
    grain: int

    def large(self, place: int, width: int, height: int) -> Pixels:
        """The picture at `place` in the set, painted at another size."""
        pixels = _painted(self.theme, int(self.numbers[place]), width, height, self.aspect)
        return pixels[:, ::-1] if place >= len(self.pictures) // 2 else pixels


@lru_cache(maxsize=6)
def picture_set(theme: Theme, width: int, height: int, aspect: float, members: int = 0) -> PictureSet:
    """The theme's pictures at the denoiser's size; `aspect` is that of the result.

    `members` > 0 asks for fewer pictures of each family than the motif has.
    """
    motif = motif_of(theme)
    members = min(members or motif.members, motif.members)
    numbers = np.array(
        [family + motif.families * one for family in range(motif.families) for one in range(members)]
    )
    pixels = np.stack([_paint(theme, number, width, height, aspect) for number in numbers.tolist()])
    planar = pixels.transpose(0, 3, 1, 2).astype(np.float32) / np.float32(127.5) - 1
    families = numbers % motif.families
    return PictureSet(
        theme=theme,
        aspect=aspect,
        pictures=np.concatenate([planar, planar[..., ::-1]]),
        families=np.concatenate([families, families + motif.families]),
        numbers=np.concatenate([numbers, numbers]),
        coherence=motif.coherence,
        grain=motif.grain,
    )


@lru_cache(maxsize=32)
def _painted(theme: Theme, number: int, width: int, height: int, aspect: float) -> Pixels:
    return _paint(theme, number, width, height, aspect)


def _paint(theme: Theme, number: int, width: int, height: int, aspect: float) -> Pixels:
    motif = motif_of(theme)
    canvas = Canvas.blank(width, height, aspect, detail=min(1.0, min(width, height) / _FULL_DETAIL))
    motif.paint(canvas, theme, number % motif.families, number)
    grade(canvas, theme, generator(theme.salt, stable_number("grade"), number))
    return canvas.pixels()
