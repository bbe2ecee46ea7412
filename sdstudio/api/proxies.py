"""Which proxy, if any, stands between us and an endpoint."""

from __future__ import annotations

from urllib.parse import urlsplit

from sdstudio.api import address, network
from sdstudio.core.endpoint import EndpointProfile
from sdstudio.core.errors import EndpointUnreachable, InvalidRequest

_EXAMPLE = "A proxy's address looks like http://proxy.example:3128."


def check(profile: EndpointProfile) -> None:
    """Raise `InvalidRequest("proxy_url")` for a proxy of one's own that cannot be used."""
    if profile.proxy != "own":
        return
    try:
        parts = urlsplit(profile.proxy_url.strip())
        usable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        raise InvalidRequest("proxy_url", "The proxy's address cannot be read", remedy=_EXAMPLE) from None
    if parts.scheme not in ("http", "https"):
        raise InvalidRequest(
            "proxy_url",
            "The proxy is neither http nor https",
            "Proxies of other kinds cannot be used.",
            _EXAMPLE,
        )
    if not usable or parts.path not in ("", "/") or parts.query:
        raise InvalidRequest("proxy_url", "The proxy's address cannot be read", remedy=_EXAMPLE)
    if parts.username or parts.password:
        raise InvalidRequest(
            "proxy_url", "The proxy's address carries a password", "It would be kept in a file.", _EXAMPLE
        )


def proxy_of(profile: EndpointProfile) -> str | None:
    """The proxy's address, None for a direct connection. Asks the system: call it in a worker.

    The system's proxy is never asked for this computer or the local network: it would get to see everything sent.
    Raises `EndpointUnreachable` for a system proxy that cannot be used.
    """
    if profile.proxy == "own":
        return profile.proxy_url.strip()
    if profile.proxy == "none" or address.is_private(profile.url):
        return None
    return network.proxy(profile.url)


def leaves_computer(profile: EndpointProfile) -> bool:
    """Whether requests travel: not to this computer, unless by a proxy that is elsewhere."""
    by_far_proxy = profile.proxy == "own" and not address.is_loopback(profile.proxy_url.strip())
    return by_far_proxy or not address.is_loopback(profile.url)


def in_use(profile: EndpointProfile) -> str:
    """Host and port of the proxy, for messages; "" if there is none."""
    try:
        url = proxy_of(profile)
    except EndpointUnreachable:
        return ""
    return urlsplit(url).netloc.rpartition("@")[2] if url else ""
