"""What the program adds to the endpoint's own time, from Generate to on disk and on screen."""

from __future__ import annotations

import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from sdstudio.api import payload
from sdstudio.core.request import GenerationRequest
from tests.perf.bench import Row, Settings
from tests.perf.whole_window import AnswerServer, WholeWindow, answer_server, in_qt_loop, whole_window

OWN_S = 0.3
REQUEST = GenerationRequest("a bench", seed=1)
# The answer begins with its one picture, so that no JSON tool is needed to cut it out.
_BY_HAND = """
set -e
curl -sf -H 'Content-Type: application/json' --data-binary @request.json -o answer.json "$1/sdapi/v1/txt2img"
sed -e 's/^{"images": \\["//' -e 's/".*//' answer.json | base64 -d > picture.png
sync picture.png
"""


def measure(settings: Settings) -> list[Row]:
    """The overhead in milliseconds, against curl, base64 -d and fsync of the same answer."""
    with tempfile.TemporaryDirectory() as folder, answer_server(pictures=1, side=512, own_s=OWN_S) as server:
        ours, by_hand = in_qt_loop(_overheads(Path(folder), server, settings))
    against = "curl, base64 -d and fsync of the same answer; both less the endpoint's own time"
    return [Row("generate.overhead", ours * 1000, "ms", against, ours / by_hand)]


async def _overheads(folder: Path, server: AnswerServer, settings: Settings) -> tuple[float, float]:
    ours: list[float] = []
    by_hand: list[float] = []
    body = payload.encode(REQUEST, {}, task_id="bench")
    (folder / "request.json").write_bytes(body)
    async with whole_window(folder / "studio", server.url) as whole:
        for _ in range(settings.rounds + 1):
            ours.append(await _ours(whole, server))
            by_hand.append(_by_hand(folder, server))
    return statistics.median(ours[1:]), statistics.median(by_hand[1:])  # the first is a warm-up


async def _ours(whole: WholeWindow, server: AnswerServer) -> float:
    return await whole.generate(REQUEST) - server.own_seconds()


def _by_hand(folder: Path, server: AnswerServer) -> float:
    start = time.monotonic()
    subprocess.run(["sh", "-c", _BY_HAND, "sh", server.url], cwd=folder, check=True)
    return time.monotonic() - start - server.own_seconds()
