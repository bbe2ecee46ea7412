"""What the server is doing: the one global state that progress, interrupt and skip see, and the task ids.

The numbers and their oddities are 1.10.1's. Not here: the queue itself, which is the painting thread's.
"""

from __future__ import annotations

import random
import string
import threading
import time
from collections import deque
from datetime import datetime
from typing import Any

from PIL import Image

_REMEMBERED_TASKS = 16


class ServerState:
    """The running job. Written by the painting thread, but for the flags, which the event loop sets.

    Every field is one assignment, so readers never need a lock. `raised` is set with any flag, to end waits.
    """

    def __init__(self) -> None:
        self.job = ""
        self.job_count = 0
        self.job_no = 0
        self.job_timestamp = "0"
        self.sampling_step = 0
        self.sampling_steps = 0
        self.skipped = False
        self.interrupted = False
        self.preview: Image.Image | None = None
        self.preview_id = 0
        self.raised = threading.Event()
        self._started = time.time()

    def begin(self, job: str) -> None:
        """A job starts; flags raised before do not concern it."""
        self.raised.clear()
        self.skipped = self.interrupted = False
        self.preview = None
        self.preview_id = self.sampling_step = self.job_no = 0
        self._started = time.time()
        self.job_timestamp = datetime.now().strftime("%Y%m%d%H%M%S")  # noqa: DTZ005 - the server's own clock
        self.job_count = -1
        self.job = job

    def at(self, job_no: int, step: int, steps: int) -> None:
        """How far the job is: pass number, step in it, steps it has."""
        self.job_no = job_no
        self.sampling_steps = steps
        self.sampling_step = step

    def show_preview(self, image: Image.Image) -> None:
        """The picture so far."""
        self.preview = image
        self.preview_id += 1

    def end(self) -> None:
        """Idle again; the last job's numbers stay visible."""
        self.job = ""
        self.job_count = 0

    def interrupt(self) -> None:
        """Stop the running job at its next step."""
        self.interrupted = True
        self.raised.set()

    def skip(self) -> None:
        """Stop the running batch at its next step."""
        self.skipped = True
        self.raised.set()

    def unskip(self) -> None:
        """A new batch begins: the skip was for the one before."""
        self.skipped = False
        if not self.interrupted:
            self.raised.clear()

    @property
    def fraction(self) -> float:
        """Share of the job that is done, not capped."""
        if self.job_count == 0:
            return 0.0
        done = self.job_no / self.job_count if self.job_count > 0 else 0.0
        if self.sampling_steps > 0:
            done += self.sampling_step / self.sampling_steps / self.job_count
        return max(done, 0.0)

    def eta(self, fraction: float) -> float:
        """Seconds left, by what the job has taken so far: wild at first, as the original's."""
        elapsed = time.time() - self._started
        return elapsed / fraction - elapsed

    def as_dict(self) -> dict[str, Any]:
        """`state` of /sdapi/v1/progress."""
        return {
            "skipped": self.skipped,
            "interrupted": self.interrupted,
            "stopping_generation": False,
            "job": self.job,
            "job_count": self.job_count,
            "job_timestamp": self.job_timestamp,
            "job_no": self.job_no,
            "sampling_step": self.sampling_step,
            "sampling_steps": self.sampling_steps,
        }


class TaskIds:
    """Which task waits, runs or has ended, by the ids of /internal/progress."""

    def __init__(self) -> None:
        self.current: str | None = None
        self._pending: dict[str, None] = {}
        self._finished: deque[str] = deque(maxlen=_REMEMBERED_TASKS)

    @property
    def pending(self) -> list[str]:
        """Those that wait, in their order."""
        return list(self._pending)

    def add(self, task: str) -> None:
        """A task joins the queue."""
        self._pending[task] = None

    def start(self, task: str) -> None:
        """Its turn has come."""
        self._pending.pop(task, None)
        self.current = task

    def finish(self, task: str) -> None:
        """Done. Never called for a task that failed, which so stays current until the next starts (1.10.1)."""
        self.current = None
        self._finished.append(task)

    def is_pending(self, task: str) -> bool:
        """Whether it waits."""
        return task in self._pending

    def is_finished(self, task: str) -> bool:
        """Whether it is among the last 16 that ended well."""
        return task in self._finished


def new_task_id(kind: str) -> str:
    """An id in the web UI's shape, for requests that bring none."""
    letters = random.choices(string.ascii_uppercase + string.digits, k=7)  # noqa: S311 - a name, not a secret
    return f"task({kind}-{''.join(letters)})"
