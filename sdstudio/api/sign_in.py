"""How we say who we are: the value of the Authorization header, and nothing that shows it."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field

from sdstudio.core.errors import InvalidRequest

_SHORTEST_SECRET = 4  # hiding every "a" would make an answer unreadable
_SCHEMED = re.compile(r"^(bearer|basic)\s+(\S.*)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SignIn:
    """One Authorization value. Its repr, str and errors never show the secret."""

    value: str = field(repr=False)
    scheme: str = "Bearer"

    @classmethod
    def from_token(cls, text: str) -> SignIn | None:
        """A pasted token; a leading "Bearer " or "Basic " is understood; blank text is no sign-in.

        Raises `InvalidRequest("token")` for text that no header can carry; the text is never repeated.
        """
        token = text.strip().strip("\"'")
        if not token:
            return None
        given = _SCHEMED.match(token)
        scheme, secret = (given[1].capitalize(), given[2].strip()) if given else ("Bearer", token)
        if not all("!" <= character <= "~" for character in secret):
            raise InvalidRequest(
                "token",
                "The token has spaces, line ends or letters that cannot be sent",
                remedy="Copy it again, whole and alone.",
            )
        return cls(f"{scheme} {secret}", scheme)

    @classmethod
    def basic(cls, user: str, password: str) -> SignIn:
        """HTTP Basic, sent before it is asked for: A1111's 401 names no scheme (a1111_api §5)."""
        pair = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
        return cls(f"Basic {pair}", "Basic")

    @property
    def secrets(self) -> tuple[str, ...]:
        """The texts that must never show: what follows the scheme and, for Basic, the password in it."""
        sent = self.value.partition(" ")[2]
        return (sent, *_password_in(sent)) if self.scheme == "Basic" else (sent,)

    def hidden_in(self, body: bytes) -> bytes:
        """An answer with the secrets replaced: some gateways repeat the headers they were sent."""
        for secret in self.secrets:
            octets = secret.encode()
            for form in (octets, octets.replace(b"/", b"\\/")):
                body = body.replace(form, b"[hidden]")
        return body


def _password_in(pair: str) -> tuple[str, ...]:
    """The password of an encoded "user:password"; () where it is none, or too short to be looked for."""
    try:
        password = base64.b64decode(pair, validate=True).decode().partition(":")[2]
    except ValueError:
        return ()
    return (password,) if len(password) >= _SHORTEST_SECRET else ()
