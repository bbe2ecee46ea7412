"""The picture, large, or the preview of one being made, or words instead.

Zooming and panning are `zoom_area`'s, reading pictures from disk is `picture_loader`'s.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, QSizeF, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QWidget

from sdstudio.core.result import Progress
from sdstudio.ui import theme, wording
from sdstudio.ui.canvas import overlay
from sdstudio.ui.canvas.pyramid import Pyramid, flat
from sdstudio.ui.canvas.zoom_area import ZoomArea

NEAREST_FROM_ZOOM = 2.0  # from here on one wants to see pixels, not guesses between them
ZOOM_CAPTION_MS = 1200

EMPTY_TITLE = "No picture yet"
EMPTY_TEXT = "Describe one on the left and press Generate (Ctrl+Enter)."


class Viewer(ZoomArea):
    """Owns what is shown: the last finished picture, and over it the preview of one being made. UI thread."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Picture")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(160, 120)
        self.key: object = None
        self._words = (EMPTY_TITLE, EMPTY_TEXT)
        self._surround: QColor | None = None
        self._picture: Pyramid | None = None
        self._caption = ""
        self._preview: Pyramid | None = None
        self._progress: Progress | None = None
        self._zoom_caption = QTimer(self, singleShot=True, interval=ZOOM_CAPTION_MS)
        self._zoom_caption.timeout.connect(self.update)
        self.zoom_changed.connect(lambda _zoom: self._zoom_caption.start())

    @property
    def surround(self) -> QColor:
        """Around pictures; the theme's neutral grey unless set."""
        return self._surround or QColor(theme.colours().surround)

    @surround.setter
    def surround(self, colour: QColor) -> None:
        self._surround = colour
        self.update()

    @property
    def picture(self) -> Pyramid | None:
        """The finished picture, seen or under a preview."""
        return self._picture

    @property
    def previewing(self) -> bool:
        """Whether a picture is shown as being made."""
        return self._progress is not None

    def show_image(self, picture: Pyramid | QImage | None, key: object = None, *, caption: str = "") -> None:
        """Show a finished picture (ends a preview); None shows what to do instead.

        `key` is whatever the caller knows the picture by. A large picture should come as a `Pyramid` read in a
        worker: a `QImage` glitters when zoomed out. `caption` is said over its lower left corner.
        """
        self._picture = flat(picture) if isinstance(picture, QImage) else picture
        self.key, self._caption = key, caption
        self._words = (EMPTY_TITLE, EMPTY_TEXT)
        self.end_preview()

    def show_words(self, title: str, text: str, key: object = None) -> None:
        """Show no picture but say why there is none, as plain text."""
        self.show_image(None, key)
        self._words = (title, text)
        self.setAccessibleDescription(f"{title}. {text}")

    def show_preview(self, image: QImage | None, progress: Progress, size: QSize | None = None) -> None:
        """Show how far a picture being made is; `image` None keeps the preview there is.

        `size` is the size the picture will have, so that zoom and place hold when it arrives.
        """
        self._progress = progress
        if image is not None:
            self._preview = flat(image)
            self.set_picture_size(QSizeF(size or image.size()))
        self.setAccessibleDescription(f"{self._progress_words()}")
        self.update()

    def end_preview(self) -> None:
        """Back to the last finished picture."""
        self._preview = self._progress = None
        size = self._picture.size if self._picture else QSize()
        self.setAccessibleDescription(f"{size.width()} × {size.height()} pixels" if self._picture else "")
        self.set_picture_size(QSizeF(size))

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self.surround)
        if shown := self._preview or self._picture:
            self._paint_picture(painter, shown)
        else:
            words = ("Making a picture", self._progress_words()) if self._progress else self._words
            overlay.paint_words(painter, self.rect(), *words, self.surround)
        self._paint_overlays(painter)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)

    def _paint_picture(self, painter: QPainter, shown: Pyramid) -> None:
        painter.save()
        painter.scale(1 / self.devicePixelRatioF(), 1 / self.devicePixelRatioF())
        visible = QRectF(self.view.visible())
        target = self.view.place_of(visible)
        zoom = self.view.zoom * self.view.picture.width() / shown.size.width()
        level = shown.level_for(zoom)
        if level.hasAlphaChannel():
            painter.fillRect(target, overlay.chequers(self.palette()))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._is_smooth(zoom))
        painter.drawImage(target, level, _scaled(visible, self.view.picture, QSizeF(level.size())))
        painter.restore()

    def _is_smooth(self, zoom: float) -> bool:
        """Fitted and unfinished pictures are looked at as a whole, however much they are enlarged."""
        return self.view.fitted or self._preview is not None or zoom < NEAREST_FROM_ZOOM

    def _paint_overlays(self, painter: QPainter) -> None:
        area, left, right = self.rect(), Qt.Corner.BottomLeftCorner, Qt.Corner.BottomRightCorner
        accent = self.palette().color(QPalette.ColorRole.Highlight)
        if self._progress:
            overlay.paint_progress(painter, area, self._progress.fraction, accent)
        if self._preview or self._picture:
            if caption := self._progress_words() if self._progress else self._caption:
                overlay.paint_pill(painter, area, caption, left)
            if self._zoom_caption.isActive():
                overlay.paint_pill(painter, area, self._zoom_words(), right)
        if self.framed:
            painter.setPen(accent)
            painter.drawRect(area.adjusted(0, 0, -1, -1))

    def _progress_words(self) -> str:
        words = wording.progress(self._progress or Progress())
        if self._preview:
            return f"Preview · {words}"
        return f"Making the next picture · {words}" if self._picture else words[:1].upper() + words[1:]

    def _zoom_words(self) -> str:
        return f"{'Fit · ' if self.view.fitted else ''}{self.view.zoom * 100:.0f} %"


def _scaled(part: QRectF, of: QSizeF, to: QSizeF) -> QRectF:
    """`part` of a picture of size `of`, in the pixels of its level of size `to`."""
    across, down = to.width() / of.width(), to.height() / of.height()
    return QRectF(part.x() * across, part.y() * down, part.width() * across, part.height() * down)
