"""Where redirects lead, by two live servers: nothing of ours reaches the second."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sdstudio.api import redirects
from sdstudio.api.client import Client
from sdstudio.core.endpoint import EndpointProfile, ExtraHeader
from sdstudio.core.errors import BadAnswer, EndpointError, EndpointMoved
from tests.fakes.clients import answering, generate, picture
from tests.fakes.replay import Replay, Reply, Request

ROUTE = "/sdapi/v1/samplers"


def succeed(request: Request) -> Reply:
    return answering(picture()) if request.method == "POST" else Reply.of([])


def signed(url: str, spool: Path) -> Client:
    profile = EndpointProfile(
        *("x", "X", url),
        sign_in="header",
        header_name="X-API-Key",
        extra_headers=(ExtraHeader("Authorization", secret=True), ExtraHeader("X-Team", "blue")),
    )
    return Client(profile, {"sign-in": "our-api-key", "header:authorization": "Bearer ours"}, spool=spool)


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_no_header_and_no_body_reaches_another_host(status: int, host: str, spool: Path) -> None:
    async with Replay(succeed) as other:
        there = other.url.replace("127.0.0.1", host)

        def moved(request: Request) -> Reply:
            return Reply(status, {"location": there + request.path}, [])

        async with Replay(moved) as first:
            client = signed(first.url, spool)
            for call in (client.ping, client.offer, client.interrupt, client.skip, lambda: generate(client)):
                with pytest.raises(EndpointError) as caught:
                    await call()
                if status in redirects.STATUSES:
                    assert isinstance(caught.value, EndpointMoved)
                    assert caught.value.new_url == there
            await client.aclose()
            assert all(request.headers["x-api-key"] == "our-api-key" for request in first.requests)
            assert len(first.asked("/sdapi/v1/txt2img")) == 1
    assert other.requests == []


async def test_a_question_follows_to_its_own_route_on_its_own_host(spool: Path) -> None:
    """Some gateways insist on a slash at the end."""

    def slashed(request: Request) -> Reply:
        path, _, query = request.path.partition("?")
        if path.endswith("/"):
            return Reply.of([{"name": "Euler"}] if ROUTE in path else {"progress": 0.0, "state": {}})
        return Reply(307, {"location": f"{path}/{'?' if query else ''}{query}"}, [])

    async with Replay(slashed) as server:
        client = signed(server.url, spool)
        offer = await client.offer()
        assert offer.samplers == ("Euler",)
        assert server.asked(f"{ROUTE}/")[0].headers["x-api-key"] == "our-api-key"
        asked = len(server.requests)
        with pytest.raises(EndpointError):
            await generate(client)
        posts = [request for request in server.requests[asked:] if "txt2img" in request.path]
        assert [request.path for request in posts] == ["/sdapi/v1/txt2img"]
        await client.aclose()


async def test_going_round_in_circles_ends(spool: Path) -> None:
    def round_and_round(request: Request) -> Reply:
        path = request.path
        return Reply(302, {"location": path.rstrip("/") if path.endswith("/") else f"{path}/"}, [])

    async with Replay(round_and_round) as server:
        client = signed(server.url, spool)
        with pytest.raises(BadAnswer):
            await client.ping()
        assert len(server.requests) == 1 + redirects.MOST_HOPS
        await client.aclose()


async def test_an_address_that_repeats_what_was_sent_is_not_shown(spool: Path) -> None:
    def echo(request: Request) -> Reply:
        return Reply(
            302, {"location": f"https://other.example/{request.headers['x-api-key']}{request.path}"}, []
        )

    async with Replay(echo) as server:
        client = signed(server.url, spool)
        for call in (client.ping, lambda: generate(client)):
            with pytest.raises(EndpointError) as caught:
                await call()
            assert "our-api-key" not in str(caught.value) + repr(vars(caught.value))
        await client.aclose()


@pytest.mark.parametrize(
    ("base", "location", "new_url"),
    [
        ("http://host.example", f"https://host.example{ROUTE}", "https://host.example"),
        ("http://host.example/a", f"https://host.example/b{ROUTE}", "https://host.example/b"),
        ("https://host.example", f"https://other.example:444/x{ROUTE}/?a=1", "https://other.example:444/x"),
        ("https://host.example", "https://other.example/", "https://other.example"),
        ("https://host.example", f"//other.example{ROUTE}", "https://other.example"),
        ("https://host.example", f"/base{ROUTE}", "https://host.example/base"),
    ],
)
def test_the_new_address(base: str, location: str, new_url: str) -> None:
    for read in (redirects.elsewhere, redirects.next_path):
        error = _raised(read, base, location)
        assert isinstance(error, EndpointMoved)
        assert error.new_url == new_url


@pytest.mark.parametrize(
    ("base", "location", "title"),
    [
        ("https://host.example", f"http://host.example{ROUTE}", "from https to plain http"),
        ("https://host.example", f"http://other.example{ROUTE}", "from https to plain http"),
        ("https://host.example", "/login?next=/sdapi/v1/samplers", "sign-in page"),
        ("https://host.example", "https://login.example/authorize?x=MARKER", "sign-in page"),
        ("https://host.example", "", "elsewhere"),
        ("https://host.example", "/welcome", "elsewhere"),
        ("https://host.example", "javascript:alert(1)", "nowhere"),
        ("https://host.example", "file:///etc/passwd", "nowhere"),
        ("https://host.example", f"https://a:MARKER@other.example{ROUTE}", "nowhere"),
        ("https://host.example", "http://[bad", "nowhere"),
    ],
)
def test_what_is_no_new_address(base: str, location: str, title: str) -> None:
    error = _raised(redirects.elsewhere, base, location)
    assert isinstance(error, BadAnswer)
    assert title in error.title
    assert "MARKER" not in str(error)


def _raised(read: Callable[[str, str, str], EndpointError | str], base: str, location: str) -> EndpointError:
    try:
        answer = read(base, ROUTE, location)
    except EndpointError as error:
        return error
    assert isinstance(answer, EndpointError)
    return answer
