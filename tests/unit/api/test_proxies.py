"""Through a real proxy, past it, and what is said when it does not let us through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sdstudio.api.client import Client
from sdstudio.core.endpoint import EndpointProfile
from sdstudio.core.errors import EndpointUnreachable, InvalidRequest, SecretHeldBack, StudioError
from tests.fakes.clients import answering, generate, picture
from tests.fakes.replay import Replay, Reply, Request
from tests.fakes.tunnels import Proxy


def both(request: Request) -> Reply:
    return answering(picture()) if request.method == "POST" else Reply.of([])


async def made_by(profile: EndpointProfile, spool: Path) -> None:
    client = Client(profile, {}, spool=spool)
    try:
        await generate(client)
    finally:
        await client.aclose()


def reaching(url: str, **said: Any) -> EndpointProfile:
    return EndpointProfile("x", "X", url, **said)


async def test_a_proxy_of_ones_own_is_used_even_for_this_computer(spool: Path) -> None:
    async with Proxy() as proxy, Replay(both) as server:
        await made_by(reaching(server.url, proxy="own", proxy_url=proxy.url), spool)
        assert any(head.startswith(f"POST {server.url}/sdapi/v1/txt2img".encode()) for head in proxy.seen)
        assert server.asked("/sdapi/v1/txt2img")


async def test_none_means_none(spool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`no_proxy` is cleared, and the host is none that is nearby by its looks."""
    async with Proxy() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "")
        with pytest.raises(EndpointUnreachable):
            await made_by(reaching("http://nowhere.invalid", proxy="none"), spool)
        assert proxy.seen == []


@pytest.mark.parametrize(("status", "title"), [(407, "wants a sign-in"), (403, "refused to connect")])
async def test_a_proxy_that_refuses(status: int, title: str, spool: Path) -> None:
    async with Proxy(refusing=status) as proxy:
        with pytest.raises(EndpointUnreachable, match=title):
            await made_by(reaching("https://host.example", proxy="own", proxy_url=proxy.url), spool)


async def test_a_proxy_that_is_not_there(spool: Path) -> None:
    async with Proxy() as proxy:
        url = proxy.url
    with pytest.raises(EndpointUnreachable, match="The proxy cannot be reached"):
        await made_by(reaching("https://host.example", proxy="own", proxy_url=url), spool)


@pytest.mark.parametrize(
    "url",
    ["", "proxy:3128", "socks5://proxy:1", "http://", "http://a:b@proxy:1", "http://proxy:x", "http://p/x"],
)
def test_what_is_no_proxy(url: str, spool: Path) -> None:
    with pytest.raises(InvalidRequest) as caught:
        Client(reaching("https://host.example", proxy="own", proxy_url=url), {}, spool=spool)
    assert caught.value.field == "proxy_url"


def test_a_secret_for_this_computer_is_held_back_from_a_proxy_elsewhere(spool: Path) -> None:
    profile = reaching(
        "http://localhost:7860", sign_in="bearer", proxy="own", proxy_url="http://proxy.example:1"
    )
    with pytest.raises(SecretHeldBack):
        Client(profile, {"sign-in": "a-token"}, spool=spool)


async def test_a_password_of_the_systems_proxy_shows_nowhere(
    spool: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    async with Proxy() as proxy:
        monkeypatch.setenv("https_proxy", proxy.url.replace("//", "//anna:MARKER-proxy@"))
        monkeypatch.setenv("no_proxy", "")
        with pytest.raises(StudioError) as caught:
            await made_by(reaching("https://nowhere.invalid"), spool)
    assert b"Proxy-Authorization" in proxy.seen[0]
    assert "MARKER-proxy" not in caplog.text + repr(caught.value) + str(vars(caught.value))
