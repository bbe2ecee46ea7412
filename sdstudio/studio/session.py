"""The session with the endpoint of one's choice: connecting, staying connected, saying what is wrong."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain, repeat
from pathlib import Path
from typing import Literal

from sdstudio.api.offer import FALLBACK_OFFER, Offer
from sdstudio.api.practice_process import PracticeProcess
from sdstudio.config.credentials import Credentials
from sdstudio.core.errors import (
    AnswerLost,
    EndpointError,
    EndpointUnreachable,
    KeyringUnavailable,
    NotAuthorised,
    NotOffered,
    StudioError,
)
from sdstudio.core.result import EndpointMark
from sdstudio.core.signals import Signal
from sdstudio.jobs.bell import Bell
from sdstudio.jobs.ports import Lease
from sdstudio.studio.connection import Connection, connected

SessionState = Literal["connecting", "ready", "offline", "needs token"]

PRACTICE = ""
"""The address that stands for the practice endpoint, whatever its port is this time."""
PRACTICE_NAME = "practice"
STEADY_S = 30.0  # a connection that held this long was a good one: the next trouble is a new one

log = logging.getLogger(__name__)


class EndpointSession:
    """Owns the connection to one endpoint; lives on the event-loop thread.

    `url` is the endpoint's address, `PRACTICE` for the practice endpoint, whose process is started when it is
    first needed. `state` is "connecting" until it is known whether the endpoint can be used, "offline" while it
    can't be reached and is tried again ever less often, "needs token" until it is used with another one. `error`
    says why it is not ready, `offer` what the endpoint last said it has, `notice` why no token could be looked
    up. `changed` is emitted when any of these did.
    """

    def __init__(self, practice: PracticeProcess, credentials: Credentials, spool: Path) -> None:
        self.changed: Signal[[]] = Signal()
        self.url = PRACTICE
        self.state: SessionState = "connecting"
        self.offer: Offer = FALLBACK_OFFER
        self.error: StudioError | None = None
        self.notice: KeyringUnavailable | None = None
        self._practice = practice
        self._practice.restarted.connect(self._practice_restarted)
        self._credentials = credentials
        self._spool = spool
        self._imports = ThreadPoolExecutor(1, thread_name_prefix="imports")
        self._moved = Bell()
        self._nudge = asyncio.Event()
        self._sign_in: str | None = None
        self._connection: Connection | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def name(self) -> str:
        """What to call the endpoint: its host and port, "practice" for the practice endpoint."""
        return self.url.partition("://")[2] or PRACTICE_NAME

    @property
    def mark(self) -> EndpointMark:
        """The endpoint as it is noted with what is made there."""
        return EndpointMark(self.name, self.url, self.offer.dialect)

    def use(self, url: str) -> None:
        """Connect to this endpoint (a normalised address, or `PRACTICE`); a job in flight elsewhere ends there."""
        self._let_go()
        if self._keeper:
            self._keeper.cancel()
            self._closing.add(self._keeper)
            self._keeper.add_done_callback(self._closing.discard)
        if url != self.url:
            self.url, self.offer = url, FALLBACK_OFFER
        self._nudge.clear()
        self._sign_in = None
        self._become("connecting")
        self._keeper = asyncio.create_task(self._keep_connected(), name="endpoint session")

    def try_now(self) -> None:
        """Ask the endpoint again at once what it offers, whatever the state is."""
        self._let_go()
        self._sign_in = None
        self._become("connecting")
        self._nudge.set()

    async def settled(self) -> None:
        """Wait until it is known whether the endpoint can be used."""
        while self.state == "connecting":
            await self._moved.heard()

    @contextlib.asynccontextmanager
    async def lease(self) -> AsyncGenerator[Lease]:
        """The use of the client for one job, waited for until the endpoint is ready."""
        while (connection := self._connection) is None:
            await self._moved.heard()
        mark = self.mark
        with connection as client:
            yield Lease(client, mark, partial(self._report, connection))

    async def skip(self) -> None:
        """Have the endpoint go on with the next picture of what it makes; raises `EndpointError`."""
        if self._connection is None:
            raise self.error or NotOffered(
                "There is no connection to the endpoint", "Nothing can be skipped there."
            )
        with self._connection as client:
            await client.skip()

    async def ask(self, url: str, token: str | None) -> Offer:
        """What another endpoint offers, asked with this token, or with the one that is kept if it is None.

        Raises the `StudioError` that keeps it from being used.
        """
        base_url = url or await self._practice.start()
        if token is None and url != PRACTICE:
            token = await self._credentials.token(url)
        connection = await connected(base_url, token, spool=self._spool, imports=self._imports)
        await connection.close()
        return connection.offer

    async def close(self) -> None:
        """End the connection, which must not be in use, and the practice process if it was started."""
        self._let_go()
        if self._keeper:
            self._keeper.cancel()
            self._closing.add(self._keeper)
        await asyncio.gather(*self._closing, return_exceptions=True)
        await self._practice.stop()
        self._imports.shutdown(wait=False)

    async def _keep_connected(self) -> None:
        """Connect, and again whenever there is trouble or a wish; ends by being cancelled."""
        pauses = _pauses()
        clock = asyncio.get_running_loop().time
        while True:
            await self._try_to_connect()
            began = clock()
            while self.state == "ready":
                await self._nudged(None)
            if clock() - began > STEADY_S:
                pauses = _pauses()
            if self.state == "needs token":
                await self._nudged(None)
            elif self.error:
                await self._nudged(next(pauses))

    async def _try_to_connect(self) -> None:
        try:
            await self._connect()
        except NotAuthorised as error:
            self._become("needs token", error)
        except StudioError as error:
            self._become("offline", error)
        except Exception as error:
            log.exception("connecting met a bug")
            self._become("offline", _mistake(error))

    async def _connect(self) -> None:
        base_url = self.url or await self._practice.start()
        if self._sign_in is None:
            self._sign_in = await self._looked_up()
        connection = await connected(base_url, self._sign_in or None, spool=self._spool, imports=self._imports)
        self._connection, self.offer = connection, connection.offer
        self._become("ready")

    async def _looked_up(self) -> str:
        """The token, "" for none. It is asked for once, since a locked keyring may ask the user in turn."""
        self.notice = None
        if self.url == PRACTICE:
            return ""
        try:
            return await self._credentials.token(self.url) or ""
        except KeyringUnavailable as error:
            self.notice = error
            return ""

    async def _nudged(self, seconds: float | None) -> None:
        """Wait for trouble or a wish, at most so long."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._nudge.wait(), seconds)
        self._nudge.clear()

    def _report(self, connection: Connection, error: EndpointError) -> None:
        """A job met this error; what was meant for a connection that is no more is no news."""
        if connection is not self._connection:
            return
        if isinstance(error, NotAuthorised | EndpointUnreachable | AnswerLost):
            self._let_go()
            self._become("needs token" if isinstance(error, NotAuthorised) else "connecting", error)
            self._nudge.set()

    def _practice_restarted(self, url: str) -> None:
        log.info("the practice endpoint is at %s now", url)
        if self.url == PRACTICE:
            self.try_now()

    def _let_go(self) -> None:
        """Have the connection closed once no job uses it."""
        if self._connection:
            task = asyncio.create_task(self._connection.close(), name="close connection")
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
            self._connection = None

    def _become(self, state: SessionState, error: StudioError | None = None) -> None:
        self.state, self.error = state, error
        self._moved.ring()
        self.changed.emit()


def _pauses() -> Iterator[float]:
    """Seconds between one try to connect and the next."""
    return chain((0.5, 1, 2, 4, 8, 15), repeat(30))


def _mistake(error: Exception) -> StudioError:
    return StudioError(
        "SD Studio made a mistake of its own",
        f"{type(error).__name__} while connecting.",
        "It tries again. The log in the data folder tells more; please report it.",
    )
