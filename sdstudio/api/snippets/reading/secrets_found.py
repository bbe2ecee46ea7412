"""How a request signs in, and the secret if one stands there: out of headers, pairs and addresses.

No sentence and no repr from here ever shows more of a secret than a placeholder that is none.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from typing import Any

from sdstudio.api.snippets.reading.found import FoundSecret
from sdstudio.api.snippets.reading.unknowns import Unknown
from sdstudio.api.snippets.sign_in_way import BEARER, SignInWay, basic, own_header
from sdstudio.core.errors import InvalidRequest

Found = tuple[SignInWay | None, FoundSecret | None, str]
_NONE: Found = (None, None, "")

_LONGEST = 8192  # characters; no host takes longer headers
_SCHEMED = re.compile(r"(bearer|basic|token)\s+(\S.*)", re.IGNORECASE | re.DOTALL)
_SECRET_HEADER = re.compile(r"(?:^|[-_])(?:api-?key|key|token|secret|auth)(?:$|[-_])", re.IGNORECASE)
# What stands for a token in documentation. Of the words nothing is shown: somebody's password may be one.
_SIGNS = re.compile(r"[xX]+|[*.…]+|<[^<>]{0,60}>|\[[^\[\]]{0,60}\]|\{+[^{}]{0,60}\}+")
_WORDS = re.compile(
    r"(?:your|insert|enter|replace)[ _\-][a-z_\- ]{0,40}|(?:(?:api|access|auth|bearer)[ _\-]?)?(?:key|token)"
    r"|secret|password",
    re.IGNORECASE,
)
_VARIABLE = re.compile(
    r"\$|\{[A-Z][A-Z0-9_]*\}|\{value\}|%[A-Z_]+%"
)  # read from the environment, or worked out


def sign_in(headers: Iterable[tuple[str, Any]], pair: Any) -> Found:
    """The way, the secret (None where only a placeholder or a variable stands), and a sentence, "" if none."""
    if isinstance(pair, str) and ":" in pair:
        return of_pair(*pair.split(":", 1))
    for name, value in headers:
        if isinstance(value, str) and len(value) > _LONGEST:
            continue
        if name.lower() == "authorization":
            return _authorization(value)
        if _SECRET_HEADER.search(name):
            return _own(name, value)
    return _NONE


def of_pair(user: str, password: str) -> Found:
    """Basic by user and password; either may be a placeholder."""
    if _is_variable(user):
        return basic(), None, ""
    if len(user) > _LONGEST or not user.isprintable():
        return _NONE
    return _found(basic(user), password, "a password")


def _authorization(value: Any) -> Found:
    if isinstance(value, Unknown):
        return BEARER, None, ""
    schemed = _SCHEMED.fullmatch(value.strip()) if isinstance(value, str) else None
    if not schemed:
        return _own("Authorization", value)
    secret = schemed[2].strip()
    if schemed[1].lower() != "basic":
        return _found(BEARER, secret, "a token")
    if _is_variable(secret) or _SIGNS.fullmatch(secret) or _WORDS.fullmatch(secret):
        return _found(basic(), secret, "user:password")
    user, colon, password = _decoded(secret).partition(":")
    return of_pair(user, password) if colon else (basic(), None, "The Basic sign-in in it cannot be read.")


def _own(name: str, value: Any) -> Found:
    try:
        way = own_header(name)
    except InvalidRequest:
        return _NONE
    return _found(way, value if isinstance(value, str) else "", "a token")


def _found(way: SignInWay, secret: str, what: str) -> Found:
    if not secret or _is_variable(secret):
        return way, None, ""
    if _SIGNS.fullmatch(secret):
        return way, None, f"`{secret}` stands for {what}; it is not sent."
    if _WORDS.fullmatch(secret):
        return way, None, f"A word stands in the place of {what}; it is not sent."
    return way, FoundSecret(way, secret), ""


def _is_variable(text: str) -> bool:
    return bool(_VARIABLE.match(text))


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
