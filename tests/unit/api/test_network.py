"""Secure connections, proxies, and why there was none; real sockets, real certificates."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from sdstudio.api import network, trust
from sdstudio.core.errors import EndpointUnreachable, StudioError
from tests.fakes.clients import NewClient, answering, generate, picture
from tests.fakes.replay import Replay, Reply, Request

x509 = pytest.importorskip("cryptography.x509", reason="makes the certificates; comes with keyring on Linux")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1 that is its own authority, in one file."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture(autouse=True)
def _fresh_trust() -> Iterator[None]:
    trust.system_context.cache_clear()
    yield
    trust.system_context.cache_clear()


def both(request: Request) -> Reply:
    return answering(picture()) if request.method == "POST" else Reply.of([])


async def test_a_certificate_of_ones_own_is_not_trusted(tls: ssl.SSLContext, new_client: NewClient) -> None:
    async with Replay(both, tls=tls) as server:
        client = new_client(server.url, "a-token")
        for call in (client.ping, lambda: generate(client)):
            with pytest.raises(EndpointUnreachable, match="certificate is not trusted"):
                await call()
    assert server.requests == []


async def test_one_that_the_system_trusts_is(
    tls: ssl.SSLContext, certificate: Path, new_client: NewClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with Replay(both, tls=tls) as server:
        result = await generate(new_client(server.url, "a-token"))
    assert len(result.images) == 1
    assert all(request.headers["authorization"] == "Bearer a-token" for request in server.requests)


async def test_a_certificate_for_another_name_is_not_trusted(
    tls: ssl.SSLContext, certificate: Path, new_client: NewClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with Replay(both, tls=tls) as server:
        with pytest.raises(EndpointUnreachable, match="certificate is not trusted"):
            await new_client(server.url.replace("127.0.0.1", "localhost")).ping()


async def test_a_plain_address_at_a_secure_host_is_told_to_be_secure(
    tls: ssl.SSLContext, new_client: NewClient
) -> None:
    async with Replay(both, tls=tls) as server:
        with pytest.raises(StudioError) as caught:
            await new_client(server.url.replace("https", "http")).ping()
    assert "https" in caught.value.remedy


async def test_nginx_says_it_in_words(new_client: NewClient) -> None:
    page = b"<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>"
    async with Replay(lambda _: Reply(400, {"content-type": "text/html"}, [page])) as server:
        with pytest.raises(EndpointUnreachable, match="wants https"):
            await new_client(server.url).ping()


@pytest.mark.parametrize(
    ("url", "environment", "expected"),
    [
        ("https://host.example", {"https_proxy": "http://proxy:3128"}, "http://proxy:3128"),
        ("https://host.example", {"all_proxy": "proxy:3128"}, "http://proxy:3128"),
        ("http://host.example", {"https_proxy": "http://proxy:3128"}, None),
        ("https://host.example", {"https_proxy": "http://p:1", "no_proxy": "host.example"}, None),
        ("https://host.example", {}, None),
    ],
)
def test_the_systems_proxy(
    url: str, environment: dict[str, str], expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert network.proxy(url) == expected


async def test_a_proxy_is_never_asked_for_hosts_nearby(
    new_client: NewClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Replay(lambda _: None) as proxy, Replay(both) as server:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "")
        await generate(new_client(server.url, "a-token"))
    assert proxy.requests == []


async def test_hosts_elsewhere_are_reached_by_the_proxy(
    new_client: NewClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Replay(both) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "")
        await generate(new_client("http://host.example"))
    assert {request.path.partition("/sdapi")[0] for request in proxy.requests} == {"http://host.example"}


async def test_a_proxy_of_a_kind_we_cannot_use_is_told(
    new_client: NewClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for proxy in ("socks5://localhost:1", "nonsense://localhost:1"):
        monkeypatch.setenv("https_proxy", proxy)
        monkeypatch.setenv("no_proxy", "")
        with pytest.raises(EndpointUnreachable, match="proxy"):
            await new_client("https://host.example").ping()
