"""The source picture of img2img: the well, what is in it, and the ways to put something there."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from sdstudio.core.geometry import Size
from sdstudio.ui import theme
from sdstudio.ui.generate.incoming import Incoming
from sdstudio.ui.generate.input_slot import InputSlot
from sdstudio.ui.generate.open_picture import ask_for_picture
from sdstudio.ui.generate.picture_well import PictureWell
from sdstudio.ui.labels import ErrorLabel, hint_label

LONGEST = 2048  # pixels; beyond it most servers run out of memory, so larger sources are asked for scaled down


class SourceField(QWidget):
    """Owns the source's slot. `follow_toggled` when the size should, or should no longer, follow the picture."""

    follow_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slot = InputSlot(self)
        self.well = PictureWell("Source picture")
        self.note = hint_label()
        self.error = ErrorLabel()
        self.open_button = QPushButton("Open…")
        self.open_button.setAccessibleName("Open a source picture")
        self.clear_button = QPushButton("Clear")
        self.clear_button.setAccessibleName("Clear the source picture")
        self.follow = QCheckBox("Size follo&ws the picture")
        self.follow.setChecked(True)
        self.well.brought.connect(self.slot.take)
        self.well.open_asked.connect(self.ask_for_file)
        self.well.clear_asked.connect(self.slot.clear)
        self.open_button.clicked.connect(self.ask_for_file)
        self.clear_button.clicked.connect(self.slot.clear)
        self.follow.toggled.connect(self.follow_toggled)
        self.slot.told.connect(self._show)
        self._lay_out()
        self._show()

    @property
    def size_to_follow(self) -> Size | None:
        """The picture's size if there is one and the size is to follow it."""
        image = self.slot.image
        return Size(image.width, image.height) if image and self.follow.isChecked() else None

    def ask_for_file(self) -> None:
        """Open the file dialog."""
        ask_for_picture(self, "Open a source picture", self._load)

    def _load(self, path: Path) -> None:
        self.slot.load(Incoming(file=path))

    def _show(self) -> None:
        slot = self.slot
        self.well.show_picture(slot.preview, busy=slot.busy)
        self.note.setText(self._note())
        self.note.setVisible(bool(self.note.text()))
        self.error.say(slot.words if slot.is_error else "")
        self.clear_button.setEnabled(slot.image is not None or slot.busy)

    def _note(self) -> str:
        image = self.slot.image
        if not image:
            return ""
        size = Size(image.width, image.height)
        words = f"{size} pixels"
        if self.follow.isChecked() and followed(size) != size:
            words += f", made at {followed(size)}"
        return f"{words}. {self.slot.words}" if self.slot.words and not self.slot.is_error else words

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.follow, 1)
        row.addWidget(self.open_button)
        row.addWidget(self.clear_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE // 2)
        for part in (self.well, self.error, self.note):
            column.addWidget(part)
        column.addLayout(row)


def followed(picture: Size) -> Size:
    """The size to ask for so that a picture of this size is not distorted (but by rounding to 8)."""
    return picture.fitted(LONGEST).snapped()
