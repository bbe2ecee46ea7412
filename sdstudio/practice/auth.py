"""`--api-auth user:password`: HTTP Basic on the API's own routes, with the words and the gaps of 1.10.1.

Plain routes of the original (loras, internal, docs) are not covered. A bearer token is the gateway's business.
"""

from __future__ import annotations

import base64
import binascii
import secrets

from starlette.requests import Request

from sdstudio.practice.wire_errors import Declined


class BasicAuth:
    """Checks requests against `user:password[,user:password]`; without any, lets all pass."""

    def __init__(self, credentials: str = "") -> None:
        self._wanted = [each.strip().encode() for each in credentials.split(",") if each.strip()]

    async def __call__(self, request: Request) -> None:
        """A dependency of the routers it covers; raises `Declined` (401)."""
        if not self._wanted:
            return
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic" or not given:
            raise Declined(401, "Not authenticated")
        sent = _decoded(given)
        if not any(secrets.compare_digest(sent, wanted) for wanted in self._wanted):
            raise Declined(401, "Incorrect username or password")


def _decoded(given: str) -> bytes:
    try:
        decoded = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Declined(401, "Invalid authentication credentials") from error
    if b":" not in decoded:
        raise Declined(401, "Invalid authentication credentials")
    return decoded
