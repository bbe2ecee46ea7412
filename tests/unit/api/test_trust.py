"""Whom an endpoint's certificate convinces: real certificates over real sockets, nothing sent to the wrong one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from sdstudio.api import trust
from sdstudio.api.client import Client
from sdstudio.core.endpoint import EndpointProfile
from sdstudio.core.errors import CertificateNotTrusted, InvalidRequest, SecretHeldBack
from tests.fakes import certificates
from tests.fakes.certificates import Made
from tests.fakes.clients import answering, generate, picture
from tests.fakes.replay import Replay, Reply, Request
from tests.fakes.tunnels import Proxy

TOKEN = {"sign-in": "a-token-of-ours"}
NewClient = Callable[..., Client]


def both(request: Request) -> Reply:
    return answering(picture()) if request.method == "POST" else Reply.of([])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def own(folder: Path) -> Made:
    """A host that vouches for itself."""
    return certificates.make(folder, "own")


@pytest.fixture(scope="module")
def authority(folder: Path) -> Made:
    return certificates.make(folder, "authority")


@pytest.fixture(scope="module")
def issued(folder: Path, authority: Made) -> Made:
    """A host that the authority vouches for."""
    return certificates.make(folder, "issued", signed_by=authority)


@pytest.fixture
async def client(spool: Path) -> AsyncIterator[NewClient]:
    """`client(url, trust="pinned", …)`, signing in with a token."""
    made: list[Client] = []

    def make(url: str, **said: Any) -> Client:
        profile = EndpointProfile("x", "X", url, sign_in="bearer", **said)
        made.append(Client(profile, TOKEN, spool=spool))
        return made[-1]

    yield make
    for one in made:
        await one.aclose()


async def test_a_self_signed_certificate_is_refused_and_its_fingerprint_offered(
    own: Made, client: NewClient
) -> None:
    async with Replay(both, tls=own.server) as server:
        for call in (client(server.url).ping, lambda: generate(client(server.url))):
            with pytest.raises(CertificateNotTrusted, match="self-signed") as caught:
                await call()
            assert caught.value.fingerprint == own.fingerprint
            assert trust.shown_fingerprint(own.fingerprint) in caught.value.message
            assert "trust this one certificate" in caught.value.remedy
    assert server.requests == []


async def test_the_one_that_is_pinned_is_trusted(own: Made, client: NewClient) -> None:
    async with Replay(both, tls=own.server) as server:
        result = await generate(client(server.url, trust="pinned", fingerprint=own.fingerprint))
    assert len(result.images) == 1
    assert server.asked("/sdapi/v1/txt2img")[0].headers["authorization"] == "Bearer a-token-of-ours"


async def test_another_than_the_pinned_one_gets_nothing(own: Made, issued: Made, client: NewClient) -> None:
    async with Replay(both, tls=issued.server) as server:
        pinned = client(server.url, trust="pinned", fingerprint=own.fingerprint)
        for call in (pinned.ping, pinned.offer, lambda: generate(pinned)):
            with pytest.raises(CertificateNotTrusted, match="another certificate") as caught:
                await call()
            assert caught.value.fingerprint == issued.fingerprint
    assert server.requests == []


async def test_a_pin_holds_whatever_names_the_certificate_has(folder: Path, client: NewClient) -> None:
    elsewhere = certificates.make(folder, "elsewhere", host="elsewhere.example")
    async with Replay(both, tls=elsewhere.server) as server:
        await client(server.url, trust="pinned", fingerprint=elsewhere.fingerprint).ping()
        with pytest.raises(CertificateNotTrusted):
            await client(server.url, trust="ca file", ca_file=str(elsewhere.ca_file)).ping()


async def test_an_authority_of_ones_own(authority: Made, issued: Made, client: NewClient) -> None:
    async with Replay(both, tls=issued.server) as server:
        await generate(client(server.url, trust="ca file", ca_file=str(authority.ca_file)))
        asked = len(server.requests)
        with pytest.raises(CertificateNotTrusted, match="authority this computer does not know") as caught:
            await client(server.url).ping()
        assert caught.value.fingerprint == issued.fingerprint
        assert len(server.requests) == asked


async def test_another_authority_is_none(own: Made, issued: Made, client: NewClient) -> None:
    async with Replay(both, tls=issued.server) as server:
        with pytest.raises(CertificateNotTrusted):
            await client(server.url, trust="ca file", ca_file=str(own.ca_file)).ping()
    assert server.requests == []


async def test_an_expired_one_is_said_to_be_expired(folder: Path, authority: Made, client: NewClient) -> None:
    expired = certificates.make(folder, "expired", signed_by=authority, days=(-9, -2))
    async with Replay(both, tls=expired.server) as server:
        with pytest.raises(CertificateNotTrusted, match="it has expired") as caught:
            await client(server.url, trust="ca file", ca_file=str(authority.ca_file)).ping()
    assert "clock" in caught.value.remedy


async def test_one_for_another_host_is_said_to_be(folder: Path, authority: Made, client: NewClient) -> None:
    wrong = certificates.make(folder, "wrong", signed_by=authority, host="other.example")
    async with Replay(both, tls=wrong.server) as server:
        with pytest.raises(CertificateNotTrusted, match="belongs to another"):
            await client(server.url, trust="ca file", ca_file=str(authority.ca_file)).ping()
    assert server.requests == []


async def test_a_secret_is_held_back_from_whom_nobody_checks(own: Made, client: NewClient) -> None:
    async with Replay(both, tls=own.server) as server:
        with pytest.raises(SecretHeldBack, match="nobody checks"):
            client(server.url, trust="unverified")
        assert server.requests == []
        await client(server.url, trust="unverified", unverified_allowed=True).ping()
        assert server.requests[0].headers["authorization"] == "Bearer a-token-of-ours"


async def test_without_a_secret_nobody_need_be_checked(own: Made, spool: Path) -> None:
    async with Replay(both, tls=own.server) as server:
        client = Client(EndpointProfile("x", "X", server.url, trust="unverified"), {}, spool=spool)
        await client.ping()
        await client.aclose()
        assert "authorization" not in server.requests[0].headers


@pytest.mark.parametrize("content", [None, b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
async def test_a_ca_file_that_is_none(content: bytes | None, tmp_path: Path, client: NewClient) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CertificateNotTrusted, match="CA file cannot be used"):
        await client("https://127.0.0.1:9", trust="ca file", ca_file=str(path)).ping()


@pytest.mark.parametrize("text", ["", "12:34", "g" * 64, "a" * 63])
def test_a_fingerprint_that_is_none(text: str, spool: Path) -> None:
    with pytest.raises(InvalidRequest) as caught:
        Client(EndpointProfile("x", "X", "https://h", trust="pinned", fingerprint=text), {}, spool=spool)
    assert caught.value.field == "fingerprint"


@pytest.mark.parametrize("written", ["{}", "SHA256:{}", "sha256 Fingerprint={}", " {}\n"])
def test_fingerprints_as_they_are_written(written: str) -> None:
    plain = "ab" * 32
    assert trust.plain_fingerprint(written.format(plain)) == plain
    assert trust.plain_fingerprint(written.format(trust.shown_fingerprint(plain))) == plain


async def test_pins_hold_through_a_proxy_too(own: Made, issued: Made, client: NewClient) -> None:
    """The proxy sees the host's name and port, and nothing that is sent there."""
    said = {"trust": "pinned", "proxy": "own"}
    async with Proxy() as proxy, Replay(both, tls=own.server) as server:
        await generate(client(server.url, **said, proxy_url=proxy.url, fingerprint=own.fingerprint))
        assert {head.split(b" ")[0] for head in proxy.seen} == {b"CONNECT"}
        assert not any(b"a-token-of-ours" in head for head in proxy.seen)
        asked = len(server.requests)
        with pytest.raises(CertificateNotTrusted) as caught:
            await client(server.url, proxy="own", proxy_url=proxy.url).ping()
        assert caught.value.fingerprint == own.fingerprint
        with pytest.raises(CertificateNotTrusted):
            await client(server.url, **said, proxy_url=proxy.url, fingerprint=issued.fingerprint).ping()
        assert len(server.requests) == asked
