"""img2img at the size of its source: the size fields follow the picture, and get their own size back after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from sdstudio.core.geometry import LARGEST, SMALLEST, Size
from sdstudio.ui.generate import fits
from sdstudio.ui.generate.form import Form, FormField
from sdstudio.ui.generate.size_fields import SizeFields
from sdstudio.ui.generate.source_field import SourceField, followed


class SizeFollowing(QObject):
    """Keeps the size the picture's while img2img is in front, has a source, and "size follows" is ticked.

    Owns the size the form had before, to return to when the tab is left or the source goes. A size typed by
    hand, or written with values that say otherwise, ends the following.
    """

    def __init__(
        self, form: Form, source: SourceField, size: SizeFields, is_img2img: Callable[[], bool]
    ) -> None:
        super().__init__(size)
        self._form, self._source, self._size, self._is_img2img = form, source, size, is_img2img
        self._own: Size | None = None
        source.slot.changed.connect(self.look)
        source.follow_toggled.connect(self._toggled)
        size.edited.connect(self._edited)

    def look(self) -> None:
        """The tab, the tick or the picture has changed."""
        if self._form.is_writing:
            return
        picture = self._picture()
        if picture is not None:
            self._own = self._own or self._size.size_asked()
            self._size.show_size(followed(picture))
        elif self._own is not None:
            self._size.show_size(self._own)
            self._own = None

    def settle(self) -> None:
        """Values have been written: what they say goes before what would follow."""
        picture = self._picture()
        if picture is None:
            self._own = None
        elif self._size.size_asked() != followed(picture):
            self._stop()
        elif self._own is None:
            self._own = self._size.size_asked()

    def field(self) -> FormField:
        """The size to return to, as [width, height] or None, so that it outlives a restart."""
        return FormField("own_size", self._size.width_spin, self._read, self._write, _is_size)

    def _picture(self) -> Size | None:
        return self._source.size_to_follow if self._is_img2img() else None

    def _toggled(self, on: bool) -> None:  # noqa: FBT001 - Qt's signal
        if self._form.is_writing:
            return
        if on:
            self.look()
        else:
            self._own = None  # the size shown is what a person starts from

    def _edited(self) -> None:
        if self._own is not None and not self._form.is_writing:
            self._stop()

    def _stop(self) -> None:
        self._own = None
        self._source.follow.setChecked(False)

    def _read(self) -> list[int] | None:
        return [self._own.width, self._own.height] if self._own else None

    def _write(self, value: list[int] | None) -> None:
        self._own = Size(*value).snapped() if value else None


def _is_size(value: Any) -> bool:
    side = fits.whole_number(SMALLEST, LARGEST)
    return value is None or (isinstance(value, list) and len(value) == 2 and all(map(side, value)))
