"""`generate --endpoint`: an endpoint by its name, its secrets from a real keyring or the environment."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sdstudio.core.endpoint import EndpointProfile
from tests.fakes.practice import start_practice
from tests.fakes.program import Finished, run
from tests.fakes.secret_service import secret_service

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's keyring")

TOKEN = "marker-t0ken-99"
SMALL = ("--width", "64", "--height", "64", "--steps", "2", "--json")
KEEP = "import keyring, sys; keyring.set_password('sdstudio', 'box/sign-in', sys.stdin.read())"


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    with start_practice("--token", TOKEN) as url:
        yield url


@pytest.fixture(scope="module")
def service() -> Iterator[dict[str, str]]:
    """A keyring that has the token of the profile "box"."""
    with secret_service() as found:
        environment = found | {"PYTHON_KEYRING_BACKEND": "keyring.backends.SecretService.Keyring"}
        subprocess.run([sys.executable, "-c", KEEP], env=found, input=TOKEN, text=True, check=True)
        yield environment


def folder_with(tmp_path: Path, *profiles: EndpointProfile) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    listed = [profile.to_dict() for profile in profiles]
    (folder / "endpoints.json").write_text(json.dumps({"profiles": listed}))
    return folder


def generate(folder: Path, endpoint: str, *options: str, env: dict[str, str] | None = None) -> Finished:
    return run("generate", "x", *SMALL, "--endpoint", endpoint, *options, "--data-dir", folder, env=env)


def box(url: str) -> EndpointProfile:
    return EndpointProfile("box", "GPU box", url, sign_in="bearer")


@pytest.mark.parametrize("meant", ["gpu box", "box", "the address"])
def test_a_profile_is_meant_by_name_id_or_address_and_signs_in(
    tmp_path: Path, guarded: str, service: dict[str, str], meant: str
) -> None:
    folder = folder_with(tmp_path, box(guarded))
    done = generate(folder, guarded + "/docs" if meant == "the address" else meant, env=service)
    assert (done.status, done.errors) == (0, "")
    assert done.document["endpoint"] == {"name": "GPU box", "url": guarded, "dialect": "practice"}


def test_without_a_keyring_it_is_said_why_there_was_no_token(tmp_path: Path, guarded: str) -> None:
    folder = folder_with(tmp_path, box(guarded))
    none = generate(folder, "box")
    assert none.status == 4
    assert any("keyring" in note for note in none.document["notes"])
    given = generate(folder, "box", env={"SDSTUDIO_TOKEN": TOKEN})
    assert (given.status, given.document["notes"]) == (0, [])


def test_a_token_goes_over_plain_http_only_when_that_is_asked_for(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, box("http://nobody.invalid:7860"))
    environment = {"SDSTUDIO_TOKEN": TOKEN}
    held = generate(folder, "GPU box", env=environment)
    assert held.document["error"]["kind"] == "SecretHeldBack"
    assert "plain http" in held.errors
    allowed = generate(folder, "GPU box", "--plain-http", env=environment)
    assert allowed.status == 3, "it went to look for the host"
    assert TOKEN not in held.errors + held.out + allowed.errors + allowed.out


def test_a_name_that_nobody_has_and_no_address_could_be_is_2(tmp_path: Path) -> None:
    assert generate(folder_with(tmp_path), "my gpu box").status == 2
