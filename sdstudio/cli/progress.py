"""How far it is, in one line that is written over and over; on a terminal only."""

from __future__ import annotations

import shutil
from typing import TextIO

from sdstudio.core.result import Progress

_BAR = 24


class ProgressLine:
    """Owns the last line of a terminal while something is made; silent where there is no terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream if stream.isatty() else None
        self._shown = ""

    def say(self, text: str) -> None:
        """Show this, in place of what was shown before."""
        if self._stream is None or text == self._shown:
            return
        width = shutil.get_terminal_size().columns - 1
        self._stream.write(f"\r{text[:width]:<{min(len(self._shown), width)}}")
        self._stream.flush()
        self._shown = text[:width]

    def show(self, progress: Progress) -> None:
        """Show how far a generation is."""
        self.say(progress_text(progress))

    def clear(self) -> None:
        """Leave the line as empty as it was."""
        if self._stream and self._shown:
            self._stream.write(f"\r{'':<{len(self._shown)}}\r")
            self._stream.flush()
            self._shown = ""


def progress_text(progress: Progress) -> str:
    """Bar, steps and time left, as far as they are known."""
    if progress.fraction is None:
        return "making…"
    fraction = max(0.0, min(1.0, progress.fraction))
    done = round(fraction * _BAR)
    parts = [f"[{'#' * done}{'.' * (_BAR - done)}] {fraction:4.0%}"]
    if progress.steps:
        parts.append(f"step {progress.step} of {progress.steps}")
    if progress.eta_seconds is not None and progress.eta_seconds > 0:
        parts.append(f"{progress.eta_seconds:.0f} s left")
    return "  ".join(parts)
