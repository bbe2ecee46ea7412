"""The checklist against servers on real sockets: what passes, what fails, and what it says to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sdstudio.api import checks
from sdstudio.api.checks import NAMES, Check
from sdstudio.api.offer import Offer
from sdstudio.api.traffic import Traffic
from sdstudio.core import errors
from sdstudio.core.endpoint import EndpointProfile, ExtraHeader
from tests.fakes.clients import answering, picture
from tests.fakes.replay import Replay, Reply, Request

MARKER = "MARKER-81c2-secret"
PAGE = {"content-type": "text/html"}


class Told:
    """The lines as they were told."""

    def __init__(self) -> None:
        self.all: list[Check] = []
        self.offer: Offer | None = None

    @property
    def states(self) -> dict[str, str]:
        return {line.name: line.state for line in self.all}

    @property
    def failed(self) -> Check:
        (failed,) = [line for line in self.all if line.state == "failed"]
        return failed


async def checked(
    spool: Path,
    url: str,
    secret: str = "",
    *,
    picture: bool = False,
    accepted_before: bool = False,
    traffic: Traffic | None = None,
    **said: Any,
) -> Told:
    told = Told()
    if secret:
        said.setdefault("sign_in", "bearer")
    told.offer = await checks.check(
        EndpointProfile("x", "X", url, **said),
        {"sign-in": secret} if secret else {},
        told.all.append,
        spool=spool,
        picture=picture,
        accepted_before=accepted_before,
        traffic=traffic,
    )
    assert [line.name for line in told.all[: len(NAMES)]] == list(NAMES)
    assert all(line.state in ("passed", "failed", "skipped") for line in told.all[-1:])
    assert "waiting" not in told.states.values()
    assert "running" not in told.states.values()
    assert MARKER not in repr(told.all)
    return told


def api(request: Request) -> Reply | None:
    if request.path == "/sdapi/v1/txt2img":
        return answering(picture()) if request.method == "POST" else Reply.of({}, 405)
    return Reply.of([{"name": "Euler"}]) if request.path == "/sdapi/v1/samplers" else None


def two_routes(request: Request) -> Reply | None:
    return api(request) if "txt2img" in request.path else None


def behind_a_token(then: Callable[[Request], Reply | None]) -> Callable[[Request], Reply | None]:
    def answer(request: Request) -> Reply | None:
        if request.headers.get("authorization") != f"Bearer {MARKER}":
            return Reply.of({"detail": "Not authenticated"}, 401)
        return then(request)

    return answer


async def test_everything_passes(spool: Path) -> None:
    async with Replay(behind_a_token(api)) as server:
        told = await checked(spool, server.url, MARKER, picture=True)
    assert set(told.states.values()) == {"passed"}
    assert told.offer is not None
    assert told.offer.samplers == ("Euler",)
    assert list(spool.iterdir()) == []
    assert not any("loras" in request.path for request in server.requests)


async def test_the_lines_come_one_after_the_other(spool: Path) -> None:
    async with Replay(api) as server:
        told = await checked(spool, server.url, picture=True)
    begun = [line.name for line in told.all if line.state == "running"]
    assert begun == list(NAMES)
    ended = [line.name for line in told.all if line.state == "passed"]
    assert ended == list(NAMES)


async def test_nothing_is_made_unless_asked_for(spool: Path) -> None:
    async with Replay(api) as server:
        told = await checked(spool, server.url)
        assert {request.method for request in server.requests} <= {"GET", "HEAD"}
    assert told.states["picture"] == "skipped"
    assert told.offer is not None


async def test_a_host_with_two_routes(spool: Path) -> None:
    async with Replay(behind_a_token(two_routes)) as server:
        told = await checked(spool, server.url, MARKER)
    assert told.offer is not None
    assert told.offer.dialect == "two routes"
    assert told.states["routes"] == "passed"
    assert {request.method for request in server.requests} <= {"GET", "HEAD"}


async def test_a_host_that_shows_nothing_may_still_make_a_picture(spool: Path) -> None:
    def shy(request: Request) -> Reply | None:
        return two_routes(request) if request.method == "POST" else None

    async with Replay(shy) as server:
        told = await checked(spool, server.url)
        assert told.failed.name == "routes"
        assert told.offer is None
        assert "small picture" in told.failed.error.remedy  # type: ignore[union-attr]
        told = await checked(spool, server.url, picture=True)
        assert told.states["picture"] == "passed"
        assert told.offer is not None


async def test_a_web_ui_without_api(spool: Path) -> None:
    def ui(request: Request) -> Reply | None:
        if request.path == "/internal/ping":
            return Reply.of({})
        return Reply.of([]) if "loras" in request.path else None  # answers all the same (a1111_api §5)

    async with Replay(ui) as server:
        told = await checked(spool, server.url)
    assert told.failed.name == "routes"
    assert "API is switched off" in told.failed.text
    assert told.failed.error is not None
    assert "--api" in told.failed.error.remedy


FAILURES: list[tuple[str, Callable[[Request], Reply | None], str, str]] = [
    ("wants a token", behind_a_token(api), "sign-in", "wants a sign-in"),
    ("page", lambda _: Reply(200, PAGE, [b"<html><title>Hello</title>"]), "routes", "web page"),
    ("sign-in page", lambda _: Reply(200, PAGE, [b"<html><title>Sign in</title>"]), "sign-in", "sign-in page"),
    ("password", lambda _: Reply(200, PAGE, [b"<html><input type='password'>"]), "sign-in", "sign-in page"),
    ("to log in", lambda _: Reply(302, {"location": "/login?next=%2Fsdapi"}), "sign-in", "sign-in page"),
    (
        "to log in elsewhere",
        lambda _: Reply(302, {"location": "https://sso.example/authorize?state=1"}),
        "sign-in",
        "sign-in page",
    ),
    ("gone", lambda r: Reply(308, {"location": f"https://new.example{r.path}"}), "address", "has moved"),
    ("starting", lambda _: Reply(503, PAGE, [b"<html>no"]), "routes", "not ready"),
    ("nothing there", lambda _: None, "routes", "does not seem to make pictures"),
    ("hangs up", lambda _: Reply(chunks=[], length=9, reset=True), "connection", "hung up"),
]


@pytest.mark.parametrize(("name", "behaviour", "line", "title"), FAILURES, ids=[f[0] for f in FAILURES])
async def test_what_fails(
    name: str, behaviour: Callable[[Request], Reply | None], line: str, title: str, spool: Path
) -> None:
    async with Replay(behaviour) as server:
        told = await checked(spool, server.url, picture=False)
    assert told.failed.name == line
    assert title in told.failed.text
    assert told.failed.error is not None
    assert told.failed.error.message
    assert told.failed.error.remedy
    assert told.offer is None


async def test_the_new_address_is_offered(spool: Path) -> None:
    def moved(request: Request) -> Reply:
        return Reply(301, {"location": f"https://new.example/base{request.path}"})

    async with Replay(moved) as server:
        told = await checked(spool, server.url, MARKER)
    assert isinstance(told.failed.error, errors.EndpointMoved)
    assert told.failed.error.new_url == "https://new.example/base"
    assert "now lives at https://new.example/base" in told.failed.error.message
    assert not any("authorization" in request.headers for request in server.requests)


async def test_nobody_there(spool: Path) -> None:
    async with Replay(api) as server:
        url = server.url
    told = await checked(spool, url)
    assert told.failed.name == "connection"
    assert isinstance(told.failed.error, errors.EndpointUnreachable)
    assert told.states["trust"] == "skipped"


async def test_what_is_no_address(spool: Path) -> None:
    told = await checked(spool, "http://{address}")
    assert told.failed.name == "address"


async def test_a_token_that_was_accepted_before(spool: Path) -> None:
    async with Replay(behind_a_token(api)) as server:
        told = await checked(spool, server.url, "an-old-token", accepted_before=True)
        assert "401: the token was accepted before, so it has probably expired" in told.failed.text
        told = await checked(spool, server.url, "a-wrong-token")
        assert "not accepted" in told.failed.text
        told = await checked(spool, server.url, sign_in="bearer")
        assert "no secret" in told.failed.text


async def test_a_secret_is_held_back_before_it_leaves(spool: Path) -> None:
    """The host is this computer by another name: plain http, but not loopback by its looks."""
    async with Replay(api) as server:
        url = server.url.replace("127.0.0.1", "host.example")
        said: dict[str, Any] = {"proxy": "own", "proxy_url": server.url}  # it stands for the way there
        told = await checked(spool, url, MARKER, **said)
        assert told.failed.name == "trust"
        assert isinstance(told.failed.error, errors.SecretHeldBack)
        assert server.requests
        assert not any("authorization" in request.headers for request in server.requests)


async def test_a_secret_that_cannot_be_sent_fails_the_sign_in(spool: Path) -> None:
    async with Replay(api) as server:
        told = await checked(spool, server.url, f"{MARKER}\nX: 1")
    assert told.failed.name == "sign-in"
    assert isinstance(told.failed.error, errors.InvalidRequest)


async def test_a_secret_header_of_ones_own_goes_with_the_second_question(spool: Path) -> None:
    profile = EndpointProfile("x", "X", "", extra_headers=(ExtraHeader("X-Key", secret=True),))
    told = Told()
    async with Replay(api) as server:
        await checks.check(
            replace(profile, url=server.url),
            {"header:x-key": MARKER},
            told.all.append,
            spool=spool,
            picture=False,
        )
        first, *rest = server.requests
        assert "x-key" not in first.headers
        assert all(request.headers["x-key"] == MARKER for request in rest)


async def test_a_picture_that_fails_costs_no_offer(spool: Path) -> None:
    def failing(request: Request) -> Reply | None:
        return Reply.of({"error": "Odd", "errors": "no"}, 500) if request.method == "POST" else api(request)

    async with Replay(failing) as server:
        told = await checked(spool, server.url, picture=True)
    assert told.failed.name == "picture"
    assert told.offer is not None


async def test_every_question_is_in_the_log_of_what_left(spool: Path) -> None:
    traffic = Traffic()
    async with Replay(behind_a_token(api)) as server:
        await checked(spool, server.url, MARKER, picture=True, traffic=traffic)
        assert len(traffic.exchanges) == len(server.requests)
        posted = next(e for e in traffic.exchanges if e.method == "POST" and e.route.endswith("txt2img"))
        assert posted.status == 200
        assert posted.bytes_up == len(server.asked("/sdapi/v1/txt2img")[-1].body)
        assert posted.bytes_down > 0
    assert not any("?" in exchange.route for exchange in traffic.exchanges)
    assert MARKER not in repr(traffic.exchanges)
