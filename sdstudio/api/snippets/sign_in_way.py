"""How code says who it is: which headers, and which environment variables fill them. No secret is ever here.

The secret of the sign-in itself is read from `TOKEN_VARIABLE`: the token, the password, or the raw value of a
header of the endpoint's own. Extra headers that are secret have a variable each.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sdstudio.config.credentials import ENVIRONMENT_VARIABLE
from sdstudio.core.endpoint import EndpointProfile, SignInKind
from sdstudio.core.errors import InvalidRequest

TOKEN_VARIABLE = ENVIRONMENT_VARIABLE
VARIABLE_PREFIX = "SDSTUDIO_"

# Narrower than HTTP's own grammar: such names need no quoting in any language.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,99}")


@dataclass(frozen=True, slots=True)
class HeaderLine:
    """A header: `text`, and after it what the environment variable `variable` holds ("" if nothing)."""

    name: str
    text: str = ""
    variable: str = ""


@dataclass(frozen=True, slots=True)
class SignInWay:
    """`kind`, with the `user` of "basic" ("" if the variable holds user:password) and the `header` of "header".

    `extra` are the further headers of an endpoint.
    """

    kind: SignInKind = "none"
    user: str = ""
    header: str = ""
    extra: tuple[HeaderLine, ...] = ()

    @classmethod
    def of(cls, profile: EndpointProfile) -> SignInWay:
        """As the profile has it; raises `InvalidRequest` for a header that cannot be written down."""
        extra = tuple(
            HeaderLine(header.name, variable=_variable(header.name))
            if header.secret
            else HeaderLine(header.name, header.value)
            for header in profile.extra_headers
        )
        return cls(profile.sign_in, profile.user, profile.header_name, extra).checked()

    @property
    def headers(self) -> tuple[HeaderLine, ...]:
        """All but that of "basic", which each language makes in its own way."""
        match self.kind:
            case "bearer":
                return HeaderLine("Authorization", "Bearer ", TOKEN_VARIABLE), *self.extra
            case "header":
                return HeaderLine(self.header, "", TOKEN_VARIABLE), *self.extra
            case _:
                return self.extra

    @property
    def variables(self) -> dict[str, str]:
        """What is read from the environment: by variable, what it has to hold."""
        found = {} if self.kind == "none" else {TOKEN_VARIABLE: self._secret()}
        return found | {line.variable: f"the value of {line.name}" for line in self.extra if line.variable}

    @property
    def before_secret(self) -> str:
        """What stands before the secret in "basic"."""
        return f"{self.user}:" if self.user else ""

    def checked(self) -> SignInWay:
        """Itself; raises `InvalidRequest("header")` for a header that cannot be written down."""
        for line in self.headers:
            if not _NAME.fullmatch(line.name):
                raise InvalidRequest(
                    "header", f"{line.name!r:.80} is no name of a header", remedy="It looks like X-API-Key."
                )
            if not (line.text.isascii() and line.text.isprintable()):
                raise InvalidRequest("header", f"The value of {line.name} has characters that cannot be sent")
        return self

    def _secret(self) -> str:
        if self.kind == "basic":
            return "the password" if self.user else "user:password"
        return "the token"


NO_SIGN_IN = SignInWay()
BEARER = SignInWay("bearer")


def basic(user: str = "") -> SignInWay:
    """HTTP Basic; without `user` the variable holds user:password."""
    return SignInWay("basic", user).checked()


def own_header(name: str) -> SignInWay:
    """A header of the endpoint's own with the raw secret; raises `InvalidRequest("header")` for a bad name."""
    return SignInWay("header", header=name).checked()


def _variable(name: str) -> str:
    return f"{VARIABLE_PREFIX}HEADER_" + re.sub(r"[^A-Z0-9]", "_", name.upper())
