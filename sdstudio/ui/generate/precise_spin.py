"""A number field that shows a value as it is, not rounded to a fixed number of decimals."""

from __future__ import annotations

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QDoubleSpinBox, QWidget


class PreciseSpin(QDoubleSpinBox):
    """7 reads "7" and 7.125 reads "7.125", so that a recalled value comes back unharmed (to six decimals)."""

    def __init__(self, low: float, high: float, step: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDecimals(6)
        self.setRange(low, high)
        self.setSingleStep(step)

    def textFromValue(self, value: float) -> str:
        return self.locale().toString(value, "f", QLocale.FloatingPointPrecisionOption.FloatingPointShortest)
