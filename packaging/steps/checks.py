"""The checks that run no test: format, lint, types, layers. All at once; what they say is kept in order."""

from __future__ import annotations

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from steps.places import ROOT, say, tool


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one check ended, and what it said."""

    name: str
    passed: bool
    seconds: float
    words: str


def run_all() -> list[str]:
    """Run every check, print a line each and the words of those that failed; returns the failed ones' names."""
    commands = {
        "format": [tool("ruff"), "format", "--check", "--no-cache", "."],
        "lint": [tool("ruff"), "check", "--no-cache", "."],
        "layers": [tool("lint-imports"), "--no-cache"],
        "types": [tool("pyright")],
    }
    with ThreadPoolExecutor(len(commands), thread_name_prefix="check") as pool:
        outcomes = list(pool.map(_run, commands, commands.values()))
    for outcome in outcomes:
        if not outcome.passed:
            say(f"\n── {outcome.name} ──\n{outcome.words.rstrip()}\n")
    for outcome in outcomes:
        say(f"{outcome.name:<8}{'ok' if outcome.passed else 'FAILED':<8}{outcome.seconds:5.1f} s")
    return [outcome.name for outcome in outcomes if not outcome.passed]


def _run(name: str, command: list[str]) -> Outcome:
    start = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return Outcome(name, done.returncode == 0, time.monotonic() - start, done.stdout)
