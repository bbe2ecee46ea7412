"""Waiting for something to change, on the event loop."""

from __future__ import annotations

import asyncio


class Bell:
    """Wakes all who wait each time it rings; who looks, finds nothing, then waits, misses no ring.

    Lives on the event-loop thread: between looking and waiting nothing else can run.
    """

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def ring(self) -> None:
        """Wake everybody who waits now."""
        rung, self._next = self._next, asyncio.Event()
        rung.set()

    async def heard(self) -> None:
        """Wait for the next ring."""
        await self._next.wait()
