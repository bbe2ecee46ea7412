"""One generation under way: its HTTP task, and its interrupt."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sdstudio.core.errors import AnswerLost, StudioError
from sdstudio.core.request import GenerationRequest
from sdstudio.core.result import GenerationResult, Progress
from sdstudio.jobs.ports import GenerationClient

REPEAT_S = 2.0  # servers forget an interrupt that comes before the job has begun (a1111_api §4.4)

log = logging.getLogger(__name__)


class Flight:
    """Sends a request once and waits for its answer, whatever happens to the wish to have it.

    Lives on the event-loop thread from its making until `landed` has returned or raised.
    """

    def __init__(
        self,
        client: GenerationClient,
        request: GenerationRequest,
        read_input: Callable[[str], Awaitable[bytes]],
        on_progress: Callable[[Progress], None],
        task_id: str,
    ) -> None:
        self._client = client
        self._answer = asyncio.create_task(
            client.generate(request, read_input, on_progress, task_id), name=f"generate {task_id}"
        )
        self._interrupter: asyncio.Task[None] | None = None
        self._giving_up: asyncio.TimerHandle | None = None

    @property
    def interrupted(self) -> bool:
        """Whether an interrupt was asked for."""
        return self._interrupter is not None

    def interrupt(self, grace_s: float) -> None:
        """Ask the endpoint to stop, and give the answer up if it has not come after `grace_s` seconds.

        A second call can only shorten the time.
        """
        loop = asyncio.get_running_loop()
        if self._giving_up is None or loop.time() + grace_s < self._giving_up.when():
            self._stop_timer()
            self._giving_up = loop.call_later(grace_s, self._answer.cancel)
        if self._interrupter is None:
            self._interrupter = asyncio.create_task(self._interrupt_until_answered())

    async def landed(self) -> GenerationResult:
        """The answer; raises what the client raised, or `AnswerLost` when it was given up."""
        try:
            await asyncio.wait({self._answer})
        finally:
            await self._end()
        if self._answer.cancelled():
            raise _given_up()
        return self._answer.result()

    def _stop_timer(self) -> None:
        if self._giving_up:
            self._giving_up.cancel()

    async def _end(self) -> None:
        self._stop_timer()
        tasks = {task for task in (self._answer, self._interrupter) if task}
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    async def _interrupt_until_answered(self) -> None:
        while not self._answer.done():
            try:
                await self._client.interrupt()
            except StudioError as error:
                log.info("the interrupt did not get through: %s", error.title)
            await asyncio.wait({self._answer}, timeout=REPEAT_S)


def _given_up() -> AnswerLost:
    return AnswerLost(
        "It is not known whether this was made",
        "It was interrupted, and the endpoint did not answer any more.",
        "Look on the server, or make it again with the same seed.",
    )
