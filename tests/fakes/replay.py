"""A loopback HTTP server that gives back what it is told to: recorded answers, broken ones, slow ones.

It keeps every request it got, so that tests can look at what really went over the wire.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import copy
import json
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).parent.parent / "data" / "recorded"
# Bound to the recorded connection, not to the answer.
_STAND_IN = "images/txt2img_ok_images_0.png"
_NOT_REPLAYED = {"content-length", "content-encoding", "transfer-encoding", "connection", "keep-alive"}


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body's JSON."""
        return json.loads(self.body)


@dataclass(slots=True)
class Reply:
    """An answer to give: `chunks` are sent one by one; `length` None leaves Content-Length out and closes."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    chunks: list[bytes] = field(default_factory=list)
    length: int | None = -1
    reset: bool = False  # break the connection after the chunks
    gate: asyncio.Event | None = None  # waited for before the answer begins
    pause: asyncio.Event | None = None  # waited for after the first chunk

    @classmethod
    def of(cls, document: object, status: int = 200) -> Reply:
        """A JSON answer."""
        return cls(status, chunks=[json.dumps(document).encode()])


Answering = Callable[[Request], Reply | Awaitable[Reply]]


class Replay:
    """Owns a listening socket on loopback; answers by `answering`, or 404 where it gives None."""

    def __init__(
        self, answering: Callable[[Request], Reply | None], *, tls: ssl.SSLContext | None = None
    ) -> None:
        self._tls = tls
        self.requests: list[Request] = []
        self.arrived = asyncio.Event()
        self._answering = answering
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Its base address."""
        assert self._server is not None
        scheme = "https" if self._tls else "http"
        return f"{scheme}://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Replay:
        self._server = await asyncio.start_server(
            self._connected, "127.0.0.1", 0, ssl=self._tls, ssl_shutdown_timeout=0.2 if self._tls else None
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    def asked(self, path: str) -> list[Request]:
        """The requests for one path, query left out."""
        return [request for request in self.requests if request.path.partition("?")[0] == path]

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")
        method, path, _ = first.split(" ", 2)
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        request = Request(method, path, headers, body)
        self.requests.append(request)
        self.arrived.set()
        reply = self._answering(request) or Reply.of({"detail": "Not Found"}, 404)
        return await _sent(reply, writer, body_too=method != "HEAD")


async def _sent(reply: Reply, writer: asyncio.StreamWriter, *, body_too: bool) -> bool:
    """Write the answer; whether the connection is to be kept."""
    if reply.gate is not None:
        await reply.gate.wait()
    length = sum(map(len, reply.chunks)) if reply.length == -1 else reply.length
    headers = dict(reply.headers) | ({} if length is None else {"content-length": str(length)})
    lines = [f"HTTP/1.1 {reply.status} As Recorded", *(f"{name}: {value}" for name, value in headers.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
    for number, chunk in enumerate(reply.chunks if body_too else []):
        writer.write(chunk)
        await writer.drain()
        if number == 0 and reply.pause is not None:
            await reply.pause.wait()
    if reply.reset:
        writer.transport.abort()
        return False
    return length is not None


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded exchange with a live server."""

    server: str
    case: str
    exchange: Mapping[str, Any]

    @property
    def request(self) -> Mapping[str, Any]:
        """Method, path and JSON that were sent."""
        return self.exchange["request"]

    @property
    def answered(self) -> bool:
        """Whether there was an answer at all."""
        return self.exchange.get("response") is not None

    @property
    def status(self) -> int:
        """The recorded status."""
        return self.exchange["response"]["status"]

    @property
    def document(self) -> Any:
        """The answer's JSON with the pictures put back in; None if it was none."""
        response = self.exchange["response"]
        document = copy.deepcopy(response.get("json"))
        for cut in response.get("shortened") or []:
            if "file" in cut:
                _put(document, cut["pointer"], self._picture(cut["file"]))
        return document

    def reply(self) -> Reply:
        """The answer as it came, with its own headers."""
        response = self.exchange["response"]
        headers = {name.lower(): value for name, value in response["headers"]}
        kept = {name: value for name, value in headers.items() if name not in _NOT_REPLAYED}
        text = response.get("text")
        body = (
            json.dumps(self.document).encode() if text is None and "json" in response else (text or "").encode()
        )
        return Reply(self.status, kept, [body[at : at + 60_000] for at in range(0, len(body), 60_000)])

    def _picture(self, name: str) -> str:
        """The file's base64. Of the server without a web UI no pictures are kept; its twin's stand in."""
        candidates = (RECORDED / self.server / name, RECORDED / "a1111" / name, RECORDED / "a1111" / _STAND_IN)
        found = next(path for path in candidates if path.exists())
        return base64.b64encode(found.read_bytes()).decode("ascii")


def _put(document: Any, pointer: str, value: str) -> None:
    *parents, last = pointer.strip("/").split("/")
    for part in parents:
        document = document[int(part) if isinstance(document, list) else part]
    document[int(last) if isinstance(document, list) else last] = value


def recorded(server: str, case: str) -> Recorded:
    """One recorded exchange by server and case."""
    return Recorded(server, case, json.loads((RECORDED / server / f"{case}.json").read_text("utf-8")))


def all_recorded() -> list[Recorded]:
    """Every recorded exchange there is, in order."""
    return [recorded(path.parent.name, path.stem) for path in sorted(RECORDED.glob("*/*.json"))]


@contextlib.asynccontextmanager
async def replaying(*recordings: Recorded) -> AsyncGenerator[Replay]:
    """A server that answers each recorded path as it was recorded, the others with 404."""
    by_path = {(r.request["method"], r.request["path"].partition("?")[0]): r for r in recordings}

    def answering(request: Request) -> Reply | None:
        found = by_path.get((request.method, request.path.partition("?")[0]))
        return found.reply() if found else None

    async with Replay(answering) as server:
        yield server
