"""Things that stand before a server on loopback: a forwarding proxy with CONNECT, and an end of TLS."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from urllib.parse import urlsplit


class Tunnel:
    """Owns a listening socket on loopback and the connections through it; `seen` are the heads asked of it."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.seen: list[bytes] = []
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._server is not None
        return self._server.sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        """Its address."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    async def __aenter__(self):
        self._server = await asyncio.start_server(
            self._connected, "127.0.0.1", 0, ssl=self._tls, ssl_shutdown_timeout=0.2 if self._tls else None
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._served(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            await _closed(writer)

    async def _served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise NotImplementedError


class Proxy(Tunnel):
    """An HTTP proxy: CONNECT for https, whole addresses for http. `refusing` answers with that status instead."""

    def __init__(self, *, refusing: int = 0) -> None:
        super().__init__()
        self._refusing = refusing

    async def _served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.seen.append(head)
        if self._refusing:
            writer.write(f"HTTP/1.1 {self._refusing} No\r\ncontent-length: 0\r\n\r\n".encode())
            await writer.drain()
            return
        method, target, rest = head.split(b" ", 2)
        parts = urlsplit(f"//{target.decode()}" if method == b"CONNECT" else target.decode())
        there = await asyncio.open_connection(parts.hostname, parts.port or 80)
        if method == b"CONNECT":
            writer.write(b"HTTP/1.1 200 Established\r\n\r\n")
        else:
            query = f"?{parts.query}" if parts.query else ""
            there[1].write(b" ".join((method, (parts.path + query).encode(), rest)))
        await _joined((reader, writer), there)


class TlsEnd(Tunnel):
    """Ends TLS before a plain server, as a gateway does."""

    def __init__(self, url: str, tls: ssl.SSLContext) -> None:
        super().__init__(tls=tls)
        self._to = urlsplit(url)

    async def _served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection(self._to.hostname, self._to.port)
        await _joined((reader, writer), there)


_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _joined(here: _Streams, there: _Streams) -> None:
    """Carry bytes both ways until one side is done."""
    ways = [
        asyncio.ensure_future(_carried(here[0], there[1])),
        asyncio.ensure_future(_carried(there[0], here[1])),
    ]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        there[1].close()  # before anything is waited for: this may be cancelled
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        await _closed(there[1])


async def _carried(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while piece := await source.read(65536):
        sink.write(piece)
        await sink.drain()


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError, asyncio.CancelledError):
        await writer.wait_closed()
