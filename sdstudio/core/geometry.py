"""Sizes and boxes in whole pixels."""

from __future__ import annotations

from dataclasses import dataclass

MULTIPLE = 8  # a latent pixel covers 8×8 picture pixels; servers floor sizes to it (a1111_api: width/height)
SMALLEST = 64
LARGEST = 8192  # our own limit: servers without one spend minutes on an absurd size before they fail


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int

    @property
    def pixels(self) -> int:
        """Number of pixels."""
        return self.width * self.height

    def swapped(self) -> Size:
        """Portrait for landscape and the other way round."""
        return Size(self.height, self.width)

    def snapped(self) -> Size:
        """The nearest size a server makes exactly: multiples of 8 within the limits."""
        return Size(snap(self.width), snap(self.height))

    def fitted(self, longest: int) -> Size:
        """Scaled down, keeping its aspect, so that neither side exceeds `longest`; never scaled up."""
        factor = min(1.0, longest / max(self.width, self.height))
        return Size(max(1, round(self.width * factor)), max(1, round(self.height * factor)))

    def __str__(self) -> str:
        return f"{self.width}×{self.height}"


def snap(pixels: int) -> int:
    """The nearest multiple of 8 between 64 and 8192; halves go up."""
    return max(SMALLEST, min(LARGEST, (pixels + MULTIPLE // 2) // MULTIPLE * MULTIPLE))
