"""Where a redirect leads and what that means. Pure: nothing is asked of the network, and nothing follows from here.

A GET may go on to the same route on the same host and port, which is what a missing or surplus slash amounts to.
Every other target is an error that says where the host wanted to send us.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urljoin, urlsplit

from sdstudio.api import address
from sdstudio.api.excerpt import one_line
from sdstudio.core.errors import BadAnswer, EndpointError, EndpointMoved, InvalidRequest

MOST_HOPS = 3
STATUSES = (301, 302, 303, 307, 308)
_SIGN_IN = re.compile(r"log-?in|sign-?in|sso|oauth|saml|auth|account", re.IGNORECASE)


def next_path(base_url: str, path: str, location: str) -> str:
    """The path, query included, to ask instead of `base_url + path`, both of them on the same host and port.

    Raises what a redirect to anywhere else means.
    """
    asked = urlsplit(base_url + path)
    there = _target(asked.geturl(), location)
    if there is None or _origin(there) != _origin(asked) or there.path.rstrip("/") != asked.path.rstrip("/"):
        raise elsewhere(base_url, path, location)
    base_path = urlsplit(base_url).path
    return there.path[len(base_path) :] + (f"?{there.query}" if there.query else "")


def elsewhere(base_url: str, path: str, location: str) -> EndpointError:
    """What it means that `base_url + path` was answered with a redirect to `location`."""
    asked = urlsplit(base_url + path)
    there = _target(asked.geturl(), location)
    if there is None:
        return BadAnswer(
            "The host sends us on, but nowhere that could be asked",
            "Its redirect leads to no web address.",
            "Check the address.",
        )
    if asked.scheme == "https" and there.scheme == "http":
        return BadAnswer(
            "The host sends us from https to plain http",
            f"{asked.netloc} points to {_shown(there)}; nothing was sent there.",
            "Its gateway is probably set up wrongly; check the address.",
        )
    new_url = _new_base(there, asked)
    if _is_sign_in(there, asked):
        return BadAnswer(
            "This address answers with a sign-in page",
            f"{asked.netloc} sends us on to {_shown(there)}, where people sign in; nothing was sent there.",
            "Ask its owner for an address and a token that programs can use.",
        )
    if not new_url or new_url == base_url:
        return BadAnswer(
            "The host sends this request elsewhere",
            f"{asked.netloc} points to {_shown(there)}; nothing was sent there.",
            "Check the address.",
        )
    return EndpointMoved(
        "The endpoint has moved",
        f"This endpoint now lives at {new_url}; nothing was sent there yet.",
        "If you trust that address, use it.",
        new_url=new_url,
    )


def _target(asked: str, location: str) -> SplitResult | None:
    """Where it leads, None if that is no place to ask: another scheme, user-info, a host that cannot be."""
    try:
        there = urlsplit(urljoin(asked, location.strip()))
        address.normalised(f"{there.scheme}://{there.netloc}")
    except (ValueError, InvalidRequest):
        return None
    return there


def _origin(parts: SplitResult) -> tuple[str, str | None, int]:
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def _is_sign_in(there: SplitResult, asked: SplitResult) -> bool:
    keeps_route = _route(asked.path) in there.path
    return not keeps_route and bool(_SIGN_IN.search(f"{there.hostname}{there.path}"))


def _route(path: str) -> str:
    found = re.search(r"/(?:sdapi|internal)/.*$", path)
    return (found[0] if found else path).rstrip("/")


def _new_base(there: SplitResult, asked: SplitResult) -> str:
    """The base address there, "" if it cannot be told: a route that is kept says where the base ends."""
    route = _route(asked.path)
    path = there.path.rstrip("/")
    base_path = (
        path[: -len(route)] if path.endswith(route) else ("" if _origin(there) != _origin(asked) else None)
    )
    if base_path is None:
        return ""
    try:
        return address.normalised(f"{there.scheme}://{there.netloc}{base_path}")
    except InvalidRequest:
        return ""


def _shown(there: SplitResult) -> str:
    """Scheme, host and port: the rest may hold secrets."""
    return one_line(f"{there.scheme}://{there.netloc.rpartition('@')[2]}", 200)
