"""Which endpoint and which route a request in a text is for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sdstudio.api import address
from sdstudio.api.snippets.reading import secrets_found
from sdstudio.api.snippets.reading.secrets_found import Found
from sdstudio.core.errors import InvalidRequest

MISSPELT_ROUTE = "The route is img2img, not imgt2img."
_ROUTE = re.compile(r"^(.*?)/sdapi/v\d+/(\w{1,40})", re.DOTALL)
_PLACEHOLDER = re.compile(r"\{[^{}]{0,60}\}|<[^<>]{0,60}>|\$\{?\w{1,60}\}?|%\w{1,60}%")
_LONGEST = 8192


@dataclass(frozen=True, slots=True)
class Destination:
    """`url` is normalised, None if there is none; `route` "" where none is named; `secret` from user-info."""

    url: str | None = None
    route: str = ""
    secret: Found = (None, None, "")
    corrections: tuple[str, ...] = ()


def destination(url: str) -> Destination:
    """What an address in code says; never raises."""
    found = _ROUTE.match(url[:_LONGEST])
    base, route = (found[1], found[2]) if found else (url[:_LONGEST].strip(), "")
    misspelt = (MISSPELT_ROUTE,) if route == "imgt2img" else ()
    route = "img2img" if misspelt else route
    if not base or base.startswith("/"):
        return Destination(None, route, corrections=misspelt)
    if placeholder := _PLACEHOLDER.search(base):
        told = f"`{placeholder[0]}` stands for an endpoint's address; the one chosen here is used."
        return Destination(None, route, corrections=(*misspelt, told))
    try:
        parsed = address.parse(base)
    except InvalidRequest as error:
        return Destination(
            None, route, corrections=(*misspelt, f"The address in it is not used: {error.title}.")
        )
    has_user = bool(parsed.user or parsed.password)
    secret = secrets_found.of_pair(parsed.user, parsed.password) if has_user else (None, None, "")
    return Destination(parsed.url, route, secret, misspelt)
