"""Labels of a form: hints, errors and names of fields. All of them plain text, whoever wrote it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from sdstudio.ui import theme


class ErrorLabel(QLabel):
    """Says what is wrong with the field above it; takes no room while nothing is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _make_prose(self, "error")
        self.hide()

    def say(self, words: str) -> None:
        """Show `words`, or go away for ""."""
        self.setText(words)
        self.setVisible(bool(words))


def hint_label(words: str = "", role: str = "hint") -> QLabel:
    """A wrapped line of prose in the given role."""
    label = QLabel(words)
    _make_prose(label, role)
    return label


def name_label(words: str, buddy: QWidget) -> QLabel:
    """A field's name, whose mnemonic (&) leads to `buddy` and which a screen reader says for it."""
    label = QLabel(words)
    label.setBuddy(buddy)
    if not buddy.accessibleName():
        buddy.setAccessibleName(words.replace("&", ""))
    return label


def _make_prose(label: QLabel, role: str) -> None:
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # never widens a dock
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    theme.set_role(label, role)
