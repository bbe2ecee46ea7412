"""Told of every step while a batch is painted: keeps the global state, makes previews, passes on interrupts."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from sdstudio.practice import pictures
from sdstudio.practice.options import Settings
from sdstudio.practice.state import ServerState

_THUMBNAIL = (256, 256)


class BatchWatch:
    """The `Watch` of one batch; made and used on the painting thread.

    The original samples a batch at once, so a step here is told as a share of the batch's.
    """

    def __init__(
        self,
        state: ServerState,
        settings: Settings,
        *,
        passes: tuple[int, ...],
        batch: int,
        size: int,
        slow_s: float = 0.0,
    ) -> None:
        self._state = state
        self._settings = settings
        self._passes = passes
        self._batch = batch
        self._size = size
        self._slow_s = slow_s
        self._done: list[Image.Image] = []
        self._unseen_steps = 0

    @property
    def stopped(self) -> bool:
        """Whether this batch is to end."""
        return self._state.interrupted or self._state.skipped

    def finished(self, image: Image.Image) -> None:
        """One picture of the batch is there; a small copy is kept for the previews."""
        small = image.copy()
        small.thumbnail(_THUMBNAIL)
        self._done.append(small)

    def step(self, done: int, total: int, preview: Callable[[], Image.Image]) -> bool:
        """After each step of a picture; False ends the batch."""
        self._tell((len(self._done) * total + done) // self._size)
        self._unseen_steps += 1
        every = int(self._settings["show_progress_every_n_steps"])
        if self._settings["live_previews_enable"] and 0 < every <= self._unseen_steps:
            self._unseen_steps = 0
            self._state.show_preview(self._sheet(preview()))
        if self._slow_s:
            self._state.raised.wait(self._slow_s)
        return not self.stopped

    def _tell(self, step: int) -> None:
        first = self._batch * len(self._passes)
        for number, steps in enumerate(self._passes):
            if step <= steps or number + 1 == len(self._passes):
                self._state.at(first + number, min(step, steps), steps)
                return
            step -= steps

    def _sheet(self, current: Image.Image) -> Image.Image:
        """The picture so far, on a sheet with the rest of its batch."""
        if self._size == 1 or not self._settings["show_progress_grid"]:
            return current
        done = [image.resize(current.size) for image in self._done]
        waiting = [Image.new("RGB", current.size)] * (self._size - len(done) - 1)
        return pictures.grid([*done, current, *waiting])
