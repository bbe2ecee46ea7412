"""An endpoint as its user describes it: address, sign-in, trust and defaults. Never a secret.

Secrets are kept by `config.credentials` under the profile's `id`; a profile only says which there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, get_args

from sdstudio.core.errors import InvalidRequest

SignInKind = Literal["none", "basic", "bearer", "header"]
ProxyKind = Literal["system", "none", "own"]
TrustKind = Literal["system", "ca file", "pinned", "unverified"]

PRACTICE_ID = "practice"
MAX_TEXT = 10_000


@dataclass(frozen=True, slots=True)
class ExtraHeader:
    """A header sent with every request. `value` is "" where `secret`: then it is in the keyring."""

    name: str
    value: str = ""
    secret: bool = False


@dataclass(frozen=True, slots=True)
class EndpointDefaults:
    """What a fresh form holds for this endpoint; None leaves the form's own default."""

    steps: int | None = None
    width: int | None = None
    height: int | None = None
    sampler_name: str | None = None
    negative_prompt: str | None = None


@dataclass(frozen=True, slots=True)
class EndpointProfile:
    """One endpoint. `url` is normalised, without user-info or trailing slash; "" is the practice endpoint.

    `user` belongs to sign-in "basic", `header_name` to "header" (whose raw value is the secret). `ca_file` is a
    path to PEM certificates, `fingerprint` the SHA-256 (hex) of the one certificate to trust. `plain_http_allowed`
    lets a secret go over http to a host that is not loopback, `unverified_allowed` over TLS that is not verified;
    both are the user's word for this endpoint alone. `answer_limit_s` and `body_limit_bytes` are the host's limits
    as entered or learned, None if unknown.
    """

    id: str
    name: str
    url: str
    sign_in: SignInKind = "none"
    user: str = ""
    header_name: str = ""
    extra_headers: tuple[ExtraHeader, ...] = ()
    proxy: ProxyKind = "system"
    proxy_url: str = ""
    trust: TrustKind = "system"
    ca_file: str = ""
    fingerprint: str = ""
    plain_http_allowed: bool = False
    unverified_allowed: bool = False
    answer_limit_s: float | None = None
    body_limit_bytes: int | None = None
    defaults: EndpointDefaults = field(default_factory=EndpointDefaults)

    @property
    def is_practice(self) -> bool:
        """Whether this is the endpoint that comes with the program."""
        return self.url == ""

    @property
    def secret_names(self) -> tuple[str, ...]:
        """What of this profile lies in the keyring: "sign-in", and "header:<name>" for secret extra headers."""
        main = ("sign-in",) if self.sign_in != "none" else ()
        return main + tuple(f"header:{header.name.lower()}" for header in self.extra_headers if header.secret)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> EndpointProfile:
        """The inverse of `to_dict`; unknown keys are ignored, values of the wrong kind raise `InvalidRequest`."""
        known = {item.name: values[item.name] for item in fields(cls) if item.name in values}
        try:
            headers = known.get("extra_headers", ())
            known["extra_headers"] = tuple(ExtraHeader(**header) for header in headers)
            known["defaults"] = EndpointDefaults(**known.get("defaults", {}))
            profile = cls(**known)
        except (TypeError, AttributeError) as error:
            raise _broken(str(error)) from error
        _check(profile)
        return profile


PRACTICE = EndpointProfile(PRACTICE_ID, "Practice", "")


def _check(profile: EndpointProfile) -> None:
    texts = ("id", "name", "url", "user", "header_name", "proxy_url", "ca_file", "fingerprint")
    for name in texts:
        value = getattr(profile, name)
        if not isinstance(value, str) or len(value) > MAX_TEXT:
            raise _broken(f"{name} is not a text of reasonable length")
    kinds: tuple[tuple[str, Any], ...] = (("sign_in", SignInKind), ("proxy", ProxyKind), ("trust", TrustKind))
    for name, kind in kinds:
        if getattr(profile, name) not in get_args(kind):
            raise _broken(f"{name} is none of {', '.join(get_args(kind))}")
    for name in ("plain_http_allowed", "unverified_allowed"):
        if type(getattr(profile, name)) is not bool:
            raise _broken(f"{name} is neither true nor false")
    if not profile.id:
        raise _broken("it has no id")
    _check_numbers(profile)
    _check_headers(profile.extra_headers)


def _check_numbers(profile: EndpointProfile) -> None:
    defaults = profile.defaults
    limits = (profile.answer_limit_s, profile.body_limit_bytes)
    for number in (*limits, defaults.steps, defaults.width, defaults.height):
        _check_positive(number)
    for text in (defaults.sampler_name, defaults.negative_prompt):
        _check_text(text)


def _check_positive(value: object) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    if value is not None and not is_number:
        raise _broken(f"{value!r:.40} is not a number above 0")


def _check_text(value: object) -> None:
    if value is not None and not isinstance(value, str):
        raise _broken("a default is not a text")


def _check_headers(headers: tuple[ExtraHeader, ...]) -> None:
    for header in headers:
        parts = (header.name, header.value)
        if not all(isinstance(part, str) for part in parts) or type(header.secret) is not bool:  # pyright: ignore[reportUnnecessaryIsInstance] - from JSON
            raise _broken("an extra header is not name, value and secret")
        if header.secret and header.value:
            raise _broken("a secret header's value is in the settings")


def _broken(why: str) -> InvalidRequest:
    return InvalidRequest("endpoint", "An endpoint's settings cannot be read", f"Its profile is broken: {why}.")
