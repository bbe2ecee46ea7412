"""A real X server without a screen, and hands for it: Xvfb and xdotool, each in a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

NEEDED = ("Xvfb", "xdotool")
DRAG_STEPS = 8
_PATIENCE_S = 30


@dataclass(frozen=True, slots=True)
class Display:
    """One X server; `environment` makes Qt programs open their windows on it."""

    name: str

    @property
    def environment(self) -> dict[str, str]:
        """What a program started on this display gets."""
        return {**os.environ, "DISPLAY": self.name, "QT_QPA_PLATFORM": "xcb"}

    def window_of(self, title: str) -> str:
        """Wait for a visible window with this title; its id."""
        return self._do("search", "--sync", "--onlyvisible", "--name", title).split()[0]

    def focus(self, window: str) -> None:
        """Give a window the keyboard; there is no window manager to do it."""
        self._do("windowfocus", "--sync", window)

    def type(self, text: str) -> None:
        """Type into whatever has the keyboard."""
        self._do("type", "--delay", "10", text)

    def press(self, *keys: str) -> None:
        """Press keys or chords such as "ctrl+Return", one after the other."""
        self._do("key", "--delay", "30", *keys)

    def click(self, window: str, x: int, y: int) -> None:
        """Click at a place of a window, in pixels from its upper left corner."""
        self._do("mousemove", "--sync", "--window", window, str(x), str(y), "click", "1")

    def drag(self, window: str, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Press at one place of a window, move to another in steps, as a hand does, and let go there."""
        self._move(window, *start)
        self._do("mousedown", "1")
        for step in range(1, DRAG_STEPS + 1):
            share = step / DRAG_STEPS
            across, down = ((end[axis] - start[axis]) * share + start[axis] for axis in (0, 1))
            self._move(window, round(across), round(down))
        self._do("sleep", "0.2", "mouseup", "1")  # a drop target answers before it is dropped on

    def _move(self, window: str, x: int, y: int) -> None:
        self._do("mousemove", "--window", window, str(x), str(y), "sleep", "0.02")

    def _do(self, *words: str) -> str:
        done = subprocess.run(
            ["xdotool", *words],
            env={**os.environ, "DISPLAY": self.name},
            check=True,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
        )
        return done.stdout


@contextmanager
def display(width: int = 1440, height: int = 900) -> Iterator[Display]:
    """An X server while the block lasts."""
    if missing := [program for program in NEEDED if shutil.which(program) is None]:
        raise RuntimeError(f"{' and '.join(missing)} must be installed; the test command does it")
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        try:
            with os.fdopen(reading) as announced:
                yield Display(f":{announced.readline().strip()}")
        finally:
            server.terminate()
