"""stable-diffusion.cpp's own server as a process on a free port, with a checkpoint that has learnt nothing.

`dev.py test --real` builds the program and says where it is. It writes what it was asked for on its standard
output, so that a test can see what arrived and not only what came back.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.real import empty_checkpoint

PROGRAM = "SDSTUDIO_TESTS_REAL_SERVER"
CHECKPOINT = "nothing-learnt"
_START_S = 120.0
_LOOK_S = 0.05


@dataclass(frozen=True, slots=True)
class SdServer:
    """The running server: its address, and what it has said."""

    url: str
    words: Path

    def asked(self) -> str:
        """The last generation as the server understood it: everything since, in its own words."""
        return self.words.read_text("utf-8", "replace").rpartition("SDGenerationParams {")[2]

    def asked_for(self, name: str) -> str:
        """One value of the last generation, as the server writes it."""
        found = re.search(rf"\b{name}: ([^\n]*?),?\n", self.asked())
        return found[1].strip('"') if found else ""


@contextmanager
def start_sd_server(program: str, folder: Path) -> Iterator[SdServer]:
    """A server while the block lasts."""
    checkpoint = empty_checkpoint.write(folder / f"{CHECKPOINT}.safetensors")
    port = _free_port()
    # One thread: several wait for each other by spinning, which takes minutes where other work goes on as well.
    options = ("--listen-port", str(port), "--threads", "1", "--verbose")
    words = folder / "words"
    with (
        words.open("wb") as written,
        subprocess.Popen(
            [program, "--model", checkpoint, *options],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            _wait_until_it_listens(process, port, words)
            yield SdServer(f"http://127.0.0.1:{port}", words)
        finally:
            process.kill()  # it takes no signal for a wish


def _free_port() -> int:
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return asking.getsockname()[1]


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int, words: Path) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end:
        assert process.poll() is None, f"sd-server ended by itself:\n{words.read_text('utf-8', 'replace')}"
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(_LOOK_S)
        else:
            return
    raise AssertionError(f"sd-server does not listen after {_START_S:.0f} s")


def program() -> str:
    """Where the program lies, as `dev.py` says; none of these tests can do without it."""
    path = os.environ.get(PROGRAM)
    assert path, "these tests need the server that `python3 packaging/dev.py test --real` builds"
    return path
