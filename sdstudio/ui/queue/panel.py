"""The queue: how many jobs there are, a card for each, and one button to clear away what has ended."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from sdstudio.jobs.job import Job
from sdstudio.ui import theme
from sdstudio.ui.elided_label import ElidedLabel
from sdstudio.ui.queue import words
from sdstudio.ui.queue.card_list import CardList

# What is being made, what wants attention, what waits, what is over
PLACES = {"running": 0, "failed": 1, "unknown": 1, "queued": 2, "done": 3, "cancelled": 3}


class QueuePanel(QWidget):
    """Shows job snapshots; the queue itself is elsewhere. UI thread.

    The signals carry a job's id, `pictures_chosen` the ids of an ended job's pictures.
    """

    cancel_requested = Signal(str)
    retry_requested = Signal(str)
    remove_requested = Signal(str)
    pictures_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs: dict[str, Job] = {}
        self.summary = ElidedLabel()
        theme.set_role(self.summary, "hint")
        self.clear = QPushButton("Clear &ended")
        self.clear.setToolTip("Take jobs that are done or cancelled off this list; their pictures stay")
        self.clear.clicked.connect(self._clear_ended)
        self.cards = CardList()
        self.cards.asked.connect(self._asked)
        self._lay_out()
        self._show_summary()

    def set_jobs(self, jobs: Sequence[Job]) -> None:
        """Show all of these, in the queue's order; their cards change in place."""
        self._jobs = {job.id: job for job in jobs}
        self.cards.set_jobs(_arranged(jobs))
        self._show_summary()

    def update_job(self, job: Job) -> None:
        """Show a newer snapshot of a job; one that is not in the list is ignored until `set_jobs` brings it."""
        before = self._jobs.get(job.id)
        if before is None:
            return
        self._jobs[job.id] = job
        if before.state == job.state:
            self.cards.update_job(job)
        else:
            self.set_jobs(list(self._jobs.values()))

    def sizeHint(self) -> QSize:
        return QSize(320, 260)

    def _asked(self, what: str, job_id: str) -> None:
        if what == "show":
            self.pictures_chosen.emit(self._jobs[job_id].picture_ids)
        else:
            {"cancel": self.cancel_requested, "retry": self.retry_requested, "remove": self.remove_requested}[
                what
            ].emit(job_id)

    def _clear_ended(self) -> None:
        for job in list(self._jobs.values()):
            if job.state in ("done", "cancelled"):
                self.remove_requested.emit(job.id)

    def _show_summary(self) -> None:
        jobs = self._jobs.values()
        self.summary.say(words.summary(jobs))
        self.clear.setVisible(any(job.state in ("done", "cancelled") for job in jobs))

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(theme.SPACE, theme.SPACE // 2, theme.SPACE, theme.SPACE // 2)
        top.addWidget(self.summary, 1)
        top.addWidget(self.clear)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.cards, 1)


def _arranged(jobs: Sequence[Job]) -> list[Job]:
    """By what they want of a person; those that have ended the latest first."""
    order = {job.id: -place if job.has_ended else place for place, job in enumerate(jobs)}
    return sorted(jobs, key=lambda job: (PLACES[job.state], order[job.id]))
