"""The one thread that paints, and so the queue: jobs run one at a time, in the order in which they came."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from sdstudio.practice.wire_errors import Broke

T = TypeVar("T")


class PaintingThread:
    """A daemon thread with a first-in-first-out queue; `run` is awaited on the event loop.

    A daemon, so that a process told to go never waits for a picture. Whoever stops awaiting `run` does not stop
    the job, as a client that hangs up does not stop the original.
    """

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name="painting", daemon=True)
        self._thread.start()

    async def run(self, job: Callable[[], T]) -> T:
        """The job's result or error, once its turn has come."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def work() -> None:
            try:
                self._check_open()
                result = job()
            except Exception as error:  # noqa: BLE001 - the border of this thread: handed to whoever awaits
                _post(loop, _fail, future, error)
            else:
                _post(loop, _succeed, future, result)

        self._jobs.put(work)
        return await future

    def refuse(self) -> None:
        """From now on jobs that wait their turn fail when it comes."""
        self._stopping = True

    def stop(self, patience_s: float) -> None:
        """End after the job that runs; gives up waiting for it after `patience_s`."""
        self.refuse()
        self._jobs.put(None)
        self._thread.join(patience_s)

    def _check_open(self) -> None:
        if self._stopping:
            raise Broke("RuntimeError", "the practice endpoint is closing down")

    def _work(self) -> None:
        while (work := self._jobs.get()) is not None:
            work()


def _post(loop: asyncio.AbstractEventLoop, call: Callable[..., None], *arguments: Any) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has closed: nobody waits any more
        loop.call_soon_threadsafe(call, *arguments)


def _succeed(future: asyncio.Future[T], result: T) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[Any], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
