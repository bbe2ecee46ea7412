"""The program's own window over its own studio, in the test's process: nothing in it is replaced."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sdstudio.config.paths import DataDir
from sdstudio.core.request import GenerationRequest
from sdstudio.jobs.job import Job
from sdstudio.studio import Studio
from sdstudio.ui.main_window import MainWindow
from sdstudio.ui.presenter import Presenter

PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class OpenWindow:
    """What a test drives and looks at."""

    window: MainWindow
    studio: Studio
    presenter: Presenter

    async def until(self, happened: Callable[[], object]) -> None:
        """Wait for something to come true; too long is a failure."""
        async with asyncio.timeout(PATIENCE_S):
            while not happened():
                await asyncio.sleep(0.01)

    async def make(self, request: GenerationRequest) -> Job:
        """Put a request on the form, press Generate and see the job through."""
        before = {job.id for job in self.studio.queue.jobs}
        self.window.panel.apply_request(request)
        self.window.panel.generate_button.click()
        await self.until(lambda: {job.id for job in self.studio.queue.jobs} - before)
        (job_id,) = {job.id for job in self.studio.queue.jobs} - before
        await self.until(lambda: self.studio.queue.job(job_id).has_ended)
        return self.studio.queue.job(job_id)


@asynccontextmanager
async def open_window(folder: Path, *, endpoint: str | None = None) -> AsyncGenerator[OpenWindow]:
    """The window over a data folder; closed in the order the program closes it."""
    window = MainWindow()
    window.show()
    studio = await Studio.open(DataDir(folder), endpoint=endpoint)
    presenter = Presenter(window, studio)
    await presenter.start()
    try:
        yield OpenWindow(window, studio, presenter)
    finally:
        await presenter.close()
        await studio.close()
        window.close_for_good()
        window.deleteLater()
