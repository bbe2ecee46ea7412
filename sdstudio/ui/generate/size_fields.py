"""Width × height: fields that only hold sizes a server makes exactly, a swap, and the usual sizes in a menu."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSpinBox, QToolButton, QWidget

from sdstudio.core.geometry import LARGEST, MULTIPLE, SMALLEST, Size, snap
from sdstudio.ui import glyph_button, theme
from sdstudio.ui.glyph_button import GlyphButton

PRESETS = (
    ("Stable Diffusion 1.5", (Size(512, 512), Size(512, 768), Size(768, 512), Size(768, 768))),
    (
        "SDXL and later",
        (Size(1024, 1024), Size(832, 1216), Size(1216, 832), Size(896, 1152), Size(1152, 896), Size(1344, 768)),
    ),
)


class PixelSpin(QSpinBox):
    """Pixels in multiples of 8: any number may be typed, the value is the nearest multiple, shown on leaving."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(SMALLEST, LARGEST)
        self.setSingleStep(MULTIPLE)
        self.setCorrectionMode(QSpinBox.CorrectionMode.CorrectToNearestValue)
        self.setAccessibleName(name)
        self.setToolTip(f"{name} in pixels, a multiple of {MULTIPLE}")

    def valueFromText(self, text: str) -> int:
        return snap(super().valueFromText(text))


class SizeFields(QWidget):
    """Two `PixelSpin`s with swap and presets. `edited` fires when a person changes the size."""

    edited = Signal()
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.width_spin = PixelSpin("Width")
        self.height_spin = PixelSpin("Height")
        self.swap_button = GlyphButton(glyph_button.swap, "Swap width and height")
        self.presets_button = GlyphButton(glyph_button.choices, "Usual sizes")
        self.presets_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.presets_button.setMenu(self._presets_menu())
        self._showing = False
        for spin in (self.width_spin, self.height_spin):
            spin.valueChanged.connect(self._value_changed)
        self.swap_button.clicked.connect(lambda: self._set(self.size_asked().swapped()))
        self._lay_out()

    def size_asked(self) -> Size:
        """The size in pixels."""
        return Size(self.width_spin.value(), self.height_spin.value())

    def show_size(self, size: Size) -> None:
        """Show `size`, snapped, without calling it a person's edit."""
        self._showing = True
        try:
            self._set(size)
        finally:
            self._showing = False

    def commit(self) -> None:
        """Take what is half typed as finished."""
        for spin in (self.width_spin, self.height_spin):
            spin.interpretText()

    def _set(self, size: Size) -> None:
        snapped = size.snapped()
        self.width_spin.setValue(snapped.width)
        self.height_spin.setValue(snapped.height)

    def _value_changed(self) -> None:
        self.changed.emit()
        if not self._showing:
            self.edited.emit()

    def _presets_menu(self) -> QMenu:
        menu = QMenu(self)
        for title, sizes in PRESETS:
            menu.addSection(title)
            for size in sizes:
                menu.addAction(str(size)).triggered.connect(
                    lambda _checked=False, chosen=size: self._set(chosen)
                )
        return menu

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE // 2)
        row.addWidget(self.width_spin, 1)
        row.addWidget(QLabel("×"))
        row.addWidget(self.height_spin, 1)
        row.addWidget(self.swap_button)
        row.addWidget(self.presets_button)
