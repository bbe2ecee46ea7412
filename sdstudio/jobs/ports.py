"""What the runner needs of the rooms beside this one: an endpoint to make pictures and a library to keep them.

`api.Client` and `library.Library` fit these without knowing them; `studio.EndpointSession` is the endpoint.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sdstudio.core.errors import EndpointError
from sdstudio.core.request import GenerationRequest
from sdstudio.core.result import EndpointMark, GenerationResult, Progress


class GenerationClient(Protocol):
    """Speaks to one endpoint."""

    async def generate(
        self,
        request: GenerationRequest,
        read_input: Callable[[str], Awaitable[bytes]],
        on_progress: Callable[[Progress], None],
        task_id: str,
    ) -> GenerationResult:
        """Make the pictures of a request; they lie in spool files when it returns. Sends once."""
        ...

    async def interrupt(self) -> None:
        """Ask the endpoint to stop and answer with what it has."""
        ...


@dataclass(frozen=True, slots=True)
class Lease:
    """The use of a client for one job, and the endpoint it leads to.

    `report` is told of the error a job met: the connection may be gone, or the token no good.
    """

    client: GenerationClient
    mark: EndpointMark
    report: Callable[[EndpointError], None]


class Endpoint(Protocol):
    """A connection that comes and goes."""

    def lease(self) -> AbstractAsyncContextManager[Lease]:
        """A client of an endpoint that is ready, waited for as long as it takes; it stays open meanwhile."""
        ...


class Shelf(Protocol):
    """Where pictures that go into requests come from, and where those that come out are kept."""

    async def read_input(self, sha256: str) -> bytes:
        """The bytes of a stored input picture."""
        ...

    async def add(
        self,
        result: GenerationResult,
        request: GenerationRequest,
        *,
        endpoint: EndpointMark,
        started: datetime,
        job_id: str,
    ) -> list[int]:
        """Take an answer into the history and return its ids; raises `LibraryError` and leaves the files alone."""
        ...
