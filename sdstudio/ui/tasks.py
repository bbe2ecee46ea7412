"""Coroutines started from widgets: kept, cancelled with their owner, and their errors told to somebody.

Not here: the event loop itself (`sdstudio.app`) and anything that runs in a worker thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from sdstudio.core.errors import StudioError

OnError = Callable[[BaseException], None]


class Tasks:
    """Owns the asyncio tasks of one part of the window; used on the UI thread only.

    A plain `asyncio.create_task` is held weakly by the loop and swallows its error until collected; this keeps
    a task until it ends and hands any error but cancellation to `on_error`.
    """

    def __init__(self, on_error: OnError) -> None:
        self._on_error = on_error
        self._running: set[asyncio.Task[Any]] = set()
        self._closed = False

    def start(self, work: Coroutine[Any, Any, Any], *, name: str = "") -> None:
        """Run `work` to its end in the background; after `close` it is dropped unstarted."""
        if self._closed:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work, name=name or None)
        self._running.add(task)
        task.add_done_callback(self._ended)

    async def close(self) -> None:
        """Cancel what still runs and wait for it; nothing starts afterwards."""
        self._closed = True
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def finished(self) -> None:
        """Wait until nothing runs any more, without cancelling."""
        while self._running:
            await asyncio.gather(*self._running, return_exceptions=True)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._on_error(error)


def described(error: BaseException) -> StudioError:
    """`error` in words for a person; anything that is not a `StudioError` is called the bug it is."""
    if isinstance(error, StudioError):
        return error
    return StudioError(
        "Something went wrong inside SD Studio",
        f"{type(error).__name__}: {error}",
        "Nothing you made is lost. The log says more (Help ▸ Show the log).",
    )
