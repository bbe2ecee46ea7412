"""Denoising strength from 0 (keep the source) to 1 (ignore it), by slider or by number."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from sdstudio.ui import theme
from sdstudio.ui.generate.precise_spin import PreciseSpin

NOTCHES = 100


class StrengthField(QWidget):
    """The number is the value; the slider only ever moves it to whole hundredths."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, NOTCHES)
        self.slider.setPageStep(10)
        self.slider.setAccessibleName("Denoising strength in hundredths")
        self.spin = PreciseSpin(0, 1, 0.05)
        self.spin.setAccessibleName("Denoising strength")
        self.slider.valueChanged.connect(lambda notch: self.spin.setValue(notch / NOTCHES))
        self.spin.valueChanged.connect(self._spun)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE)
        row.addWidget(self.slider, 1)
        row.addWidget(self.spin)

    def value(self) -> float:
        """The strength, 0…1."""
        return self.spin.value()

    def set_value(self, value: float) -> None:
        """Show `value`, to six decimals."""
        self.spin.setValue(value)

    def _spun(self, value: float) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(value * NOTCHES))
        self.changed.emit()


def real_steps(steps: int, strength: float) -> int:
    """How many steps a server really takes: with `img2img_fix_steps` off, int(strength × steps) + 1.

    From sd_samplers_common.setup_img2img_steps of the AUTOMATIC1111 web UI, which caps the strength at 0.999.
    """
    return int(min(strength, 0.999) * steps) + 1
