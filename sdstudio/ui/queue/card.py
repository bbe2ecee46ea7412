"""One job as a card: what it is, how far, what went wrong, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from sdstudio.core.errors import StudioError
from sdstudio.jobs.job import Job
from sdstudio.ui import theme
from sdstudio.ui.elided_label import ElidedLabel
from sdstudio.ui.labels import hint_label
from sdstudio.ui.queue import words

BAR_STEPS = 1000
RAW_HEIGHT = 110
STATE_ROLES = {"running": "heading", "failed": "error", "unknown": "warning", "done": "good"}


class JobCard(QFrame):
    """Shows one job at a time and changes in place when it, or another, is shown. UI thread.

    `asked`: what a button stands for ("cancel", "retry", "remove", "show", "details") and the job's id.
    """

    asked = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "card")
        self.job_id = ""
        self._title, self._state = ElidedLabel(), QLabel()
        self._details, self._progress = ElidedLabel(), ElidedLabel()
        self._bar = QProgressBar()
        self._error, self._remedy = hint_label(role="error"), hint_label()
        self._raw = QPlainTextEdit(readOnly=True)
        self._buttons: dict[str, QToolButton] = {}
        self._button_row = self._made_button_row()
        self._column, self._second_row = QVBoxLayout(self), QHBoxLayout()
        self._lay_out()

    def show_job(self, job: Job, *, expanded: bool = False) -> None:
        """Show a snapshot; `expanded` with the raw text of its error."""
        self.job_id = job.id
        self._title.say(words.title(job), job.request.prompt)
        self._state.setText(words.state(job))
        role = STATE_ROLES.get(job.state, "hint")
        if self._state.property("role") != role:
            theme.set_role(self._state, role)
        self._details.say(words.details(job))
        self.setAccessibleName(f"{words.state(job)}: {words.title(job)}")
        self._show_progress(job)
        self._show_error(job.error, expanded=expanded)
        self._show_buttons(job, expanded=expanded)

    def height_for(self, width: int) -> int:
        """How high it must be at a width for all its text to be seen."""
        self._column.invalidate()
        if self._column.hasHeightForWidth():
            return self._column.totalHeightForWidth(width)
        return self._column.totalSizeHint().height()

    def _show_progress(self, job: Job) -> None:
        running = job.state == "running"
        self._bar.setVisible(running)
        self._progress.setVisible(running)
        if not running:
            return
        fraction = job.progress.fraction
        self._bar.setRange(0, 0 if fraction is None else BAR_STEPS)
        self._bar.setValue(0 if fraction is None else round(fraction * BAR_STEPS))
        self._progress.say(words.progress(job))

    def _show_error(self, error: StudioError | None, *, expanded: bool) -> None:
        self._error.setText(error.title if error else "")
        self._error.setVisible(error is not None)
        advice = f"{error.message} {error.remedy}".strip() if error else ""
        self._remedy.setText(advice)
        self._remedy.setVisible(bool(advice))
        raw = error.raw if error else ""
        if raw != self._raw.toPlainText():
            self._raw.setPlainText(raw)
        self._raw.setVisible(expanded and bool(raw))

    def _show_buttons(self, job: Job, *, expanded: bool) -> None:
        wanted = {
            "cancel": job.state in ("queued", "running"),
            "retry": job.state in ("failed", "unknown", "cancelled"),
            "show": bool(job.picture_ids),
            "details": job.error is not None and bool(job.error.raw),
            "remove": job.has_ended,
        }
        for name, visible in wanted.items():
            self._buttons[name].setVisible(visible)
        self._buttons["cancel"].setText("Interrupt" if job.state == "running" else "Cancel")
        self._buttons["cancel"].setEnabled(not job.interrupting)
        self._buttons["retry"].setText("Store again" if job.kept else "Make again")
        self._buttons["details"].setText("Hide details" if expanded else "Details")
        seat = self._column if job.error or job.state == "cancelled" else self._second_row
        if seat.indexOf(self._button_row) < 0:
            seat.addWidget(self._button_row, 0, Qt.AlignmentFlag.AlignRight)

    def _lay_out(self) -> None:
        theme.set_role(self._title, "heading")
        for line in (self._details, self._progress):
            theme.set_role(line, "hint")
        self._state.setTextFormat(Qt.TextFormat.PlainText)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        self._raw.setFixedHeight(RAW_HEIGHT)
        self._raw.setAccessibleName("The endpoint's own words")
        column = self._column
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(4)
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(self._state)
        column.addLayout(top)
        self._second_row.addWidget(self._details, 1)
        column.addLayout(self._second_row)
        for part in (self._bar, self._progress, self._error, self._remedy, self._raw):
            column.addWidget(part)

    def _made_button_row(self) -> QWidget:
        """One row of buttons for all states; it sits beside the details, or below an error."""
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        texts = {
            "details": "Details",
            "show": "Show",
            "retry": "Make again",
            "cancel": "Cancel",
            "remove": "Remove",
        }
        for name, text in texts.items():
            button = self._buttons[name] = QToolButton()
            button.setText(text)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(self._asking(name))
            row.addWidget(button)
        return holder

    def _asking(self, what: str) -> Callable[[], None]:
        return lambda: self.asked.emit(what, self.job_id)
