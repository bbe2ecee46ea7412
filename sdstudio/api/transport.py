"""HTTP itself: connections, sign-in, time-outs, size caps, and every network error in our own words.

With `connections` the only user of httpx. A POST follows no redirect, a GET only to its own route on its own host:
neither a body nor a header of ours reaches a host nobody typed.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sdstudio.api import connections, network, proxies, redirects, refusals, trust
from sdstudio.api.access import Access
from sdstudio.api.decoding import Decoder
from sdstudio.api.traffic import Exchange, Traffic
from sdstudio.api.worker import Worker
from sdstudio.core.errors import (
    AnswerLost,
    BadAnswer,
    CertificateNotTrusted,
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

    def __init__(
        self, access: Access, worker: Worker, *, fresh: bool = False, traffic: Traffic | None = None
    ) -> None:
        self.access = access
        self._worker = worker
        self._fresh = fresh
        self._traffic = traffic
        self._client: httpx.AsyncClient | None = None
        self._building = asyncio.Lock()
        self._closed = False

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
        body = self.access.hidden_in(answer.body)
        try:
            return json.loads(body)
        except (ValueError, RecursionError) as error:
            raise refusals.not_json(answer.content_type, body, self.access.host) from error

    def refusal(self, answer: Answer, path: str, *, generation: bool = False) -> EndpointError:
        """What an answer that is no success means."""
        if 300 <= answer.status < 400:
            moved = redirects.elsewhere(self.access.url, path, answer.headers.get("location", ""))
            return self._without_secrets(moved)
        return refusals.refusal(
            answer.status,
            answer.headers,
            self.access.hidden_in(answer.body),
            refusals.Asked(path, self.access.host, signed_in=self.access.signed_in, generation=generation),
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
            answer = await self._whole(method, path, None, read_s)
        except _Disconnected:
            answer = await self._whole(method, path, None, read_s)
        for _ in range(redirects.MOST_HOPS):
            if answer.status not in redirects.STATUSES:
                break
            path = self._on_the_same_host(path, answer)
            answer = await self._whole(method, path, None, read_s)
        return answer

    def _on_the_same_host(self, path: str, answer: Answer) -> str:
        try:
            return redirects.next_path(self.access.url, path, answer.headers.get("location", ""))
        except EndpointError as error:
            raise self._without_secrets(error) from None

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
        translated = functools.partial(_translated, access=self.access, upload=upload)
        call = _Call(method, path.partition("?")[0], upload)
        try:
            async with client.stream(
                method,
                self.access.url + path,
                content=upload,
                headers=upload.headers if upload else None,
                timeout=(network.CONNECT_S, read_s, WRITE_S, None),
            ) as response:
                call.incoming = Incoming(response, translated)
                yield call.incoming
        except Exception as error:
            ours = translated(error)
            if isinstance(ours, CertificateNotTrusted) and not ours.fingerprint:
                ours = await self._with_fingerprint(ours)
            call.error = ours or (error if isinstance(error, EndpointError) else None)
            if ours:
                raise ours from error
            raise
        finally:
            self._note(call)

    def _note(self, call: _Call) -> None:
        exchange = call.ended(self.access)
        level = logging.DEBUG if "progress" in exchange.route else logging.INFO
        _log.log(
            level,
            "%s %s%s: %s, %d bytes up, %d down, %.2f s",
            exchange.method,
            exchange.host,
            exchange.route,
            exchange.status or "no answer",
            exchange.bytes_up,
            exchange.bytes_down,
            exchange.seconds,
        )
        if self._traffic is not None:
            self._traffic.add(exchange)

    async def _with_fingerprint(self, error: CertificateNotTrusted) -> CertificateNotTrusted:
        """Connect once more to see the certificate that was refused; nothing is sent."""
        client = await self._worker.run(connections.looking_client, self.access)
        try:
            await client.get(self.access.url, timeout=network.CONNECT_S)
        except Exception as failure:  # noqa: BLE001 - whatever happened, there is a better error already
            for cause in network.causes(failure):
                if isinstance(cause, trust.OtherCertificate):
                    return trust.with_fingerprint(error, cause.fingerprint)
        finally:
            await client.aclose()
        return error

    async def _built(self) -> httpx.AsyncClient:
        async with self._building:
            if self._client is None and not self._closed:
                self._client = await self._worker.run(connections.new_client, self.access, fresh=self._fresh)
            if self._client is None:
                raise EndpointUnreachable("The connection has been closed")
        return self._client

    def _without_secrets(self, error: EndpointError) -> EndpointError:
        """An error that names where a redirect leads: an address may repeat what was sent."""
        if any(
            self.access.hidden_in_text(text) != text for text in (str(error), getattr(error, "new_url", ""))
        ):
            return BadAnswer(
                "The host sends this request elsewhere",
                "The address repeats what was sent, so it is not shown.",
            )
        return error


class _Call:
    """One request while it runs."""

    def __init__(self, method: str, route: str, upload: _Upload | None) -> None:
        self.method = method
        self.route = route
        self.upload = upload
        self.incoming: Incoming | None = None
        self.error: EndpointError | None = None
        self._when = datetime.now(UTC)
        self._began = time.monotonic()

    def ended(self, access: Access) -> Exchange:
        return Exchange(
            self._when,
            access.profile.name,
            access.host,
            self.method,
            access.path + self.route,
            self.upload.sent if self.upload else 0,
            self.incoming.received if self.incoming else 0,
            time.monotonic() - self._began,
            self.incoming.status if self.incoming else None,
            self.error.title if self.error else ("" if self.incoming else "Not waited for"),
        )


class _Upload:
    """A request body in pieces, remembering how far it got: that decides what a failure means."""

    def __init__(self, body: bytes, *, generation: bool = False) -> None:
        self.body = body
        self.generation = generation
        self.begun = False
        self.whole = False
        self.sent = 0
        # With the length given nothing goes out chunked, which some servers refuse or limit (a1111_api §9.2).
        self.headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self.begun = True
        self.whole = not self.body
        for start in range(0, len(self.body), _UPLOAD_PIECE_BYTES):
            piece = self.body[start : start + _UPLOAD_PIECE_BYTES]
            self.sent = start + len(piece)
            self.whole = self.sent == len(self.body)  # on its way: from now on it may arrive
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


def _translated(error: Exception, access: Access, upload: _Upload | None) -> EndpointError | None:
    """The one place where network errors become ours; None for what is no network error.

    httpx' own texts are not repeated: some hold header values.
    """
    import httpx  # noqa: PLC0415 - imported long ago when this runs

    if not isinstance(error, (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError)):
        return None
    host = access.host
    if upload is not None and upload.generation and upload.whole:
        return AnswerLost(
            "The connection ended before the answer was here",
            f"The request had reached {host}; the picture may have been made all the same.",
            "Look whether the endpoint is still busy. Sending the request again makes the picture again.",
            raw=type(error).__name__,
        )
    if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError)):
        return _not_connected(error, access)
    if isinstance(error, httpx.TimeoutException):
        return EndpointBusy("The endpoint takes too long", f"{host} took the connection but did not answer.")
    if isinstance(error, (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)):
        return _hung_up(host, upload)
    return EndpointUnreachable(
        "The address cannot be used", f"{host} could not be asked.", "Check the address."
    )


def _not_connected(error: httpx.TransportError, access: Access) -> EndpointUnreachable:
    import httpx  # noqa: PLC0415 - imported long ago when this runs

    if isinstance(error, httpx.ProxyError):
        return network.proxy_refused(str(error), access.host)
    return network.not_connected(error, access.host, proxies.in_use(access.profile))


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
