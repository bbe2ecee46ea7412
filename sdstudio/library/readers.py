"""Reading beside the writer: a few threads, as many read-only connections, and reads that can be called off."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

from sdstudio.library.database import translated

T = TypeVar("T")


class Readers:
    """Owns read-only connections and the `library-read` threads that use them. Used on the event-loop thread."""

    def __init__(self, path: Path, connections: Sequence[sqlite3.Connection]) -> None:
        self._path = path
        self._connections = connections
        self._idle: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        for connection in connections:
            self._idle.put(connection)
        self._threads = ThreadPoolExecutor(len(connections), thread_name_prefix="library-read")
        self._reads: set[_Read] = set()

    async def run(self, read: Callable[[sqlite3.Connection], T]) -> T:
        """What `read` returns, on one of the threads; raises `LibraryError`. Cancelling it stops the database."""
        loop = asyncio.get_running_loop()
        current = _Read()
        self._reads.add(current)
        try:
            return await loop.run_in_executor(self._threads, self._read, current, read)
        except asyncio.CancelledError:
            current.stop()
            raise
        finally:
            self._reads.discard(current)

    def stop(self) -> None:
        """Call off everything that is being read."""
        for current in self._reads:
            current.stop()

    def close(self) -> None:
        """End the threads and close the connections; blocks until what is being read has ended."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        for connection in self._connections:
            connection.close()

    def _read(self, current: _Read, read: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._idle.get()  # there are as many as threads
        try:
            with translated(self._path), current.using(connection):
                return read(connection)
        finally:
            self._idle.put(connection)


class _Read:
    """One read, which may be stopped from another thread; never stops the next one on the same connection."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._stopped = False

    def using(self, connection: sqlite3.Connection) -> _Read:
        """Enter the returned context to read; raises sqlite3.OperationalError if it was stopped before."""
        with self._lock:
            if self._stopped:
                raise sqlite3.OperationalError("stopped before it began")
            self._connection = connection
        return self

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._connection = None

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            if self._connection is not None:
                self._connection.interrupt()
