"""The seed: a number of up to 64 bits, -1 for a random one, with a die and the last seed at hand."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from sdstudio.core.request import RANDOM_SEED
from sdstudio.ui import glyph_button, theme
from sdstudio.ui.glyph_button import GlyphButton

MAX_DIGITS = 19  # of 2**63 - 1; whether it is within that is judged with the whole request


class SeedField(QWidget):
    """A line edit, since a QSpinBox holds 32 bits only, and two buttons."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._last: int | None = None
        self.edit = QLineEdit(str(RANDOM_SEED))
        self.edit.setValidator(_SeedValidator(self.edit))
        self.edit.setPlaceholderText("random")
        self.edit.setAccessibleName("Seed")
        self.dice = GlyphButton(glyph_button.dice, "Random seed", "A random seed every time (-1)")
        self.reuse = GlyphButton(glyph_button.again, "Reuse the last seed")
        self.set_last_seed(None)
        self.edit.textChanged.connect(lambda _text: self.changed.emit())
        self.dice.clicked.connect(lambda: self.edit.setText(str(RANDOM_SEED)))
        self.reuse.clicked.connect(self._use_last)
        self._lay_out()

    def text(self) -> str:
        """What is typed, be it half a number."""
        return self.edit.text()

    def set_text(self, text: str) -> None:
        """Show `text`."""
        self.edit.setText(text)

    def last_seed(self) -> int | None:
        """The seed that the reuse button would bring back."""
        return self._last

    def set_last_seed(self, seed: int | None) -> None:
        """Remember the seed of the picture made last."""
        self._last = seed
        self.reuse.setEnabled(seed is not None)
        self.reuse.setToolTip("No seed used yet" if seed is None else f"Use the last seed again: {seed}")

    def _use_last(self) -> None:
        self.edit.setText(str(self._last))

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE // 2)
        row.addWidget(self.edit, 1)
        row.addWidget(self.dice)
        row.addWidget(self.reuse)


def is_seed_text(text: str) -> bool:
    """Whether this is a seed, -1, nothing, or the beginning of one of them."""
    digits = text.removeprefix("-")
    if len(digits) < len(text):
        return digits in ("", "1")
    return len(digits) <= MAX_DIGITS and (not digits or (digits.isascii() and digits.isdecimal()))


class _SeedValidator(QValidator):
    """Takes digits, -1 and nothing; spaces and separators of a pasted number are dropped."""

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        cleaned = "".join(character for character in text if character not in " ,_\t\n\u00a0\u202f")
        state = QValidator.State.Acceptable if is_seed_text(cleaned) else QValidator.State.Invalid
        if cleaned == "-":
            state = QValidator.State.Intermediate
        return state, cleaned, min(position, len(cleaned))
