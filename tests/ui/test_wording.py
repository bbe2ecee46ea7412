"""Words for numbers, as a person would say them."""

from __future__ import annotations

import pytest

from sdstudio.core.result import Progress
from sdstudio.ui import wording


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "0 s"),
        (8.4, "8 s"),
        (59.6, "1:00 min"),
        (65, "1:05 min"),
        (3599.7, "1:00 h"),
        (7395, "2:03 h"),
        (-3, "0 s"),
    ],
)
def test_durations(seconds: float, words: str) -> None:
    assert wording.duration(seconds) == words


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (Progress(), "working"),
        (Progress(fraction=0.48, step=12, steps=25, eta_seconds=8.2), "step 12 of 25 · 8 s left"),
        (Progress(fraction=0.481), "48 %"),
        (Progress(fraction=0.0, eta_seconds=0.2), "0 %"),
        (Progress(text=" loading the model "), "loading the model"),
    ],
)
def test_progress(now: Progress, words: str) -> None:
    assert wording.progress(now) == words


@pytest.mark.parametrize(
    ("text", "line"), [("", ""), ("\n\n  a   house,\nby night", "a house,"), ("\t \n", ""), ("one", "one")]
)
def test_first_lines(text: str, line: str) -> None:
    assert wording.first_line(text) == line
