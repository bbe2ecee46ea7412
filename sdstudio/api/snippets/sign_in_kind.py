"""How code signs in at an endpoint: the kind alone. The secret itself is never here.

Every snippet reads it from one environment variable, `TOKEN_VARIABLE`: the token, or `user:password` for Basic.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from sdstudio.config.credentials import ENVIRONMENT_VARIABLE
from sdstudio.core.errors import InvalidRequest

TOKEN_VARIABLE = ENVIRONMENT_VARIABLE

# Narrower than HTTP's own grammar: these need no quoting in any language.
_HEADER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,99}")


@dataclass(frozen=True, slots=True)
class SignInKind:
    """`header` is the name of the header that carries the secret raw, for the kind "header" only."""

    kind: Literal["none", "bearer", "basic", "header"]
    header: str = "Authorization"


NO_SIGN_IN = SignInKind("none")
BEARER = SignInKind("bearer")
BASIC = SignInKind("basic")


def own_header(name: str) -> SignInKind:
    """A header of the endpoint's own, with the raw secret; raises `InvalidRequest("header")` for a bad name."""
    if not _HEADER.fullmatch(name):
        raise InvalidRequest(
            "header", f"{name!r:.80} is no name of a header", remedy="It looks like X-API-Key."
        )
    return SignInKind("header", name)
