"""Tries an endpoint out, one line after the other, and says at the first that fails what to do about it.

Harmless: nothing is changed there, and nothing is made unless a small picture is asked for. No secret leaves before
the connection itself has been found good.
"""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from sdstudio.api import address, probe, sign_in_pages
from sdstudio.api.access import Access
from sdstudio.api.check import NAMES, Check, CheckName, OnCheck
from sdstudio.api.client import Client
from sdstudio.api.offer import Offer
from sdstudio.api.traffic import Traffic
from sdstudio.api.transport import Answer, Transport
from sdstudio.api.worker import Worker
from sdstudio.core.endpoint import EndpointProfile
from sdstudio.core.errors import (
    BadAnswer,
    CertificateNotTrusted,
    EndpointMoved,
    InvalidRequest,
    NotAuthorised,
    NotOffered,
    StudioError,
)
from sdstudio.core.request import GenerationRequest

PICTURE = GenerationRequest(prompt="a red apple on a table", width=64, height=64, steps=2, seed=1)
_ASKED = "/sdapi/v1/samplers"


async def check(
    profile: EndpointProfile,
    secrets: Mapping[str, str],
    on_check: OnCheck,
    *,
    spool: Path,
    picture: bool,
    accepted_before: bool = False,
    traffic: Traffic | None = None,
) -> Offer | None:
    """Try the endpoint; `on_check` is called on this thread whenever a line changes, first for all that wait.

    `profile.url` must be where the endpoint is reached, the practice endpoint's too. `accepted_before` says that
    these secrets have worked. The offer, or None if something failed; a picture that failed costs no offer.
    """
    run = _Run(profile, secrets, on_check, traffic)
    for name in NAMES:
        on_check(Check(name))
    try:
        await run.all(spool, picture=picture, accepted_before=accepted_before)
    except _Failed:
        run.skip_rest()
    finally:
        await run.aclose()
    return run.offer


class _Failed(Exception):
    """A line has failed and been told."""


class _Run:
    """One run through the list; lives on the event loop's thread."""

    def __init__(
        self,
        profile: EndpointProfile,
        secrets: Mapping[str, str],
        on_check: OnCheck,
        traffic: Traffic | None,
    ) -> None:
        self.offer: Offer | None = None
        self._profile = profile
        self._secrets = secrets
        self._on_check = on_check
        self._traffic = traffic
        self._worker = Worker("checks")
        self._open: list[Transport] = []
        self._done: set[CheckName] = set()

    async def all(self, spool: Path, *, picture: bool, accepted_before: bool) -> None:
        await self._line("address", self._address)
        stranger = await self._first_answer()
        access = await self._sign_in(stranger, accepted_before=accepted_before)
        await self._line("routes", lambda: self._routes(access, picture=picture))
        await self._line("dialect", self._dialect)
        if picture:
            await self._line("picture", lambda: self._picture(spool))
        else:
            self._tell(Check("picture", "skipped", "Not asked for"))

    def skip_rest(self) -> None:
        for name in NAMES:
            if name not in self._done:
                self._tell(Check(name, "skipped"))

    async def aclose(self) -> None:
        for transport in self._open:
            await transport.aclose()
        await self._worker.aclose()

    async def _line(self, name: CheckName, look: Callable[[], Awaitable[str]]) -> None:
        """One line that passes with a text or fails with the error raised."""
        self._begin(name)
        try:
            text = await look()
        except StudioError as error:
            self._fail(name, error)
        self._tell(Check(name, "passed", text))

    def _begin(self, name: CheckName) -> None:
        self._tell(Check(name, "running"))

    def _fail(self, name: CheckName, error: StudioError) -> NoReturn:
        """Tell the failure, at the address if that is what has to be changed."""
        if isinstance(error, EndpointMoved) and name != "address":
            self._tell(Check(name, "skipped"))
            name = "address"
        self._tell(Check(name, "failed", error.title, error))
        raise _Failed from error

    def _tell(self, line: Check) -> None:
        if line.state not in ("waiting", "running"):
            self._done.add(line.name)
        self._on_check(line)

    async def _address(self) -> str:
        self._profile = replace(self._profile, url=address.normalised(self._profile.url))
        return self._profile.url

    async def _first_answer(self) -> Answer | BadAnswer:
        """Connection and trust, found out by a stranger's question: no secret goes with it."""
        self._begin("connection")
        began = time.monotonic()
        try:
            transport = self._transport(Access.of(_without_secrets(self._profile), {}))
            answer = await transport.get(_ASKED)
        except BadAnswer as error:  # sent on to a page to sign in, say: who does sign in may not be
            answer = error
        except CertificateNotTrusted as error:
            self._tell(Check("connection", "passed", "The host answers"))
            self._fail("trust", error)
        except StudioError as error:
            self._fail("trust" if _is_about_trust(error) else "connection", error)
        self._tell(Check("connection", "passed", f"Answers within {time.monotonic() - began:.2f} s"))
        await self._line("trust", self._trust)
        return answer

    async def _trust(self) -> str:
        with contextlib.suppress(InvalidRequest):  # of a secret: the next line tells
            Access.of(self._profile, self._secrets)
        return _trust_words(self._profile)

    async def _sign_in(self, stranger: Answer | BadAnswer, *, accepted_before: bool) -> Access:
        self._begin("sign-in")
        try:
            access = Access.of(self._profile, self._secrets)
            answer = await self._transport(access).get(_ASKED) if access.secrets else stranger
            if isinstance(answer, BadAnswer):
                raise answer
            _refuse_sign_in(answer, access, accepted_before=accepted_before)
        except StudioError as error:
            self._fail("sign-in", error)
        asks = isinstance(stranger, BadAnswer) or stranger.status in (401, 403)
        self._tell(Check("sign-in", "passed", _sign_in_words(access, asks=asks)))
        return access

    async def _routes(self, access: Access, *, picture: bool) -> str:
        transport = self._transport(access)
        offer = await probe.offer_of(transport)
        if offer.dialect == "two routes" and not await probe.makes_pictures(transport):
            if not picture:
                raise NotOffered(
                    "This address does not seem to make pictures",
                    f"{access.host} answers, but shows none of the API's routes.",
                    "Check the address and its path, or try a small picture to be sure.",
                )
            self.offer = offer
            return "None shows; the picture will tell"
        self.offer = offer
        return _route_words(offer)

    async def _dialect(self) -> str:
        assert self.offer is not None  # noqa: S101 - the routes have passed
        return f"{self.offer.name} {self.offer.version}".strip()

    async def _picture(self, spool: Path) -> str:
        client = Client(self._profile, self._secrets, spool=spool, traffic=self._traffic)
        try:
            result = await client.generate(PICTURE, _no_input, lambda _: None, f"task({uuid.uuid4().hex})")
        finally:
            await client.aclose()
        await self._worker.run(lambda: [image.path.unlink(missing_ok=True) for image in result.images])
        first = result.images[0]
        return f"{first.width} × {first.height} in {result.seconds:.1f} s"

    def _transport(self, access: Access) -> Transport:
        self._open.append(Transport(access, self._worker, traffic=self._traffic))
        return self._open[-1]


async def _no_input(_: str) -> bytes:
    raise InvalidRequest("init_image", "The small picture needs no source")


def _without_secrets(profile: EndpointProfile) -> EndpointProfile:
    open_headers = tuple(header for header in profile.extra_headers if not header.secret)
    return replace(profile, sign_in="none", extra_headers=open_headers)


def _is_about_trust(error: StudioError) -> bool:
    return isinstance(error, InvalidRequest) and error.field in ("fingerprint", "ca_file")


def _trust_words(profile: EndpointProfile) -> str:
    if profile.url.startswith("http:"):
        return "On this computer" if address.is_loopback(profile.url) else "Not encrypted: this is plain http"
    return {
        "system": "The system trusts its certificate",
        "ca file": "Its certificate was issued by the authority you chose",
        "pinned": "It shows the certificate you trust",
        "unverified": "Encrypted, but nobody has checked to whom",
    }[profile.trust]


def _refuse_sign_in(answer: Answer, access: Access, *, accepted_before: bool) -> None:
    """Raise what the answer to a signed question says about the sign-in."""
    if sign_in_pages.is_one(answer.content_type, answer.body):
        raise sign_in_pages.refusal(access.host, access.hidden_in(answer.body))
    if answer.status not in (401, 403):
        return
    if access.signed_in and accepted_before:
        raise NotAuthorised(
            f"{answer.status}: the token was accepted before, so it has probably expired",
            f"{access.host} does not accept it any more.",
            "Paste a new one.",
        )
    if access.profile.sign_in != "none" and not access.signed_in:
        raise NotAuthorised(
            f"{answer.status}: the endpoint wants a sign-in, and there is no secret for it",
            f"{access.host} was asked without one.",
            "Enter the token or password.",
        )
    said, remedy = (
        ("the sign-in was not accepted", "Copy the token or password again, whole.")
        if access.signed_in
        else ("the endpoint wants a sign-in", "Choose how to sign in, and enter the token or password.")
    )
    raise NotAuthorised(f"{answer.status}: {said}", f"{access.host} does not let this request through.", remedy)


def _sign_in_words(access: Access, *, asks: bool) -> str:
    if not access.signed_in:
        return "None is needed"
    return "Accepted" if asks else "Not refused; the endpoint answers without one, too"


def _route_words(offer: Offer) -> str:
    if offer.dialect == "two routes":
        return "txt2img and img2img, and nothing else"
    extras = [
        word
        for word, there in (
            ("progress", offer.can_progress),
            ("interrupt", offer.can_interrupt),
            (f"{len(offer.samplers)} samplers", "samplers" not in offer.missing),
            (f"{len(offer.checkpoints)} checkpoints", bool(offer.checkpoints)),
        )
        if there
    ]
    return ", ".join(["txt2img and img2img", *extras])
