"""The lines of a test of an endpoint, filling in as it goes; a line that fails says why and what to do about it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from sdstudio.api.checks import NAMES, Check, CheckName
from sdstudio.core.errors import CertificateNotTrusted, EndpointMoved, StudioError
from sdstudio.ui import theme
from sdstudio.ui.labels import hint_label

MARKS = {"waiting": "·", "running": "…", "passed": "✓", "failed": "✗", "skipped": "–"}
SPOKEN = {
    "waiting": "waiting",
    "running": "under way",
    "passed": "good",
    "failed": "failed",
    "skipped": "left out",
}
ROLES = {"passed": "good", "failed": "error"}
WORDS = {
    "address": "Address",
    "connection": "Connection",
    "trust": "Trust",
    "sign-in": "Sign-in",
    "routes": "Routes",
    "dialect": "Program",
    "picture": "Small picture",
}


class CheckRow(QWidget):
    """One line. `address_offered(url)` and `certificate_offered(fingerprint)` when the user takes the remedy."""

    address_offered = Signal(str)
    certificate_offered = Signal(str)

    def __init__(self, name: CheckName, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.mark = QLabel()
        self.text = hint_label()
        self.remedy = hint_label()
        self.remedy_button = QPushButton()
        self.details_button = QPushButton("&Details")
        self.details_button.setCheckable(True)
        self.raw = QPlainTextEdit(readOnly=True)
        self.raw.setAccessibleName("The endpoint's own words")
        self.raw.setFixedHeight(6 * self.fontMetrics().lineSpacing())
        self.raw.setTabChangesFocus(True)
        for button in (self.remedy_button, self.details_button):
            button.setAutoDefault(False)
        self.details_button.toggled.connect(self.raw.setVisible)
        self.remedy_button.clicked.connect(self._take_remedy)
        self._error: StudioError | None = None
        self._lay_out()

    def show_check(self, check: Check) -> None:
        """Take the line's new state; foreign words stay plain text."""
        self._error = error = check.error
        role = ROLES.get(check.state, "hint")
        self.mark.setText(MARKS[check.state])
        theme.set_role(self.mark, role)
        self.text.setText(check.text)
        theme.set_role(self.text, "error" if check.state == "failed" else "hint")
        remedy = " ".join(filter(None, (error.message, error.remedy))) if error else ""
        self.remedy.setText(remedy)
        self.remedy.setVisible(bool(remedy))
        self.raw.setPlainText(error.raw if error else "")
        self.raw.hide()
        self.details_button.setChecked(False)
        self.details_button.setVisible(bool(error and error.raw))
        self.remedy_button.setText(_remedy_words(error))
        self.remedy_button.setVisible(bool(_remedy_words(error)))
        self.setAccessibleName(f"{WORDS[self._name]}: {SPOKEN[check.state]}")
        self.setAccessibleDescription(" ".join(filter(None, (check.text, remedy))))

    def _take_remedy(self) -> None:
        if isinstance(self._error, EndpointMoved):
            self.address_offered.emit(self._error.new_url)
        elif isinstance(self._error, CertificateNotTrusted):
            self.certificate_offered.emit(self._error.fingerprint)

    def _lay_out(self) -> None:
        name = QLabel(WORDS[self._name])
        metrics = self.fontMetrics()
        self.mark.setFixedWidth(metrics.horizontalAdvance("✓") * 2)
        name.setFixedWidth(metrics.horizontalAdvance("Small picture") + theme.SPACE * 2)
        buttons = QHBoxLayout()
        buttons.addWidget(self.remedy_button)
        buttons.addWidget(self.details_button)
        buttons.addStretch(1)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.SPACE // 2)
        grid.setColumnStretch(2, 1)
        for column, part in enumerate((self.mark, name, self.text)):
            grid.addWidget(part, 0, column)
        grid.addWidget(self.remedy, 1, 2)
        grid.addLayout(buttons, 2, 2)
        grid.addWidget(self.raw, 3, 2)


class Checklist(QWidget):
    """All lines of one test and what came of it; hidden while there is nothing to say."""

    address_offered = Signal(str)
    certificate_offered = Signal(str)
    stop_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.summary = hint_label()
        self.stop_button = QPushButton("Stop t&he test")
        self.stop_button.setAutoDefault(False)
        self.stop_button.clicked.connect(self.stop_asked)
        self.rows: dict[CheckName, CheckRow] = {name: CheckRow(name) for name in NAMES}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE // 2)
        head = QHBoxLayout()
        head.addWidget(self.summary, 1)
        head.addWidget(self.stop_button)
        column.addLayout(head)
        for row in self.rows.values():
            row.address_offered.connect(self.address_offered)
            row.certificate_offered.connect(self.certificate_offered)
            column.addWidget(row)
        self.hide()

    def begin(self) -> None:
        """All lines wait."""
        for name, row in self.rows.items():
            row.show_check(Check(name))
        self._say("Asking the endpoint…", "hint")
        self.stop_button.show()
        self.show()

    def show_check(self, check: Check) -> None:
        """One line changed."""
        self.rows[check.name].show_check(check)

    def end(self, *, good: bool) -> None:
        """The test is over; what it found stays."""
        words = "✓ This endpoint can be used." if good else "✗ It cannot be used so: the marked line says why."
        self._say(words, "good" if good else "error")
        self.stop_button.hide()

    def forget(self) -> None:
        """What was found says nothing any more."""
        self.hide()

    def _say(self, words: str, role: str) -> None:
        self.summary.setText(words)
        theme.set_role(self.summary, role)


def _remedy_words(error: StudioError | None) -> str:
    if isinstance(error, EndpointMoved) and error.new_url:
        return "Use the new address"
    if isinstance(error, CertificateNotTrusted) and error.fingerprint:
        return "Trust this certificate"
    return ""
