"""HTTP itself: connections, sign-in, time-outs, size caps, and every network error in our own words.

The only importer of httpx, which is imported in a worker: it and its first client cost 100 ms and more with the
GIL held. Redirects are never followed: neither a body nor a header of ours reaches a host nobody typed.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import logging
import ssl
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sdstudio
from sdstudio.api import address, network, refusals
from sdstudio.api.decoding import Decoder
from sdstudio.api.sign_in import SignIn
from sdstudio.api.worker import Worker
from sdstudio.config import logs
from sdstudio.core.errors import (
    AnswerLost,
    BadAnswer,
    EndpointBusy,
    EndpointError,
    EndpointUnreachable,
    RequestTooLarge,
)

if TYPE_CHECKING:
    import httpx

_log = logging.getLogger(__name__)

READ_S = 15.0  # for everything but a generation, which may take as long as it takes
WRITE_S = 60.0
SMALL_ANSWER_BYTES = 64 * 2**20  # lists, options, previews
REFUSAL_BYTES = 4 * 2**20  # a 422 repeats the request, pictures included
_UPLOAD_PIECE_BYTES = 256 * 1024
_INLINE_JSON_BYTES = 32 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer read whole. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def content_type(self) -> str:
        """The media type alone."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Incoming:
    """An answer whose body is still to be read, as raw bytes of `headers["content-encoding"]`."""

    def __init__(
        self,
        response: httpx.Response,
        translated: Callable[[Exception], EndpointError | None],
    ) -> None:
        self.status = response.status_code
        self.headers = {name.lower(): value for name, value in response.headers.items()}
        self.received = 0
        self._response = response
        self._translated = translated

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it arrives. Raises the fitting `EndpointError` when it breaks off."""
        try:
            async for chunk in self._response.aiter_raw():
                self.received += len(chunk)
                yield chunk
        except Exception as error:
            if translated := self._translated(error):
                raise translated from error
            raise


class Transport:
    """One endpoint's connections. Used on the event loop's thread; `worker` does the slow parts.

    `fresh` opens a connection for each request: a kept one may have been closed under us, and a generation POST
    that fails on it could not be sent again.
    """

    def __init__(self, base_url: str, sign_in: SignIn | None, worker: Worker, *, fresh: bool = False) -> None:
        self.base_url = base_url
        self._sign_in = sign_in
        self._worker = worker
        self._fresh = fresh
        self._client: httpx.AsyncClient | None = None
        self._building = asyncio.Lock()
        self._closed = False

    @property
    def signed_in(self) -> bool:
        """Whether requests carry an Authorization header."""
        return self._sign_in is not None

    async def get(self, path: str, *, read_s: float = READ_S) -> Answer:
        """GET any status."""
        return await self._repeatable("GET", path, read_s)

    async def head(self, path: str) -> Answer:
        """HEAD any status."""
        return await self._repeatable("HEAD", path, READ_S)

    async def post(self, path: str, body: bytes, *, read_s: float = READ_S) -> Answer:
        """POST a small body and read the answer whole, whatever its status."""
        return await self._whole("POST", path, body, read_s)

    async def ask(self, method: str, path: str, payload: object = None, *, read_s: float = READ_S) -> Any:
        """The JSON of a successful answer, None if it has no body; otherwise the fitting `EndpointError`."""
        if method == "GET":
            answer = await self.get(path, read_s=read_s)
        else:
            body = b"" if payload is None else json.dumps(payload).encode()
            answer = await self.post(path, body, read_s=read_s)
        return await self.read_json(answer, path)

    async def read_json(self, answer: Answer, path: str) -> Any:
        """The answer's JSON; raises what its status or its text mean."""
        if len(answer.body) <= _INLINE_JSON_BYTES:
            return self._parsed(answer, path)
        return await self._worker.run(self._parsed, answer, path)

    def _parsed(self, answer: Answer, path: str) -> Any:
        if not 200 <= answer.status < 300:
            raise self.refusal(answer, path)
        if not answer.body.strip():
            return None
        try:
            return json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            raise refusals.not_json(answer.content_type, answer.body, self._host) from error

    def refusal(self, answer: Answer, path: str, *, generation: bool = False) -> EndpointError:
        """What an answer that is no success means."""
        return refusals.refusal(
            answer.status,
            answer.headers,
            self._without_secret(answer.body),
            refusals.Asked(path, self._host, signed_in=self.signed_in, generation=generation),
        )

    @contextlib.asynccontextmanager
    async def generation(self, path: str, body: bytes) -> AsyncGenerator[Incoming]:
        """POST a generation, once, and give its answer as it comes.

        Raises `EndpointUnreachable` while nothing of the body has left, `RequestTooLarge` if the host hung up
        in the middle of it, `AnswerLost` after that.
        """
        upload = _Upload(body, generation=True)
        async with self._open("POST", path, upload, None) as incoming:
            yield incoming

    async def read_refusal(self, incoming: Incoming) -> Answer:
        """An unsuccessful answer, read as far as it is worth reading."""
        body = await self._collected(incoming, REFUSAL_BYTES, cut=True)
        return Answer(incoming.status, incoming.headers, body)

    async def aclose(self) -> None:
        """Close every connection."""
        self._closed = True
        async with self._building:
            client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _repeatable(self, method: str, path: str, read_s: float) -> Answer:
        """Ask once more when the connection, kept from an earlier question, had been closed meanwhile."""
        try:
            return await self._whole(method, path, None, read_s)
        except _Disconnected:
            return await self._whole(method, path, None, read_s)

    async def _whole(self, method: str, path: str, body: bytes | None, read_s: float) -> Answer:
        upload = None if body is None else _Upload(body)
        async with self._open(method, path, upload, read_s) as incoming:
            content = await self._collected(incoming, SMALL_ANSWER_BYTES)
        return Answer(incoming.status, incoming.headers, content)

    async def _collected(self, incoming: Incoming, limit: int, *, cut: bool = False) -> bytes:
        raw = bytearray()
        async for chunk in incoming.chunks():
            raw += chunk
            if len(raw) > limit:
                if cut:
                    break
                raise BadAnswer("The answer is larger than any list should be", f"It is over {limit:,} bytes.")
        encoding = incoming.headers.get("content-encoding", "")
        if not encoding:
            return bytes(raw)
        return await self._worker.run(_decoded, encoding, bytes(raw), limit, cut=cut)

    @contextlib.asynccontextmanager
    async def _open(
        self, method: str, path: str, upload: _Upload | None, read_s: float | None
    ) -> AsyncGenerator[Incoming]:
        client = await self._built()
        translated = functools.partial(_translated, host=self._host, upload=upload)
        began, incoming = time.monotonic(), None
        try:
            async with client.stream(
                method,
                self.base_url + path,
                content=upload,
                headers=upload.headers if upload else None,
                timeout=(network.CONNECT_S, read_s, WRITE_S, None),
            ) as response:
                incoming = Incoming(response, translated)
                yield incoming
        except Exception as error:
            if ours := translated(error):
                raise ours from error
            raise
        finally:
            self._log_call(method, path, upload, incoming, time.monotonic() - began)

    def _log_call(
        self, method: str, path: str, upload: _Upload | None, incoming: Incoming | None, seconds: float
    ) -> None:
        _log.log(
            logging.DEBUG if "progress" in path else logging.INFO,
            "%s %s%s: %s, %d bytes up, %d down, %.2f s",
            method,
            self._host,
            path.partition("?")[0],
            incoming.status if incoming else "no answer",
            len(upload.body) if upload else 0,
            incoming.received if incoming else 0,
            seconds,
        )

    async def _built(self) -> httpx.AsyncClient:
        async with self._building:
            if self._client is None and not self._closed:
                self._client = await self._worker.run(
                    _new_client, self.base_url, self._sign_in, fresh=self._fresh
                )
            if self._client is None:
                raise EndpointUnreachable("The connection has been closed")
        return self._client

    @property
    def _host(self) -> str:
        return address.host_of(self.base_url)

    def _without_secret(self, body: bytes) -> bytes:
        return self._sign_in.hidden_in(body) if self._sign_in else body


class _Upload:
    """A request body in pieces, remembering how far it got: that decides what a failure means."""

    def __init__(self, body: bytes, *, generation: bool = False) -> None:
        self.body = body
        self.generation = generation
        self.begun = False
        self.whole = False
        # With the length given nothing goes out chunked, which some servers refuse or limit (a1111_api §9.2).
        self.headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self.begun = True
        self.whole = not self.body
        for start in range(0, len(self.body), _UPLOAD_PIECE_BYTES):
            piece = self.body[start : start + _UPLOAD_PIECE_BYTES]
            self.whole = start + len(piece) == len(self.body)  # on its way: from now on it may arrive
            yield piece


class _Disconnected(EndpointUnreachable):
    """The connection ended before any answer began: worth one more try where repeating is safe."""


def _decoded(encoding: str, raw: bytes, limit: int, *, cut: bool) -> bytes:
    whole = bytearray()
    try:
        for piece in Decoder(encoding, limit).feed(raw):
            whole += piece
    except BadAnswer:
        if not cut:
            raise
    return bytes(whole)


def _new_client(base_url: str, sign_in: SignIn | None, *, fresh: bool) -> httpx.AsyncClient:
    """A client for one host; runs in a worker."""
    import httpx  # noqa: PLC0415 - 70 ms that must not be spent on the event loop's thread

    _warm_up()
    local = address.is_private(base_url)
    headers = {
        "Accept": "application/json",  # exactly this: a gateway chooses its mode by it (hosted_endpoints §1.6)
        "Accept-Encoding": "identity" if local else "gzip",
        # Not browser-like: a tunnel would answer browsers with a page of its own (hosted_endpoints §3.1).
        "User-Agent": f"SDStudio/{sdstudio.__version__}",
    }
    if sign_in:
        headers["Authorization"] = sign_in.value
    connections = httpx.AsyncHTTPTransport(
        verify=network.trust() if base_url.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        limits=httpx.Limits(
            max_connections=None,  # httpx 0.28 loses slots of a limited pool when requests are cancelled
            max_keepalive_connections=0 if fresh else 4,
            keepalive_expiry=3.0,  # below uvicorn's 5 s
        ),
        proxy=None if local else network.proxy(base_url),
        socket_options=list(network.keep_alive()),
    )
    return httpx.AsyncClient(transport=connections, headers=headers, follow_redirects=False, trust_env=False)


@functools.cache
def _warm_up() -> None:
    """Have anyio import its back end, 160 ms, on this thread and not at the first request on the loop's."""
    import anyio  # noqa: PLC0415

    anyio.run(anyio.sleep, 0)
    for name in ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy", "httpcore.socks"):
        logging.getLogger(name).addFilter(_without_secrets)


def _without_secrets(record: logging.LogRecord) -> bool:
    """Their debug lines hold the headers of answers, in which a gateway may repeat ours."""
    record.msg, record.args = logs.redacted(record.getMessage()), ()
    return True


def _translated(error: Exception, host: str, upload: _Upload | None) -> EndpointError | None:
    """The one place where network errors become ours; None for what is no network error.

    httpx' own texts are not repeated: some hold header values.
    """
    import httpx  # noqa: PLC0415 - imported long ago when this runs

    if not isinstance(error, (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError)):
        return None
    if upload is not None and upload.generation and upload.whole:
        return AnswerLost(
            "The connection ended before the answer was here",
            f"The request had reached {host}; the picture may have been made all the same.",
            "Look whether the endpoint is still busy. Sending the request again makes the picture again.",
            raw=type(error).__name__,
        )
    if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout)):
        return network.not_connected(error, host)
    if isinstance(error, httpx.TimeoutException):
        return EndpointBusy("The endpoint takes too long", f"{host} took the connection but did not answer.")
    if isinstance(error, (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)):
        return _hung_up(host, upload)
    title = "The proxy refused" if isinstance(error, httpx.ProxyError) else "The address cannot be used"
    return EndpointUnreachable(title, f"{host} could not be asked.", "Check the address.")


def _hung_up(host: str, upload: _Upload | None) -> EndpointError:
    if upload is not None and upload.begun and not upload.whole:
        return RequestTooLarge(
            "The host hung up while the request was being sent",
            f"{host} probably limits the size of requests; this one has {len(upload.body) / 1e6:.1f} MB.",
            "Use a smaller source picture.",
        )
    return _Disconnected(
        "The endpoint hung up without an answer",
        f"{host} took the connection and closed it.",
        "Check the port, and whether the address should begin with https.",
    )
