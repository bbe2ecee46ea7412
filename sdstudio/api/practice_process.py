"""The practice endpoint as a process of its own: started, watched, restarted and ended here.

It ends with us even when we are killed, because its stdin is a pipe from us and it stops when that closes. What it
does is `sdstudio.practice`'s business; here it is a command that prints where it listens.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
import time
from collections import deque
from collections.abc import Coroutine
from pathlib import Path
from typing import cast

import sdstudio
from sdstudio.api import address
from sdstudio.core.errors import EndpointUnreachable, InvalidRequest
from sdstudio.core.signals import Signal

_log = logging.getLogger(__name__)

START_TIMEOUT_S = 60.0  # a cold disk and two busy cores
_CLOSE_S, _TERMINATE_S = 3.0, 2.0
_RESTARTS, _WITHIN_S = 3, 60.0
_CREATE_NO_WINDOW = 0x0800_0000  # subprocess.CREATE_NO_WINDOW, which exists on Windows only
_NOT_FOR_IT = ("SDSTUDIO_TOKEN", "SDSTUDIO_SERVE_TOKEN")
_TITLE = "The practice endpoint did not start"


def own_command(*words: str) -> list[str]:
    """The command that runs this program with `words`, from a frozen build as well as from source."""
    if getattr(sys, "frozen", False):
        return [sys.executable, *words]
    return [sys.executable, "-m", "sdstudio", *words]


class PracticeProcess:
    """Owns one child process; used on the event loop's thread. `restarted` tells the new address after a crash."""

    def __init__(self, command: list[str] | None = None, *, start_timeout_s: float = START_TIMEOUT_S) -> None:
        self.restarted: Signal[[str]] = Signal()
        self._command = command
        self._start_timeout_s = start_timeout_s
        self._url = ""
        self._process: asyncio.subprocess.Process | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._watch: asyncio.Task[None] | None = None
        self._last_lines: deque[str] = deque(maxlen=20)
        self._starts: deque[float] = deque(maxlen=_RESTARTS)
        self._lock = asyncio.Lock()

    @property
    def running(self) -> bool:
        """Whether the process is there and has said where it listens."""
        return self._process is not None and self._process.returncode is None and bool(self._url)

    async def start(self) -> str:
        """Its base URL, starting it if it is not running. Raises `EndpointUnreachable` with its last words."""
        async with self._lock:
            if not self.running:
                await self._end()
                await self._launch(0)
                self._watch = asyncio.create_task(self._watched(), name="practice-watch")
            return self._url

    async def stop(self) -> None:
        """Close its stdin, then terminate, then kill; returns when it and its readers have ended."""
        async with self._lock:
            await self._end()

    async def _launch(self, port: int) -> None:
        command = self._command or own_command("serve", "--port", str(port), "--until-stdin-closes")
        self._last_lines.clear()
        self._starts.append(time.monotonic())
        try:
            process = self._process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=_environment(),
                # A Ctrl+C in our terminal is ours to answer; the child ends in order when its stdin closes.
                start_new_session=True,
                creationflags=_CREATE_NO_WINDOW if sys.platform == "win32" else 0,
            )
        except OSError as error:
            raise EndpointUnreachable(_TITLE, f"It could not be run: {error.strerror or error}") from error
        self._keep(self._drained(process.stderr, "stderr"))
        announced = ""
        try:
            announced = await asyncio.wait_for(self._announced(process), self._start_timeout_s)
            problem = "It ended before it said where it listens"
        except TimeoutError:
            problem = f"It did not say where it listens within {self._start_timeout_s:.0f} s"
        finally:
            if not announced:
                await self._end_process()
        if not announced:
            raise EndpointUnreachable(
                _TITLE,
                problem,
                "Connect to another endpoint, or restart the program.",
                raw="\n".join(self._last_lines)[-2000:],
            )
        self._url = announced
        self._keep(self._drained(process.stdout, "stdout"))
        _log.info("The practice endpoint listens at %s", self._url)

    async def _announced(self, process: asyncio.subprocess.Process) -> str:
        """The address from the first line of its stdout that tells one; "" if the output ends without."""
        assert process.stdout is not None  # noqa: S101 - asked for as a pipe
        while line := await _line(process.stdout):
            if url := _url_in(line):
                return url
            self._last_lines.append(line.decode(errors="replace").rstrip())
        return ""

    async def _drained(self, stream: asyncio.StreamReader | None, name: str) -> None:
        """Its output into the log, so that its pipes never fill up."""
        assert stream is not None  # noqa: S101 - asked for as a pipe
        while line := await _line(stream):
            text = line.decode(errors="replace").rstrip()
            self._last_lines.append(text)
            _log.debug("practice %s: %s", name, text[:1000])

    async def _watched(self) -> None:
        """Start it again, at the same address if possible, when it ends without being told to."""
        while self._process is not None:
            code = await self._process.wait()
            _log.error("The practice endpoint ended by itself, with code %s", code)
            if len(self._starts) == _RESTARTS and time.monotonic() - self._starts[0] < _WITHIN_S:
                _log.error("It keeps ending; it is not started again")
                return
            try:
                await self._relaunch()
            except EndpointUnreachable as error:
                _log.error("%s", error)
                return
            self.restarted.emit(self._url)

    async def _relaunch(self) -> None:
        port = int(self._url.rpartition(":")[2])
        await self._end_process()
        try:
            await self._launch(port)
        except EndpointUnreachable:  # the port may have been taken meanwhile
            await self._launch(0)

    async def _end(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
            self._watch = None
        await self._end_process()

    async def _end_process(self) -> None:
        process, self._process, self._url = self._process, None, ""
        if process is not None:
            await _ended(process)
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _keep(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _line(stream: asyncio.StreamReader) -> bytes:
    """The next line, b"" at the end; one beyond the reader's limit is dropped as far as it was read."""
    while True:
        try:
            return await stream.readline()
        except ValueError:
            continue


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    for patience_s, push in ((_CLOSE_S, process.terminate), (_TERMINATE_S, process.kill)):
        try:
            await asyncio.wait_for(process.wait(), patience_s)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                push()
        else:
            return
    await process.wait()


def _environment() -> dict[str, str]:
    """Ours, without tokens meant for other commands, and with this package to be found in it."""
    environment = {name: value for name, value in os.environ.items() if name not in _NOT_FOR_IT}
    if not getattr(sys, "frozen", False):
        home = str(Path(sdstudio.__file__).resolve().parent.parent)
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (home, environment.get("PYTHONPATH"))))
    return environment


def _url_in(line: bytes) -> str:
    """The loopback address in a line like {"url": "http://127.0.0.1:34567"}; "" if it is another line."""
    try:
        announced: object = json.loads(line)
        url = address.normalised(str(cast("dict[str, object]", announced)["url"]))
    except (ValueError, TypeError, KeyError, InvalidRequest):
        return ""
    return url if address.is_loopback(url) else ""
