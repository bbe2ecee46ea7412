"""The mask of an img2img request, taken from a file: white is repainted. Painting one is the canvas's business."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from sdstudio.ui import theme
from sdstudio.ui.generate.incoming import Incoming
from sdstudio.ui.generate.input_slot import InputSlot
from sdstudio.ui.generate.open_picture import ask_for_picture
from sdstudio.ui.labels import ErrorLabel

NONE_WORDS = "none – all is repainted"


class MaskField(QWidget):
    """Owns the mask's slot; shows its size, a way to choose one and a way to take it off."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slot = InputSlot(self)
        self.words = QLabel(NONE_WORDS)
        self.choose_button = QPushButton("Choose…")
        self.choose_button.setAccessibleName("Choose a mask file")
        self.choose_button.setToolTip("A picture of the source's size: white is repainted, black is kept")
        self.clear_button = QPushButton("Remove")
        self.clear_button.setAccessibleName("Remove the mask")
        self.error = ErrorLabel()
        self.choose_button.clicked.connect(self._ask)
        self.clear_button.clicked.connect(self.slot.clear)
        self.slot.told.connect(self._show)
        theme.set_role(self.words, "hint")
        self._lay_out()
        self._show()

    def _ask(self) -> None:
        ask_for_picture(self, "Choose a mask", self._load)

    def _load(self, path: Path) -> None:
        self.slot.load(Incoming(file=path))

    def _show(self) -> None:
        image = self.slot.image
        words = f"{image.width}×{image.height}, white is repainted" if image else NONE_WORDS
        self.words.setText("Reading…" if self.slot.busy else words)
        self.clear_button.setVisible(image is not None)
        self.error.say(self.slot.words if self.slot.is_error else "")

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE // 2)
        row.addWidget(self.words, 1)
        row.addWidget(self.choose_button)
        row.addWidget(self.clear_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE // 2)
        column.addLayout(row)
        column.addWidget(self.error)
