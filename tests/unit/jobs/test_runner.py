"""The runner sends once, keeps what came, and leaves the queue truthful whatever goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from sdstudio.core.errors import (
    AnswerLost,
    BadAnswer,
    DiskFull,
    EndpointBusy,
    EndpointUnreachable,
    GenerationFailed,
    LibraryError,
    NotAuthorised,
    OutOfMemory,
    RequestRefused,
    StudioError,
    UnreadableImage,
)
from sdstudio.core.request import GenerationRequest, Img2Img, InputImage
from sdstudio.core.result import GenerationResult
from sdstudio.jobs import flight, runner
from sdstudio.jobs.job import Job
from sdstudio.jobs.job_queue import JobQueue
from sdstudio.jobs.runner import Runner
from tests.fakes.full_disk import room_for
from tests.fakes.jobs import MARK, FakeClient, FakeEndpoint, FakeShelf
from tests.guards.log_lines import ExpectedLogs

REQUEST = GenerationRequest("a lighthouse", n_iter=3)


@dataclass
class Workshop:
    """A queue on a real disk, its runner, and what stands in for endpoint and library."""

    path: Path
    queue: JobQueue
    client: FakeClient
    endpoint: FakeEndpoint
    shelf: FakeShelf
    runner: Runner

    async def make(self, request: GenerationRequest = REQUEST) -> Job:
        """A job's end."""
        job = await self.queue.enqueue(request)
        return await self.queue.ended(job.id)

    async def in_mid_air(self, request: GenerationRequest = REQUEST) -> Job:
        """A job that has been sent and is not answered."""
        self.client.outcomes.append(asyncio.Event())
        self.client.under_way.clear()
        job = await self.queue.enqueue(request)
        await self.client.under_way.wait()
        return self.queue.job(job.id)


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flight, "REPEAT_S", 0.01)
    monkeypatch.setattr(runner, "INTERRUPT_GRACE_S", 0.1)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Workshop]:
    path = tmp_path / "journal.jsonl"
    queue = await JobQueue.open(path)
    client, shelf = FakeClient(tmp_path), FakeShelf()
    endpoint = FakeEndpoint(client)
    shop = Workshop(path, queue, client, endpoint, shelf, Runner(queue, endpoint, shelf))
    shop.runner.start()
    yield shop
    await shop.runner.stop(0.1)
    await queue.close()
    assert client.flying == endpoint.leases == 0
    assert client.most_flying <= 1


async def test_a_job_is_sent_once_stored_and_done(shop: Workshop) -> None:
    job = await shop.make()
    assert (job.state, job.picture_ids, job.endpoint) == ("done", (1, 2, 3), MARK)
    assert shop.client.sent == [(job.id, job.request)]
    assert job.request.seed >= 0
    assert len(shop.shelf.taken[job.id]) == 3
    assert job.started
    assert job.finished
    assert job.created <= job.started <= job.finished


async def test_states_and_progress_are_told_as_they_come(shop: Workshop) -> None:
    seen: list[tuple[str, float | None]] = []
    shop.queue.changed.connect(lambda job: seen.append((job.state, job.progress.fraction)))
    await shop.make()
    assert seen == [("queued", None), ("running", None), ("running", 0.5), ("running", 0.75), ("done", 0.75)]


async def test_its_start_is_on_the_disk_before_anything_leaves(shop: Workshop) -> None:
    job = await shop.in_mid_air()
    assert '"op":"start"' in shop.path.read_text().splitlines()[-1]
    await shop.queue.cancel(job.id)
    await shop.queue.ended(job.id)


async def test_it_is_not_done_before_its_pictures_are_stored(shop: Workshop) -> None:
    shop.shelf.gate.clear()
    job = await shop.queue.enqueue(REQUEST)
    await shop.shelf.asked.wait()
    assert shop.queue.job(job.id).state == "running"
    shop.shelf.gate.set()
    assert (await shop.queue.ended(job.id)).state == "done"


async def test_jobs_are_made_in_order_one_at_a_time(shop: Workshop) -> None:
    first = await shop.in_mid_air()
    jobs = [first]
    for number in range(4):
        jobs += [await shop.queue.enqueue(replace(REQUEST, prompt=str(number)))]
    urgent = await shop.queue.enqueue(replace(REQUEST, prompt="urgent"), front=True)
    await shop.queue.cancel(first.id)
    await asyncio.gather(*(shop.queue.ended(job.id) for job in jobs))
    assert [request.prompt for _, request in shop.client.sent] == ["a lighthouse", "urgent", *"0123"]
    assert shop.queue.job(urgent.id).state == "done"


async def test_input_pictures_come_from_the_library(shop: Workshop, expect_logs: ExpectedLogs) -> None:
    expect_logs("met a bug")  # the fake library has no words for a picture it does not have
    shop.shelf.inputs["ab"] = b"picture"
    request = replace(REQUEST, img2img=Img2Img(InputImage("ab", 8, 8)))
    assert (await shop.make(request)).state == "done"
    shop.shelf.inputs.clear()
    assert (await shop.make(request)).state == "failed"


@pytest.mark.parametrize(
    "error",
    [
        GenerationFailed("The endpoint failed"),
        OutOfMemory("Not enough graphics memory"),
        RequestRefused("It said no"),
        EndpointBusy("Later", retry_after=1),
        BadAnswer("Nonsense"),
        UnreadableImage("No picture"),
        LibraryError("The input can't be read"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_an_error_fails_its_job_and_the_next_is_made(shop: Workshop, error: StudioError) -> None:
    shop.client.outcomes.append(error)
    shop.endpoint.report = shop.endpoint.reported.append  # type: ignore[method-assign]
    failed, made = await shop.make(), await shop.make()
    assert (failed.state, failed.error.title if failed.error else "") == ("failed", error.title)
    assert made.state == "done"
    assert len(shop.client.sent) == 2, "nothing is sent a second time"


async def test_a_lost_answer_leaves_the_job_unknown_and_is_not_sent_again(shop: Workshop) -> None:
    shop.client.outcomes.append(AnswerLost("The gateway gave up"))
    job = await shop.make()
    assert job.state == "unknown"
    shop.endpoint.ready.set()
    assert (await shop.make()).state == "done"
    assert [task for task, _ in shop.client.sent].count(job.id) == 1
    assert [type(error) for error in shop.endpoint.reported] == [AnswerLost]


@pytest.mark.parametrize("error", [NotAuthorised("Wrong token"), EndpointUnreachable("Nobody there")])
async def test_what_never_ran_waits_in_front_until_the_endpoint_is_ready_again(
    shop: Workshop, error: StudioError
) -> None:
    shop.client.outcomes.append(error)
    job, other = await asyncio.gather(shop.queue.enqueue(REQUEST), shop.queue.enqueue(REQUEST))
    while [waiting.state for waiting in shop.queue.jobs] != ["queued", "queued"] or not shop.endpoint.reported:
        await shop.queue.moved()
    assert shop.endpoint.reported == [error]
    assert [(waiting.id, waiting.state) for waiting in shop.queue.jobs] == [
        (job.id, "queued"),
        (other.id, "queued"),
    ]
    assert len(shop.client.sent) == 1
    shop.endpoint.ready.set()
    assert (await shop.queue.ended(job.id)).state == "done"
    assert (await shop.queue.ended(other.id)).state == "done"


async def test_while_the_endpoint_is_away_jobs_wait_and_can_be_dropped_and_reordered(shop: Workshop) -> None:
    shop.endpoint.ready.clear()
    dropped, last = await shop.queue.enqueue(REQUEST), await shop.queue.enqueue(REQUEST)
    first = await shop.queue.enqueue(REQUEST, front=True)
    await shop.queue.cancel(dropped.id)
    assert shop.client.sent == []
    shop.endpoint.ready.set()
    await shop.queue.ended(last.id)
    assert [task for task, _ in shop.client.sent] == [first.id, last.id]


async def test_a_bug_fails_its_job_with_words_and_a_log_line(shop: Workshop, expect_logs: ExpectedLogs) -> None:
    expect_logs("met a bug")
    shop.client.outcomes.append(ZeroDivisionError("s3cret"))
    job = await shop.make()
    assert job.state == "failed"
    assert "ZeroDivisionError" in str(job.error)
    assert "s3cret" not in str(job.error)
    assert (await shop.make()).state == "done"


async def test_an_answer_without_a_picture_is_a_failure(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop.client, "_answer", lambda _: GenerationResult((), notes=("Quota used up.",)))
    job = await shop.make()
    assert job.state == "failed"
    assert "Quota used up." in str(job.error)


# Interrupting


async def test_an_interrupt_keeps_what_came(shop: Workshop) -> None:
    job = await shop.in_mid_air()
    await shop.queue.cancel(job.id)
    ended = await shop.queue.ended(job.id)
    assert (ended.state, ended.picture_ids) == ("cancelled", (1,))
    assert shop.client.interrupts == 1


async def test_an_interrupt_is_asked_again_until_it_is_heard(shop: Workshop) -> None:
    shop.client.deaf = True
    job = await shop.in_mid_air()
    await shop.queue.cancel(job.id)
    while shop.client.interrupts < 3:
        await asyncio.sleep(0.01)
    shop.client.deaf = False
    assert (await shop.queue.ended(job.id)).state == "cancelled"


async def test_an_interrupt_that_does_not_get_through_is_tried_again(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await shop.in_mid_air()
    really, tries = shop.client.interrupt, iter([EndpointUnreachable("no route"), None])

    async def interrupt() -> None:
        if error := next(tries):
            raise error
        await really()

    monkeypatch.setattr(shop.client, "interrupt", interrupt)
    await shop.queue.cancel(job.id)
    assert (await shop.queue.ended(job.id)).state == "cancelled"


async def test_after_the_grace_an_interrupted_job_is_unknown(shop: Workshop) -> None:
    shop.client.deaf = True
    job = await shop.in_mid_air()
    await shop.queue.cancel(job.id)
    ended = await shop.queue.ended(job.id)
    assert ended.state == "unknown"
    assert "did not answer any more" in str(ended.error)
    shop.endpoint.ready.set()
    assert (await shop.make()).state == "done"


async def test_an_interrupted_job_that_fails_is_cancelled(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await shop.in_mid_air()

    def fail(_: GenerationRequest) -> GenerationResult:
        raise BadAnswer("no picture")

    monkeypatch.setattr(shop.client, "_answer", fail)
    await shop.queue.cancel(job.id)
    assert (await shop.queue.ended(job.id)).state == "cancelled"


async def test_an_interrupt_before_anything_was_sent_sends_nothing(shop: Workshop) -> None:
    shop.endpoint.ready.clear()
    job = await shop.queue.enqueue(REQUEST)
    starting = shop.queue.start

    async def start_and_cancel(job_id: str, mark: object) -> Job | None:
        started = await starting(job_id, MARK)
        await shop.queue.cancel(job_id)
        return started

    shop.queue.start = start_and_cancel  # type: ignore[method-assign, assignment]
    shop.endpoint.ready.set()
    assert (await shop.queue.ended(job.id)).state == "cancelled"
    assert shop.client.sent == []


# Storing


async def test_what_cannot_be_stored_is_kept_and_stored_by_retry_without_sending(shop: Workshop) -> None:
    shop.shelf.troubles.append(LibraryError("No permission"))
    failed = await shop.make()
    assert failed.state == "failed"
    assert failed.kept
    assert all(image.path.exists() for image in failed.kept.images)
    shop.endpoint.ready.clear()
    await shop.queue.retry(failed.id)
    done = await shop.queue.ended(failed.id)
    assert (done.state, done.kept, done.endpoint) == ("done", None, MARK)
    assert len(shop.client.sent) == 1
    assert len(shop.shelf.taken[done.id]) == 3


async def test_a_kept_answer_is_stored_while_others_wait_for_the_endpoint(shop: Workshop) -> None:
    shop.shelf.troubles.append(LibraryError("No permission"))
    failed = await shop.make()
    shop.endpoint.ready.clear()
    waits = await shop.queue.enqueue(REQUEST)
    await asyncio.sleep(0)
    await shop.queue.retry(failed.id)
    assert (await shop.queue.ended(failed.id)).state == "done"
    assert shop.queue.job(waits.id).state == "queued"


async def test_a_bug_in_storing_loses_no_picture(shop: Workshop, expect_logs: ExpectedLogs) -> None:
    expect_logs("met a bug")
    shop.shelf.troubles.append(KeyError("x"))
    assert (await shop.make()).kept


async def test_a_full_disk_holds_the_queue_until_a_person_acts(shop: Workshop) -> None:
    shop.shelf.troubles.append(DiskFull("The disk is full"))
    failed, waits = await asyncio.gather(shop.queue.enqueue(REQUEST), shop.queue.enqueue(REQUEST))
    await shop.queue.ended(failed.id)
    assert isinstance(shop.queue.paused, DiskFull)
    assert len(shop.client.sent) == 1
    await shop.queue.retry(failed.id)
    await shop.queue.ended(waits.id)
    assert shop.queue.job(failed.id).state == "done"


async def test_a_start_that_cannot_be_written_down_sends_nothing(shop: Workshop) -> None:
    shop.endpoint.ready.clear()
    job = await shop.queue.enqueue(REQUEST)
    paused = asyncio.Event()
    shop.queue.paused_changed.connect(paused.set)
    with room_for(shop.path.stat().st_size):
        shop.endpoint.ready.set()
        await paused.wait()
    assert shop.client.sent == []
    assert shop.queue.job(job.id).state == "queued"
    shop.queue.resume()
    assert (await shop.queue.ended(job.id)).state == "done"


# Ending


async def test_stopping_interrupts_keeps_what_comes_and_leaves_the_rest_queued(shop: Workshop) -> None:
    runs, waits = await shop.in_mid_air(), await shop.queue.enqueue(REQUEST)
    await shop.runner.stop(5)
    assert shop.queue.job(runs.id).state == "cancelled"
    assert shop.queue.job(runs.id).picture_ids == (1,)
    assert shop.queue.job(waits.id).state == "queued"


async def test_stopping_does_not_wait_longer_than_the_grace(shop: Workshop) -> None:
    shop.client.deaf = True
    job = await shop.in_mid_air()
    async with asyncio.timeout(5):
        await shop.runner.stop(0.05)
    assert shop.queue.job(job.id).state == "unknown"


async def test_stopping_waits_for_what_is_being_stored(shop: Workshop) -> None:
    shop.shelf.gate.clear()
    job = await shop.queue.enqueue(REQUEST)
    await shop.shelf.asked.wait()
    stopping = asyncio.create_task(shop.runner.stop(0))
    await asyncio.sleep(0.01)
    assert not stopping.done()
    shop.shelf.gate.set()
    await stopping
    assert shop.queue.job(job.id).state == "done"


async def test_stopping_before_anything_was_sent_sends_nothing(shop: Workshop) -> None:
    shop.endpoint.ready.clear()
    job = await shop.queue.enqueue(REQUEST)
    starting = shop.queue.start
    stopping: list[asyncio.Task[None]] = []

    async def start_and_stop(job_id: str, mark: object) -> Job | None:
        stopping.append(asyncio.create_task(shop.runner.stop(5)))
        return await starting(job_id, MARK)

    shop.queue.start = start_and_stop  # type: ignore[method-assign, assignment]
    shop.endpoint.ready.set()
    while not stopping:
        await shop.queue.moved()
    await stopping[0]
    assert shop.client.sent == []
    assert shop.queue.job(job.id).state == "queued"


async def test_stopping_while_the_endpoint_is_away_or_there_is_nothing_to_do(shop: Workshop) -> None:
    shop.endpoint.ready.clear()
    job = await shop.queue.enqueue(REQUEST)
    await shop.runner.stop(5)
    await shop.runner.stop(5)
    assert shop.queue.job(job.id).state == "queued"


async def test_only_jobs_it_takes_are_made(shop: Workshop) -> None:
    await shop.runner.stop(0)
    left = await shop.queue.enqueue(REQUEST)
    mine: set[str] = set()
    shop.runner = Runner(shop.queue, shop.endpoint, shop.shelf, takes=lambda job: job.id in mine)
    shop.runner.start()
    job = await shop.queue.enqueue(REQUEST)
    mine.add(job.id)
    await shop.queue.enqueue(REQUEST)
    assert (await shop.queue.ended(job.id)).state == "done"
    assert shop.queue.job(left.id).state == "queued"
