"""Who is to be painted: the traits a portrait needs, drawn from words and chance. No drawing here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sdstudio.practice.painting.colour import Colour


@dataclass(frozen=True, slots=True)
class Person:
    """One sitter in one pose. Lengths in half face widths; `turn` −1…1 looks to the left or right."""

    skin: Colour
    hair: Colour
    eyes: Colour
    lips: Colour
    cloth: Colour
    style: str  # of the hair: long, wavy, bob, bun, short, curly, bald
    fringe: bool
    masculine: bool
    beard: float
    age: float  # 0 young … 1 old
    turn: float
    smile: float
    part: float  # where the hair is parted
    light: float  # −1 from the left, 1 from the right
    contrast: float
    seed: int  # of this picture
    look: int  # of the person: strands and brows lie alike in all their pictures

    def chance(self) -> np.random.Generator:
        """Randomness of this picture alone."""
        return np.random.Generator(np.random.Philox(self.seed))

    def combing(self) -> np.random.Generator:
        """Randomness of the person's hair."""
        return np.random.Generator(np.random.Philox(self.look))
