"""Every `--behave` switch, seen from a client on a real socket."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from tests.fakes.practice import start_practice

TXT2IMG = "/sdapi/v1/txt2img"
SMALL = {"prompt": "sea", "steps": 2, "width": 64, "height": 64}

Start = Callable[..., httpx.Client]


@pytest.fixture
def start() -> Iterator[Start]:
    """`start("oom", …)`: a client of a server that behaves so."""
    with ExitStack() as stack:

        def started(*orders: str) -> httpx.Client:
            options = [word for order in orders for word in ("--behave", order)]
            url = stack.enter_context(start_practice(*options))
            return stack.enter_context(httpx.Client(base_url=url, timeout=30))

        yield started


def _is_a_page(answer: httpx.Response) -> bool:
    return answer.headers["content-type"].startswith("text/html") and answer.text.startswith("<!doctype html>")


def _idle(client: httpx.Client) -> dict[str, Any]:
    """The state once nothing runs any more."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if (found := client.get("/sdapi/v1/progress").json()["state"])["job_count"] == 0:
            return found
    pytest.fail("the job never ended")


def test_two_routes(start: Start) -> None:
    client = start("two-routes")
    assert client.post(TXT2IMG, json=SMALL).status_code == 200
    assert client.post("/sdapi/v1/img2img", json=SMALL).json()["detail"] == "Init image not found"
    for path in ("/sdapi/v1/samplers", "/sdapi/v1/progress", "/internal/ping", "/openapi.json", "/docs", "/"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})
    assert client.post("/sdapi/v1/interrupt").status_code == 404


def test_cut(start: Start) -> None:
    client = start("cut=0.3:524", "slow=0.1")
    asked = time.monotonic()
    answer = client.post(TXT2IMG, json=SMALL | {"steps": 15})
    assert 0.3 <= time.monotonic() - asked < 1.5
    assert answer.status_code == 524
    assert _is_a_page(answer)
    running = client.get("/sdapi/v1/progress").json()
    assert running["state"]["job"] == "scripts_txt2img"
    assert _idle(client)["job_no"] == 1  # the picture was made, and nobody got it


def test_slow_but_not_too_slow_to_be_answered(start: Start) -> None:
    client = start("slow=0.2", "cut=20")
    asked = time.monotonic()
    assert client.post(TXT2IMG, json=SMALL | {"steps": 5}).status_code == 200
    assert time.monotonic() - asked >= 1


def test_expire(start: Start) -> None:
    client = start("expire=2")
    statuses = [client.get("/sdapi/v1/samplers").status_code for _ in range(4)]
    assert statuses == [200, 200, 401, 401]
    assert client.post(TXT2IMG, json=SMALL).json() == {"detail": "Not authenticated"}


def test_limit_413(start: Start) -> None:
    client = start("limit=1000")
    assert client.post(TXT2IMG, json=SMALL).status_code == 200
    body = json.dumps(SMALL | {"negative_prompt": "x" * 2000}).encode()
    for content in (body, iter([body])):  # with its length told, and in chunks
        answer = client.post(TXT2IMG, content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code == 413
        assert _is_a_page(answer)


def test_limit_422_loses_the_body_on_the_way(start: Start) -> None:
    client = start("limit=1000:422")
    assert client.post(TXT2IMG, json=SMALL).status_code == 200
    answer = client.post(TXT2IMG, json=SMALL | {"negative_prompt": "x" * 2000})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["msg"] == "field required"


def test_drop_ends_the_connection_in_the_middle_of_the_body(start: Start) -> None:
    client = start("drop")
    body = json.dumps(SMALL).encode()
    with socket.create_connection((client.base_url.host, client.base_url.port or 0)) as connection:
        head = f"POST {TXT2IMG} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        connection.settimeout(30)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    headers, _, part = received.partition(b"\r\n\r\n")
    assert headers.startswith(b"HTTP/1.1 200")
    length = int(
        next(line for line in headers.lower().split(b"\r\n") if b"content-length" in line).split(b":")[1]
    )
    assert len(part) == length // 2
    assert client.get("/sdapi/v1/samplers").status_code == 200


def test_faults_come_one_by_one_in_the_order_given(start: Start) -> None:
    client = start("busy=1", "busy=1:429", "drop=2", "garbage=1", "empty-image=1", "oom=1", "nan=1", "oom=0")
    for status in (503, 429):
        answer = client.post(TXT2IMG, json=SMALL)
        assert (answer.status_code, answer.headers["retry-after"]) == (status, "1")
        assert _is_a_page(answer)
    for _ in range(2):
        with pytest.raises(httpx.RemoteProtocolError):
            client.post(TXT2IMG, json=SMALL)
    answer = client.post(TXT2IMG, json=SMALL)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.text.startswith('{"images": ["iVBOR')
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert client.post(TXT2IMG, json=SMALL).json()["images"] == [""]
    for error in ("OutOfMemoryError", "NansException"):
        _check_failure(client, error)
    assert client.post(TXT2IMG, json=SMALL).json()["images"] != [""]
    assert client.post("/internal/progress", json={"id_task": "task(mine)"}).json()["active"] is False


def _check_failure(client: httpx.Client, error: str) -> None:
    answer = client.post(TXT2IMG, json=SMALL | {"force_task_id": "task(mine)"})
    assert (answer.status_code, answer.json()["error"], answer.json()["detail"]) == (500, error, "")
    assert answer.json()["errors"]
    assert _idle(client)["job"] == ""
    told = client.post("/internal/progress", json={"id_task": "task(mine)"}).json()
    assert told["active"] is True  # 1.10.1 never takes a failed task off


def test_html(start: Start) -> None:
    client = start("html")
    for answer in (client.get("/sdapi/v1/samplers"), client.post(TXT2IMG, json=SMALL)):
        assert answer.status_code == 200
        assert _is_a_page(answer)
