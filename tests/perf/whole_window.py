"""The program's own window over its own studio, in this process, with an endpoint of one's choice."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

import qasync  # isort: skip - it picks its Qt by what is imported already

from sdstudio.core.request import GenerationRequest
from sdstudio.studio import Studio
from sdstudio.ui import theme
from sdstudio.ui.canvas.viewer import Viewer
from sdstudio.ui.main_window import MainWindow
from tests.fakes.window import open_window

PATIENCE_S = 120
_SERVER = Path(__file__).with_name("answer_server.py")
T = TypeVar("T")


def in_qt_loop(work: Coroutine[None, None, T]) -> T:
    """Run `work` to its end as the program runs: in Qt's loop."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    app.setQuitOnLastWindowClosed(False)
    theme.apply(app, "dark")
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        return runner.run(work)


@dataclass(frozen=True, slots=True)
class AnswerServer:
    """A running `answer_server.py`."""

    url: str
    answer_bytes: int
    process: subprocess.Popen[str]

    def own_seconds(self) -> float:
        """What the server spent on the next generation that has not been asked about; blocks until it is known."""
        assert self.process.stdout is not None
        return float(self.process.stdout.readline())


@contextmanager
def answer_server(*, pictures: int, side: int, own_s: float) -> Generator[AnswerServer]:
    """An endpoint in a process of its own that always answers with these pictures."""
    words = ("--pictures", str(pictures), "--side", str(side), "--own", str(own_s))
    with subprocess.Popen(
        [sys.executable, _SERVER, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        yield AnswerServer(said["url"], said["bytes"], process)
        process.stdin.close()


class WholeWindow:
    """A window ready to make pictures, and the moment each is on screen."""

    def __init__(self, window: MainWindow, studio: Studio) -> None:
        self.window, self.studio = window, studio
        self._painted = _Painted(window.viewer)

    async def generate(self, request: GenerationRequest) -> float:
        """Fill the form, press Generate, and wait for the picture; returns the seconds from press to screen.

        What is on screen is on disk and recorded: the viewer is given pictures by the history alone.
        """
        self.window.panel.apply_request(request)
        before = self.window.viewer.key
        start = time.monotonic()
        self.window.panel.generate()
        async with asyncio.timeout(PATIENCE_S):
            shown = await self._painted.wait_for(
                lambda viewer: viewer.picture is not None and viewer.key != before
            )
        return shown - start


class _Painted(QObject):
    """Watches the viewer being painted."""

    def __init__(self, viewer: Viewer) -> None:
        super().__init__(viewer)
        self._viewer = viewer
        self._fits: Callable[[Viewer], bool] = lambda _viewer: False
        self._moment: asyncio.Future[float] | None = None
        viewer.installEventFilter(self)

    async def wait_for(self, fits: Callable[[Viewer], bool]) -> float:
        """When a paint has ended, on the monotonic clock, before which `fits(viewer)` held with no preview."""
        self._fits, self._moment = fits, asyncio.get_running_loop().create_future()
        return await self._moment

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._moment and not self._moment.done() and self._is_it():
            QTimer.singleShot(0, self._tell)
        return False

    def _is_it(self) -> bool:
        return not self._viewer.previewing and self._fits(self._viewer)

    def _tell(self) -> None:
        if self._moment and not self._moment.done():
            self._moment.set_result(time.monotonic())


@asynccontextmanager
async def whole_window(folder: Path, url: str) -> AsyncGenerator[WholeWindow]:
    """The window over `folder`, connected to `url`; closed as the program closes."""
    async with open_window(folder, endpoint=url) as opened:
        await opened.studio.session.settled()
        yield WholeWindow(opened.window, opened.studio)
