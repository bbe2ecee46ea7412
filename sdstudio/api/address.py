"""Typed or pasted addresses of endpoints, made into one normal form. Asks nothing of the network.

The normal form is scheme://host[:port][/base path], in lower case up to the path, with no trailing slash, no
query and never a user name or password: settings, keyring entries and the history name an endpoint by it.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from sdstudio.core.errors import InvalidRequest

LONGEST = 2048  # characters; no host takes longer request lines
_EXAMPLE = "An address looks like http://localhost:7860 or https://host.example/base."
_DEFAULT_PORTS = {"http": 80, "https": 443}
# What people paste after the base: API routes, the documentation pages, the web UI's own paths.
_TAIL = re.compile(
    r"/(?:(?:sdapi|internal|docs|redoc|openapi\.json|queue|assets|theme\.css)(?:[/.].*|)|file=.*)$",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"^[a-z][a-z0-9+.\-]*://", re.IGNORECASE)
_PRIVATE_SUFFIXES = (".local", ".lan", ".home", ".internal", ".home.arpa", ".localdomain", ".localhost")
_LABEL = re.compile(r"^[a-z0-9_](?:[a-z0-9_\-]{0,61}[a-z0-9_])?$")


@dataclass(frozen=True, slots=True)
class Address:
    """A normalised address, with the user-info that came with it kept apart ("" if none)."""

    url: str
    user: str = ""
    password: str = field(default="", repr=False)


def normalised(text: str) -> str:
    """The normal form of `text`; raises `InvalidRequest("endpoint_url")`, also when it carries a password."""
    address = parse(text)
    if address.user or address.password:
        raise _refused("The address carries a user name or password", "Enter those apart from the address.")
    return address.url


def parse(text: str) -> Address:
    """Split `text` into its normal form and its user-info; raises `InvalidRequest("endpoint_url")`."""
    cleaned = text.strip().strip("\"'`<>").strip()
    _refuse_hostile(cleaned)
    given = _SCHEME.match(cleaned)
    parts = _split(cleaned if given else f"//{_bracketed(cleaned)}")
    host = _host(parts)
    scheme = parts.scheme.lower() if given else ("http" if _is_private(host) else "https")
    if scheme not in _DEFAULT_PORTS:
        raise _refused(f"Endpoints are reached by http or https, not by {scheme}", _EXAMPLE)
    url = f"{scheme}://{_in_url(host)}{_port(parts, scheme)}{_base_path(parts.path)}"
    return Address(url, unquote(parts.username or ""), unquote(parts.password or ""))


def is_loopback(url: str) -> bool:
    """Whether a normalised address is this computer."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    numeric = _numeric(host)
    return numeric is not None and numeric.is_loopback


def is_private(url: str) -> bool:
    """Whether a normalised address is this computer or its local network (by its looks, nothing is resolved)."""
    return _is_private(urlsplit(url).hostname or "")


def host_of(url: str) -> str:
    """Host and port of a normalised address, for messages."""
    return urlsplit(url).netloc


def _refuse_hostile(text: str) -> None:
    if not text:
        raise _refused("There is no address", _EXAMPLE)
    if len(text) > LONGEST:
        raise _refused(f"The address is longer than {LONGEST} characters", _EXAMPLE)
    if "{" in text or "}" in text:
        raise _refused("The address still has a placeholder in braces", "Put the host's own name in its place.")
    if "\\" in text or any(not c.isprintable() or c.isspace() for c in text):
        raise _refused("The address has characters that no address has", _EXAMPLE)


def _split(text: str) -> SplitResult:
    try:
        return urlsplit(text)
    except ValueError as error:  # an unclosed bracket, or a host that changes when normalised
        raise _refused("The address cannot be read", _EXAMPLE) from error


def _bracketed(text: str) -> str:
    """A bare IPv6 address in the brackets that a URL wants."""
    return f"[{text}]" if text.count(":") > 1 and _numeric(text) is not None else text


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".").lower()
    numeric = _numeric(host)
    if numeric is not None:
        # 0.0.0.0 and :: are what servers print for "every interface": this computer, seen from here.
        loopback = "127.0.0.1" if numeric.version == 4 else "::1"
        return loopback if numeric.is_unspecified else str(numeric)
    if not host.isascii():
        host = _ascii_form(host)
    if not host or len(host) > 253 or not all(_LABEL.match(label) for label in host.split(".")):
        raise _refused("The address names no host that could exist", _EXAMPLE)
    return host


def _ascii_form(host: str) -> str:
    import idna  # noqa: PLC0415 - comes with httpx and is as slow to import; few hosts need it

    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise _refused("The address names no host that could exist", _EXAMPLE) from error


def _numeric(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return None if "%" in host else ipaddress.ip_address(host)  # a zone means nothing elsewhere
    except ValueError:
        return None


def _is_private(host: str) -> bool:
    numeric = _numeric(host)
    if numeric is not None:
        return numeric.is_private or numeric.is_loopback or numeric.is_link_local
    return "." not in host or host.endswith(_PRIVATE_SUFFIXES)


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _port(parts: SplitResult, scheme: str) -> str:
    try:
        port = parts.port
    except ValueError as error:
        raise _refused("The port must be a number from 1 to 65535", _EXAMPLE) from error
    if port == 0:
        raise _refused("The port must be a number from 1 to 65535", _EXAMPLE)
    return "" if port is None or port == _DEFAULT_PORTS[scheme] else f":{port}"


def _base_path(path: str) -> str:
    collapsed = re.sub(r"/{2,}", "/", path)
    collapsed = _TAIL.sub("", collapsed).rstrip("/")
    if any(part in (".", "..") for part in unquote(collapsed).split("/")):
        raise _refused("The address's path has dots that lead elsewhere", _EXAMPLE)
    return collapsed


def _refused(title: str, remedy: str) -> InvalidRequest:
    return InvalidRequest("endpoint_url", title, remedy=remedy)
