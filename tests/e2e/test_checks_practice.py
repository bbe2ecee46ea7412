"""The checklist and the client against `sdstudio serve` as it behaves and misbehaves, TLS before it included."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sdstudio.api import checks
from sdstudio.api.checks import NAMES, Check
from sdstudio.api.client import Client
from sdstudio.api.offer import Offer
from sdstudio.core.endpoint import EndpointProfile
from sdstudio.core.errors import AnswerLost, CertificateNotTrusted, NotAuthorised
from tests.fakes import certificates
from tests.fakes.clients import generate, spool
from tests.fakes.practice import start_practice
from tests.fakes.tunnels import TlsEnd

__all__ = ["spool"]

TOKEN = "MARKER-tok-4411"
SECRET = {"sign-in": TOKEN}


async def checked(
    spool: Path,
    profile: EndpointProfile,
    secrets: dict[str, str],
    *,
    picture: bool = False,
    before: bool = False,
) -> tuple[Offer | None, dict[str, Check]]:
    lines: dict[str, Check] = {}

    def note(line: Check) -> None:
        lines[line.name] = line

    offer = await checks.check(profile, secrets, note, spool=spool, picture=picture, accepted_before=before)
    assert TOKEN not in repr(lines)
    assert list(spool.iterdir()) == []
    return offer, lines


def failed(lines: dict[str, Check]) -> tuple[str, ...]:
    return tuple(name for name in NAMES if lines[name].state == "failed")


def profile(url: str, **said: Any) -> EndpointProfile:
    return EndpointProfile("x", "X", url, **said)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), {}),
        (("--token", TOKEN), {"sign_in": "bearer"}),
        (("--api-auth", f"anna:{TOKEN}"), {"sign_in": "basic", "user": "anna"}),
        (("--token", TOKEN), {"sign_in": "header", "header_name": "Authorization"}),
    ],
)
async def test_signing_in_and_making_a_small_picture(
    options: tuple[str, ...], said: dict[str, Any], spool: Path
) -> None:
    secret = f"Bearer {TOKEN}" if said.get("sign_in") == "header" else TOKEN
    with start_practice(*options) as url:
        offer, lines = await checked(
            spool, profile(url, **said), {"sign-in": secret} if said else {}, picture=True
        )
        assert failed(lines) == ()
        assert offer is not None
        assert offer.dialect == "practice"
        assert lines["picture"].text.startswith("64 × 64")
        if options:
            offer, lines = await checked(spool, profile(url, **said), {"sign-in": "wrong-secret"})
            assert failed(lines) == ("sign-in",)
            assert isinstance(lines["sign-in"].error, NotAuthorised)


async def test_two_routes_behind_a_token(spool: Path) -> None:
    with start_practice("--token", TOKEN, "--behave", "two-routes") as url:
        offer, lines = await checked(spool, profile(url, sign_in="bearer"), SECRET, picture=True)
    assert failed(lines) == ()
    assert offer is not None
    assert offer.dialect == "two routes"


async def test_a_page_for_people(spool: Path) -> None:
    with start_practice("--behave", "html") as url:
        _, lines = await checked(spool, profile(url), {})
    assert failed(lines) == ("sign-in",)
    assert lines["sign-in"].text == "This address answers with a sign-in page"


async def test_a_token_that_expires(spool: Path) -> None:
    with start_practice("--token", TOKEN, "--behave", "expire=2") as url:
        _, lines = await checked(spool, profile(url, sign_in="bearer"), SECRET)
        assert failed(lines) == ("routes",)  # the stranger's question and the first signed one were let in
        _, lines = await checked(spool, profile(url, sign_in="bearer"), SECRET, before=True)
        assert failed(lines) == ("sign-in",)
        assert "probably expired" in lines["sign-in"].text


async def test_a_gateway_that_gives_up_on_the_picture(spool: Path) -> None:
    with start_practice("--behave", "slow=1", "--behave", "cut=0.5") as url:
        offer, lines = await checked(spool, profile(url), {}, picture=True)
    assert failed(lines) == ("picture",)
    assert isinstance(lines["picture"].error, AnswerLost)
    assert offer is not None


@asynccontextmanager
async def secured(made: certificates.Made) -> AsyncIterator[str]:
    with start_practice("--token", TOKEN) as url:
        async with TlsEnd(url, made.server) as front:
            yield front.url


async def test_a_private_authority(spool: Path, tmp_path: Path) -> None:
    authority = certificates.make(tmp_path, "authority")
    async with secured(certificates.make(tmp_path, "issued", signed_by=authority)) as url:
        trusting = profile(url, sign_in="bearer", trust="ca file", ca_file=str(authority.ca_file))
        _, lines = await checked(spool, trusting, SECRET, picture=True)
        assert failed(lines) == ()
        _, lines = await checked(spool, replace(trusting, trust="system"), SECRET)
        assert failed(lines) == ("trust",)


async def test_the_fingerprint_that_is_offered_is_the_one_to_pin(spool: Path, tmp_path: Path) -> None:
    async with secured(certificates.make(tmp_path, "own")) as url:
        doubting = profile(url, sign_in="bearer")
        _, lines = await checked(spool, doubting, SECRET)
        assert failed(lines) == ("trust",)
        assert lines["connection"].state == "passed"
        error = lines["trust"].error
        assert isinstance(error, CertificateNotTrusted)
        pinned = replace(doubting, trust="pinned", fingerprint=error.fingerprint)
        _, lines = await checked(spool, pinned, SECRET, picture=True)
        assert failed(lines) == ()
        client = Client(pinned, SECRET, spool=spool)
        assert len((await generate(client)).images) == 1
        await client.aclose()
