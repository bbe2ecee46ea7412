"""The session connects, says what is wrong, and connects again; against live practice endpoints."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from sdstudio.api.practice_process import PracticeProcess
from sdstudio.config.credentials import SIGN_IN, Credentials
from sdstudio.core.endpoint import PRACTICE, EndpointProfile
from sdstudio.core.errors import (
    AnswerLost,
    EndpointUnreachable,
    GenerationFailed,
    InvalidRequest,
    KeyringUnavailable,
    NotAuthorised,
    NotOffered,
)
from sdstudio.studio import session as session_module
from sdstudio.studio.session import EndpointSession
from tests.fakes.practice import start_practice

NOBODY = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def live() -> Iterator[str]:
    with start_practice() as url:
        yield url


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    """An endpoint that wants a token."""
    with start_practice("--token", "r1ght-token") as url:
        yield url


class Tokens(Credentials):
    """Credentials whose keyring is replaced by what the test says."""

    def __init__(self) -> None:
        super().__init__()
        self.keyring: str | KeyringUnavailable | None = None
        self.asked = 0

    async def secrets(self, profile: EndpointProfile) -> dict[str, str]:
        self.asked += 1
        if isinstance(self.keyring, KeyringUnavailable):
            raise self.keyring
        return {SIGN_IN: self.keyring} if self.keyring else {}


@pytest.fixture
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture
async def session(
    tmp_path: Path, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[EndpointSession]:
    monkeypatch.setattr(session_module, "_pauses", lambda: iter([0.01] * 1000))
    session = EndpointSession(PracticeProcess(), tokens, tmp_path)
    yield session
    await session.close()


def at(url: str) -> EndpointProfile:
    """A profile that signs in with the token of `Tokens`, if there is one."""
    return EndpointProfile(f"id of {url}", url.removeprefix("http://"), url, sign_in="bearer")


async def until(session: EndpointSession, holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await session._moved.heard()


async def test_it_tells_what_the_endpoint_offers(session: EndpointSession, live: str) -> None:
    states: list[str] = []
    session.changed.connect(lambda: states.append(session.state))
    session.use(at(live))
    await session.settled()
    assert states == ["connecting", "ready"]
    assert session.offer.dialect == "practice"
    assert session.name == live.removeprefix("http://")
    assert (session.mark.url, session.mark.dialect) == (live, "practice")


async def test_the_practice_endpoint_is_started_when_it_is_used_and_ended_with_the_session(
    session: EndpointSession,
) -> None:
    session.use(PRACTICE)
    await session.settled()
    assert session.state == "ready"
    assert (session.name, session.mark.url) == ("Practice", "")
    assert session._practice.running
    await session.close()
    assert not session._practice.running


async def test_without_an_answer_it_is_offline_and_connects_when_somebody_is_there(
    session: EndpointSession, tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    session.use(at(f"http://127.0.0.1:{port}"))
    await session.settled()
    assert session.state == "offline"
    assert isinstance(session.error, EndpointUnreachable)
    with start_practice("--port", str(port)):
        await until(session, lambda: session.state == "ready")
    assert session.error is None


def start_practice_at(port: int):
    return start_practice("--port", str(port))


async def test_with_a_wrong_token_it_waits_for_another(
    session: EndpointSession, guarded: str, tokens: Tokens
) -> None:
    tokens.keyring = "wr0ng-token"
    session.use(at(guarded))
    await session.settled()
    assert session.state == "needs token"
    assert isinstance(session.error, NotAuthorised)
    tokens.keyring = "r1ght-token"
    session.use(at(guarded))
    await session.settled()
    assert session.state == "ready"


async def test_without_a_keyring_it_tries_without_a_token_and_says_so(
    session: EndpointSession, guarded: str, live: str, tokens: Tokens
) -> None:
    tokens.keyring = KeyringUnavailable("The keyring is locked")
    session.use(at(guarded))
    await session.settled()
    assert session.state == "needs token"
    assert session.notice is tokens.keyring
    session.use(at(live))
    await session.settled()
    assert session.state == "ready"


async def test_the_keyring_is_asked_once_however_often_the_endpoint_is_tried(
    session: EndpointSession, tokens: Tokens
) -> None:
    session.use(at(NOBODY))
    for _ in range(5):
        await session._moved.heard()
    assert session.state == "offline"
    assert tokens.asked == 1


@pytest.mark.parametrize("pause_s", [0, 0.001, 0.005, 0.02, 0.05])
async def test_changing_ones_mind_quickly_ends_where_the_last_choice_was(
    session: EndpointSession, live: str, guarded: str, tokens: Tokens, pause_s: float
) -> None:
    """An endpoint that answers in the very moment another is chosen must not count, nor get the other's token."""
    tokens.keyring = "wr0ng-token"
    for _ in range(6):
        for url in (NOBODY, guarded, live):
            session.use(at(url))
            await asyncio.sleep(pause_s)
    await session.settled()
    assert (session.url, session.state, session.error) == (live, "ready", None)
    async with session.lease() as lease:
        assert lease.mark.url == live
        await lease.client.interrupt()


async def test_a_token_that_no_header_can_carry_is_told_of(
    session: EndpointSession, live: str, tokens: Tokens
) -> None:
    tokens.keyring = "two words"
    session.use(at(live))
    await session.settled()
    assert session.state == "needs token"
    assert isinstance(session.error, InvalidRequest)


async def test_a_lease_waits_for_the_endpoint(session: EndpointSession, live: str) -> None:
    session.use(at(NOBODY))
    await session.settled()

    async def lease() -> str:
        async with session.lease() as lease:
            return lease.mark.url

    waiting = asyncio.create_task(lease())
    await asyncio.sleep(0.05)
    assert not waiting.done()
    session.use(at(live))
    assert await waiting == live


async def test_a_client_in_use_stays_open_until_its_job_has_ended(
    session: EndpointSession, live: str, guarded: str, tokens: Tokens
) -> None:
    session.use(at(live))
    tokens.keyring = "r1ght-token"
    async with session.lease() as first:
        session.use(at(guarded))
        await session.settled()
        async with session.lease() as second:
            assert second.mark.url == guarded
        await first.client.interrupt()
        first.report(NotAuthorised("the old endpoint's business"))
        assert session.state == "ready", "what the old connection meets does not concern the new one"


@pytest.mark.parametrize("error", [EndpointUnreachable("gone"), AnswerLost("cut")])
async def test_trouble_makes_it_connect_anew(
    session: EndpointSession, live: str, error: EndpointUnreachable
) -> None:
    session.use(at(live))
    async with session.lease() as lease:
        client = lease.client
        lease.report(error)
        assert (session.state, session.error) == ("connecting", error)
    await session.settled()
    assert session.state == "ready"
    async with session.lease() as lease:
        assert lease.client is not client


async def test_a_refused_token_stops_it_until_there_is_another(session: EndpointSession, live: str) -> None:
    session.use(at(live))
    async with session.lease() as lease:
        lease.report(NotAuthorised("expired"))
    await asyncio.sleep(0.05)
    assert session.state == "needs token"
    session.try_now()
    await session.settled()
    assert session.state == "ready"


async def test_an_endpoint_that_only_failed_is_still_ready(session: EndpointSession, live: str) -> None:
    session.use(at(live))
    async with session.lease() as lease:
        lease.report(GenerationFailed("NaN"))
    assert session.state == "ready"


async def test_skip_goes_to_the_endpoint_or_says_that_there_is_none(
    session: EndpointSession, live: str
) -> None:
    with pytest.raises(NotOffered):
        await session.skip()
    session.use(at(live))
    await session.settled()
    await session.skip()


async def test_asking_another_endpoint_leaves_the_session_as_it_is(
    session: EndpointSession, live: str, guarded: str
) -> None:
    session.use(at(live))
    await session.settled()
    assert (await session.ask(at(guarded), {SIGN_IN: "r1ght-token"})).dialect == "practice"
    with pytest.raises(NotAuthorised):
        await session.ask(at(guarded), {SIGN_IN: "wr0ng-token"})
    assert (session.url, session.state) == (live, "ready")


async def test_a_practice_endpoint_that_dies_is_back_by_itself(
    session: EndpointSession, expect_logs: Callable[[str], None]
) -> None:
    expect_logs("ended by itself")
    session.use(PRACTICE)
    await session.settled()
    process = session._practice._process
    assert process
    process.kill()
    await until(session, lambda: session.state == "connecting")
    await session.settled()
    assert session.state == "ready"
    async with session.lease() as lease:
        await lease.client.interrupt()


async def test_a_bug_in_connecting_is_logged_and_it_tries_again(
    session: EndpointSession, live: str, monkeypatch: pytest.MonkeyPatch, expect_logs: Callable[[str], None]
) -> None:
    expect_logs("met a bug")
    really = session_module.connected
    tries = iter([ZeroDivisionError(), None])

    async def connected(*arguments: object, **options: object) -> object:
        if error := next(tries):
            raise error
        return await really(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(session_module, "connected", connected)
    session.use(at(live))
    await session.settled()
    assert session.state == "offline"
    assert "ZeroDivisionError" in str(session.error)
    await until(session, lambda: session.state == "ready")
