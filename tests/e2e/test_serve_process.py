"""`sdstudio serve` as a process: how it announces itself, whom it lets in, and how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import httpx
import pytest

from tests.fakes.practice import PracticeProcess, practice_process, serve_command

SECRET = "a-secret-that-shows-nowhere"
LONG = {"prompt": "sea", "steps": 900, "width": 64, "height": 64}
SHORT = {"prompt": "sea", "steps": 1, "width": 64, "height": 64}


@pytest.fixture
def background() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as executor:
        yield executor


def _in_mid_generation(practice: PracticeProcess, background: ThreadPoolExecutor) -> Future[httpx.Response]:
    running = background.submit(httpx.post, f"{practice.url}/sdapi/v1/txt2img", json=LONG, timeout=30)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if httpx.get(f"{practice.url}/sdapi/v1/progress").json()["state"]["sampling_step"] > 0:
            return running
    pytest.fail("the generation never began")


def test_announces_itself_in_one_line_of_json_once_it_listens() -> None:
    with practice_process() as practice:
        assert httpx.get(f"{practice.url}/internal/ping").json() == {}
        assert practice.url.startswith("http://127.0.0.1:")
        practice.process.stdin.close()  # type: ignore[union-attr]
        assert practice.process.stdout is not None
        assert practice.process.stdout.read() == b""
        assert practice.complaints() == ""


def test_the_process_id_is_its_own() -> None:
    with subprocess.Popen(
        serve_command("--port", "0", "--until-stdin-closes"), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["pid"] == process.pid
        process.stdin.close()


def test_says_what_it_is_wherever_it_shows() -> None:
    with practice_process() as practice, httpx.Client(base_url=practice.url) as client:
        words = "no neural network"
        assert words in client.get("/openapi.json").json()["info"]["title"]
        assert words in client.get("/docs").text
        assert words in client.get("/").text
        assert all(words in model["title"] for model in client.get("/sdapi/v1/sd-models").json())
        assert words in client.get("/sdapi/v1/options").json()["sd_model_checkpoint"]
        info = json.loads(client.post("/sdapi/v1/txt2img", json=SHORT).json()["info"])
        assert words in info["version"]
        assert words in info["sd_model_name"]
        assert info["infotexts"][0].count(words) == 2


def test_ends_within_a_second_when_its_standard_input_closes(background: ThreadPoolExecutor) -> None:
    with practice_process() as practice:
        running = _in_mid_generation(practice, background)
        assert practice.process.stdin is not None
        practice.process.stdin.close()
        closed = time.monotonic()
        assert practice.process.wait(5) == 0
        assert time.monotonic() - closed < 1
        with pytest.raises(httpx.TransportError):
            running.result()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_ends_within_a_second_of_its_parents_violent_death() -> None:
    """The parent holds the pipe, says the child's address, and is killed while the child paints."""
    command = serve_command("--port", "0", "--until-stdin-closes")
    parent_code = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen({command!r}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        "sys.stdout.buffer.write(child.stdout.readline())\n"
        "sys.stdout.flush()\n"
        "child.wait()\n"
    )
    with subprocess.Popen([sys.executable, "-c", parent_code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        announced = json.loads(parent.stdout.readline())
        with socket.create_connection(("127.0.0.1", int(announced["url"].rpartition(":")[2]))) as connection:
            body = json.dumps(LONG).encode()
            connection.sendall(
                b"POST /sdapi/v1/txt2img HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                + f"Content-Length: {len(body)}\r\n\r\n".encode()
                + body
            )
            os.kill(parent.pid, signal.SIGKILL)
            killed = time.monotonic()
            connection.settimeout(5)
            with contextlib.suppress(ConnectionResetError):  # which end it has, the child has gone
                assert connection.recv(1) == b""
            assert time.monotonic() - killed < 1


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_sigterm_lets_the_running_generation_answer_with_what_it_has(background: ThreadPoolExecutor) -> None:
    with practice_process() as practice:
        running = _in_mid_generation(practice, background)
        waiting = background.submit(httpx.post, f"{practice.url}/sdapi/v1/txt2img", json=SHORT, timeout=30)
        while httpx.get(f"{practice.url}/internal/pending-tasks").json()["size"] == 0:
            pass
        practice.process.send_signal(signal.SIGTERM)
        assert practice.process.wait(10) == 0
        assert len(running.result().json()["images"]) == 1
        assert waiting.result().json()["errors"] == "the practice endpoint is closing down"
        assert practice.complaints() == ""


def test_a_taken_port_is_said_in_a_sentence() -> None:
    with practice_process() as practice:
        port = practice.url.rpartition(":")[2]
        second = subprocess.run(
            serve_command("--port", port), check=False, capture_output=True, text=True, timeout=30
        )
    assert second.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in second.stderr
    assert second.stdout == ""


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--host", "0.0.0.0"], "add --allow-remote"),
        (["--host", "example.invalid"], "add --allow-remote"),
        (["--token", "x", "--api-auth", "a:b"], "choose --token or --api-auth"),
        (["--api-auth", "nobody"], "USER:PASSWORD"),
        (["--behave", "cut"], "write cut=SECONDS[:504|524]"),
        (["--behave", "cut=5:500"], "write cut=SECONDS[:504|524]"),
        (["--behave", "drop=half"], "write drop[=N]"),
        (["--behave", "dance"], "known are two-routes, cut"),
        (["--port", "70000"], "0 to 65535"),
    ],
)
def test_arguments_that_do_not_fit_end_with_2_and_a_sentence(options: list[str], sentence: str) -> None:
    ended = subprocess.run(serve_command(*options), check=False, capture_output=True, text=True, timeout=30)
    assert ended.returncode == 2
    assert sentence in ended.stderr


@pytest.mark.parametrize("way", ["argument", "variable"])
def test_a_token_is_asked_of_every_route_and_shown_by_none(way: str) -> None:
    options = ["--token", SECRET] if way == "argument" else []
    variables = {"SDSTUDIO_SERVE_TOKEN": SECRET} if way == "variable" else {}
    bearer = {"Authorization": f"Bearer {SECRET}"}
    with (
        practice_process("--api-log", *options, environment=variables) as practice,
        httpx.Client(base_url=practice.url) as client,
    ):
        for path in ("/sdapi/v1/samplers", "/sdapi/v1/loras", "/internal/ping", "/docs", "/nowhere"):
            for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {SECRET}"}):
                refused = client.get(path, headers=headers)
                assert (refused.status_code, refused.json()) == (401, {"detail": "Not authenticated"})
        assert client.get("/sdapi/v1/samplers", headers=bearer).status_code == 200
        shown = client.get("/sdapi/v1/cmd-flags", headers=bearer).text + practice.complaints()
    assert "GET /sdapi/v1/samplers" in shown
    assert SECRET not in shown


def test_basic_auth_has_the_gaps_of_the_original() -> None:
    with (
        practice_process("--api-auth", f"user:{SECRET}") as practice,
        httpx.Client(base_url=practice.url) as client,
    ):
        for authorization, detail in (
            ("", "Not authenticated"),
            (f"Bearer {SECRET}", "Not authenticated"),
            ("Basic ?!", "Invalid authentication credentials"),
            ("Basic dXNlcg==", "Invalid authentication credentials"),
            ("Basic dXNlcjp3cm9uZw==", "Incorrect username or password"),
        ):
            refused = client.get(
                "/sdapi/v1/cmd-flags", headers={"Authorization": authorization} if authorization else {}
            )
            assert (refused.status_code, refused.json()["detail"]) == (401, detail)
            assert "www-authenticate" not in refused.headers
        for path in ("/sdapi/v1/loras", "/internal/ping", "/openapi.json"):
            assert client.get(path).status_code == 200
        assert SECRET not in client.get("/sdapi/v1/cmd-flags", auth=("user", SECRET)).text
