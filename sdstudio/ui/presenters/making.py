"""From the form to the queue, and the queue's progress back to viewer, cards and chip."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from sdstudio.core.errors import InvalidRequest, StudioError, UnreadableImage
from sdstudio.core.request import GenerationRequest
from sdstudio.jobs.job import Job
from sdstudio.studio import Studio
from sdstudio.ui import chips
from sdstudio.ui.imaging import Decoder
from sdstudio.ui.main_window import MainWindow
from sdstudio.ui.presenters.reviewing import Reviewing
from sdstudio.ui.tasks import Tasks

FIRST_PROMPT = "a lighthouse above a stormy sea, evening light"

PAUSED_BY_HAND = StudioError(
    "The queue is paused",
    "What is being made goes on; nothing new is begun.",
    "Untick Generate ▸ Pause the queue.",
)


class Making:
    """Joins the form, the queue panel, the viewer's preview and the queue chip to the job queue. UI thread."""

    def __init__(
        self, window: MainWindow, studio: Studio, reviewing: Reviewing, decoder: Decoder, tasks: Tasks
    ) -> None:
        self._window, self._studio, self._decoder, self._tasks = window, studio, decoder, tasks
        self._reviewing = reviewing
        self._previewed: bytes | None = (
            None  # the encoded preview shown last: the same object is not decoded again
        )
        window.panel.generate_requested.connect(self._enqueue)
        window.welcome.first_picture.connect(self._make_first_picture)
        queue = studio.queue
        queue.changed.connect(self._job_changed)
        queue.reordered.connect(self._show_queue)
        queue.paused_changed.connect(self._show_queue)
        self._connect_cards()
        window.actions_.connect_all(
            {
                "generate": window.panel.generate,
                "generate_first": lambda: window.panel.generate(front=True),
                "interrupt": self.interrupt,
                "skip": self.skip,
                "pause": self._pause_or_resume,
            }
        )
        self._show_queue()

    @property
    def running(self) -> Job | None:
        """The job being made now."""
        return next((job for job in self._studio.queue.jobs if job.state == "running"), None)

    def interrupt(self) -> None:
        """Stop what is being made and keep what came."""
        if job := self.running:
            self._window.say("Interrupting – what came is kept…")
            self._tasks.start(self._studio.queue.cancel(job.id))

    def skip(self) -> None:
        """Go on with the next picture of the running request."""
        if self.running:
            self._tasks.start(self._studio.session.skip())

    def _enqueue(self, request: GenerationRequest, front: bool) -> None:  # noqa: FBT001 - a Qt signal's argument
        self._tasks.start(self._enqueue_now(request, front=front), name="enqueue")

    async def _enqueue_now(self, request: GenerationRequest, *, front: bool) -> None:
        job = await self._studio.queue.enqueue(request, front=front)
        self._reviewing.follow()
        self._window.panel.set_last_seed(job.request.seed)
        waiting = sum(other.state == "queued" for other in self._studio.queue.jobs)
        self._window.say(
            f"Queued {job.request.count} × {job.request.size}" + (f" · {waiting} waiting" * (waiting > 1))
        )

    def _make_first_picture(self) -> None:
        try:
            asked = self._window.panel.request()
        except InvalidRequest:
            return
        if not asked.prompt:
            self._window.panel.apply_request(
                GenerationRequest(prompt=FIRST_PROMPT), {"prompt"}, text="Write a first prompt"
            )
        self._window.panel.generate()

    def _job_changed(self, job: Job) -> None:
        self._window.queue.update_job(job)
        if job.state == "running":
            self._show_progress(job)
        elif job.has_ended:
            self._ended(job)
        self._show_chip()

    def _show_progress(self, job: Job) -> None:
        self._window.show_welcome(wanted=False)
        preview = job.progress.preview
        if not self._reviewing.following:
            self._previewed = None
            self._window.viewer.show_preview(None, job.progress)
        elif preview is not None and preview is not self._previewed:
            self._previewed = preview
            self._tasks.start(self._show_preview(job, preview))
        else:
            self._window.viewer.show_preview(None, job.progress)

    async def _show_preview(self, job: Job, preview: bytes) -> None:
        try:
            image: QImage | None = await self._decoder.image(preview)
        except UnreadableImage:
            return  # a preview is a kindness; the picture itself is what counts
        if (now := self.running) and now.id == job.id and self._reviewing.following:
            self._window.viewer.show_preview(image, now.progress, QSize(job.request.width, job.request.height))

    def _ended(self, job: Job) -> None:
        if self.running is None:
            self._window.viewer.end_preview()
        made = len(job.picture_ids)
        if job.state == "done" or made:
            plural = "picture" if made == 1 else "pictures"
            stopped = " · interrupted" if job.state == "cancelled" else ""
            self._window.say(f"Made {made} {plural}, kept in the history{stopped}")
        elif job.error:
            self._window.say(job.error.title)

    def _show_queue(self) -> None:
        queue = self._studio.queue
        self._window.queue.set_jobs(queue.jobs)
        self._window.actions_["pause"].setChecked(queue.paused is not None)
        if queue.paused and queue.paused is not PAUSED_BY_HAND:
            self._window.banner.show_error(queue.paused, action="Go on", action_name="resume")
        self._show_chip()

    def _show_chip(self) -> None:
        queue = self._studio.queue
        states = [job.state for job in queue.jobs]
        running = self.running
        eta = running.progress.eta_seconds if running else None
        words = chips.queue_words(
            states.count("running"), states.count("queued"), eta, paused=queue.paused is not None
        )
        self._window.queue_chip.say(words)
        self._window.actions_["interrupt"].setEnabled(running is not None and not running.interrupting)
        self._window.actions_["skip"].setEnabled(running is not None and self._studio.session.offer.can_skip)

    def _pause_or_resume(self) -> None:
        queue = self._studio.queue
        if queue.paused:
            queue.resume()
        else:
            queue.pause(PAUSED_BY_HAND)

    def _connect_cards(self) -> None:
        queue, cards = self._studio.queue, self._window.queue
        cards.retry_requested.connect(lambda job_id: self._tasks.start(queue.retry(job_id)))
        cards.remove_requested.connect(lambda job_id: self._tasks.start(queue.remove(job_id)))
        cards.cancel_requested.connect(lambda job_id: self._tasks.start(queue.cancel(job_id)))
