"""Clients that are closed when the test ends, a request to send, and what an endpoint answers to it."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from sdstudio.api.client import Client
from sdstudio.core.request import GenerationRequest
from sdstudio.core.result import GenerationResult, Progress
from tests.fakes.replay import Reply

NewClient = Callable[..., Client]
REQUEST = GenerationRequest(prompt="a red kite", seed=7, width=64, height=64, steps=4)


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    folder = tmp_path / "spool"
    folder.mkdir()
    return folder


@pytest.fixture
async def new_client(spool: Path) -> AsyncIterator[NewClient]:
    """`new_client(url, token=None)`, spooling into `spool`."""
    clients: list[Client] = []

    def make(url: str, token: str | None = None) -> Client:
        clients.append(Client.at(url, token, spool=spool))
        return clients[-1]

    yield make
    for client in clients:
        await client.aclose()


async def generate(
    client: Client,
    request: GenerationRequest = REQUEST,
    on_progress: Callable[[Progress], None] = lambda _: None,
    task_id: str = "",
) -> GenerationResult:
    """Make a txt2img, which reads no input."""

    async def read_input(_: str) -> bytes:
        raise AssertionError("nothing goes in")

    return await client.generate(request, read_input, on_progress, task_id)


def picture(colour: str = "teal", text: str = "", size: tuple[int, int] = (64, 64), kind: str = "PNG") -> bytes:
    """A picture's file."""
    written = io.BytesIO()
    chunks = PngImagePlugin.PngInfo()
    if text:
        chunks.add_text("parameters", text)
    Image.new("RGB", size, colour).save(written, kind, **({"pnginfo": chunks} if kind == "PNG" else {}))
    return written.getvalue()


def answer(*pictures: bytes, info: object = "") -> dict[str, object]:
    """A generation's answer."""
    return {"images": [base64.b64encode(p).decode() for p in pictures], "parameters": {}, "info": info}


def answering(*pictures: bytes, info: object = "") -> Reply:
    """The same as a reply."""
    return Reply(chunks=[json.dumps(answer(*pictures, info=info)).encode()])
