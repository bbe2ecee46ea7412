"""How long from the start of the process to the first painted window."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.perf.bench import Row, Settings, side_by_side

_ROOT = Path(__file__).resolve().parents[2]


def measure(settings: Settings) -> list[Row]:
    """The whole program over an empty history, against a bare window."""
    with tempfile.TemporaryDirectory() as folder:
        ours, bare = side_by_side(
            lambda: _first_paint("sdstudio", "--data-dir", folder), lambda: _first_paint("bare"), settings
        )
    against = "a bare PySide6 window, process start to first paint"
    return [Row("startup.window", ours * 1000, "ms", against, ours / bare)]


def _first_paint(*words: str) -> float:
    """Seconds from just before the process starts to its first paint; the process is ended in order."""
    program = [sys.executable, "-m", "tests.perf.first_paint", *words]
    # As a person starts it: from the second time on Python has kept what it compiled.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.monotonic()
    with subprocess.Popen(
        program, cwd=_ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        process.terminate()
        _, errors = process.communicate()
    if not said:
        raise RuntimeError(f"no window was painted: {' '.join(words)}\n{errors}")
    return float(said) - start
