"""Profiles in the studio: used, saved, deleted with their secrets; live endpoints and a real Secret Service."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from sdstudio.api.checks import Check
from sdstudio.config import credentials as credentials_module
from sdstudio.config import logs
from sdstudio.config.credentials import SIGN_IN
from sdstudio.config.paths import DataDir
from sdstudio.core.endpoint import PRACTICE, EndpointProfile, ExtraHeader
from sdstudio.core.errors import InvalidRequest, KeyringUnavailable, NotAuthorised, SecretHeldBack
from sdstudio.core.request import GenerationRequest
from sdstudio.studio import Studio
from tests.fakes.practice import start_practice
from tests.fakes.secret_service import secret_service

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's keyring")

REQUEST = GenerationRequest("a lighthouse", width=64, height=64, steps=2)
TOKEN = "marker-t0ken-77"
NOBODY = EndpointProfile("nobody", "Nobody", "http://127.0.0.1:9", sign_in="bearer")


class Keyring:
    """A real keyring, seen from beside the program; `away` makes it one that cannot be had."""

    def __init__(self) -> None:
        from keyring.backends.SecretService import Keyring as SecretService

        self._backend = SecretService()
        self.away = False

    def __getitem__(self, entry: str) -> str | None:
        return self._backend.get_password("sdstudio", entry)

    def __setitem__(self, entry: str, secret: str) -> None:
        self._backend.set_password("sdstudio", entry, secret)

    def backend(self) -> object:
        from keyring.backends.SecretService import Keyring as SecretService

        if self.away:
            raise KeyringUnavailable("There is no keyring on this system")
        return SecretService()


@pytest.fixture(scope="module")
def service() -> Iterator[dict[str, str]]:
    with secret_service() as environment:
        yield environment


@pytest.fixture
def keyring(service: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Keyring:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", service["DBUS_SESSION_BUS_ADDRESS"])
    found = Keyring()
    monkeypatch.setattr(credentials_module, "_trusted_backend", found.backend)
    return found


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    """An endpoint that wants the token."""
    with start_practice("--token", TOKEN) as url:
        yield url


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[DataDir]:
    """A folder in which the token must not be found, whatever the test did."""
    yield DataDir(tmp_path / "data")
    holding = [path for path in tmp_path.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]
    logs._secrets.clear()
    assert not holding


@asynccontextmanager
async def opened(data_dir: DataDir, endpoint: EndpointProfile | str | None = None) -> AsyncIterator[Studio]:
    studio = await Studio.open(data_dir, endpoint=endpoint)
    try:
        yield studio
    finally:
        await studio.close()


async def settled(studio: Studio) -> str:
    await studio.session.settled()
    return studio.session.state


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.01)


async def test_a_profile_is_used_again_after_a_restart_and_deleted_with_its_secrets(
    data_dir: DataDir, keyring: Keyring, guarded: str
) -> None:
    box = EndpointProfile("box", "GPU box", guarded, sign_in="bearer")
    async with opened(data_dir, NOBODY) as studio:
        assert await studio.save_profile(box, {SIGN_IN: TOKEN}) is None
        assert studio.session.profile is NOBODY
        await studio.use_profile("box")
        assert await settled(studio) == "ready"
        assert (studio.session.mark.name, studio.session.mark.url) == ("GPU box", guarded)
        assert keyring["box/sign-in"] == TOKEN
    async with opened(data_dir) as studio:
        assert await settled(studio) == "ready"
        assert studio.session.profile == box
        assert await studio.delete_profile("box") is None
        assert studio.session.profile == PRACTICE
        assert studio.profiles.all == (PRACTICE,)
        assert keyring["box/sign-in"] is None
        with pytest.raises(InvalidRequest):
            await studio.use_profile("box")
    assert "box" not in data_dir.settings_file.read_text()


async def test_without_a_keyring_a_secret_is_for_this_session_and_that_is_said(
    data_dir: DataDir, keyring: Keyring, guarded: str
) -> None:
    keyring.away = True
    async with opened(data_dir, NOBODY) as studio:
        box = EndpointProfile("box", "GPU box", guarded, sign_in="bearer")
        assert isinstance(await studio.save_profile(box, {SIGN_IN: TOKEN}), KeyringUnavailable)
        await studio.use_profile("box")
        assert (await settled(studio), studio.session.notice) == ("ready", None)
    async with opened(data_dir) as studio:
        assert await settled(studio) == "needs token"
        assert isinstance(studio.session.notice, KeyringUnavailable)
        await studio.save_profile(NOBODY, {})
        await studio.use_endpoint("", None)
        assert await settled(studio) == "ready"
        assert studio.session.notice is None, "the practice endpoint needs none"


async def test_secrets_of_a_profile_deleted_without_a_keyring_go_when_there_is_one(
    data_dir: DataDir, keyring: Keyring
) -> None:
    headers = (ExtraHeader("X-Key", secret=True),)
    async with opened(data_dir, NOBODY) as studio:
        both = {SIGN_IN: TOKEN, "header:x-key": "k3y"}
        await studio.save_profile(replace(NOBODY, extra_headers=headers), both)
    keyring.away = True
    async with opened(data_dir, NOBODY) as studio:
        assert isinstance(await studio.delete_profile("nobody"), KeyringUnavailable)
        assert studio.profiles.get("nobody") is None
    assert keyring["nobody/sign-in"] == TOKEN
    keyring.away = False
    async with opened(data_dir, NOBODY) as studio:
        await until(lambda: not studio.profiles.left_behind)
    assert (keyring["nobody/sign-in"], keyring["nobody/header:x-key"]) == (None, None)
    assert "nobody" not in data_dir.endpoints_file.read_text()


async def test_another_kind_of_sign_in_does_not_inherit_the_secret(data_dir: DataDir, keyring: Keyring) -> None:
    async with opened(data_dir, NOBODY) as studio:
        headers = (ExtraHeader("X-Key", secret=True),)
        given = {SIGN_IN: TOKEN, "header:x-key": "k3y"}
        await studio.save_profile(replace(NOBODY, extra_headers=headers), given)
        await studio.save_profile(NOBODY, {SIGN_IN: None})
        assert (keyring["nobody/sign-in"], keyring["nobody/header:x-key"]) == (TOKEN, None)
        await studio.save_profile(replace(NOBODY, sign_in="basic", user="me"), {SIGN_IN: None})
        assert keyring["nobody/sign-in"] is None
        await studio.save_profile(replace(NOBODY, sign_in="basic", user="me"), {SIGN_IN: "w0rd"})
        await studio.save_profile(replace(NOBODY, sign_in="basic", user="me"), {SIGN_IN: ""})
        assert keyring["nobody/sign-in"] is None


async def test_an_address_from_before_there_were_profiles_becomes_one_with_its_token(
    data_dir: DataDir, keyring: Keyring, guarded: str
) -> None:
    data_dir.make()
    data_dir.settings_file.write_text(json.dumps({"endpoint_url": guarded, "theme": "dark"}))
    keyring[guarded] = TOKEN
    for _ in range(2):
        async with opened(data_dir) as studio:
            assert await settled(studio) == "ready"
            profile = studio.session.profile
            assert (profile.url, profile.name) == (guarded, guarded.removeprefix("http://"))
            assert studio.profiles.all == (PRACTICE, profile)
            assert (studio.settings.values.endpoint_url, studio.settings.values.theme) == ("", "dark")
            assert (keyring[guarded], keyring[f"{profile.id}/sign-in"]) == (None, TOKEN)


async def test_a_password_in_an_address_goes_to_the_keyring(data_dir: DataDir, keyring: Keyring) -> None:
    with start_practice("--api-auth", f"me:{TOKEN}") as url:
        async with opened(data_dir, NOBODY) as studio:
            pasted = url.replace("//", f"//me:{TOKEN}@")
            assert (await studio.ask_endpoint(pasted)).dialect == "practice"
            assert await studio.use_endpoint(pasted) is None
            assert await settled(studio) == "ready"
            profile = studio.session.profile
            assert (profile.url, profile.sign_in, profile.user) == (url, "basic", "me")
            assert keyring[f"{profile.id}/sign-in"] == TOKEN
            await studio.save_profile(replace(profile, url=pasted, name="again"), {})
            assert studio.session.profile.url == url


async def test_a_token_is_held_back_over_plain_http_until_that_is_allowed(
    data_dir: DataDir, keyring: Keyring
) -> None:
    lan = EndpointProfile("lan", "LAN", "http://nobody.invalid:7860", sign_in="bearer")
    async with opened(data_dir, NOBODY) as studio:
        await studio.save_profile(lan, {SIGN_IN: TOKEN})
        await studio.use_profile("lan")
        assert await settled(studio) == "needs token"
        assert isinstance(studio.session.error, SecretHeldBack)
        await studio.save_profile(replace(lan, plain_http_allowed=True), {})
        assert await settled(studio) == "offline", "it went to look for the host"


async def test_what_left_this_computer_is_noted_without_secrets(
    data_dir: DataDir, keyring: Keyring, guarded: str
) -> None:
    async with opened(data_dir, NOBODY) as studio:
        await studio.use_endpoint(guarded, TOKEN)
        assert await settled(studio) == "ready"
        job = await studio.queue.enqueue(REQUEST)
        assert (await studio.queue.ended(job.id)).state == "done"
        told = [exchange for exchange in studio.traffic.exchanges if exchange.route == "/sdapi/v1/txt2img"]
        assert [(exchange.method, exchange.status) for exchange in told] == [("POST", 200)]
        assert told[0].bytes_up > 100
        assert TOKEN not in str(studio.traffic.exchanges)


async def test_a_profile_is_tried_out_with_the_secret_that_is_kept_or_given(
    data_dir: DataDir, keyring: Keyring, guarded: str
) -> None:
    box = EndpointProfile("box", "GPU box", guarded, sign_in="bearer")
    async with opened(data_dir, NOBODY) as studio:
        lines: list[Check] = []
        tried = await studio.check_profile(box, {SIGN_IN: TOKEN}, lines.append, picture=True)
        assert tried
        assert tried.dialect == "practice"
        assert lines[-1].state == "passed"
        assert lines[-1].name == "picture"
        assert keyring["box/sign-in"] is None, "trying keeps nothing"
        await studio.save_profile(box, {SIGN_IN: TOKEN})
        assert await studio.check_profile(box, {SIGN_IN: None}, lines.append)
        lines.clear()
        assert await studio.check_profile(box, {SIGN_IN: "wr0ng"}, lines.append) is None
        failed = [line for line in lines if line.state == "failed"]
        assert [(line.name, type(line.error)) for line in failed] == [("sign-in", NotAuthorised)]
        assert await studio.check_profile(replace(box, url="ftp://host"), {}, lines.append) is None
        assert await studio.check_profile(PRACTICE, {}, lines.append)


async def test_an_address_for_this_time_uses_the_former_token_and_leaves_it(
    data_dir: DataDir, keyring: Keyring, guarded: str
) -> None:
    keyring[guarded] = TOKEN
    async with opened(data_dir, guarded) as studio:
        assert await settled(studio) == "ready"
    assert keyring[guarded] == TOKEN


async def test_a_name_or_defaults_change_without_connecting_anew(
    data_dir: DataDir, keyring: Keyring, guarded: str
) -> None:
    async with opened(data_dir, NOBODY) as studio:
        box = EndpointProfile("box", "GPU box", guarded, sign_in="bearer")
        await studio.save_profile(box, {SIGN_IN: TOKEN})
        await studio.use_profile("box")
        await settled(studio)
        await studio.save_profile(replace(box, name="Box"), {SIGN_IN: None})
        assert (studio.session.state, studio.session.name) == ("ready", "Box")
        await studio.save_profile(replace(box, name="Box"), {SIGN_IN: "wr0ng"})
        assert await settled(studio) == "needs token"
        with pytest.raises(InvalidRequest):
            await studio.save_profile(replace(box, name="Box"), {SIGN_IN: "two\nlines"})


async def test_a_token_that_expires_in_mid_queue_makes_it_wait_and_a_new_one_go_on(
    data_dir: DataDir, keyring: Keyring
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    box = EndpointProfile("box", "Box", f"http://127.0.0.1:{port}", sign_in="bearer")
    async with opened(data_dir, NOBODY) as studio:
        with start_practice("--port", port, "--token", TOKEN, "--behave", "expire=25"):
            await studio.save_profile(box, {SIGN_IN: TOKEN})
            await studio.use_profile("box")
            assert await settled(studio) == "ready"
            jobs = [await studio.queue.enqueue(REQUEST) for _ in range(40)]
            await until(lambda: studio.session.state == "needs token")
            assert isinstance(studio.session.error, NotAuthorised)
        await until(lambda: not any(job.state == "running" for job in studio.queue.jobs))
        states = [studio.queue.job(job.id).state for job in jobs]
        done = states.count("done")
        assert 0 < done < len(jobs)
        assert states == ["done"] * done + ["queued"] * (len(jobs) - done), "none was lost, none failed"
        with start_practice("--port", port, "--token", "an0ther-token"):
            await studio.save_profile(box, {SIGN_IN: "an0ther-token"})
            ended = [await studio.queue.ended(job.id) for job in jobs]
        assert {job.state for job in ended} == {"done"}
        assert len(await studio.library.ids()) == len(jobs), "each was made once"


async def test_how_long_a_gateway_waits_is_learned_and_told(data_dir: DataDir, keyring: Keyring) -> None:
    with start_practice("--behave", "cut=1.2", "--behave", "slow=0.3") as url:
        async with opened(data_dir, NOBODY) as studio:
            await studio.use_endpoint(url)
            assert await settled(studio) == "ready"
            job = await studio.queue.enqueue(replace(REQUEST, steps=30))
            assert (await studio.queue.ended(job.id)).state == "unknown"
            await until(lambda: studio.session.profile.answer_limit_s)
            assert studio.session.profile.answer_limit_s in (1.0, 2.0)
            assert any("waits" in note for note in studio.session.notes)
            profile_id = studio.session.profile.id
        async with opened(data_dir, NOBODY) as studio:
            kept = studio.profiles.get(profile_id)
            assert kept
            assert kept.answer_limit_s in (1.0, 2.0)


async def test_an_endpoint_is_opened_by_name_id_or_address(data_dir: DataDir, keyring: Keyring) -> None:
    async with opened(data_dir, NOBODY) as studio:
        await studio.save_profile(NOBODY, {})
    for text in ("nobody", "NOBODY", "127.0.0.1:9", "http://127.0.0.1:9/sdapi/v1"):
        async with opened(data_dir, text) as studio:
            assert studio.session.profile == NOBODY
    async with opened(data_dir, "http://127.0.0.1:10") as studio:
        assert studio.session.url == "http://127.0.0.1:10"
        assert len(studio.profiles.all) == 2, "an address for this time is not kept"
        await studio.use_profile(studio.session.profile.id)
        assert studio.session.url == "http://127.0.0.1:10"
    with pytest.raises(InvalidRequest):
        await Studio.open(data_dir, endpoint="ftp://host")
