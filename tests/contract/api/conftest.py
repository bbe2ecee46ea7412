"""Clients that are closed when the test ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from sdstudio.api.client import Client

NewClient = Callable[..., Client]


@pytest.fixture
async def new_client(tmp_path: Path) -> AsyncIterator[NewClient]:
    """`new_client(url, token=None)`, spooling into `tmp_path / "spool"`."""
    spool = tmp_path / "spool"
    spool.mkdir()
    clients: list[Client] = []

    def make(url: str, token: str | None = None) -> Client:
        clients.append(Client(url, token, spool=spool))
        return clients[-1]

    yield make
    for client in clients:
        await client.aclose()
