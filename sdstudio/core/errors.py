"""The error tree every layer speaks.

A foreign error (httpx, sqlite3, OSError, keyring, Pillow) is translated into one of these in exactly one
function per layer. Anything that reaches a border and is not a `StudioError` is a bug.
"""

from __future__ import annotations


class StudioError(Exception):
    """What happened, why, and what to do, in words for a person.

    `title` is one short sentence without a full stop, `message` says why, `remedy` what to do. `raw` is the
    foreign text behind it (a server's answer, cut to a sane length by whoever read it), shown only on request
    and only as plain text. None of the four may ever contain a secret.
    """

    exit_code = 1

    def __init__(self, title: str, message: str = "", remedy: str = "", *, raw: str = "") -> None:
        super().__init__(title, message, remedy)
        self.title = title
        self.message = message
        self.remedy = remedy
        self.raw = raw

    def __str__(self) -> str:
        return "\n".join(part for part in (self.title, self.message, self.remedy) if part)


class InvalidRequest(StudioError):
    """A value cannot be sent; `field` is the name of the offending `GenerationRequest` field."""

    exit_code = 2

    def __init__(self, field: str, title: str, message: str = "", remedy: str = "") -> None:
        super().__init__(title, message, remedy)
        self.field = field


class UnreadableImage(StudioError):
    """Bytes that were to be a picture are not one we can or want to open."""

    exit_code = 2


class EndpointError(StudioError):
    """Anything that went wrong at or on the way to an endpoint."""

    exit_code = 5


class EndpointUnreachable(EndpointError):
    """No connection: wrong address, nothing listens, TLS refused, no network. The request did not leave."""

    exit_code = 3


class CertificateNotTrusted(EndpointUnreachable):
    """Nobody vouches for the certificate; `fingerprint` is its SHA-256 in hex, "" if unknown."""

    def __init__(
        self,
        title: str,
        message: str = "",
        remedy: str = "",
        *,
        raw: str = "",
        fingerprint: str = "",
    ) -> None:
        super().__init__(title, message, remedy, raw=raw)
        self.fingerprint = fingerprint


class SecretHeldBack(EndpointError):
    """A secret was not sent, since others could read it on the way and nobody has said that this is all right."""


class EndpointMoved(EndpointError):
    """The host sends us to another address, where nothing was sent; `new_url` is that address, normalised."""

    def __init__(
        self, title: str, message: str = "", remedy: str = "", *, raw: str = "", new_url: str = ""
    ) -> None:
        super().__init__(title, message, remedy, raw=raw)
        self.new_url = new_url


class NotAuthorised(EndpointError):
    """401 or 403: the token or password is missing, wrong or has expired."""

    exit_code = 4


class NotOffered(EndpointError):
    """404 or 405 on a route: this endpoint does not have it."""


class RequestRefused(EndpointError):
    """The endpoint read the request and declined it (400, 404 with a reason, 422)."""


class RequestTooLarge(EndpointError):
    """413, or a body the gateway dropped."""


class EndpointBusy(EndpointError):
    """429 or 503: try again later; `retry_after` in seconds if the endpoint named it."""

    def __init__(
        self,
        title: str,
        message: str = "",
        remedy: str = "",
        *,
        raw: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(title, message, remedy, raw=raw)
        self.retry_after = retry_after


class OutOfMemory(EndpointError):
    """The endpoint's graphics memory was not enough."""


class GenerationFailed(EndpointError):
    """The endpoint tried and failed (500 with its own words)."""


class AnswerLost(EndpointError):
    """The request left but its answer did not arrive whole; the picture may have been made.

    Gateway time-outs (504, 524), connections dropped in mid-answer, our own crash in mid-flight. A generation
    that ended so is *unknown*, never resent by itself.
    """


class AnswerTimedOut(AnswerLost):
    """504 or 524: a machine in front of the endpoint waits no longer than it does, for this and any request."""


class BadAnswer(EndpointError):
    """The endpoint answered, but with something that is not what the protocol promises."""


class LibraryError(StudioError):
    """The history on disk could not be read or written."""


class LibraryTooNew(LibraryError):
    """The database was written by a later version of the program."""


class LibraryBusy(LibraryError):
    """Another process has this data folder open for writing."""


class DiskFull(LibraryError):
    """No space left where the library, queue or settings live."""


class KeyringUnavailable(StudioError):
    """There is no OS keyring, or it is locked, or it did not answer in time."""


class SettingsUnreadable(StudioError):
    """A settings file is broken; it has been set aside, never silently replaced."""
