"""A picture and its half-sized levels, so that a big one zoomed out is painted fast and without glitter."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage

from sdstudio.ui.bands import in_bands
from sdstudio.ui.imaging import Source, decode

SMALLEST_SIDE = 256  # a level below this saves nothing


@dataclass(frozen=True, slots=True)
class Pyramid:
    """`levels[n]` is the picture at 1/2ⁿ of its size; there is always level 0."""

    levels: tuple[QImage, ...]

    @property
    def size(self) -> QSize:
        """Of the full picture, in its own pixels."""
        return self.levels[0].size()

    @property
    def bytes_held(self) -> int:
        """Memory of all levels."""
        return sum(level.sizeInBytes() for level in self.levels)

    def level_for(self, zoom: float) -> QImage:
        """The smallest level that need not be enlarged at `zoom` (painted per picture pixel)."""
        best = self.levels[0]
        for number, level in enumerate(self.levels):
            if zoom * 2**number > 1:
                break
            best = level
        return best


def flat(image: QImage) -> Pyramid:
    """Without smaller levels: for live previews and anything else that is small."""
    return Pyramid((image,))


def pyramid(image: QImage) -> Pyramid:
    """With all levels that are worth having, blocking: for a worker thread."""
    levels = [image]
    while max(levels[-1].width(), levels[-1].height()) >= 2 * SMALLEST_SIDE:
        levels.append(in_bands(levels[-1], _halved))
    return Pyramid(tuple(levels))


def read_pyramid(source: Source) -> Pyramid:
    """`imaging.decode` with levels, blocking: for a worker thread. Raises `UnreadableImage`."""
    return pyramid(decode(source))


def _halved(band: QImage) -> QImage:
    """A band of an even number of rows halves to whole rows, so bands meet without a seam."""
    return band.scaled(
        max(1, band.width() // 2),
        max(1, band.height() // 2),
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
