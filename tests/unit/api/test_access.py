"""What goes with every request, what may not, and what is held back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sdstudio.api.access import Access
from sdstudio.api.client import Client
from sdstudio.config import logs
from sdstudio.core.endpoint import EndpointProfile, ExtraHeader
from sdstudio.core.errors import InvalidRequest, SecretHeldBack
from tests.fakes.clients import answering, generate, picture
from tests.fakes.replay import Replay, Reply, Request

SECRET = "MARKER-5d1e-secret"


def profile(url: str = "https://host.example", **said: Any) -> EndpointProfile:
    return EndpointProfile("x", "X", url, **said)


def both(request: Request) -> Reply:
    return answering(picture()) if request.method == "POST" else Reply.of([])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"sign_in": "none"}, {}),
        ({"sign_in": "bearer"}, {"authorization": f"Bearer {SECRET}"}),
        ({"sign_in": "basic", "user": "anna"}, {"authorization": "Basic YW5uYTpNQVJLRVItNWQxZS1zZWNyZXQ="}),
        ({"sign_in": "header", "header_name": "X-API-Key"}, {"x-api-key": SECRET}),
        ({"sign_in": "header", "header_name": "Authorization"}, {"authorization": SECRET}),
        (
            {"extra_headers": (ExtraHeader("X-Team", "blue"), ExtraHeader("X-Key", secret=True))},
            {"x-team": "blue", "x-key": SECRET},
        ),
    ],
)
async def test_every_request_carries_what_the_profile_says(
    said: dict[str, Any], expected: dict[str, str], spool: Path
) -> None:
    secrets = {"sign-in": SECRET, "header:x-key": SECRET}
    async with Replay(both) as server:
        client = Client(profile(server.url, **said), secrets, spool=spool)
        await client.offer()
        await generate(client)
        await client.aclose()
        names = ("authorization", "x-api-key", "x-key", "x-team")
        for request in server.requests:
            assert {name: request.headers[name] for name in names if name in request.headers} == expected
    assert SECRET not in repr(client) + repr(vars(client))


def test_a_secret_that_is_not_there_is_not_sent() -> None:
    access = Access.of(profile(sign_in="bearer", extra_headers=(ExtraHeader("X-Key", secret=True),)), {})
    assert access.headers == ()
    assert not access.signed_in


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Host",
            "content-length",
            "Transfer-Encoding",
            "Connection",
            "Proxy-Authorization",
            "Accept",
            "Upgrade",
        ),
        *("", "X Y", "X:Y", "X\r\nEvil", "Xé"),
    ],
)
def test_names_that_no_header_of_ones_own_has(name: str) -> None:
    said: dict[str, Any]
    for said in (
        {"sign_in": "header", "header_name": name},
        {"extra_headers": (ExtraHeader(name, secret=True),)},
        {"extra_headers": (ExtraHeader(name, "value"),)},
    ):
        secrets = {"sign-in": SECRET, f"header:{name.lower()}": SECRET}
        with pytest.raises(InvalidRequest) as caught:
            Access.of(profile(**said), secrets)
        assert SECRET not in str(caught.value) + repr(caught.value)


@pytest.mark.parametrize("value", [f"{SECRET}\r\nX-Evil: 1", f"{SECRET}\nX", f"{SECRET}\0", f"{SECRET}é"])
@pytest.mark.parametrize("sign_in", ["header", "basic", "extra"])
def test_values_that_no_header_can_carry(value: str, sign_in: str) -> None:
    if sign_in == "basic" and value.endswith("é"):
        assert Access.of(profile(sign_in="basic", user="anna"), {"sign-in": value}).headers
        return
    said: dict[str, Any] = {"sign_in": sign_in, "header_name": "X-Key", "user": "anna"}
    if sign_in == "extra":
        said = {"extra_headers": (ExtraHeader("X-Key", secret=True),)}
    with pytest.raises(InvalidRequest) as caught:
        Access.of(profile(**said), {"sign-in": value, "header:x-key": value})
    assert SECRET not in str(caught.value) + repr(caught.value)


def test_a_header_twice_is_refused() -> None:
    said: dict[str, Any]
    for said in (
        {"sign_in": "bearer", "extra_headers": (ExtraHeader("authorization", "x"),)},
        {"extra_headers": (ExtraHeader("X-A", "1"), ExtraHeader("x-a", "2"))},
    ):
        with pytest.raises(InvalidRequest, match="twice"):
            Access.of(profile(**said), {"sign-in": SECRET})


@pytest.mark.parametrize(
    "said",
    [
        {"sign_in": "bearer"},
        {"sign_in": "basic", "user": "anna"},
        {"sign_in": "header", "header_name": "X-Key"},
        {"extra_headers": (ExtraHeader("X-Key", secret=True),)},
    ],
)
def test_a_secret_does_not_go_over_plain_http_unless_allowed(said: dict[str, Any]) -> None:
    secrets = {"sign-in": SECRET, "header:x-key": SECRET}
    for url in ("http://host.example", "http://192.168.1.9:7860", "http://box.local"):
        with pytest.raises(SecretHeldBack, match="plain http") as caught:
            Access.of(profile(url, **said), secrets)
        assert SECRET not in str(caught.value)
        assert Access.of(profile(url, **said, plain_http_allowed=True), secrets).headers
        assert Access.of(profile(url, **said), {}).headers == ()
    for url in ("http://localhost:7860", "http://127.0.0.3", "http://[::1]:1", "https://host.example"):
        assert Access.of(profile(url, **said), secrets).headers


def test_an_open_header_is_no_secret() -> None:
    assert Access.of(profile("http://host.example", extra_headers=(ExtraHeader("X-Team", "blue"),)), {}).headers


@pytest.mark.parametrize("value", [SECRET, f"Token {SECRET}", f'Key id="7", key="{SECRET}"'])
def test_a_raw_value_shows_nowhere(value: str) -> None:
    access = Access.of(profile(sign_in="header", header_name="X-Key"), {"sign-in": value})
    assert SECRET not in repr(access)
    assert SECRET not in logs.redacted(f"sent X-Key {value}")
    assert SECRET.encode() not in access.hidden_in(f"<p>{value}</p>".encode())


def test_an_address_with_a_password_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        Access.of(profile("https://anna:pw@host.example"), {})
