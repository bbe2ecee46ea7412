"""Four pictures of 2048×2048, 26 MB of JSON: nothing of it is decoded on the event loop, on which a window lives.

How long the loop is held up all the same is measured in tests/perf (`response.ui_gap_30mb`).
"""

from __future__ import annotations

import base64
import random
import struct
import threading
import zlib

import pytest

from sdstudio.api.answer import Spool
from tests.fakes.clients import REQUEST, NewClient, generate
from tests.fakes.replay import Replay, Reply, Request


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def large_png(seed: int, size_bytes: int = 5_000_000) -> bytes:
    """A PNG with the head of a 2048×2048 picture and as much noise as one weighs."""
    header = struct.pack(">IIBBBBB", 2048, 2048, 8, 2, 0, 0, 0)
    noise = random.Random(seed).randbytes(size_bytes)
    parts = (_chunk(b"IHDR", header), _chunk(b"IDAT", noise), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


async def test_a_large_answer_is_decoded_off_the_loop(
    new_client: NewClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = [large_png(number) for number in range(4)]
    encoded = b'","'.join(base64.b64encode(picture) for picture in pictures)
    body = b'{"images": ["' + encoded + b'"], "parameters": {}, "info": ""}'
    chunks = [body[at : at + 65536] for at in range(0, len(body), 65536)]
    fed: list[tuple[int, threading.Thread]] = []
    feed = Spool.feed

    def noted(spool: Spool, piece: bytes) -> None:
        fed.append((len(piece), threading.current_thread()))
        feed(spool, piece)

    monkeypatch.setattr(Spool, "feed", noted)

    def answering(request: Request) -> Reply | None:
        return Reply(chunks=chunks) if request.path.endswith("2img") else None

    async with Replay(answering) as server:
        result = await generate(new_client(server.url), REQUEST)
        assert [image.path.read_bytes() for image in result.images] == pictures
    assert sum(size for size, _thread in fed) == len(body)
    assert threading.main_thread() not in {thread for _size, thread in fed}
