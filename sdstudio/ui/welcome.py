"""What an empty studio shows in place of a picture: the ways to a first result."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from sdstudio.ui import theme

PRACTICE_WORDS = (
    "A practice endpoint is built in. It paints with a real diffusion sampler over painted samples – "
    "no neural network, no account, no download – so that everything here can be tried at once."
)


class Welcome(QWidget):
    """Shown while the history is empty and nothing is being made."""

    first_picture = Signal()
    connect_endpoint = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel("Make a first picture")
        theme.set_role(title, "title")
        words = QLabel(PRACTICE_WORDS)
        words.setWordWrap(True)
        words.setMinimumWidth(360)
        words.setMaximumWidth(560)
        theme.set_role(words, "hint")
        self.make = QPushButton("&Make a first picture")
        theme.set_role(self.make, "primary")
        self.connect_own = QPushButton("Connect an endpoint of your &own…")
        hint = QLabel("Or write a prompt on the left and press Ctrl+Enter.")
        theme.set_role(hint, "hint")
        self.make.clicked.connect(self.first_picture)
        self.connect_own.clicked.connect(self.connect_endpoint)
        self._lay_out(title, words, hint)

    def _lay_out(self, title: QLabel, words: QLabel, hint: QLabel) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.make)
        buttons.addWidget(self.connect_own)
        buttons.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(theme.SPACE * 2)
        for part in (title, words):
            column.addWidget(part)
        column.addLayout(buttons)
        column.addWidget(hint)
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addLayout(column)
        row.addStretch(1)
        outer.addLayout(row)
        outer.addStretch(1)
        outer.setAlignment(Qt.AlignmentFlag.AlignCenter)
