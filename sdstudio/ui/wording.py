"""Numbers and states in words, the same wherever they are shown."""

from __future__ import annotations

from sdstudio.core.result import Progress


def duration(seconds: float) -> str:
    """Seconds as a person says them: "8 s", "1:05 min", "2:03 h"."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02} min"
    return f"{whole // 3600}:{whole % 3600 // 60:02} h"


def progress(now: Progress) -> str:
    """One short line such as "step 12 of 25 · 8 s left"; "working" where the endpoint tells nothing."""
    parts = [_how_far(now), now.text.strip()]
    if now.eta_seconds is not None and now.eta_seconds >= 1:
        parts.append(f"{duration(now.eta_seconds)} left")
    return " · ".join(part for part in parts if part) or "working"


def first_line(text: str) -> str:
    """The first line with anything in it, its blanks collapsed; "" if there is none."""
    return next((" ".join(line.split()) for line in text.splitlines() if line.strip()), "")


def _how_far(now: Progress) -> str:
    if now.steps:
        return f"step {now.step} of {now.steps}"
    return f"{round(now.fraction * 100)} %" if now.fraction is not None else ""
