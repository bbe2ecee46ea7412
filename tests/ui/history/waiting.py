"""Waiting inside the running loop, which Qt's own waits would not let run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def until(done: Callable[[], object]) -> None:
    """Let everything go on until `done`; fails after 5 s."""
    async with asyncio.timeout(5):
        while not done():
            await asyncio.sleep(0.005)
