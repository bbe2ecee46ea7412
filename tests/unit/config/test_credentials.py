"""Secrets in a real Secret Service, and every way in which there is none: each ends quickly and in words."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from sdstudio.config import credentials as module
from sdstudio.config import logs
from sdstudio.config.credentials import SIGN_IN, Credentials, entries_of
from sdstudio.core.endpoint import EndpointProfile, ExtraHeader
from sdstudio.core.errors import InvalidRequest, KeyringUnavailable
from tests.fakes.secret_service import running_service, secret_service

HOST = EndpointProfile("abc", "host", "http://127.0.0.1:7860", sign_in="bearer")
TOKEN = "marker-token-1234"

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's keyring")

PROGRAM = """
import asyncio, json, sys, time
from sdstudio.config.credentials import SIGN_IN, Credentials, entries_of
from sdstudio.core.endpoint import EndpointProfile, ExtraHeader
from sdstudio.core.errors import KeyringUnavailable

async def told(coroutine):
    started = time.perf_counter()
    try:
        answer = await coroutine
    except KeyringUnavailable as error:
        answer = "unavailable: " + str(error)
    return [answer, time.perf_counter() - started]

async def main():
    credentials = Credentials(timeout_s=float(sys.argv[1]))
    TOKEN, out = "marker-token-1234", []
    HOST = EndpointProfile("abc", "host", "http://127.0.0.1:7860", sign_in="bearer")
    OTHER = EndpointProfile("def", "other", "https://other.example", sign_in="basic", user="me")
{body}
    await credentials.close()
    print(json.dumps(out))

asyncio.run(main())
"""


def run(environment: dict[str, str], body: str, *, timeout_s: float = 20) -> list[list]:
    """What the program's `out` held, each entry an answer and the seconds it took."""
    source = PROGRAM.format(body=textwrap.indent(textwrap.dedent(body), "    "))
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", source, str(timeout_s)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert TOKEN not in done.stderr
    return json.loads(done.stdout)


@on_linux
def test_a_token_is_kept_over_restarts_and_deleted():
    with secret_service() as environment:
        first = run(
            environment,
            """
            out.append(await told(credentials.secrets(HOST)))
            out.append(await told(credentials.set_secret("abc", "sign-in", TOKEN + "\\n")))
            out.append(await told(credentials.set_secret("def", "sign-in", " pass word ")))
            """,
        )
        second = run(
            environment,
            """
            out.append(await told(credentials.secrets(HOST)))
            out.append(await told(credentials.delete_secrets(HOST)))
            out.append(await told(credentials.delete_secrets(HOST)))
            out.append(await told(credentials.secrets(HOST)))
            out.append(await told(credentials.secrets(OTHER)))
            """,
        )
    assert [answer for answer, _ in first] == [{}, None, None]
    assert [answer for answer, _ in second] == [{SIGN_IN: TOKEN}, None, None, {}, {SIGN_IN: " pass word "}]


@on_linux
def test_every_secret_of_a_profile_is_kept_apart_and_all_are_deleted_together():
    body = """
        from dataclasses import replace
        TWO = (ExtraHeader("X-Api-Key", secret=True), ExtraHeader("X-Plain", "seen"))
        HOST = replace(HOST, sign_in="header", header_name="X-Own", extra_headers=TWO)
        out.append(await told(credentials.set_secret("abc", "sign-in", TOKEN)))
        out.append(await told(credentials.set_secret("abc", "header:x-api-key", "k3y")))
        out.append(await told(credentials.secrets(HOST)))
        out.append(await told(credentials.secrets(replace(HOST, sign_in="none"))))
        out.append(await told(credentials.delete_secrets(replace(HOST, sign_in="none"))))
        out.append(await told(credentials.secrets(HOST)))
    """
    with secret_service() as environment:
        answers = [answer for answer, _ in run(environment, body)]
    assert answers == [
        None,
        None,
        {SIGN_IN: TOKEN, "header:x-api-key": "k3y"},
        {"header:x-api-key": "k3y"},
        None,
        {},
    ]


@on_linux
def test_a_token_kept_by_address_before_there_were_profiles_moves_to_its_profile():
    body = """
        import keyring
        keyring.set_password("sdstudio", HOST.url, TOKEN)
        out.append(await told(credentials.secrets(HOST)))
        out.append([keyring.get_password("sdstudio", HOST.url), 0])
        out.append(await told(credentials.secrets(HOST)))
        keyring.set_password("sdstudio", HOST.url, "a former one")
        out.append(await told(credentials.delete_secrets(HOST)))
        out.append([keyring.get_password("sdstudio", HOST.url), 0])
    """
    with secret_service() as environment:
        answers = [answer for answer, _ in run(environment, body)]
    assert answers == [{SIGN_IN: TOKEN}, None, {SIGN_IN: TOKEN}, None, None]


@on_linux
def test_a_locked_keyring_without_a_display_says_so_quickly():
    with secret_service(locked=True) as environment:
        [[answer, seconds]] = run(environment, "out.append(await told(credentials.secrets(HOST)))")
    assert answer.startswith("unavailable: The keyring is locked")
    assert seconds < 5


@on_linux
def test_a_keyring_that_does_not_answer_is_given_up_and_used_again_once_it_does():
    with running_service() as service, service.frozen():
        answers = run(
            service.environment,
            f"""
            import os, signal
            out.append(await told(credentials.set_secret("abc", "sign-in", TOKEN)))
            out.append(await told(credentials.set_secret("def", "sign-in", TOKEN)))
            credentials.remember_for_session("abc", "sign-in", TOKEN)
            out.append(await told(credentials.secrets(HOST)))
            os.kill({service.daemon.pid}, signal.SIGCONT)
            credentials._timeout_s = 20
            out.append(await told(credentials.secrets(OTHER)))
            """,
            timeout_s=1,
        )
    set_answer, second, session, after = answers
    assert set_answer[0].startswith("unavailable: The keyring does not answer")
    assert 1 <= set_answer[1] < 5
    assert second[0].startswith("unavailable: The keyring does not answer")
    assert session[0] == {SIGN_IN: TOKEN}
    assert after[0] == {}, "what the user was told had failed must not be stored later"


def without_keyring(**changes: str) -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if k not in {"PYTHON_KEYRING_BACKEND", "DISPLAY"}} | changes


@on_linux
def test_a_system_without_a_keyring_service_says_so():
    environment = without_keyring(DBUS_SESSION_BUS_ADDRESS="disabled:")
    [[answer, _]] = run(environment, "out.append(await told(credentials.set_secret('abc', 'sign-in', TOKEN)))")
    assert answer.startswith("unavailable: There is no keyring on this system")


@on_linux
def test_a_bus_that_accepts_and_never_speaks_is_given_up(tmp_path):
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "bus"))
        silent.listen()
        environment = without_keyring(DBUS_SESSION_BUS_ADDRESS=f"unix:path={tmp_path / 'bus'}")
        [[answer, seconds]] = run(environment, "out.append(await told(credentials.secrets(HOST)))", timeout_s=2)
    assert answer.startswith("unavailable: ")
    assert seconds < 10


@pytest.mark.parametrize("backend", ["keyring.backends.null.Keyring", "keyring.backends.fail.Keyring"])
def test_a_keyring_that_keeps_nothing_is_none(backend):
    environment = without_keyring(PYTHON_KEYRING_BACKEND=backend)
    [[answer, _]] = run(environment, "out.append(await told(credentials.set_secret('abc', 'sign-in', TOKEN)))")
    assert answer.startswith("unavailable: There is no keyring on this system")


PLAIN_FILE_BACKEND = """
from keyring.backend import KeyringBackend
class Keyring(KeyringBackend):
    priority = 9
    def get_password(self, service, user): return "from a plain file"
    def set_password(self, service, user, password): raise SystemExit("stored in a plain file")
"""


def test_a_keyring_that_is_a_plain_file_is_refused(tmp_path):
    (tmp_path / "keyrings" / "alt").mkdir(parents=True)
    (tmp_path / "keyrings" / "alt" / "file.py").write_text(PLAIN_FILE_BACKEND)
    environment = without_keyring(PYTHON_KEYRING_BACKEND="keyrings.alt.file.Keyring", PYTHONPATH=f"{tmp_path}")
    environment["PYTHONPATH"] += os.pathsep + str(Path.cwd())
    [[answer, _]] = run(environment, "out.append(await told(credentials.secrets(HOST)))")
    assert answer.startswith("unavailable: There is no keyring on this system")


@pytest.fixture
async def session_only(monkeypatch):
    """Credentials in this process, where the keyring is the one that always fails."""
    monkeypatch.setenv("SDSTUDIO_TOKEN", "from-the-environment")
    made: list[Credentials] = []

    def make(**options) -> Credentials:
        made.append(Credentials(**options))
        return made[-1]

    yield make
    for credentials in made:
        await credentials.close()
    logs._secrets.clear()


async def test_without_a_keyring_a_token_lives_for_the_session(session_only):
    credentials = session_only()
    with pytest.raises(KeyringUnavailable, match="this session only"):
        await credentials.set_secret("abc", "sign-in", TOKEN)
    credentials.remember_for_session("abc", "sign-in", TOKEN)
    assert await credentials.secrets(HOST) == {SIGN_IN: TOKEN}
    with pytest.raises(KeyringUnavailable):
        await credentials.delete_secrets(HOST)
    assert await credentials.secrets(HOST) == {}, (
        "what is to be forgotten is not used, whatever the keyring has"
    )


async def test_the_environments_token_is_for_the_command_line_only(session_only):
    from_outside = await session_only(read_environment=True).secrets(HOST)
    assert from_outside == {SIGN_IN: "from-the-environment"}
    credentials = session_only()
    credentials.remember_for_session("abc", "sign-in", TOKEN)
    assert await credentials.secrets(HOST) == {SIGN_IN: TOKEN}


@pytest.mark.parametrize("token", ["", "  \n", "one\r\ntwo", "nul\0", "tab\there", "bell\a"])
async def test_a_token_no_header_can_carry_is_refused_before_anyone_is_asked(session_only, token):
    credentials = session_only()
    with pytest.raises(InvalidRequest) as caught:
        await credentials.set_secret("abc", SIGN_IN, token)
    assert caught.value.field == "token"
    with pytest.raises(InvalidRequest):
        credentials.remember_for_session("abc", SIGN_IN, token)
    assert token.strip() == "" or token not in str(caught.value)


async def test_a_profile_without_secrets_asks_no_keyring(session_only):
    """Which might ask the user in turn."""
    headers = (ExtraHeader("X-Plain", "seen"),)
    profile = EndpointProfile("abc", "host", "https://host.example", extra_headers=headers)
    credentials = session_only()
    assert await credentials.secrets(profile) == {}
    assert credentials._thread is None
    assert entries_of(profile) == ("abc/sign-in", "https://host.example")


async def test_the_windows_keyrings_limit_is_told_in_words(session_only, monkeypatch):
    monkeypatch.setattr(module, "_ON_WINDOWS", True)
    with pytest.raises(KeyringUnavailable, match=r"1,280 characters") as caught:
        await session_only().set_secret("abc", SIGN_IN, "x" * 1281)
    assert "xxx" not in str(caught.value)
    with pytest.raises(KeyringUnavailable, match="no keyring"):
        await session_only().set_secret("abc", SIGN_IN, "x" * 1280)


async def test_every_token_seen_is_hidden_from_the_log(session_only):
    credentials = session_only(read_environment=True)
    credentials.remember_for_session("abc", "sign-in", TOKEN)
    await credentials.secrets(HOST)
    assert logs.redacted(f"{TOKEN} from-the-environment") == f"{logs.HIDDEN} {logs.HIDDEN}"


async def test_asking_does_not_hold_up_the_loop(session_only):
    """The first question imports keyring, which takes far longer than a frame; it must not do so here."""
    credentials = session_only()
    question = asyncio.create_task(credentials.secrets(HOST))
    gaps, last = [], time.perf_counter()
    while not question.done():
        await asyncio.sleep(0.001)
        gaps.append(time.perf_counter() - last)
        last = time.perf_counter()
    with pytest.raises(KeyringUnavailable):
        await question
    assert max(gaps) < 0.5
