"""A small JSON file that is read once at start and rewritten a moment after its content changed."""

from __future__ import annotations

import asyncio
import json
import logging
import math
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

from sdstudio.config.files import disk_error, set_aside, write_atomically
from sdstudio.core.errors import LibraryError, SettingsUnreadable, StudioError
from sdstudio.core.signals import Signal

_LARGEST_BYTES = 8 * 1024 * 1024
_DELAY_S = 0.4

log = logging.getLogger(__name__)


class JsonFile:
    """One JSON object in one file. Used on the event-loop thread; writes in a thread of its own.

    `write_soon` may be called at every key press: the newest content is written at most `delay_s` after the
    first change that is not on disk yet. `failed` is emitted when such a write did not work; the content is
    kept and goes with the next one.
    """

    def __init__(self, path: Path, *, delay_s: float = _DELAY_S) -> None:
        self.path = path
        self.failed: Signal[[StudioError]] = Signal()
        self._delay_s = delay_s
        self._waiting: bytes | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._writes: set[asyncio.Task[None]] = set()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=path.stem)

    def read(self) -> tuple[dict[str, Any], SettingsUnreadable | None]:
        """The object in the file, {} if there is no file; never raises. Blocks for one small read.

        A file that holds anything else is set aside under another name and told about in the second value.
        """
        try:
            if not self.path.exists():
                return {}, None
            return self._object(), None
        except OSError as error:
            return {}, _unreadable(self.path, disk_error(error, self.path).message)
        except (ValueError, RecursionError) as error:
            return {}, self._put_aside(str(error) or type(error).__name__)

    def write_soon(self, content: Mapping[str, Any]) -> None:
        """Have `content` written within `delay_s`; needs a running event loop."""
        self._waiting = _encoded(content)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._delay_s, self._start_write)

    async def flush(self) -> None:
        """Have everything on disk that `write_soon` was given; raises `LibraryError` or `DiskFull`."""
        self._stop_timer()
        if self._writes:
            await asyncio.wait(self._writes)
        await self._write()

    async def close(self) -> None:
        """Flush and end the thread; raises like `flush`, and is closed all the same."""
        try:
            await self.flush()
        finally:
            self._thread.shutdown(wait=False)

    def _object(self) -> dict[str, Any]:
        if not self.path.is_file():
            raise ValueError("it is not a file")
        if self.path.stat().st_size > _LARGEST_BYTES:
            raise ValueError(f"it is larger than {_LARGEST_BYTES:,} bytes")
        content: object = json.loads(self.path.read_bytes(), parse_constant=_finite, parse_float=_finite)
        if not isinstance(content, dict):
            raise ValueError("it does not hold a JSON object")  # noqa: TRY004 - broken is broken, whatever it is
        return cast("dict[str, Any]", content)

    def _put_aside(self, reason: str) -> SettingsUnreadable:
        try:
            kept = set_aside(self.path)
        except LibraryError as error:
            return _unreadable(self.path, f"{reason}. {error.message}")
        return _unreadable(self.path, f"{reason}. It was kept as {kept.name}.")

    def _start_write(self) -> None:
        self._timer = None
        task = asyncio.get_running_loop().create_task(self._write_and_tell())
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)

    async def _write_and_tell(self) -> None:
        try:
            await self._write()
        except StudioError as error:
            log.warning("%s was not written: %s", self.path.name, error.title)
            self.failed.emit(error)

    async def _write(self) -> None:
        content = self._waiting
        if content is None:
            return
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, write_atomically, self.path, content)
        if self._waiting is content:
            self._waiting = None

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _encoded(content: Mapping[str, Any]) -> bytes:
    text = json.dumps(content, ensure_ascii=False, indent=1)
    return text.encode("utf-8", "replace")  # half a surrogate pair cannot be written; it becomes "?"


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text:.20} is not a number that JSON can hold")
    return number


def _unreadable(path: Path, reason: str) -> SettingsUnreadable:
    return SettingsUnreadable(
        f"{path.name} could not be read",
        reason,
        "SD Studio starts with its defaults. The file is not lost: mend it and put it back if you need it.",
    )
