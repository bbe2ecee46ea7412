"""How long the window stands still while a large answer arrives."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer

from sdstudio.core.request import GenerationRequest
from tests.perf.bench import Row, Settings
from tests.perf.whole_window import WholeWindow, answer_server, in_qt_loop, whole_window

PICTURES, SIDE = 4, 2048
PERIOD_MS = 4
OWN_S = 0.3


def measure(settings: Settings) -> list[Row]:
    """The longest gap of a timer from Generate to the picture on screen, against the same window at rest."""
    with (
        tempfile.TemporaryDirectory() as folder,
        answer_server(pictures=PICTURES, side=SIDE, own_s=OWN_S) as server,
    ):
        busy, idle = in_qt_loop(_gaps(Path(folder), server.url, settings))
    against = f"the same window at rest; {PICTURES} × {SIDE}², {server.answer_bytes / 1e6:.0f} MB of JSON"
    return [Row("response.ui_gap_30mb", busy, "ms", against, busy / idle)]


async def _gaps(folder: Path, url: str, settings: Settings) -> tuple[float, float]:
    busy: list[float] = []
    idle: list[float] = []
    async with whole_window(folder, url) as whole:
        await _busy_gap(whole)  # for nothing: imports, caches, fonts
        for _ in range(settings.rounds):
            gap, seconds = await _busy_gap(whole)
            busy.append(gap)
            idle.append(await _idle_gap(seconds))
    return statistics.median(busy), statistics.median(idle)


async def _busy_gap(whole: WholeWindow) -> tuple[float, float]:
    """The longest gap in milliseconds, and how many seconds it was looked for."""
    watch = LongestGap()
    seconds = await whole.generate(GenerationRequest("a bench", width=SIDE, height=SIDE, batch_size=PICTURES))
    await asyncio.sleep(0.5)  # thumbnails and the strip's new row come after the picture
    return watch.stop(), seconds + 0.5


async def _idle_gap(seconds: float) -> float:
    watch = LongestGap()
    await asyncio.sleep(seconds)
    return watch.stop()


class LongestGap(QObject):
    """The longest time in milliseconds between two ticks of a timer that wants to tick every 4."""

    def __init__(self) -> None:
        super().__init__()
        self._longest = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer(self, interval=PERIOD_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def stop(self) -> float:
        self._tick()
        self._timer.stop()
        return self._longest * 1000

    def _tick(self) -> None:
        now = time.perf_counter()
        self._longest = max(self._longest, now - self._last)
        self._last = now
