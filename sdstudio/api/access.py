"""What every request to one endpoint carries: its headers and secrets, checked and kept from showing.

Nothing is asked of the network here. Which certificates are trusted is `trust`'s, which proxy is used `proxies`'.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlsplit

from sdstudio.api import address, proxies, trust
from sdstudio.api.sign_in import SignIn
from sdstudio.config import logs
from sdstudio.core.endpoint import EndpointProfile
from sdstudio.core.errors import InvalidRequest, SecretHeldBack

_HIDDEN = b"[hidden]"
_SHORTEST_HIDDEN = 4  # hiding every "a" would make an answer unreadable
_SHORTEST_WORD = 8  # of a value such as "Token 3f9c…": short words in front of the secret are none
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}")
# The connection's own, and what the protocol depends on (hosted_endpoints §1.6: `Accept` chooses a gateway's mode).
_RESERVED = frozenset(
    (
        *("host", "content-length", "content-type", "content-encoding", "transfer-encoding", "connection"),
        *("keep-alive", "upgrade", "te", "trailer", "expect", "accept", "accept-encoding", "http2-settings"),
    )
)


@dataclass(frozen=True, slots=True)
class Access:
    """A profile whose address is normal and whose secrets are known; its repr shows none of them.

    `headers` go with every request. `secrets` are the texts that must never show, in logs, errors or answers.
    """

    profile: EndpointProfile
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    signed_in: bool = False

    @classmethod
    def of(cls, profile: EndpointProfile, secrets: Mapping[str, str]) -> Access:
        """Check what a profile says; `secrets` by the names of `profile.secret_names`, absent ones are not sent.

        Registers the secrets for redaction. Raises `InvalidRequest` with the field's name for what cannot be sent
        or used, `SecretHeldBack` for a secret that others could read on the way.
        """
        profile = replace(profile, url=address.normalised(profile.url))
        proxies.check(profile)
        trust.check(profile)
        sign_in = tuple(_sign_in(profile, secrets.get("sign-in", "")))
        extra = tuple(_extra(profile, secrets))
        headers = tuple(header for header, _ in sign_in + extra)
        _check_repeats(headers)
        hidden = tuple(dict.fromkeys(text for _, texts in sign_in + extra for text in texts if text))
        for text in hidden:
            logs.register_secret(text)
        if hidden and (held_back := _held_back(profile)):
            raise held_back
        return cls(profile, headers, hidden, signed_in=bool(sign_in))

    @property
    def url(self) -> str:
        """The base address, normalised."""
        return self.profile.url

    @property
    def host(self) -> str:
        """Host and port, for messages."""
        return address.host_of(self.profile.url)

    @property
    def path(self) -> str:
        """The base address's own path, "" if it has none."""
        return urlsplit(self.profile.url).path

    def hidden_in(self, body: bytes) -> bytes:
        """An answer with the secrets replaced: some gateways repeat the headers they were sent."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            for form in _forms(secret):
                body = body.replace(form, _HIDDEN)
        return body

    def hidden_in_text(self, text: str) -> str:
        """The same for a text."""
        return self.hidden_in(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")


_Header = tuple[tuple[str, str], tuple[str, ...]]  # (name, value), and what of it must not show


def _sign_in(profile: EndpointProfile, secret: str) -> Iterator[_Header]:
    if not secret.strip():
        return
    if profile.sign_in == "bearer":
        if token := SignIn.from_token(secret):
            yield ("Authorization", token.value), token.secrets
    elif profile.sign_in == "basic":
        pair = _basic(profile.user, secret)
        yield ("Authorization", pair.value), pair.secrets
    elif profile.sign_in == "header":
        yield _header(profile.header_name, secret, "header_name", is_secret=True)


def _basic(user: str, password: str) -> SignIn:
    if ":" in user or not (user + password).isprintable():
        raise InvalidRequest(
            "user",
            "The user name or password has characters that cannot be sent",
            "A user name has no colon, and neither has line ends.",
            "Enter them again.",
        )
    return SignIn.basic(user, password)


def _extra(profile: EndpointProfile, secrets: Mapping[str, str]) -> Iterator[_Header]:
    for header in profile.extra_headers:
        value = secrets.get(f"header:{header.name.lower()}", "") if header.secret else header.value
        if value.strip() or not header.secret:
            yield _header(header.name, value, "extra_headers", is_secret=header.secret)


def _header(name: str, value: str, of_field: str, *, is_secret: bool) -> _Header:
    """A header as it is sent; the value is never repeated in an error."""
    name, value = name.strip(), value.strip()
    if not _NAME.fullmatch(name):
        raise InvalidRequest(
            of_field, "A header's name has characters that cannot be sent", remedy="Check its name."
        )
    if name.lower() in _RESERVED or name.lower().startswith("proxy-"):
        raise InvalidRequest(
            of_field,
            f"The header “{name}” cannot be set",
            "The connection itself depends on it.",
            "Take it out.",
        )
    if not all(" " <= character <= "~" or character == "\t" for character in value):
        raise InvalidRequest(
            of_field,
            f"The value of “{name}” has line ends or letters that cannot be sent",
            remedy="Copy it again, whole and alone.",
        )
    return (name, value), _to_hide(value) if is_secret else ()


def _to_hide(value: str) -> tuple[str, ...]:
    words = [word for word in value.split() if len(word) >= _SHORTEST_WORD]
    return (value, *words)


def _check_repeats(headers: tuple[tuple[str, str], ...]) -> None:
    names = [name.lower() for name, _ in headers]
    for name, _ in headers:
        if names.count(name.lower()) > 1:
            raise InvalidRequest(
                "extra_headers", f"The header “{name}” is there twice", remedy="Take one of them out."
            )


def _held_back(profile: EndpointProfile) -> SecretHeldBack | None:
    host = address.host_of(profile.url)
    if profile.url.startswith("http:") and not profile.plain_http_allowed and proxies.leaves_computer(profile):
        return SecretHeldBack(
            "The token was not sent: this address is plain http",
            f"Anyone on the way to {host} could read it.",
            "Use https, or allow plain http for this endpoint.",
        )
    unverified = profile.url.startswith("https:") and profile.trust == "unverified"
    if unverified and not profile.unverified_allowed:
        return SecretHeldBack(
            "The token was not sent: nobody checks who receives it",
            f"The certificate of {host} is not verified, so another host could pose as it.",
            "Trust the one certificate by its fingerprint, or allow the token all the same.",
        )
    return None


def _forms(secret: str) -> tuple[bytes, ...]:
    """How a secret may be written in an answer: as it is, in JSON, in an address."""
    if len(secret) < _SHORTEST_HIDDEN:
        return ()
    plain = secret.encode()
    in_json = json.dumps(secret)[1:-1].encode()
    addresses = (quote(secret).encode(), quote(secret, safe="").encode())
    return tuple(dict.fromkeys((plain, in_json, plain.replace(b"/", b"\\/"), *addresses)))
