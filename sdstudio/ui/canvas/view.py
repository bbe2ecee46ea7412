"""Where a picture lies in its viewport: fit, zoom, pan. Arithmetic only, all in device pixels, no widget."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF

LARGEST_ZOOM = 64.0
STOPS = (
    0.05,
    0.1,
    0.167,
    0.25,
    0.333,
    0.5,
    0.667,
    1.0,
    1.5,
    2.0,
    3.0,
    4.0,
    6.0,
    8.0,
    12.0,
    16.0,
    24.0,
    32.0,
    64.0,
)
SLACK = 1.001  # floats that are equal to a stop but for rounding


@dataclass(slots=True)
class View:
    """The state of one viewport. `zoom` is device pixels per picture pixel, 1.0 being actual pixels.

    While `fitted`, the picture fills the viewport and follows its size. The picture never leaves a gap on one
    side while it overhangs the other, and lies in the middle where it is smaller than the viewport.
    """

    picture: QSizeF
    viewport: QSizeF
    zoom: float = 1.0
    corner: QPointF = field(default_factory=QPointF)  # where the picture's top left is in the viewport
    fitted: bool = True

    @property
    def fit_zoom(self) -> float:
        """The zoom at which the whole picture is just seen."""
        if self.picture.isEmpty() or self.viewport.isEmpty():
            return 1.0
        across, down = self._ratios()
        return min(LARGEST_ZOOM, across, down)

    @property
    def smallest_zoom(self) -> float:
        """Half of the fit or of actual pixels, whichever is smaller."""
        return min(self.fit_zoom, 1.0) / 2

    @property
    def target(self) -> QRectF:
        """The whole picture's place in the viewport."""
        return self.place_of(QRectF(QPointF(), self.picture))

    @property
    def overhangs(self) -> bool:
        """Whether there is anything to pan to."""
        spread = self.picture * self.zoom
        return spread.width() > self.viewport.width() + 0.5 or spread.height() > self.viewport.height() + 0.5

    def set_picture(self, size: QSizeF) -> None:
        """A picture of the same size keeps zoom and place, so that details can be compared; another is fitted."""
        same = size == self.picture
        self.picture = size
        if same and not self.fitted:
            self._settle(self.corner)
        else:
            self.fit()

    def set_viewport(self, size: QSizeF) -> None:
        """Keep what is in the middle there, or stay fitted."""
        middle = self.picture_point(_middle(self.viewport))
        self.viewport = size
        if self.fitted:
            self.fit()
        else:
            self._settle(_middle(size) - middle * self.zoom)

    def fit(self) -> None:
        """Show the whole picture, as large as it goes."""
        self.fitted = True
        self.zoom = self.fit_zoom
        self._settle(self.corner)

    def zoom_to(self, zoom: float, anchor: QPointF | None = None) -> None:
        """Zoom so that what is under `anchor` (viewport; default its middle) stays there."""
        anchor = _middle(self.viewport) if anchor is None else anchor
        held = self.picture_point(anchor)
        self.fitted = False
        self.zoom = max(self.smallest_zoom, min(LARGEST_ZOOM, zoom))
        self._settle(anchor - held * self.zoom)

    def zoom_by(self, factor: float, anchor: QPointF | None = None) -> None:
        """Zoom by a factor, resting at actual pixels when it would pass them."""
        wanted = self.zoom * factor
        passes = min(self.zoom, wanted) * SLACK < 1.0 < max(self.zoom, wanted) / SLACK
        self.zoom_to(1.0 if passes else wanted, anchor)

    def step(self, direction: int, anchor: QPointF | None = None) -> None:
        """To the next round zoom: in for a positive direction, out for a negative one."""
        if direction > 0:
            stops = [stop for stop in STOPS if stop > self.zoom * SLACK]
            self.zoom_to(stops[0] if stops else LARGEST_ZOOM, anchor)
        else:
            stops = [stop for stop in STOPS if stop < self.zoom / SLACK]
            self.zoom_to(stops[-1] if stops else self.smallest_zoom, anchor)

    def pan(self, by: QPointF) -> None:
        """Move the picture by device pixels, as far as it overhangs."""
        if self.overhangs:
            self.fitted = False
            self._settle(self.corner + by)

    def picture_point(self, at: QPointF) -> QPointF:
        """The picture's own coordinates of a point in the viewport (may lie outside the picture)."""
        return (at - self.corner) / self.zoom

    def visible(self) -> QRect:
        """The picture pixels that are at least partly seen."""
        top_left = self.picture_point(QPointF())
        seen = QRectF(top_left, self.viewport / self.zoom).intersected(QRectF(QPointF(), self.picture))
        return seen.toAlignedRect() if not seen.isEmpty() else QRect()

    def place_of(self, part: QRectF) -> QRectF:
        """Where a part of the picture is painted; at whole device pixels, so that 1:1 stays sharp."""
        corner = QPointF(round(self.corner.x()), round(self.corner.y()))
        return QRectF(corner + part.topLeft() * self.zoom, part.size() * self.zoom)

    def _ratios(self) -> tuple[float, float]:
        return (
            self.viewport.width() / self.picture.width(),
            self.viewport.height() / self.picture.height(),
        )

    def _settle(self, corner: QPointF) -> None:
        spread = self.picture * self.zoom
        self.corner = QPointF(
            _settled(corner.x(), spread.width(), self.viewport.width()),
            _settled(corner.y(), spread.height(), self.viewport.height()),
        )


def _settled(start: float, length: float, room: float) -> float:
    """In the middle if it fits, else without a gap at either end."""
    if length <= room:
        return (room - length) / 2
    return max(room - length, min(0.0, start))


def _middle(size: QSizeF) -> QPointF:
    return QPointF(size.width() / 2, size.height() / 2)
