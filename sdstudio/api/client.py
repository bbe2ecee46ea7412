"""The endpoint as the rest of the program sees it: make pictures, stop, and say what is on offer."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Generator, Mapping
from concurrent.futures import Future
from pathlib import Path

from sdstudio.api import address, payload, probe, results, scrubbing, shaping
from sdstudio.api.access import Access
from sdstudio.api.answer import LARGEST_ANSWER_BYTES, Spool, SpooledAnswer
from sdstudio.api.decoding import Decoder
from sdstudio.api.offer import Offer
from sdstudio.api.progress import ProgressPoll, ProgressRoutes
from sdstudio.api.traffic import Traffic
from sdstudio.api.transport import Incoming, Transport
from sdstudio.api.worker import Worker
from sdstudio.core.endpoint import EndpointProfile
from sdstudio.core.errors import AnswerLost, NotOffered
from sdstudio.core.request import GenerationRequest
from sdstudio.core.result import GenerationResult, Progress

_log = logging.getLogger(__name__)

ReadInput = Callable[[str], Awaitable[bytes]]
_BATCH_BYTES = 512 * 1024  # of an answer, for the worker at a time
_POLL_PATIENCE_S = 1.0


class Client:
    """One endpoint, for as long as its address and sign-in stay the same. Used on the event loop's thread.

    Owns its transports, so that progress and interrupts never wait behind a generation, and one worker thread.
    Pictures end as files in `spool`, which must exist; who gets a result moves them on.
    """

    def __init__(
        self,
        profile: EndpointProfile,
        secrets: Mapping[str, str],
        *,
        spool: Path,
        traffic: Traffic | None = None,
    ) -> None:
        """`secrets` by the names of `profile.secret_names`. Raises `InvalidRequest`, `SecretHeldBack`."""
        self._access = Access.of(profile, secrets)
        self._spool = spool
        self._traffic = traffic
        self._worker = Worker("api")
        self._generation = self._transport(fresh=True)
        self._side = self._transport()
        self._routes = ProgressRoutes()
        self._offer: Offer | None = None
        self._running: set[_Run] = set()
        self._polls: set[asyncio.Task[None]] = set()

    @classmethod
    def at(cls, base_url: str, token: str | None = None, *, spool: Path, plain_http: bool = True) -> Client:
        """An endpoint that needs no more than an address and a token ("Basic …" is understood)."""
        profile = EndpointProfile(
            "unnamed",
            base_url,
            base_url,
            sign_in="bearer" if token else "none",
            plain_http_allowed=plain_http,
        )
        return cls(profile, {"sign-in": token} if token else {}, spool=spool)

    @property
    def base_url(self) -> str:
        """The endpoint's address, normalised."""
        return self._access.url

    async def generate(
        self,
        request: GenerationRequest,
        read_input: ReadInput,
        on_progress: Callable[[Progress], None],
        task_id: str = "",
    ) -> GenerationResult:
        """Make the pictures of one request; it is POSTed once and never again.

        `read_input` gives the stored bytes of an input by SHA-256; `on_progress` is called on this thread;
        `task_id` names the generation to the server. Raises `InvalidRequest` and `UnreadableImage` before
        anything is sent, `EndpointUnreachable` while nothing has left, `AnswerLost` when the outcome is unknown,
        any other `EndpointError` when the endpoint refused or failed, `LibraryError` if the spool is full.
        Cancelling closes the connection; the server works on.
        """
        task_id = task_id or f"task({uuid.uuid4().hex})"
        inputs = {image.sha256: await read_input(image.sha256) for image in request.inputs.values()}
        sent = shaping.shaped(request, self._offer) if self._offer else request
        body = await self._worker.run(payload.encode, sent, inputs, task_id=task_id)
        began = time.monotonic()
        with self._run(task_id, on_progress) as run:
            answer = await self._exchange(payload.route(request), body)
        try:
            result = await self._worker.run(
                results.result_of,
                answer,
                request,
                seconds=time.monotonic() - began,
                interrupted=run.interrupted,
            )
            return await self._worker.run(scrubbing.without_secrets, result, self._access)
        except BaseException as error:
            await self._cleared_up(answer.discard, error)
            raise

    async def interrupt(self) -> None:
        """Ask the endpoint to stop what runs and give what exists. Raises `NotOffered` where it cannot."""
        await self._command("/sdapi/v1/interrupt", offered=self._offer is None or self._offer.can_interrupt)
        for run in self._running:
            run.interrupted = True

    async def skip(self) -> None:
        """Ask the endpoint to end the batch that runs and go on with the next. Raises `NotOffered`."""
        await self._command("/sdapi/v1/skip", offered=self._offer is None or self._offer.can_skip)

    async def offer(self) -> Offer:
        """Ask what the endpoint offers; lists it does not have are filled in. `interrupt` and `skip` go by it.

        Raises `EndpointUnreachable`, `NotAuthorised`, `EndpointBusy` or `BadAnswer`.
        """
        self._offer = await probe.offer_of(self._side)
        self._routes = ProgressRoutes()
        return self._offer

    async def ping(self) -> None:
        """Raise what keeps the endpoint from being used: unreachable, not authorised, busy, or no API."""
        await probe.ping(self._side)

    async def aclose(self) -> None:
        """Close every connection and end the worker. A generation in flight must have been cancelled before."""
        if self._polls:
            _, late = await asyncio.wait(self._polls, timeout=_POLL_PATIENCE_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._generation.aclose()
        await self._side.aclose()
        await self._worker.aclose()

    def _transport(self, *, fresh: bool = False) -> Transport:
        return Transport(self._access, self._worker, fresh=fresh, traffic=self._traffic)

    async def _command(self, path: str, *, offered: bool) -> None:
        if not offered:
            raise NotOffered("This endpoint cannot be stopped from outside", "It works on until it is done.")
        await self._side.ask("POST", path)

    @contextlib.contextmanager
    def _run(self, task_id: str, on_progress: Callable[[Progress], None]) -> Generator[_Run]:
        """The progress poll beside a generation. Its own failures are logged, never the generation's."""
        transport = self._transport()
        poll = ProgressPoll(transport, self._worker, self._routes, task_id, on_progress)
        task = asyncio.create_task(poll.run(), name=f"progress {task_id}")
        self._polls.add(task)
        task.add_done_callback(self._poll_ended)
        run = _Run()
        self._running.add(run)
        try:
            yield run
        finally:
            self._running.discard(run)
            poll.stop()
            run.interrupted = run.interrupted or poll.saw_interrupted

    def _poll_ended(self, task: asyncio.Task[None]) -> None:
        self._polls.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.error("Following the progress failed", exc_info=error)

    async def _cleared_up(self, discard: Callable[[], None], error: BaseException) -> None:
        """Remove an answer's files behind whatever the worker still does with them; a cancelled task won't wait."""
        removing = self._worker.start(discard)
        if isinstance(error, Exception):
            await asyncio.wrap_future(removing)

    async def _exchange(self, path: str, body: bytes) -> SpooledAnswer:
        """POST, and spool what comes back."""
        async with self._generation.generation(path, body) as incoming:
            if not 200 <= incoming.status < 300:
                answer = await self._generation.read_refusal(incoming)
                raise self._generation.refusal(answer, path, generation=True)
            spool = Spool(self._spool, uuid.uuid4().hex, self._access.hidden_in)
            try:
                return await self._spooled(incoming, spool)
            except BaseException as error:
                await self._cleared_up(spool.discard, error)
                raise

    async def _spooled(self, incoming: Incoming, spool: Spool) -> SpooledAnswer:
        """The answer as files; reading and decoding overlap. Pictures that arrived before a break are kept."""
        feed = _Feed(
            self._worker, spool, Decoder(incoming.headers.get("content-encoding", ""), LARGEST_ANSWER_BYTES)
        )
        try:
            async for chunk in incoming.chunks():
                await feed.take(chunk)
            await feed.finish()
        except AnswerLost:
            await feed.finish()
            salvaged = await self._worker.run(spool.salvage)
            if salvaged is None:
                raise
            return salvaged
        content_type = incoming.headers.get("content-type", "")
        return await self._worker.run(spool.finish, content_type, address.host_of(self.base_url))


class _Run:
    """What is known of a generation in flight."""

    def __init__(self) -> None:
        self.interrupted = False


class _Feed:
    """Hands an answer to the worker in batches, one ahead of what is being read."""

    def __init__(self, worker: Worker, spool: Spool, decoder: Decoder) -> None:
        self._worker = worker
        self._spool = spool
        self._decoder = decoder
        self._pending = bytearray()
        self._fed: Future[None] | None = None

    async def take(self, chunk: bytes) -> None:
        """Keep a chunk, and pass on what has gathered once it is enough. Raises what the last batch raised."""
        self._pending += chunk
        if len(self._pending) >= _BATCH_BYTES:
            await self._pass_on()

    async def finish(self) -> None:
        """Pass on the rest and wait until all of it is spooled."""
        await self._pass_on()
        await self._pass_on()

    async def _pass_on(self) -> None:
        if self._fed is not None:
            await asyncio.wrap_future(self._fed)
        batch, self._pending = bytes(self._pending), bytearray()
        self._fed = self._worker.start(self._spool_batch, batch)

    def _spool_batch(self, batch: bytes) -> None:
        for piece in self._decoder.feed(batch):
            self._spool.feed(piece)
