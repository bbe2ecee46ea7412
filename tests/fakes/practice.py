"""The practice endpoint as a real process on a free port, for every test that needs a live server.

    with start_practice("--behave", "slow=0.05") as url: ...

Options are those of `sdstudio serve`. Start one per module (a fixture with scope="module"): starting takes about
a second, a request with few steps at 64×64 some ten milliseconds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
_END_S = 10.0


@dataclass(frozen=True, slots=True)
class PracticeProcess:
    """The running server: its address, its process, and what it has written to standard error."""

    url: str
    process: subprocess.Popen[bytes]
    errors: IO[bytes]

    def complaints(self) -> str:
        """Everything on standard error so far."""
        self.errors.seek(0)
        return self.errors.read().decode(errors="replace")


def serve_command(*options: str) -> list[str]:
    """The command line of a server with these options."""
    return [sys.executable, "-X", "dev", "-W", "error", "-m", "sdstudio", "serve", *options]


@contextmanager
def start_practice(*options: str) -> Iterator[str]:
    """A server while the block lasts; gives its base URL."""
    with practice_process(*options) as practice:
        yield practice.url


@contextmanager
def practice_process(*options: str, environment: Mapping[str, str] | None = None) -> Iterator[PracticeProcess]:
    """The same, giving the process as well. It ends when its standard input is closed, at the end of the block."""
    command = serve_command("--port", "0", "--until-stdin-closes", *options)
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=dict(os.environ) | dict(environment or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        with process:
            try:
                assert process.stdout is not None
                announced = process.stdout.readline()
                practice = PracticeProcess("", process, errors)
                assert announced, f"the practice endpoint did not start:\n{practice.complaints()}"
                yield PracticeProcess(json.loads(announced)["url"], process, errors)
            finally:
                _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(_END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
