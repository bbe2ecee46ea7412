"""Log output: no secret gets out, neither in a message nor in a traceback, and a broken disk stops nothing."""

import base64
import logging
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest

from sdstudio.config import logs

SECRET = "marker-s3cr3t/with+odd=characters&ü"


@pytest.fixture(autouse=True)
def forget_secrets():
    yield
    logs._secrets.clear()


@pytest.fixture
def log_file(tmp_path):
    file = tmp_path / "logs" / "sdstudio.log"
    undo = logs.set_up(file, verbose=True)
    yield file
    undo()


def test_a_registered_secret_is_hidden_in_messages_arguments_and_tracebacks(log_file, capsys, expect_logs):
    expect_logs("failed")
    logs.register_secret(SECRET)
    log = logging.getLogger("sdstudio.test")

    log.info("plain %s and %r", SECRET, {"token": SECRET.encode()})
    log.info("encoded %s", base64.b64encode(SECRET.encode()).decode())
    log.info("in an address %s", httpx.URL("http://host/", params={"x": SECRET}))
    try:
        int(f"the server said {SECRET}")
    except ValueError:
        log.exception("failed", stack_info=True)

    text = log_file.read_text() + capsys.readouterr().err
    assert "marker" not in text
    assert base64.b64encode(SECRET.encode()).decode() not in text
    assert "the server said <hidden>" in text


@pytest.mark.parametrize(
    "line",
    [
        "Authorization: Bearer {}",
        "{{'authorization': 'Bearer {}'}}",
        "[(b'Authorization', b'Basic {}'), (b'Accept', b'*/*')]",
        '{{"proxy-authorization": "{}"}}',
        "Set-Cookie: session={}; HttpOnly",
        "x-api-key={}",
        "curl -H 'Authorization: Bearer {}'",
        "Bearer {}",
        "BASIC {}",
        "https://user:{}@example.org/sdapi/v1",
        "https://{}@example.org/sdapi/v1",
        "GET /file?access_token={}&size=3",
    ],
)
def test_credentials_nobody_registered_are_hidden_where_they_are_known_to_stand(line):
    shown = logs.redacted(line.format("c2VjcmV0OnZhbHVl"))
    assert "c2VjcmV0" not in shown
    assert logs.HIDDEN in shown


def test_ordinary_lines_are_left_alone():
    line = "POST http://127.0.0.1:7860/sdapi/v1/txt2img answered 200 in 3.2 s; seed 1234, sampler Euler a"
    assert logs.redacted(line) == line


def test_long_lines_are_redacted_in_proportional_time():
    started = time.perf_counter()
    for text in ("a" * 300_000, "http://" * 40_000, "&token" * 50_000, "bearer " * 40_000, "cookie" * 50_000):
        logs.redacted(text)
    assert time.perf_counter() - started < 2


class Refusing(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(401)
        self.send_header("Set-Cookie", "session=marker-cookie")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format, *args):  # noqa: A002 - its name in the base class
        pass


@pytest.fixture
def refusing_server():
    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def test_the_http_library_at_its_most_talkative_tells_no_credentials(
    log_file, refusing_server, capsys, expect_logs
):
    expect_logs("refused")
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    address = f"http://user:marker-password@{refusing_server}/?token=marker-query"

    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(address, headers={"Authorization": "Bearer marker-header"})
        logging.getLogger("sdstudio.test").info("%r %r", answer.request, list(answer.request.headers.raw))
        try:
            answer.raise_for_status()
        except httpx.HTTPStatusError:
            logging.getLogger("sdstudio.test").exception("refused")

    text = log_file.read_text() + capsys.readouterr().err
    assert "send_request_headers" in text, "the library's debug lines should have been written"
    assert "401" in text
    assert "marker" not in text


def test_only_warnings_reach_stderr_unless_asked(tmp_path, capsys, expect_logs):
    expect_logs("loud words")
    undo = logs.set_up(tmp_path / "log")
    try:
        logging.getLogger("sdstudio.test").info("quiet words")
        logging.getLogger("sdstudio.test").warning("loud words")
    finally:
        undo()
    shown = capsys.readouterr().err
    assert "loud words" in shown
    assert "quiet words" not in shown
    assert "quiet words" in (tmp_path / "log").read_text()


def test_a_log_file_that_cannot_be_opened_is_done_without(tmp_path, capsys, expect_logs):
    expect_logs("No log file")
    (tmp_path / "logs").write_text("a file where the folder should be")
    logs.set_up(tmp_path / "logs" / "sdstudio.log")()
    assert "No log file" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_a_full_disk_loses_the_line_but_not_the_secret_or_the_program(capsys):
    logs.register_secret(SECRET)
    undo = logs.set_up(Path("/dev/full"))
    logging.getLogger("sdstudio.test").info("lost: %s", SECRET)
    undo()
    shown = capsys.readouterr().err
    assert shown == "A log line of sdstudio.test could not be written\n"


def test_without_any_console_nothing_breaks(monkeypatch, tmp_path, expect_logs):
    expect_logs("heard")
    monkeypatch.setattr(sys, "stderr", None)
    undo = logs.set_up(tmp_path / "log")
    logging.getLogger("sdstudio.test").warning("heard")
    undo()
    assert "heard" in (tmp_path / "log").read_text()


def test_set_up_leaves_no_trace_when_undone(tmp_path):
    root = logging.getLogger()
    before = (root.level, list(root.handlers), logging.getLogger("httpx").level)
    logs.set_up(tmp_path / "log", verbose=True)()
    assert (root.level, list(root.handlers), logging.getLogger("httpx").level) == before
