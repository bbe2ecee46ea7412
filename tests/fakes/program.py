"""The program as a process of its own, run the strict way: `-X dev -W error`, in a data folder of the test's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

COMMAND = (sys.executable, "-X", "dev", "-W", "error", "-m", "sdstudio")
PATIENCE_S = 90.0  # two busy cores


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command ended."""

    status: int
    out: str
    errors: str

    @property
    def paths(self) -> list[Path]:
        """The lines of standard output."""
        return [Path(line) for line in self.out.splitlines()]

    @property
    def document(self) -> Any:
        """Standard output as the one JSON document it must be."""
        return json.loads(self.out)


def environment(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's own, with changes."""
    return dict(os.environ) | dict(changes or {})


def run(*arguments: str | Path, env: Mapping[str, str] | None = None) -> Finished:
    """Run the program to its end."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        env=environment(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )
    return Finished(done.returncode, done.stdout.decode(), done.stderr.decode())


@contextmanager
def started(
    *arguments: str | Path, env: Mapping[str, str] | None = None, stderr: IO[bytes] | int = subprocess.PIPE
) -> Iterator[subprocess.Popen[bytes]]:
    """The program while it runs; killed at the end of the block if it still does."""
    process = subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        env=environment(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def ended(process: subprocess.Popen[bytes]) -> Finished:
    """Wait for a started program's end."""
    out, errors = process.communicate(timeout=PATIENCE_S)
    return Finished(process.returncode, out.decode(), (errors or b"").decode())
