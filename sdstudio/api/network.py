"""The system's side of a connection: which proxy to use, how to keep it alive, why there was none.

Knows sockets and TLS, not HTTP.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from typing import cast

from sdstudio.api import address, trust
from sdstudio.core.errors import EndpointUnreachable

CONNECT_S = 5.0


def proxy(base_url: str) -> str | None:
    """The system's proxy for a host, None where it is to be reached directly.

    Raises `EndpointUnreachable` for a proxy of a kind that httpx alone cannot use (SOCKS).
    """
    import urllib.request  # noqa: PLC0415 - 20 ms, and only for hosts elsewhere

    proxies = urllib.request.getproxies()
    found = proxies.get(base_url.partition(":")[0]) or proxies.get("all")
    if not found or urllib.request.proxy_bypass(address.host_of(base_url)):
        return None
    url = found if "://" in found else f"http://{found}"
    scheme = url.partition("://")[0].lower()
    if scheme not in ("http", "https"):
        raise EndpointUnreachable(
            "The system's proxy cannot be used",
            f"It is a {scheme[:20]} proxy; only http and https proxies are supported.",
            "Set another one, or make an exception for this host (no_proxy).",
        )
    return url


def keep_alive() -> Iterator[tuple[int, int, int]]:
    """Socket options that notice within two minutes when the other side has vanished: no read time-out does."""
    yield (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 6)):
        option = getattr(socket, name, None)
        if option is not None:
            yield (socket.IPPROTO_TCP, option, value)


def not_connected(error: Exception, host: str, via: str = "") -> EndpointUnreachable:
    """Why no connection was made; `via` is the proxy's host and port if there is one."""
    all_causes = tuple(causes(error))
    for cause in all_causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return trust.not_trusted(cause, host)
        if isinstance(cause, ssl.SSLError):
            return EndpointUnreachable(
                "No secure connection could be made",
                f"{host} does not answer as a secure (https) host does.",
                "If it has no certificate, begin the address with http://.",
            )
    if via:
        return EndpointUnreachable(
            "The proxy cannot be reached", f"{via} does not answer.", "Check the proxy's address, or use none."
        )
    for cause in all_causes:
        if isinstance(cause, socket.gaierror):
            return EndpointUnreachable(
                "There is no host of that name", f"{host} is not known.", "Check the address and your network."
            )
    if any(isinstance(cause, TimeoutError) for cause in all_causes):
        return EndpointUnreachable(
            "The host does not answer", f"{host} did not answer within {CONNECT_S:.0f} s.", "Is it switched on?"
        )
    return EndpointUnreachable(
        "Nothing answers at this address", f"{host} refused the connection.", "Is the endpoint running?"
    )


def proxy_refused(words: str, host: str) -> EndpointUnreachable:
    """What a proxy's refusal to connect means; `words` begin with its status."""
    if words.startswith("407"):
        return EndpointUnreachable(
            "The proxy wants a sign-in of its own",
            f"It does not let us through to {host}.",
            "Check the system's proxy settings.",
        )
    status = words[:3] if words[:3].isdigit() else "no status"
    return EndpointUnreachable(
        "The proxy refused to connect",
        f"It does not let us through to {host} ({status}).",
        "Check the address, or use no proxy for this endpoint.",
    )


def causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        error = waiting.pop()
        if error is None or id(error) in seen:
            continue
        seen.add(id(error))
        yield error
        waiting += [error.__cause__, error.__context__]
        if isinstance(error, BaseExceptionGroup):
            waiting += cast("tuple[BaseException, ...]", error.exceptions)
