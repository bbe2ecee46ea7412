"""The log of what leaves this computer: numbers and routes, never contents or secrets."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sdstudio.api.client import Client
from sdstudio.api.traffic import Exchange, Traffic
from sdstudio.core.endpoint import EndpointProfile
from sdstudio.core.errors import StudioError
from tests.fakes.clients import answering, generate, picture
from tests.fakes.replay import Replay, Reply, Request


def exchange(number: int = 0) -> Exchange:
    return Exchange(datetime.now(UTC), "X", "host", "GET", f"/{number}", 0, 0, 0.0, 200)


def client_of(url: str, traffic: Traffic, spool: Path) -> Client:
    profile = EndpointProfile("x", "Box", url, sign_in="bearer")
    return Client(profile, {"sign-in": "MARKER-9c-secret"}, spool=spool, traffic=traffic)


async def test_a_generation_is_one_line_among_others(spool: Path) -> None:
    def both(request: Request) -> Reply:
        return answering(picture()) if request.method == "POST" else Reply.of([])

    traffic = Traffic()
    seen: list[Exchange] = []
    traffic.added.connect(seen.append)
    began = datetime.now(UTC)
    async with Replay(both) as server:
        client = client_of(f"{server.url}/base", traffic, spool)
        await client.offer()
        await generate(client)
        await client.aclose()
        (posted,) = [line for line in traffic.exchanges if line.route == "/base/sdapi/v1/txt2img"][-1:]
        body = server.asked("/base/sdapi/v1/txt2img")[-1].body
        host = server.url.removeprefix("http://")
    assert (posted.endpoint, posted.method, posted.status, posted.error) == ("Box", "POST", 200, "")
    assert posted.host == host
    assert posted.bytes_up == len(body)
    assert posted.bytes_down > 100
    assert began <= posted.when <= datetime.now(UTC)
    assert posted.seconds > 0
    assert seen == list(traffic.exchanges)
    assert not any("?" in line.route for line in traffic.exchanges)
    assert "red kite" not in repr(traffic.exchanges)
    assert "MARKER" not in repr(traffic.exchanges)


async def test_a_request_without_an_answer_says_why(spool: Path) -> None:
    traffic = Traffic()
    async with Replay(lambda _: None) as server:
        url = server.url
    client = client_of(url, traffic, spool)
    with pytest.raises(StudioError):
        await client.ping()
    await client.aclose()
    (line,) = traffic.exchanges
    assert (line.status, line.error) == (None, "Nothing answers at this address")


async def test_a_receiver_that_fails_ends_no_request(spool: Path, expect_logs: object) -> None:
    expect_logs("could not be shown")  # type: ignore[operator]  # pyright: ignore[reportCallIssue]
    traffic = Traffic()

    def failing(_: Exchange) -> None:
        raise ValueError("a bug of the view")

    traffic.added.connect(failing)
    async with Replay(lambda _: Reply.of([])) as server:
        client = client_of(server.url, traffic, spool)
        await client.ping()
        await client.aclose()
    assert len(traffic.exchanges) == 1


def test_only_the_last_ones_are_kept_and_a_click_clears_them() -> None:
    traffic = Traffic()
    cleared: list[bool] = []
    traffic.cleared.connect(lambda: cleared.append(True))
    for number in range(10_005):
        traffic.add(exchange(number))
    assert len(traffic.exchanges) == 10_000
    assert traffic.exchanges[0].route == "/5"
    traffic.clear()
    assert not traffic.exchanges
    assert cleared == [True]
