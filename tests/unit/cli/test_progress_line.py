"""One line on a terminal, nothing elsewhere."""

from __future__ import annotations

import io

import pytest

from sdstudio.cli.progress import ProgressLine, progress_text
from sdstudio.core.result import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    def screen(self) -> str:
        """The one line as it looks."""
        line: list[str] = []
        for piece in self.getvalue().split("\r"):
            line[: len(piece)] = piece
        return "".join(line).rstrip()


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (Progress(), "making…"),
        (Progress(0.0), "[........................]   0%"),
        (Progress(0.5, 10, 20, 3.2), "[############............]  50%  step 10 of 20  3 s left"),
        (Progress(1.7, 20, 20, -1), "[########################] 100%  step 20 of 20"),
    ],
)
def test_what_is_known_is_shown(progress: Progress, text: str) -> None:
    assert progress_text(progress) == text


def test_a_shorter_text_covers_a_longer_one_and_clearing_leaves_nothing() -> None:
    terminal = Terminal()
    line = ProgressLine(terminal)
    line.say("a long sentence")
    line.say("short")
    assert terminal.screen() == "short"
    line.clear()
    assert terminal.screen() == ""
    assert terminal.getvalue().endswith("\r")


def test_a_narrow_terminal_is_never_wrapped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "12")
    terminal = Terminal()
    ProgressLine(terminal).show(Progress(0.5, 10, 20, 3.2))
    assert len(terminal.screen()) == 11


def test_without_a_terminal_nothing_is_written() -> None:
    stream = io.StringIO()
    line = ProgressLine(stream)
    line.say("x")
    line.show(Progress(0.5))
    line.clear()
    assert stream.getvalue() == ""
