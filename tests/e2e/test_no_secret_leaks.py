"""Secrets planted as markers in a real keyring; the program is used and broken with them, and everything searched.

That is: every file it wrote, what it printed, the command lines of its processes, and what other hosts got.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.fakes.practice import ROOT, start_practice
from tests.fakes.program import COMMAND, environment, run, started
from tests.fakes.secret_service import secret_service

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and the Secret Service")

SECRETS = {"token": "MARKER-t0ken/7f3a+9c==", "key": "MARKER-k3y-51aa", "password": "MARKER-w0rd-d00d"}
SMALL = ("--width", "64", "--height", "64", "--steps", "2")
PATIENCE_S = 60


def forms(secret: str) -> set[bytes]:
    """How a secret could be written."""
    texts = {
        secret,
        quote(secret),
        quote(secret, safe=""),
        json.dumps(secret)[1:-1],
        secret.replace("/", "\\/"),
    }
    plain = {text.encode() for text in texts}
    coded = {base64.b64encode(value.encode()) for value in (secret, f"me:{secret}")}
    return plain | coded | {b"MARKER"}


def found(where: Mapping[str, bytes]) -> list[str]:
    """The places that hold a secret."""
    wanted = {form for secret in SECRETS.values() for form in forms(secret)}
    return [name for name, content in where.items() if any(form in content for form in wanted)]


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class Elsewhere(BaseHTTPRequestHandler):
    """Answers as its server is told: repeats what it was sent, sends on to another host, or only listens."""

    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        server = self.server
        assert isinstance(server, Host)
        server.received += self.requestline.encode() + bytes(self.headers) + body
        self.send_response(server.status)
        if server.location:
            self.send_header(
                "Location", f"{server.location}{self.path}?from={quote(self.headers['Authorization'] or '')}"
            )
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Repeated", self.headers.get("Authorization") or "")
        self.end_headers()
        said = {"error": "Odd", "detail": str(self.headers), "errors": self.headers.get("X-Api-Key", "")}
        self.wfile.write(json.dumps(said).encode())

    do_POST = do_HEAD = do_GET  # noqa: N815 - the base class's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's
        """Quietly."""


class Host(ThreadingHTTPServer):
    """A server of the test's; `received` is everything that came."""

    def __init__(self, status: int = 200, location: str = "") -> None:
        super().__init__(("127.0.0.1", 0), Elsewhere)
        self.status, self.location, self.received = status, location, b""
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def serving(host: Host) -> Iterator[Host]:
    thread = threading.Thread(target=host.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield host
    finally:
        host.shutdown()
        thread.join()
        host.server_close()


@pytest.fixture(scope="module")
def keyring() -> Iterator[dict[str, str]]:
    with secret_service() as found_environment:
        yield found_environment | {"PYTHON_KEYRING_BACKEND": "keyring.backends.SecretService.Keyring"}


def plant(keyring: Mapping[str, str], profile: Mapping[str, str]) -> None:
    """Keep secrets by the entries that the program looks for."""
    code = (
        "import json, keyring, sys\n"
        "for entry, secret in json.load(sys.stdin).items(): keyring.set_password('sdstudio', entry, secret)"
    )
    subprocess.run(
        [sys.executable, "-c", code], input=json.dumps(profile), text=True, env=environment(keyring), check=True
    )


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    assert found({"nothing": b"Authorization: <hidden>"}) == []
    planted = [form for secret in SECRETS.values() for form in forms(secret)]
    for number, form in enumerate(planted):
        (tmp_path / str(number)).write_bytes(b"before " + form + b" after")
    assert len(found(files(tmp_path))) == len(planted) > 9


def test_a_life_full_of_errors_leaves_no_secret_anywhere(tmp_path: Path, keyring: dict[str, str]) -> None:
    folder = tmp_path / "data"
    token = ("--token", SECRETS["token"])
    with ExitStack() as stack:
        other = stack.enter_context(serving(Host()))
        urls = {
            "good": stack.enter_context(start_practice(*token)),
            "expiring": stack.enter_context(start_practice(*token, "--behave", "expire=12")),
            "wrong": stack.enter_context(start_practice("--token", "another")),
            "cut": stack.enter_context(start_practice(*token, "--behave", "drop")),
            "bare": stack.enter_context(start_practice(*token, "--behave", "two-routes")),
            "moved": stack.enter_context(serving(Host(307, other.url))).url,
            "moved for good": stack.enter_context(serving(Host(301, other.url))).url,
            "gateway": stack.enter_context(serving(Host(500))).url,
            "refusing": stack.enter_context(serving(Host(401))).url,
            "invalid": stack.enter_context(serving(Host(422))).url,
            "odd": stack.enter_context(serving(Host(200))).url,
            "held back": "http://nobody.invalid:7860",
            "gone": "http://127.0.0.1:9",
        }
        process = subprocess.Popen(
            [sys.executable, "-X", "dev", "-m", "tests.e2e.life_with_secrets", str(folder)],
            cwd=ROOT,
            env=environment(keyring),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        command_line = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        out, errors = process.communicate(json.dumps(SECRETS | {"urls": urls}).encode(), PATIENCE_S * 2)
        assert process.returncode == 0, errors.decode()[-3000:]
        received = other.received
    states = json.loads(out)
    assert states["good"] == "ready done", "the secrets were really used"
    assert states["expiring"] in ("needs token", "ready queued"), "it was refused before or at the picture"
    assert states["cut"] == "ready unknown"
    assert {states[name] for name in ("wrong", "refusing", "held back")} == {"needs token"}
    assert states["gone"] == "offline"
    written = files(folder)
    log = written[str(folder / "logs" / "sdstudio.log")]
    assert all(word in log for word in (b"httpcore", b"RuntimeError", b"<hidden>")), "everything was logged"
    assert len([name for name in written if "exported" in name]) > 10
    assert found(written | {"stdout": out, "stderr": errors, "command line": command_line}) == []
    assert received == b"", "nothing goes to where a redirect leads"
    kept = json.loads(written[str(folder / "endpoints.json")])["profiles"]
    assert [each["user"] for each in kept if each["user"]] == ["me"], (
        "the pasted address's user, not its password"
    )


@pytest.mark.parametrize("source", ["keyring", "environment"])
def test_the_command_line_leaves_no_secret_anywhere(
    tmp_path: Path, keyring: dict[str, str], source: str
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    plant(keyring, {"box/sign-in": SECRETS["token"], "lan/sign-in": SECRETS["token"]})
    given = keyring if source == "keyring" else {"SDSTUDIO_TOKEN": SECRETS["token"]}
    said: dict[str, bytes] = {}
    with serving(Host(500)) as gateway, start_practice("--token", SECRETS["token"]) as good:
        profiles = [
            {"id": "box", "name": "box", "url": good, "sign_in": "bearer"},
            {"id": "lan", "name": "lan", "url": gateway.url, "sign_in": "bearer"},
        ]
        (folder / "endpoints.json").write_text(json.dumps({"profiles": profiles}))
        for name, status in (("box", 0), ("lan", 5)):
            done = run("generate", "x", *SMALL, "--endpoint", name, "--json", "--data-dir", folder, env=given)
            assert done.status == status, done.errors
            said |= {f"{name} out": done.out.encode(), f"{name} errors": done.errors.encode()}
        assert SECRETS["token"].encode() in gateway.received, "it was really sent"
        common = ("--endpoint", "box", "--data-dir", folder, "--width", "64", "--height", "64", "--steps", "60")
        with started("generate", "x", *common, env=given) as process:
            said["command line"] = Path(f"/proc/{process.pid}/cmdline").read_bytes()
            said["out"], said["errors"] = process.communicate(timeout=PATIENCE_S)
    assert found(files(folder) | said) == []


def test_the_window_leaves_no_secret_anywhere(tmp_path: Path, keyring: dict[str, str]) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    plant(keyring, {"box/sign-in": SECRETS["token"]})
    with start_practice("--token", SECRETS["token"]) as good:
        profile = {"id": "box", "name": "box", "url": good, "sign_in": "bearer"}
        (folder / "endpoints.json").write_text(json.dumps({"profiles": [profile]}))
        (folder / "settings.json").write_text(json.dumps({"endpoint_id": "box"}))
        log = folder / "logs" / "sdstudio.log"
        command = [*COMMAND, "--data-dir", str(folder)]
        errors = tmp_path / "errors.txt"
        with errors.open("wb") as stream:
            process = subprocess.Popen(
                command, env=environment(keyring), stdin=subprocess.DEVNULL, stdout=stream, stderr=stream
            )
            try:
                until_logged(log, b"/sdapi/v1/samplers: 200")
                command_line = Path(f"/proc/{process.pid}/cmdline").read_bytes()
            finally:
                process.terminate()
                process.wait(PATIENCE_S)
    assert process.returncode == 0, errors.read_text()
    assert found(files(tmp_path) | {"command line": command_line}) == []


def until_logged(log: Path, words: bytes) -> None:
    end = time.monotonic() + PATIENCE_S
    while not (log.exists() and words in log.read_bytes()):
        assert time.monotonic() < end, log.read_text() if log.exists() else "no log"
        time.sleep(0.05)


def test_the_tests_own_process_has_no_token_in_its_environment() -> None:
    assert "SDSTUDIO_TOKEN" not in os.environ
