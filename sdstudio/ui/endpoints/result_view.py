"""What came of testing an endpoint: nothing yet, under way, good, or an error with its raw text at hand."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QProgressBar, QPushButton, QVBoxLayout, QWidget

from sdstudio.core.errors import StudioError
from sdstudio.ui import theme
from sdstudio.ui.labels import hint_label


class ResultView(QWidget):
    """Shows one result at a time, every foreign word as plain text. `stop_asked` while a test is under way."""

    stop_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = hint_label()
        self.text = hint_label()
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Testing")
        self.stop_button = QPushButton("Stop testin&g")
        self.details_button = QPushButton("&Details")
        self.details_button.setCheckable(True)
        self.raw = QPlainTextEdit()
        self.raw.setReadOnly(True)
        self.raw.setAccessibleName("The endpoint's own words")
        self.raw.setFixedHeight(7 * self.fontMetrics().lineSpacing())
        self.details_button.toggled.connect(self.raw.setVisible)
        self.stop_button.clicked.connect(self.stop_asked)
        self._lay_out()
        self.show_nothing()

    def show_nothing(self) -> None:
        """Forget the last result."""
        self._show("", "", role="hint")

    def show_busy(self) -> None:
        """A test is under way."""
        self._show("Asking the endpoint…", "", role="hint", busy=True)

    def show_good(self, words: str) -> None:
        """The endpoint answered as one should."""
        self._show(f"✓ {words}", "", role="good")

    def show_error(self, error: StudioError) -> None:
        """What went wrong and what to do."""
        text = " ".join(filter(None, (error.message, error.remedy)))
        self._show(f"✗ {error.title}", text, role="error", raw=error.raw)

    def words(self) -> str:
        """All that is said, for a screen reader."""
        return " ".join(filter(None, (self.title.text(), self.text.text())))

    def _show(self, title: str, text: str, *, role: str, raw: str = "", busy: bool = False) -> None:
        self.title.setText(title)
        theme.set_role(self.title, role)
        self.text.setText(text)
        self.raw.setPlainText(raw)
        self.details_button.setChecked(False)
        self.raw.hide()
        for widget, wanted in (
            (self.title, bool(title)),
            (self.text, bool(text)),
            (self.bar, busy),
            (self.stop_button, busy),
            (self.details_button, bool(raw)),
        ):
            widget.setVisible(wanted)
        self.setAccessibleDescription(self.words())

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.bar, 1)
        row.addWidget(self.stop_button)
        details = QHBoxLayout()
        details.addWidget(self.details_button)
        details.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE // 2)
        column.addWidget(self.title)
        column.addWidget(self.text)
        column.addLayout(row)
        column.addLayout(details)
        column.addWidget(self.raw)
