"""One named thread for what would hold up the event loop: encoding requests, decoding answers, importing httpx."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Worker:
    """Runs calls one after the other on its own thread; used from the event loop's thread.

    A single thread on purpose: what was given first ends first, so a clean-up given after a cancelled piece of work
    finds it finished.
    """

    def __init__(self, name: str) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._closed = False

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The call's result or error. Cancelling stops the waiting, not a call that has begun."""
        return await asyncio.wrap_future(self.start(call, *args, **kwargs))

    def start(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Queue the call and return at once."""
        return self._executor.submit(call, *args, **kwargs)

    async def aclose(self) -> None:
        """Wait, without blocking the loop, for everything queued; then end the thread."""
        if not self._closed:
            self._closed = True
            await self.run(lambda: None)
            self._executor.shutdown(wait=True)
