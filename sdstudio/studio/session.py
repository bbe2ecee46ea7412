"""The session with the endpoint of one's choice: connecting, staying connected, saying what is wrong."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sdstudio.api.offer import FALLBACK_OFFER, Offer
from sdstudio.api.practice_process import PracticeProcess
from sdstudio.api.traffic import Traffic
from sdstudio.config.credentials import Credentials
from sdstudio.core.endpoint import PRACTICE, EndpointProfile
from sdstudio.core.errors import (
    AnswerLost,
    AnswerTimedOut,
    EndpointError,
    EndpointUnreachable,
    InvalidRequest,
    KeyringUnavailable,
    NotAuthorised,
    NotOffered,
    SecretHeldBack,
    StudioError,
)
from sdstudio.core.result import EndpointMark
from sdstudio.core.signals import Signal
from sdstudio.jobs.bell import Bell
from sdstudio.jobs.ports import Lease
from sdstudio.studio.connection import Connection, checked, connected

if TYPE_CHECKING:
    from sdstudio.api.checks import Check

SessionState = Literal["connecting", "ready", "offline", "needs token"]

STEADY_S = 30.0  # a connection that held this long was a good one: the next trouble is a new one

log = logging.getLogger(__name__)


class EndpointSession:
    """Owns the connection to one endpoint; lives on the event-loop thread.

    `profile` is the endpoint; the practice endpoint's process is started when it is first needed. `state` is
    "connecting" until it is known whether the endpoint can be used, "offline" while it can't be reached and is
    tried again ever less often, "needs token" until it is used with another one, or with leave to send it. `error`
    says why it is not ready, `offer` what the endpoint last said it has, `notice` why its secrets could not be
    looked up. `changed` is emitted when any of these did; `timed_out(profile id, seconds)` when a gateway did not
    wait for an answer.
    """

    def __init__(
        self, practice: PracticeProcess, credentials: Credentials, spool: Path, traffic: Traffic | None = None
    ) -> None:
        self.changed: Signal[[]] = Signal()
        self.timed_out: Signal[[str, float]] = Signal()
        self.profile: EndpointProfile = PRACTICE
        self.state: SessionState = "connecting"
        self.offer: Offer = FALLBACK_OFFER
        self.error: StudioError | None = None
        self.notice: KeyringUnavailable | None = None
        self._practice = practice
        self._practice.restarted.connect(self._practice_restarted)
        self._credentials = credentials
        self._spool = spool
        self._traffic = traffic
        self._accepted: set[EndpointProfile] = set()  # profiles that were ready, with the secrets they have
        self._imports = ThreadPoolExecutor(1, thread_name_prefix="imports")
        self._moved = Bell()
        self._trouble = asyncio.Event()
        self._connection: Connection | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def name(self) -> str:
        """What the endpoint is called."""
        return self.profile.name

    @property
    def url(self) -> str:
        """The endpoint's address, "" for the practice endpoint, whatever its port is this time."""
        return self.profile.url

    @property
    def mark(self) -> EndpointMark:
        """The endpoint as it is noted with what is made there."""
        return EndpointMark(self.name, self.url, self.offer.dialect)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know of the endpoint, a sentence each."""
        limit = self.profile.answer_limit_s
        learned = (f"Its gateway waits {limit:g} s for an answer and no longer.",) if limit else ()
        return (*self.offer.notes, *learned)

    def use(self, profile: EndpointProfile) -> None:
        """Connect to this endpoint; a job in flight elsewhere ends there."""
        self._let_go()
        self._stop_keeper()
        if (profile.id, profile.url) != (self.profile.id, self.profile.url):
            self.offer = FALLBACK_OFFER
        self.profile = profile
        self._become("connecting")
        self._keeper = asyncio.create_task(self._keep_connected(profile), name="endpoint session")

    def renew(self, profile: EndpointProfile) -> None:
        """Take up what changed in the profile in use, but for how it is reached."""
        self.profile = profile
        self.changed.emit()

    def doubt(self, profile: EndpointProfile) -> None:
        """Forget that the profile's secrets were accepted: they are others now."""
        self._accepted.discard(profile)

    def try_now(self) -> None:
        """Look up the secrets and ask the endpoint again at once, whatever the state is."""
        self.use(self.profile)

    async def settled(self) -> None:
        """Wait until it is known whether the endpoint can be used."""
        while self.state == "connecting":
            await self._moved.heard()

    @contextlib.asynccontextmanager
    async def lease(self) -> AsyncGenerator[Lease]:
        """The use of the client for one job, waited for until the endpoint is ready."""
        while (connection := self._connection) is None:
            await self._moved.heard()
        mark, began = self.mark, asyncio.get_running_loop().time()
        with connection as client:
            yield Lease(client, mark, partial(self._report, connection, self.profile.id, began))

    async def skip(self) -> None:
        """Have the endpoint go on with the next picture of what it makes; raises `EndpointError`."""
        if self._connection is None:
            raise self.error or NotOffered(
                "There is no connection to the endpoint", "Nothing can be skipped there."
            )
        with self._connection as client:
            await client.skip()

    async def ask(self, profile: EndpointProfile, given: Mapping[str, str]) -> Offer:
        """What an endpoint offers, asked with the secrets that are given, and with those kept where none is.

        Raises the `StudioError` that keeps it from being used.
        """
        secrets, _ = await self.secrets(profile, given)
        connection = await self._connected(profile, secrets)
        await connection.close()
        return connection.offer

    async def check(
        self,
        profile: EndpointProfile,
        given: Mapping[str, str],
        on_check: Callable[[Check], None],
        *,
        picture: bool,
    ) -> Offer | None:
        """Try an endpoint out line by line (`api.checks`), with secrets as in `ask`."""
        secrets, _ = await self.secrets(profile, given)
        accepted = not given and profile in self._accepted
        return await checked(
            await self._placed(profile),
            secrets,
            on_check,
            spool=self._spool,
            picture=picture,
            accepted_before=accepted,
            traffic=self._traffic,
            imports=self._imports,
        )

    async def secrets(
        self, profile: EndpointProfile, given: Mapping[str, str]
    ) -> tuple[Mapping[str, str], KeyringUnavailable | None]:
        """The profile's secrets, those `given` before those kept, and why there may be more that can't be had."""
        if all(name in given for name in profile.secret_names):
            return given, None
        try:
            return await self._credentials.secrets(profile) | dict(given), None
        except KeyringUnavailable as error:
            return self._credentials.secrets_at_hand(profile) | dict(given), error

    async def close(self) -> None:
        """End the connection, which must not be in use, and the practice process if it was started."""
        self._let_go()
        self._stop_keeper()
        await asyncio.gather(*self._ending, return_exceptions=True)
        await self._practice.stop()
        self._imports.shutdown(wait=False)

    async def _keep_connected(self, profile: EndpointProfile) -> None:
        """Connect, and again whenever there is trouble; ends by being cancelled.

        The secrets are looked up once, since a locked keyring may ask the user in turn.
        """
        try:
            secrets, notice = await self.secrets(profile, {})
        except StudioError as error:  # one that no header can carry
            self._conclude("needs token", error)
            return
        if asyncio.current_task() is self._keeper:
            self.notice = notice
        pauses = _pauses()
        clock = asyncio.get_running_loop().time
        while True:
            await self._try_to_connect(profile, secrets)
            if asyncio.current_task() is not self._keeper:
                return  # its cancellation came together with a refusal, and got lost in the network code
            began = clock()
            while self.state == "ready":
                await self._trouble_or_after(None)
            if clock() - began > STEADY_S:
                pauses = _pauses()
            await self._trouble_or_after(None if self.state == "needs token" else next(pauses))

    async def _try_to_connect(self, profile: EndpointProfile, secrets: Mapping[str, str]) -> None:
        try:
            connection = await self._connected(profile, secrets)
        except (NotAuthorised, SecretHeldBack, InvalidRequest) as error:
            self._conclude("needs token", error)
        except StudioError as error:
            self._conclude("offline", error)
        except Exception as error:
            log.exception("connecting met a bug")
            self._conclude("offline", _mistake(error))
        else:
            self._conclude("ready", connection=connection)

    def _conclude(
        self, state: SessionState, error: StudioError | None = None, connection: Connection | None = None
    ) -> None:
        """Take up what came of connecting, unless another endpoint was chosen in that very moment."""
        if asyncio.current_task() is not self._keeper:
            if connection:
                self._end_later(connection.close())
            return
        if connection:
            self._connection, self.offer = connection, connection.offer
            self._accepted.add(self.profile)
        self._become(state, error)

    async def _connected(self, profile: EndpointProfile, secrets: Mapping[str, str]) -> Connection:
        here = await self._placed(profile)
        return await connected(here, secrets, spool=self._spool, traffic=self._traffic, imports=self._imports)

    async def _placed(self, profile: EndpointProfile) -> EndpointProfile:
        """The profile with the address where it is reached, the practice endpoint's being new each time."""
        return replace(profile, url=await self._practice.start()) if profile.is_practice else profile

    async def _trouble_or_after(self, seconds: float | None) -> None:
        """Wait for trouble, at most so long."""
        # Not wait_for, which in Python 3.11 can lose a cancellation that comes together with what it waits for.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._trouble.wait()
        self._trouble.clear()

    def _report(self, connection: Connection, profile_id: str, began: float, error: EndpointError) -> None:
        """A job met this error; what was meant for a connection that is no more is no news."""
        if isinstance(error, AnswerTimedOut):
            self.timed_out.emit(profile_id, asyncio.get_running_loop().time() - began)
        if connection is not self._connection:
            return
        if isinstance(error, NotAuthorised | EndpointUnreachable | AnswerLost):
            self._let_go()
            self._become("needs token" if isinstance(error, NotAuthorised) else "connecting", error)
            self._trouble.set()

    def _practice_restarted(self, url: str) -> None:
        log.info("the practice endpoint is at %s now", url)
        if self.profile.is_practice:
            self.try_now()

    def _let_go(self) -> None:
        """Have the connection closed once no job uses it."""
        if self._connection:
            self._end_later(self._connection.close())
            self._connection = None

    def _stop_keeper(self) -> None:
        if self._keeper:
            self._keeper.cancel()
            self._ending.add(self._keeper)
            self._keeper.add_done_callback(self._ending.discard)
            self._keeper = None
        self._trouble.clear()

    def _end_later(self, ending: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(ending, name="close connection")
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

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
