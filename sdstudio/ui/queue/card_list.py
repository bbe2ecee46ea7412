"""Many jobs, few widgets: cards are made for those in sight and lent on as one scrolls."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from sdstudio.jobs.job import Job
from sdstudio.ui.queue.card import JobCard

GAP = 6
ESTIMATE = 92  # of a card not measured yet
PASSES = 4  # measuring what came into sight may bring more into sight
EMPTY_TEXT = "Nothing to make.\nGenerate (Ctrl+Enter) puts a request here."


class CardList(QAbstractScrollArea):
    """Owns the cards in sight and the measured heights of all. UI thread.

    `asked` hands on what the cards ask, but for "details", which is seen to here.
    """

    asked = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Jobs")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its buttons have it
        self._jobs: list[Job] = []
        self._index: dict[str, int] = {}
        self._heights: dict[str, int] = {}
        self._tops: list[int] = []
        self._cards: dict[str, JobCard] = {}
        self._spare: list[JobCard] = []
        self._expanded: set[str] = set()
        self._placing = False

    def set_jobs(self, jobs: Sequence[Job]) -> None:
        """Show these, in this order; cards of jobs that stay are kept."""
        self._jobs = list(jobs)
        self._index = {job.id: index for index, job in enumerate(jobs)}
        self._heights = {key: height for key, height in self._heights.items() if key in self._index}
        self._expanded &= self._index.keys()
        for job_id, card in self._cards.items():
            if (index := self._index.get(job_id)) is not None:
                self._fill(card, self._jobs[index])
        self._place()

    def update_job(self, job: Job) -> bool:
        """Show a newer snapshot in place; False if there is no such job here."""
        if (index := self._index.get(job.id)) is None:
            return False
        self._jobs[index] = job
        if (card := self._cards.get(job.id)) is None:
            self._heights.pop(job.id, None)
        elif self._fill(card, job):
            self._place()
        return True

    @property
    def job_ids(self) -> list[str]:
        """In the order of the cards."""
        return list(self._index)

    def job(self, job_id: str) -> Job:
        """The snapshot shown; raises KeyError."""
        return self._jobs[self._index[job_id]]

    def card(self, job_id: str) -> JobCard | None:
        """The card of a job in sight."""
        return self._cards.get(job_id)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._heights.clear()
        self._place()

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """Cards are placed anew; which ones are in sight may have changed."""
        self._place()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._jobs:
            return
        painter = QPainter(self.viewport())
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(self.viewport().rect().adjusted(GAP, GAP, -GAP, -GAP), flags, EMPTY_TEXT)

    @property
    def _card_width(self) -> int:
        return self.viewport().width() - 2 * GAP

    def _place(self) -> None:
        if self._placing:  # the scroll bar has come, gone or moved meanwhile; the next pass sees to it
            return
        self._placing = True
        for _ in range(PASSES):
            self._reckon()
            if not self._lend_cards():
                break
        self._set_cards()
        self._placing = False

    def _set_cards(self) -> None:
        offset = self.verticalScrollBar().value()
        last: QWidget | None = None
        for index in self._in_sight():
            job_id = self._jobs[index].id
            card = self._cards[job_id]
            card.setGeometry(
                GAP, self._tops[index] - offset, self._card_width, self._heights.get(job_id, ESTIMATE)
            )
            card.show()
            if last is not None:
                QWidget.setTabOrder(last, card)
            last = card
        self.viewport().update()

    def _reckon(self) -> None:
        """Where every card would be, and how far one can scroll."""
        heights = (self._heights.get(job.id, ESTIMATE) + GAP for job in self._jobs)
        self._tops = list(accumulate(heights, initial=GAP))
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, self._tops[-1] - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(ESTIMATE // 2)

    def _in_sight(self) -> range:
        top = self.verticalScrollBar().value()
        first = max(0, bisect_right(self._tops, top) - 1)
        end = bisect_right(self._tops, top + self.viewport().height())
        return range(min(first, len(self._jobs)), min(end, len(self._jobs)))

    def _lend_cards(self) -> bool:
        """A filled card for every job in sight; True if any turned out higher or lower than reckoned."""
        seen = {self._jobs[index].id: self._jobs[index] for index in self._in_sight()}
        for job_id in [key for key in self._cards if key not in seen]:
            card = self._cards.pop(job_id)
            card.hide()
            self._spare.append(card)
        changed = False
        for job_id, job in seen.items():
            if job_id not in self._cards:
                self._cards[job_id] = self._spare.pop() if self._spare else self._new_card()
                changed |= self._fill(self._cards[job_id], job)
            elif job_id not in self._heights:
                changed |= self._measure(self._cards[job_id])
        return changed

    def _new_card(self) -> JobCard:
        card = JobCard(self.viewport())
        card.asked.connect(self._asked)
        return card

    def _fill(self, card: JobCard, job: Job) -> bool:
        card.show_job(job, expanded=job.id in self._expanded)
        return self._measure(card)

    def _measure(self, card: JobCard) -> bool:
        """True if its height is not what was reckoned with."""
        was = self._heights.get(card.job_id, ESTIMATE)
        self._heights[card.job_id] = card.height_for(self._card_width)
        return self._heights[card.job_id] != was

    def _asked(self, what: str, job_id: str) -> None:
        if what != "details":
            self.asked.emit(what, job_id)
            return
        self._expanded ^= {job_id}
        if card := self._cards.get(job_id):
            self._fill(card, self.job(job_id))
        self._place()
