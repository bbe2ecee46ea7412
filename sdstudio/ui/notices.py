"""A banner above the picture for what cannot be said beside a field or on a job's card. Never modal."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from sdstudio.core.errors import StudioError
from sdstudio.ui import theme

Severity = Literal["error", "warning", "good"]


class Banner(QFrame):
    """Shows one notice at a time; a new one takes the old one's place. Hidden while nothing is to be said."""

    action_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Notice")
        theme.set_role(self, "banner")
        self._title = _plain_label("heading")
        self._text = _plain_label("")
        self._raw = QPlainTextEdit(readOnly=True)
        self._raw.setMaximumHeight(120)
        self._raw.setAccessibleName("The endpoint's own words")
        self._action = QPushButton()
        self._details = QPushButton("Details")
        self._details.setCheckable(True)
        self._close = QPushButton("Dismiss")
        self._action_name = ""
        self._lay_out()
        self._details.toggled.connect(self._raw.setVisible)
        self._close.clicked.connect(self.hide)
        self._action.clicked.connect(lambda: self.action_chosen.emit(self._action_name))
        self.hide()

    def show_error(self, error: StudioError, *, action: str = "", action_name: str = "") -> None:
        """Say what happened, why and what to do; the raw text one click away, as plain text."""
        self._say(error.title, f"{error.message} {error.remedy}".strip(), error.raw, "error")
        self._offer(action, action_name)

    def show_notice(
        self, title: str, text: str, severity: Severity, *, action: str = "", name: str = ""
    ) -> None:
        """Say something that is no error."""
        self._say(title, text, "", severity)
        self._offer(action, name)

    def withdraw(self, action_name: str) -> None:
        """Take back the notice that offers this action, if it is the one shown: its cause has gone."""
        if self._action_name == action_name:
            self.hide()

    def words(self) -> str:
        """All that is said now."""
        return f"{self._title.text()} {self._text.text()}".strip()

    def _say(self, title: str, text: str, raw: str, severity: Severity) -> None:
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._raw.setPlainText(raw)
        self._details.setVisible(bool(raw))
        self._details.setChecked(False)
        self._raw.hide()
        self.setProperty("severity", severity)
        theme.set_role(self, "banner")
        self.show()

    def _offer(self, text: str, name: str) -> None:
        self._action.setText(text)
        self._action.setVisible(bool(text))
        self._action_name = name

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(theme.SPACE // 2)
        words.addWidget(self._title)
        words.addWidget(self._text)
        words.addWidget(self._raw)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE * 2, theme.SPACE, theme.SPACE, theme.SPACE)
        row.addLayout(words, 1)
        for button in (self._action, self._details, self._close):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)


def _plain_label(role: str) -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if role:
        theme.set_role(label, role)
    return label
