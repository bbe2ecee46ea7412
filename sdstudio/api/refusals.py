"""What an answer that is no picture means: status and body into one of our errors, with a sentence and a remedy.

Knows every error shape of a1111_api §5 and §9 and of the recorded servers. Redirects are read by `redirects`.
Pure: no network, no files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sdstudio.api import meanings, sign_in_pages
from sdstudio.api.excerpt import excerpt, looks_like_html, page_title
from sdstudio.api.said import Said, read
from sdstudio.core.errors import (
    AnswerLost,
    AnswerTimedOut,
    BadAnswer,
    EndpointBusy,
    EndpointError,
    EndpointUnreachable,
    GenerationFailed,
    NotAuthorised,
    NotOffered,
    RequestRefused,
    RequestTooLarge,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked: the route, the host, whether we signed in, whether it was a generation."""

    path: str
    host: str
    signed_in: bool = False
    generation: bool = False


def refusal(status: int, headers: Mapping[str, str], body: bytes, asked: Asked) -> EndpointError:
    """The error that an unsuccessful answer stands for."""
    said = read(status, headers, body)
    for meaning in (_by_words, _by_status, _by_gateway):
        found = meaning(said, asked)
        if found is not None:
            return found
    return GenerationFailed(
        "The endpoint failed" if asked.generation else "The endpoint could not answer",
        said.sentence,
        "Try again; if it fails again, its own log tells more.",
        raw=said.raw,
    )


def not_json(content_type: str, body: bytes, host: str) -> BadAnswer:
    """A successful answer that is something else than JSON."""
    raw = excerpt(body)
    if sign_in_pages.is_one(content_type, body):
        return sign_in_pages.refusal(host, body)
    if looks_like_html(content_type, body):
        title = page_title(body)
        page = f"a web page (“{title}”)" if title else "a web page"
        return BadAnswer(
            "This address answers with a web page, not with the API",
            f"{host} sent {page}, perhaps one to sign in.",
            "Check the address, and whether the host wants a token.",
            raw=raw,
        )
    return BadAnswer(
        "The answer cannot be read",
        f"{host} sent something that is not JSON.",
        "Check that the address is that of an AUTOMATIC1111-compatible endpoint.",
        raw=raw,
    )


_OUR_FAULT = "If it happens again, report it with the endpoint's answer."
_ROUTER = re.compile(r"^$|not found$|not allowed$|no route|not implemented", re.IGNORECASE)
_MALFORMED = re.compile(r"json\.exception|parse.error|error parsing|bad_input|empty body", re.IGNORECASE)


def _by_words(said: Said, _: Asked) -> EndpointError | None:
    if said.status in (401, 403):
        return None
    text = f"{said.kind} {said.words} {said.title}"
    if meant := meanings.meant_by(text):
        return meant.error(meant.title, said.sentence, meant.remedy, raw=said.raw)
    if said.body_missing:
        return RequestTooLarge(
            "The request arrived without its content",
            "Something on the way dropped it, most likely for its size.",
            "Use a smaller source picture.",
            raw=said.raw,
        )
    if said.kind == "KeyError":
        return RequestRefused(
            "The endpoint does not know a setting of this request",
            said.sentence,
            "It may be another version than expected.",
            raw=said.raw,
        )
    if said.status >= 500 and _MALFORMED.search(text):
        return RequestRefused(
            "The endpoint could not read the request", said.sentence, _OUR_FAULT, raw=said.raw
        )
    return None


def _by_status(said: Said, asked: Asked) -> EndpointError | None:
    known = _STATUSES.get(said.status)
    if known is None and 400 <= said.status < 500 and said.status not in _GATEWAY:
        known = _declined
    return known(said, asked) if known else None


def _not_authorised(said: Said, asked: Asked) -> NotAuthorised:
    if asked.signed_in:
        title, remedy = "The endpoint does not accept the token", "It may have expired; enter a new one."
    else:
        title, remedy = "The endpoint wants a sign-in", "Enter its access token, or user name and password."
    return NotAuthorised(title, said.sentence, remedy, raw=said.raw)


def _not_offered(said: Said, asked: Asked) -> EndpointError:
    if said.headers.get("content-type", "").startswith("application/json") and not _ROUTER.search(said.words):
        return _declined(said, asked)  # a 404 with a reason is about something in the request
    if asked.generation:
        return NotOffered(
            "This address does not make pictures",
            f"{asked.host} has no route {asked.path} (status {said.status}).",
            "Check the address. A web UI must be started with --api.",
            raw=said.raw,
        )
    return NotOffered(
        "The endpoint does not offer this",
        f"{asked.path}: status {said.status}.",
        "What can be done without it still works.",
        raw=said.raw,
    )


def _declined(said: Said, _: Asked) -> RequestRefused:
    if said.field:
        title = f"The endpoint does not accept “{said.field}”"
        return RequestRefused(title, said.sentence, "Change it and try again.", raw=said.raw)
    return RequestRefused("The endpoint declined the request", said.sentence, _OUR_FAULT, raw=said.raw)


def _proxy_sign_in(said: Said, _: Asked) -> EndpointUnreachable:
    return EndpointUnreachable(
        "The proxy wants a sign-in of its own",
        said.sentence,
        "Check the system's proxy settings.",
        raw=said.raw,
    )


def _too_large(said: Said, _: Asked) -> RequestTooLarge:
    return RequestTooLarge(
        "The request is too large for this host",
        said.sentence,
        "Use a smaller source picture.",
        raw=said.raw,
    )


def _busy(said: Said, _: Asked) -> EndpointBusy:
    wait = _retry_after(said.headers.get("retry-after", ""))
    when = f" It asks to wait {wait:.0f} s." if wait else ""
    title = "The endpoint gets too many requests" if said.status == 429 else "The endpoint is not ready"
    return EndpointBusy(title, said.sentence + when, "Try again in a while.", raw=said.raw, retry_after=wait)


def _retry_after(value: str) -> float | None:
    """Seconds from a Retry-After header, which holds a number or a date; at most a day."""
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - slow to import, and few answers have a date

    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return min(max(seconds, 0.0), 86_400.0) if seconds == seconds else None  # noqa: PLR0124 - not a number


_STATUSES: dict[int, Callable[[Said, Asked], EndpointError]] = {
    401: _not_authorised,
    403: _not_authorised,
    404: _not_offered,
    405: _not_offered,
    407: _proxy_sign_in,
    413: _too_large,
    429: _busy,
    501: _not_offered,
    503: _busy,
}
_NEVER_REACHED = (521, 523, 525, 526, 530)  # Cloudflare could not connect to the host behind it
_TIMED_OUT = (504, 524)
_GATEWAY = (408, 502, 504, 520, 522, 524, 527)


def _by_gateway(said: Said, asked: Asked) -> EndpointError | None:
    """Statuses of the machines in front of an endpoint (a1111_api §5 "gateway limits", hosted_endpoints §3)."""
    if said.status in _NEVER_REACHED:
        return EndpointUnreachable(
            "The gateway cannot reach the endpoint", said.sentence, "Is the endpoint running?", raw=said.raw
        )
    if said.status not in _GATEWAY:
        return None
    if not asked.generation:
        return EndpointBusy("The endpoint is not ready", said.sentence, "Try again in a while.", raw=said.raw)
    kind = AnswerTimedOut if said.status in _TIMED_OUT else AnswerLost
    return kind(
        "The gateway gave up waiting for the picture",
        f"{said.sentence} The endpoint behind it works on, and the picture may have been made.",
        "Ask for fewer pictures or steps at a time to stay within the host's time limit.",
        raw=said.raw,
    )
