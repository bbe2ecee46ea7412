"""One generation over a real socket: what is sent, and what every way of going wrong is called."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gzip
import io
import json
import logging
import socket
import struct
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from sdstudio.api import network
from sdstudio.api.client import Client
from sdstudio.core import errors
from sdstudio.core.errors import EndpointError
from sdstudio.core.request import Img2Img, InputImage
from tests.fakes.clients import REQUEST, NewClient, answer, answering, generate, picture
from tests.fakes.full_disk import room_for
from tests.fakes.replay import Replay, Reply, Request

TXT2IMG = "/sdapi/v1/txt2img"
OUT_OF_MEMORY = "The endpoint ran out of memory"
NO_ROUTE = "This address does not make pictures"
NOT_ASKED_FOR = "The answer came in an encoding that was not asked for"
NO_PICTURE = "The endpoint says it succeeded but sent no picture"
WAITED_LONG = "The gateway gave up waiting for the picture"


def only_txt2img(reply: Reply) -> Callable[[Request], Reply | None]:
    return lambda request: reply if request.path == TXT2IMG else None


async def test_the_request_goes_out_once_with_everything_said(new_client: NewClient, spool: Path) -> None:
    async with Replay(only_txt2img(answering(picture(), info=json.dumps({"all_seeds": [7]})))) as server:
        result = await generate(new_client(server.url, "a-token"), task_id="task(x)")
    (sent,) = server.asked(TXT2IMG)
    assert sent.method == "POST"
    assert sent.headers["authorization"] == "Bearer a-token"
    assert sent.headers["accept"] == "application/json"
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["content-length"] == str(len(sent.body))
    assert "transfer-encoding" not in sent.headers
    assert sent.headers["user-agent"].startswith("SDStudio/")
    assert sent.json["prompt"] == "a red kite"
    assert sent.json["force_task_id"] == "task(x)"
    (image,) = result.images
    assert image.path.read_bytes() == picture()
    assert image.path.parent == spool
    assert (image.format, image.width, image.height, image.seed) == ("png", 64, 64, 7)
    assert not result.interrupted
    assert result.seconds > 0


async def test_a_base_path_is_kept(new_client: NewClient) -> None:
    def at_base(request: Request) -> Reply | None:
        return answering(picture()) if request.path == "/pods/a1" + TXT2IMG else None

    async with Replay(at_base) as server:
        await generate(new_client(f"{server.url}/pods/a1/"))
    assert all(request.path.startswith("/pods/a1/") for request in server.requests)


async def test_without_a_token_nothing_is_said_of_one(new_client: NewClient) -> None:
    async with Replay(only_txt2img(answering(picture()))) as server:
        await generate(new_client(server.url))
    assert not any("authorization" in request.headers for request in server.requests)


@pytest.mark.parametrize(
    ("status", "headers", "body", "error", "title"),
    [
        (
            401,
            {},
            b'{"detail": "Invalid token"}',
            errors.NotAuthorised,
            "The endpoint does not accept the token",
        ),
        (403, {}, b"", errors.NotAuthorised, "The endpoint does not accept the token"),
        (404, {}, b'{"detail":"Not Found"}', errors.NotOffered, NO_ROUTE),
        (
            404,
            {},
            b'{"detail":"Sampler not found"}',
            errors.RequestRefused,
            "The endpoint does not have this sampler",
        ),
        (
            404,
            {"content-type": "text/html"},
            b"<h1>404</h1>",
            errors.NotOffered,
            NO_ROUTE,
        ),
        (408, {}, b"", errors.AnswerLost, WAITED_LONG),
        (413, {}, b"<html>nginx", errors.RequestTooLarge, "The request is too large for this host"),
        (422, {}, b'{"detail": "odd"}', errors.RequestRefused, "The endpoint declined the request"),
        (429, {}, b"", errors.EndpointBusy, "The endpoint gets too many requests"),
        (500, {}, b"", errors.GenerationFailed, "The endpoint failed"),
        (500, {}, b'"a bare string"', errors.GenerationFailed, "The endpoint failed"),
        (
            500,
            {"content-type": "text/plain"},
            b"Error in response: x",
            errors.GenerationFailed,
            "The endpoint failed",
        ),
        (
            500,
            {},
            b'{"error":"OutOfMemoryError","detail":"","body":"","errors":"CUDA out of memory. Tried"}',
            errors.OutOfMemory,
            OUT_OF_MEMORY,
        ),
        (
            500,
            {},
            b'{"error":"RuntimeError","message":"MPS backend out of memory (MPS allocated"}',
            errors.OutOfMemory,
            OUT_OF_MEMORY,
        ),
        (
            503,
            {},
            b'{"detail":{"msg":"Server is busy; please try again later.","type":"service_unavailable"}}',
            errors.EndpointBusy,
            "The endpoint is not ready",
        ),
        (
            502,
            {"content-type": "text/html"},
            b"<html>",
            errors.AnswerLost,
            WAITED_LONG,
        ),
        (
            504,
            {"content-type": "text/html"},
            b"<html>",
            errors.AnswerTimedOut,
            WAITED_LONG,
        ),
        (
            524,
            {"content-type": "text/html"},
            b"<html>",
            errors.AnswerTimedOut,
            WAITED_LONG,
        ),
        (521, {}, b"", errors.EndpointUnreachable, "The gateway cannot reach the endpoint"),
        (
            301,
            {"location": "https://other.example/x?token=MARKER"},
            b"",
            errors.EndpointMoved,
            "The endpoint has moved",
        ),
        (
            308,
            {"location": "http://[bad"},
            b"",
            errors.BadAnswer,
            "The host sends us on, but nowhere that could be asked",
        ),
        (204, {}, b"", errors.BadAnswer, "The answer cannot be read"),
        (202, {}, b'{"id": "x", "status": "IN_QUEUE"}', errors.BadAnswer, "The answer has no pictures in it"),
        (
            200,
            {"content-type": "text/html"},
            b"<!doctype html><title>Log in</title>",
            errors.BadAnswer,
            "This address answers with a sign-in page",
        ),
        (200, {}, b'{"images": [', errors.AnswerLost, "The answer broke off in the middle"),
        (200, {}, b'{"images": ["AAAA"]}', errors.BadAnswer, "What the endpoint sent is no picture"),
        (200, {}, b'{"images": ["!"]}', errors.BadAnswer, "What the endpoint sent is no picture"),
        (
            200,
            {},
            b'{"images": [""]}',
            errors.GenerationFailed,
            NO_PICTURE,
        ),
        (
            200,
            {},
            b'{"images": []}',
            errors.GenerationFailed,
            NO_PICTURE,
        ),
        (200, {"content-encoding": "gzip"}, b"not gzip", errors.BadAnswer, "The answer is damaged"),
        (
            200,
            {"content-encoding": "br"},
            b"x",
            errors.BadAnswer,
            NOT_ASKED_FOR,
        ),
    ],
)
async def test_what_an_endpoint_answers_instead(
    status: int,
    headers: dict[str, str],
    body: bytes,
    error: type[EndpointError],
    title: str,
    new_client: NewClient,
    spool: Path,
) -> None:
    reply = Reply(status, {"content-type": "application/json"} | headers, [body])
    async with Replay(only_txt2img(reply)) as server:
        with pytest.raises(error) as caught:
            await generate(new_client(server.url, "a-token"))
        assert len(server.asked(TXT2IMG)) == 1
    assert type(caught.value) is error
    assert caught.value.title == title
    assert "MARKER" not in str(caught.value) + caught.value.raw
    assert not list(spool.iterdir())


async def test_the_wait_a_busy_endpoint_asks_for(new_client: NewClient) -> None:
    async with Replay(only_txt2img(Reply(503, {"retry-after": "17"}, []))) as server:
        with pytest.raises(errors.EndpointBusy) as caught:
            await generate(new_client(server.url))
    assert caught.value.retry_after == 17


async def test_a_reason_beside_an_empty_list_is_shown(new_client: NewClient) -> None:
    document = {"images": [], "parameters": {"status": "failed", "error_msg": "quota used up"}}
    async with Replay(only_txt2img(Reply.of(document))) as server:
        with pytest.raises(errors.GenerationFailed, match="quota used up"):
            await generate(new_client(server.url))


async def test_one_picture_that_is_none_does_not_cost_the_others(new_client: NewClient, spool: Path) -> None:
    document = {"images": ["", "bm8=", base64.b64encode(picture()).decode(), "no base64!", None], "info": {}}
    async with Replay(only_txt2img(Reply.of(document))) as server:
        result = await generate(new_client(server.url))
    assert [image.path.read_bytes() for image in result.images] == [picture()]
    assert len(list(spool.iterdir())) == 1
    assert result.notes[0].startswith("4 of the entries sent could not be used")


@pytest.mark.parametrize(
    "info", ["", None, {}, {"all_seeds": [9]}, '{"all_seeds": [9]}', "not json", [1], "[" * 5000]
)
async def test_info_of_any_kind(info: object, new_client: NewClient) -> None:
    async with Replay(only_txt2img(answering(picture(), info=info))) as server:
        result = await generate(new_client(server.url))
    assert result.images[0].seed == (9 if "9" in str(info) else None)


async def test_half_surrogates_never_leave_here(new_client: NewClient) -> None:
    info = {"infotexts": ["half \ud83d\nSteps: 1, Seed: 5, Size: 64x64"], "\udc00": "\ud800"}
    async with Replay(only_txt2img(answering(picture(), info=json.dumps(info)))) as server:
        result = await generate(new_client(server.url))
    assert result.images[0].seed == 5
    json.dumps([result.images[0].infotext, dict(result.info)], ensure_ascii=False).encode()


async def test_a_compressed_answer(new_client: NewClient) -> None:
    body = gzip.compress(json.dumps(answer(picture(), picture("red"))).encode())
    reply = Reply(200, {"content-encoding": "gzip"}, [body[:100], body[100:]])
    async with Replay(only_txt2img(reply)) as server:
        result = await generate(new_client(server.url))
    assert [image.path.read_bytes() for image in result.images] == [picture(), picture("red")]


async def test_nothing_listens(new_client: NewClient, spool: Path) -> None:
    async with Replay(lambda _: None) as server:
        url = server.url
    with pytest.raises(errors.EndpointUnreachable) as caught:
        await generate(new_client(url))
    assert type(caught.value) is errors.EndpointUnreachable
    assert not list(spool.iterdir())


async def test_an_unknown_host(new_client: NewClient) -> None:
    with pytest.raises(errors.EndpointUnreachable, match="no host of that name"):
        await generate(new_client("http://no-such-host.invalid"))


async def test_a_secure_address_at_a_plain_host(new_client: NewClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        network, "CONNECT_S", 0.3
    )  # a plain host waits for the rest of what it takes for a line
    async with Replay(lambda _: None) as server:
        with pytest.raises(errors.EndpointUnreachable, match="No secure connection"):
            await generate(new_client(server.url.replace("http", "https")))


@contextlib.asynccontextmanager
async def raw_server(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], object],
) -> AsyncIterator[str]:
    """Any server at all, for what no HTTP server would do."""
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await talk(reader, writer)  # type: ignore[misc]
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


def reset(writer: asyncio.StreamWriter) -> None:
    """End the connection the hard way, as a dying machine or a gateway does."""
    sock: socket.socket = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def test_the_host_hangs_up_after_it_has_the_request(new_client: NewClient, spool: Path) -> None:
    """KoboldCpp does so for a null prompt; a crash looks the same."""
    heard: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        heard.append(head.partition(b" HTTP")[0])

    async with raw_server(talk) as url:
        with pytest.raises(errors.AnswerLost) as caught:
            await generate(new_client(url))
    assert caught.value.title == "The connection ended before the answer was here"
    assert heard.count(b"POST /sdapi/v1/txt2img") == 1
    assert not list(spool.iterdir())


async def test_something_else_than_http_answers(new_client: NewClient) -> None:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        await writer.drain()

    async with raw_server(talk) as url:
        with pytest.raises(EndpointError):
            await generate(new_client(url))
        with pytest.raises(errors.EndpointUnreachable):
            await new_client(url).ping()


async def test_the_host_hangs_up_in_the_middle_of_a_large_request(new_client: NewClient) -> None:
    """yagna and some gateways have small limits and no words for it."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if b"2img" in head:
            await reader.readexactly(50_000)
        reset(writer)

    noise = picture_of_noise(1500)
    request = replace(REQUEST, img2img=Img2Img(InputImage("a" * 64, 1500, 1500)))

    async def read_input(_: str) -> bytes:
        return noise

    async with raw_server(talk) as url:
        with pytest.raises(errors.RequestTooLarge) as caught:
            await new_client(url).generate(request, read_input, lambda _: None)
    assert caught.value.title == "The host hung up while the request was being sent"
    assert " MB" in caught.value.message


async def test_a_refusal_that_comes_before_the_request_is_out(new_client: NewClient) -> None:
    """nginx answers 413 from the length alone."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\ncontent-length: 3\r\nconnection: close\r\n\r\nno!")
        await writer.drain()
        while await reader.read(65536):
            pass

    async def read_input(_: str) -> bytes:
        return picture_of_noise(1200)

    request = replace(REQUEST, img2img=Img2Img(InputImage("a" * 64, 1200, 1200)))
    async with raw_server(talk) as url:
        with pytest.raises(errors.RequestTooLarge) as caught:
            await new_client(url).generate(request, read_input, lambda _: None)
    assert caught.value.title == "The request is too large for this host"


def picture_of_noise(side: int) -> bytes:
    written = io.BytesIO()
    Image.effect_noise((side, side), 90).save(written, "PNG")
    return written.getvalue()


@pytest.mark.parametrize("hard", [True, False])
@pytest.mark.parametrize("share", [0.2, 0.9])
async def test_an_answer_that_breaks_off(
    *, hard: bool, share: float, new_client: NewClient, spool: Path
) -> None:
    body = json.dumps(answer(picture_of_noise(300))).encode()
    cut = int(len(body) * share)
    reply = Reply(chunks=[body[:cut]], length=len(body) if hard else None, reset=hard)
    async with Replay(only_txt2img(reply)) as server:
        with pytest.raises(errors.AnswerLost):
            await generate(new_client(server.url))
        assert len(server.asked(TXT2IMG)) == 1
    assert not list(spool.iterdir())


@pytest.mark.parametrize("hard", [True, False])
async def test_pictures_that_came_before_the_break_are_kept(
    *, hard: bool, new_client: NewClient, spool: Path
) -> None:
    recipe = "kite\nSteps: 4, Sampler: Euler a, Seed: 7, Size: 64x64"
    first, second = picture(text=recipe), picture_of_noise(300)
    body = json.dumps(answer(first, second)).encode()
    cut = body[: len(body) // 2]
    reply = Reply(chunks=[cut], length=len(body) if hard else None, reset=hard)
    async with Replay(only_txt2img(reply)) as server:
        result = await generate(new_client(server.url), replace(REQUEST, batch_size=2))
    (image,) = result.images
    assert image.path.read_bytes() == first
    assert (image.seed, image.infotext) == (7, recipe)
    assert result.notes[0].startswith("The answer broke off")
    assert list(spool.iterdir()) == [image.path]


@pytest.mark.parametrize("in_answer", [True, False])
async def test_cancelling_hangs_up_and_leaves_nothing(
    *, in_answer: bool, new_client: NewClient, spool: Path
) -> None:
    body = json.dumps(answer(picture_of_noise(1200))).encode()
    never, begun = asyncio.Event(), asyncio.Event()

    def slow(request: Request) -> Reply | None:
        if request.path != TXT2IMG:
            return None
        begun.set()
        return Reply(chunks=[body[:-500], body[-500:]], **({"pause": never} if in_answer else {"gate": never}))  # type: ignore[arg-type]

    async with Replay(slow) as server:
        client = new_client(server.url)
        task = asyncio.create_task(generate(client))
        await begun.wait()
        if in_answer:
            while not list(spool.iterdir()):
                await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        while list(spool.iterdir()):  # the worker removes them behind what it was doing
            await asyncio.sleep(0.005)
        never.set()
        await generate(client)


async def test_a_full_disk_is_told_as_such(new_client: NewClient, spool: Path) -> None:
    async with Replay(only_txt2img(answering(picture_of_noise(300)))) as server:
        client = new_client(server.url)
        with room_for(4096), pytest.raises(errors.DiskFull):
            await generate(client)
    assert not list(spool.iterdir())


async def test_what_cannot_be_sent_is_not(new_client: NewClient) -> None:
    async def read_input(_: str) -> bytes:
        return b"no picture"

    img2img = replace(REQUEST, img2img=Img2Img(InputImage("a" * 64, 64, 64)))
    async with Replay(lambda _: None) as server:
        client = new_client(server.url)
        with pytest.raises(errors.InvalidRequest):
            await generate(client, replace(REQUEST, seed=-1))
        with pytest.raises(errors.UnreadableImage):
            await client.generate(img2img, read_input, lambda _: None)
    assert server.requests == []


async def test_a_connection_closed_while_idle_is_opened_again_for_questions(new_client: NewClient) -> None:
    connections = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]")
        await writer.drain()
        if connections == 1:
            await reader.readuntil(b"\r\n\r\n")  # the second question on it gets no answer

    async with raw_server(talk) as url:
        client = new_client(url)
        await client.ping()
        await client.ping()
    assert connections == 2


async def test_a_command_that_gets_no_answer_is_not_taken_for_too_large(new_client: NewClient) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        reset(writer)

    async with raw_server(talk) as url:
        client = new_client(url)
        for command in (client.interrupt, client.skip):
            with pytest.raises(errors.EndpointUnreachable, match="hung up without an answer"):
                await command()


async def test_each_call_has_a_line_in_the_log(new_client: NewClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "sdstudio")
    async with Replay(only_txt2img(answering(picture()))) as server:
        await generate(new_client(server.url))
    (line,) = [
        r.getMessage() for r in caplog.records if TXT2IMG in r.getMessage() and r.name.startswith("sdstudio")
    ]
    assert "200" in line
    assert REQUEST.prompt not in line


async def test_a_closed_client_says_so(new_client: NewClient) -> None:
    client = new_client("http://127.0.0.1:9")
    await client.aclose()
    with pytest.raises(errors.EndpointUnreachable, match="has been closed"):
        await client.ping()


def test_an_address_with_a_password_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.InvalidRequest):
        Client.at("http://anna:secret@localhost", None, spool=tmp_path)
