"""One client of one endpoint, closed when the last job that uses it has ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdstudio.api.offer import Offer
from sdstudio.api.traffic import Traffic
from sdstudio.core.endpoint import EndpointProfile

if TYPE_CHECKING:
    from sdstudio.api.checks import Check
    from sdstudio.api.client import Client


class Connection:
    """Owns a client that has told what its endpoint offers; lives on the event-loop thread.

    Entered while a job uses it, possibly by several at once.
    """

    def __init__(self, client: Client, offer: Offer) -> None:
        self.client = client
        self.offer = offer
        self._users = 0
        self._unused = asyncio.Event()
        self._unused.set()

    def __enter__(self) -> Client:
        self._users += 1
        self._unused.clear()
        return self.client

    def __exit__(self, *_exception: object) -> None:
        self._users -= 1
        if self._users == 0:
            self._unused.set()

    async def close(self) -> None:
        """Wait until no job uses the client, then close it."""
        await self._unused.wait()
        await self.client.aclose()


async def connected(
    profile: EndpointProfile,
    secrets: Mapping[str, str],
    *,
    spool: Path,
    traffic: Traffic | None,
    imports: ThreadPoolExecutor,
) -> Connection:
    """A connection to the endpoint, whose `url` is where it is reached; raises what keeps it from being used."""
    make = await asyncio.get_running_loop().run_in_executor(imports, _client_class)
    client = make(profile, secrets, spool=spool, traffic=traffic)
    try:
        return Connection(client, await client.offer())
    except BaseException:
        await asyncio.shield(client.aclose())  # a second cancellation must not leave its thread behind
        raise


async def checked(
    profile: EndpointProfile,
    secrets: Mapping[str, str],
    on_check: Callable[[Check], None],
    *,
    imports: ThreadPoolExecutor,
    **options: Any,
) -> Offer | None:
    """Try the endpoint out as `api.checks.check` does, whose `options` these are."""
    module = await asyncio.get_running_loop().run_in_executor(imports, import_module, "sdstudio.api.checks")
    offer: Offer | None = await module.check(profile, secrets, on_check, **options)
    return offer


def _client_class() -> type[Client]:
    from sdstudio.api.client import Client  # noqa: PLC0415 - 100 ms that the event loop need not wait for

    return Client
