"""A token planted as a marker, and everything the client says, logs and raises searched for it."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sdstudio.api import checks
from sdstudio.api.client import Client
from sdstudio.api.sign_in import SignIn
from sdstudio.api.traffic import Traffic
from sdstudio.config import logs
from sdstudio.core.endpoint import EndpointProfile, ExtraHeader
from sdstudio.core.errors import StudioError
from tests.fakes.clients import NewClient, answering, generate, picture
from tests.fakes.replay import Replay, Reply, Request

MARKER = "MARKER-7f3a9c-secret"
TALKATIVE = ("httpx", "httpcore", "anyio", "asyncio", "sdstudio")


@pytest.fixture
def everything_logged(tmp_path: Path) -> Iterator[Path]:
    """All loggers at DEBUG into a plain file, and the program's own log beside it."""
    raw = logging.FileHandler(tmp_path / "raw.log")
    undo = logs.set_up(tmp_path / "sdstudio.log", verbose=True)
    logging.getLogger().addHandler(raw)
    levels = {name: logging.getLogger(name).level for name in TALKATIVE}
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield tmp_path
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    logging.getLogger().removeHandler(raw)
    raw.close()
    undo()


def echo(request: Request) -> Reply:
    """A gateway that repeats what it was sent, as some do in their error pages."""
    sent = "\n".join(f"{name}: {value}" for name, value in request.headers.items())
    return Reply(500, {"content-type": "text/plain"}, [sent.encode()])


def echo_json(request: Request) -> Reply:
    return Reply.of({"error": "Odd", "detail": f"got {request.headers.get('authorization')}"}, 422)


def echo_html(request: Request) -> Reply:
    page = f"<html><title>{request.headers.get('authorization')}</title>"
    return Reply(502, {"content-type": "text/html"}, [page.encode()])


def echo_redirect(request: Request) -> Reply:
    return Reply(302, {"location": f"https://other.example/{request.headers.get('authorization')}"}, [])


def echo_all(request: Request) -> Reply:
    return Reply.of({"error": "Odd", "detail": str(dict(request.headers))}, 500)


def succeed_echoing(request: Request) -> Reply:
    """What was sent comes back where names and notes are read from."""
    sent = " ".join(f"{name}: {value}" for name, value in request.headers.items())
    if request.method == "POST":
        return answering(picture(), info=json.dumps({"infotexts": [sent], "note": sent}))
    return Reply.of([{"name": request.headers.get("x-key", "Euler"), "title": sent}])


def refuse(_: Request) -> Reply:
    return Reply.of({"detail": "Not authenticated"}, 401)


def garble(_: Request) -> Reply:
    return Reply(chunks=[b'{"images": ["QU'], length=99, reset=True)


def succeed(request: Request) -> Reply:
    return answering(picture()) if request.method == "POST" else Reply.of([])


@pytest.mark.parametrize(
    "behaviour", [echo, echo_json, echo_html, echo_redirect, refuse, garble, succeed], ids=lambda f: f.__name__
)
@pytest.mark.parametrize(
    "sign_in", [MARKER, f"Basic {MARKER}", SignIn.basic("anna", MARKER)], ids=["bearer", "raw", "basic"]
)
async def test_the_token_shows_nowhere(
    behaviour: Callable[[Request], Reply],
    sign_in: str | SignIn,
    everything_logged: Path,
    spool: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    seen: list[str] = []
    secret = sign_in.secrets[0] if isinstance(sign_in, SignIn) else MARKER
    value = sign_in.value if isinstance(sign_in, SignIn) else sign_in
    async with Replay(behaviour) as server:
        client = Client.at(server.url, value, spool=spool)
        try:
            for call in (client.ping, client.offer, client.interrupt, client.skip, lambda: generate(client)):
                try:
                    seen.append(repr(await call()))
                except StudioError as error:
                    seen.append("".join(traceback.format_exception(error)))
                    seen.append(f"{error!r} {error} {error.raw} {error.remedy} {vars(error)}")
            seen.append(repr(vars(client)))
        finally:
            await client.aclose()
        assert any(secret in request.headers.get("authorization", "") for request in server.requests)
    seen += [path.read_text("utf-8", "replace") for path in everything_logged.glob("*.log")]
    seen += capfd.readouterr()
    assert not [text for text in seen if MARKER in text or secret in text]
    assert "HTTP Request" in seen[-3] + seen[-4]  # httpx did talk


@pytest.mark.parametrize(
    "behaviour", [echo_all, echo_redirect, succeed_echoing, garble], ids=lambda f: f.__name__
)
async def test_raw_headers_show_nowhere(
    behaviour: Callable[[Request], Reply],
    everything_logged: Path,
    spool: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A sign-in by a header of one's own and a secret extra header, through the checklist and the client."""
    key = ExtraHeader("X-Key", secret=True)
    seen: list[str] = []
    secrets = {"sign-in": f"Token {MARKER}", "header:x-key": f"{MARKER}-other"}
    traffic = Traffic()
    async with Replay(behaviour) as server:
        profile = EndpointProfile(
            *("x", "X", server.url), sign_in="header", header_name="X-Own", extra_headers=(key,)
        )
        await checks.check(
            profile,
            secrets,
            lambda line: seen.append(repr(line) + _said(line.error)),
            spool=spool,
            picture=True,
            traffic=traffic,
        )
        client = Client(profile, secrets, spool=spool, traffic=traffic)
        try:
            for call in (client.ping, client.offer, lambda: generate(client)):
                try:
                    seen.append(repr(await call()))
                except StudioError as error:
                    seen.append(_said(error))
            seen.append(repr(vars(client)))
        finally:
            await client.aclose()
        assert any(request.headers.get("x-key") == f"{MARKER}-other" for request in server.requests)
    seen += [repr(traffic.exchanges)]
    seen += [path.read_text("utf-8", "replace") for path in everything_logged.glob("*.log")]
    seen += capfd.readouterr()
    assert not [text for text in seen if MARKER in text]


def _said(error: Exception | None) -> str:
    """Everything an error could show: its traceback, texts and fields."""
    if error is None:
        return ""
    return "".join(traceback.format_exception(error)) + f"{error!r} {error} {vars(error)}"


async def test_a_token_that_no_header_can_carry_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(StudioError) as caught:
        Client.at("http://localhost", f"{MARKER}\nX: 1", spool=tmp_path)
    assert MARKER not in "".join(traceback.format_exception(caught.value)).replace(
        Path(__file__).read_text("utf-8"), ""
    )
    assert MARKER not in repr(vars(caught.value))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_nothing_of_ours_reaches_another_host(status: int, new_client: NewClient) -> None:
    async with Replay(succeed) as other:

        def moved(request: Request) -> Reply:
            return Reply(status, {"location": other.url + request.path}, [])

        async with Replay(moved) as first:
            client = new_client(first.url, MARKER)
            for call in (client.ping, client.offer, client.interrupt, client.skip, lambda: generate(client)):
                with pytest.raises(StudioError):
                    await call()
            await client.aclose()
            assert first.requests
    assert other.requests == []


async def test_a_redirect_on_the_same_host_is_not_followed_either(new_client: NewClient) -> None:
    """A POST that becomes a GET loses its body; the address is to be put right instead."""

    def moved(request: Request) -> Reply:
        return Reply(307, {"location": request.path.rstrip("/")}, [])

    async with Replay(moved) as server:
        with pytest.raises(StudioError):
            await generate(new_client(server.url))
        assert len(server.asked("/sdapi/v1/txt2img")) == 1
