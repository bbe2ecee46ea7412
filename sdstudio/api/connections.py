"""httpx clients, made as an endpoint's profile wants them, and kept from saying its secrets.

httpx is imported in a worker: it and its first client cost 100 ms and more with the GIL held.
"""

from __future__ import annotations

import functools
import logging
import ssl
from typing import TYPE_CHECKING

import sdstudio
from sdstudio.api import address, network, proxies, trust
from sdstudio.api.access import Access
from sdstudio.config import logs

if TYPE_CHECKING:
    import httpx


def new_client(access: Access, *, fresh: bool) -> httpx.AsyncClient:
    """A client for one host; runs in a worker. Raises `EndpointUnreachable` for a CA file or proxy that is no use.

    `fresh` opens a connection for each request.
    """
    client = _client(access, trust.context_for(access.profile), fresh=fresh)
    client.headers.update(access.headers)
    return client


def looking_client(access: Access) -> httpx.AsyncClient:
    """A client whose every secure connection fails with the certificate it is shown, before anything is sent."""
    return _client(access, trust.pinned_context(""), fresh=True)


def _client(access: Access, security: ssl.SSLContext, *, fresh: bool) -> httpx.AsyncClient:
    import httpx  # noqa: PLC0415 - 70 ms that must not be spent on the event loop's thread

    _warm_up()
    headers = {
        "Accept": "application/json",  # exactly this: a gateway chooses its mode by it (hosted_endpoints §1.6)
        "Accept-Encoding": "identity" if address.is_private(access.url) else "gzip",
        # Not browser-like: a tunnel would answer browsers with a page of its own (hosted_endpoints §3.1).
        "User-Agent": f"SDStudio/{sdstudio.__version__}",
    }
    connections = httpx.AsyncHTTPTransport(
        verify=security,
        limits=httpx.Limits(
            max_connections=None,  # httpx 0.28 loses slots of a limited pool when requests are cancelled
            max_keepalive_connections=0 if fresh else 4,
            keepalive_expiry=3.0,  # below uvicorn's 5 s
        ),
        proxy=_proxy(access),
        socket_options=list(network.keep_alive()),
    )
    return httpx.AsyncClient(transport=connections, headers=headers, follow_redirects=False, trust_env=False)


def _proxy(access: Access) -> httpx.Proxy | None:
    import httpx  # noqa: PLC0415 - imported already

    url = proxies.proxy_of(access.profile)
    if url is None:
        return None
    proxy = httpx.Proxy(url, ssl_context=trust.system_context() if url.startswith("https:") else None)
    if proxy.raw_auth:  # of the system's proxy: one's own bears no password
        logs.register_secret(proxy.raw_auth[1].decode("utf-8", "replace"))
    return proxy


@functools.cache
def _warm_up() -> None:
    """Have anyio import its back end, 160 ms, on this thread and not at the first request on the loop's."""
    import anyio  # noqa: PLC0415

    anyio.run(anyio.sleep, 0)
    for name in ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy", "httpcore.socks"):
        logging.getLogger(name).addFilter(_without_secrets)


def _without_secrets(record: logging.LogRecord) -> bool:
    """Their debug lines hold the headers of answers, in which a gateway may repeat ours."""
    record.msg, record.args = logs.redacted(record.getMessage()), ()
    return True
