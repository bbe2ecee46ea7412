"""Real drags by a real mouse, from the strip to a drop target, in a process of their own."""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.strip_and_target import TITLE
from tests.fakes.display import Display, display

ROOT = Path(__file__).parents[2]
PATIENCE_S = 20


class Bench:
    """The running window and where its cells are."""

    def __init__(self, screen: Display, process: subprocess.Popen[str]) -> None:
        self._screen, self._process = screen, process
        self._window = screen.window_of(TITLE)
        placed = self.told()
        self._pitch, self._first = placed["pitch"], placed["first"]

    def told(self) -> dict[str, Any]:
        """The next line the window prints; it prints none before it has been done something to."""
        assert self._process.stdout is not None
        assert select.select([self._process.stdout], [], [], PATIENCE_S)[0], "nothing was dropped"
        return json.loads(self._process.stdout.readline())

    def drag_cell(self, position: int, *, to: tuple[int, int]) -> None:
        start = (self._first[0] + position * self._pitch, self._first[1])
        self._screen.drag(self._window, start, to)


@contextmanager
def bench(screen: Display, folder: Path) -> Iterator[Bench]:
    """The window while the block lasts; it ends when its standard input does."""
    command = [sys.executable, "-X", "dev", "-m", "tests.e2e.strip_and_target", str(folder)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=screen.environment, **pipes) as process:
        try:
            yield Bench(screen, process)
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait(PATIENCE_S) == 0
        finally:
            process.kill()


@pytest.fixture(scope="module")
def screen() -> Iterator[Display]:
    with display() as opened:
        yield opened


def test_a_picture_dragged_out_is_its_real_file(screen: Display, tmp_path: Path) -> None:
    folder = tmp_path / "with blank & ä"
    with bench(screen, folder) as opened:
        opened.drag_cell(2, to=(350, 400))
        first = opened.told()
        opened.drag_cell(0, to=(350, 400))
        second = opened.told()

    assert first["files"] == [str(folder / "7.png")]
    assert first["ids"] == [7]
    assert first["action"] == "CopyAction"  # never a move: the file stays where it is
    assert first["turns"] > 5  # tasks went on while it hung over the target
    assert second["ids"] == [9]
