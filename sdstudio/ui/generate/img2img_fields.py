"""What img2img adds to the form: source, strength, how the source is fitted, mask."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QVBoxLayout, QWidget

from sdstudio.core.request import InputImage
from sdstudio.ui import theme
from sdstudio.ui.generate import fits
from sdstudio.ui.generate.form import FormField
from sdstudio.ui.generate.input_slot import InputSlot
from sdstudio.ui.generate.mask_field import MaskField
from sdstudio.ui.generate.source_field import SourceField
from sdstudio.ui.generate.strength_field import StrengthField, real_steps
from sdstudio.ui.generate.wheel_guard import WheelGuard
from sdstudio.ui.labels import ErrorLabel, hint_label, name_label

RESIZE_MODES = ("Stretch", "Crop and resize", "Resize and fill", "Stretch (latent)")


class Img2ImgFields(QWidget):
    """The part of the form that only the img2img tab shows; `changed` for every edit."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.source = SourceField()
        self.strength = StrengthField()
        self.strength.set_value(0.75)
        self.strength_hint = hint_label()
        self.resize_mode = QComboBox()
        for mode, words in enumerate(RESIZE_MODES):
            self.resize_mode.addItem(words, mode)
        self.resize_mode.setToolTip("What happens to the source when its shape is not the asked one")
        self.mask_field = MaskField()
        self.strength_error = ErrorLabel()
        WheelGuard(self).guard(self.strength.slider, self.strength.spin, self.resize_mode)
        for signal in (self.source.slot.changed, self.mask_field.slot.changed, self.strength.changed):
            signal.connect(self.changed)
        self.source.follow.toggled.connect(lambda _on: self.changed.emit())
        self.resize_mode.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self._lay_out()

    def show_real_steps(self, steps: int) -> None:
        """Say how many of `steps` a server will really take at this strength."""
        strength = self.strength.value()
        self.strength_hint.setText(f"about {real_steps(steps, strength)} real steps at {strength:g}")

    def check_pictures(self) -> None:
        """Raise `InvalidRequest` if source or mask are not ready to be sent."""
        self.source.slot.check("source")
        self.mask_field.slot.check("mask")

    def fields(self) -> list[FormField]:
        """Source before mask before the rest: what follows a picture is settled last."""
        return [
            _picture_field("source", self.source.well, self.source.slot, self.source.error),
            _picture_field("mask", self.mask_field.choose_button, self.mask_field.slot, self.mask_field.error),
            FormField(
                "follow_picture",
                self.source.follow,
                self.source.follow.isChecked,
                self.source.follow.setChecked,
                fits.truth,
            ),
            FormField(
                "denoising_strength",
                self.strength.spin,
                self.strength.value,
                self.strength.set_value,
                fits.number(0, 1),
                self.strength_error,
            ),
            FormField(
                "resize_mode",
                self.resize_mode,
                self.resize_mode.currentIndex,
                self.resize_mode.setCurrentIndex,
                fits.whole_number(0, len(RESIZE_MODES) - 1),
            ),
        ]

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.setHorizontalSpacing(theme.SPACE)
        grid.setVerticalSpacing(theme.SPACE // 2)
        grid.addWidget(name_label("Denois&ing", self.strength.spin), 0, 0)
        grid.addWidget(self.strength, 0, 1)
        grid.addWidget(self.strength_hint, 1, 1)
        grid.addWidget(self.strength_error, 2, 1)
        grid.addWidget(name_label("Resize &mode", self.resize_mode), 3, 0)
        grid.addWidget(self.resize_mode, 3, 1)
        grid.addWidget(name_label("Mask", self.mask_field.choose_button), 4, 0)
        grid.addWidget(self.mask_field, 4, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.source)
        column.addLayout(grid)


def _picture_field(name: str, widget: QWidget, slot: InputSlot, error: ErrorLabel) -> FormField:
    def read() -> dict[str, Any] | None:
        return asdict(slot.image) if slot.image else None

    def write(value: Any) -> None:
        image: InputImage | None = fits.as_image(value)
        slot.put(image)

    return FormField(name, widget, read, write, fits.image, error)
