"""The painting thread as a queue."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from sdstudio.practice.painting_thread import PaintingThread
from sdstudio.practice.wire_errors import Broke


@pytest.fixture
def painting() -> Iterator[PaintingThread]:
    thread = PaintingThread()
    yield thread
    thread.stop(5)


async def test_jobs_run_in_order_on_one_thread(painting: PaintingThread) -> None:
    seen: list[tuple[int, str]] = []

    def job(number: int) -> int:
        seen.append((number, threading.current_thread().name))
        return number

    answers = await asyncio.gather(*(painting.run(lambda at=at: job(at)) for at in range(20)))
    assert answers == list(range(20))
    assert seen == [(at, "painting") for at in range(20)]


async def test_an_error_is_the_callers_and_the_next_job_runs(painting: PaintingThread) -> None:
    with pytest.raises(ZeroDivisionError):
        await painting.run(lambda: 1 // 0)
    assert await painting.run(lambda: 5) == 5


async def test_who_stops_waiting_does_not_stop_the_job(painting: PaintingThread) -> None:
    begun, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def job() -> None:
        begun.set()
        go_on.wait(5)
        done.set()

    waiting = asyncio.ensure_future(painting.run(job))
    await asyncio.to_thread(begun.wait, 5)
    waiting.cancel()
    go_on.set()
    await painting.run(lambda: None)
    assert done.is_set()


async def test_what_waits_when_it_closes_fails_in_words(painting: PaintingThread) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def job() -> str:
        begun.set()
        go_on.wait(5)
        return "whole"

    first = asyncio.ensure_future(painting.run(job))
    await asyncio.to_thread(begun.wait, 5)
    second = asyncio.ensure_future(painting.run(lambda: "never"))
    await asyncio.sleep(0)
    painting.refuse()
    go_on.set()
    assert await first == "whole"
    with pytest.raises(Broke, match="closing down"):
        await second
