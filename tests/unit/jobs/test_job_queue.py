"""The queue tells only what is on the disk, and is after a restart what it was before."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sdstudio.core.errors import (
    AnswerLost,
    DiskFull,
    GenerationFailed,
    InvalidRequest,
    LibraryError,
    StudioError,
)
from sdstudio.core.request import MAX_DRAWN_SEED, GenerationRequest
from sdstudio.core.result import GeneratedImage, GenerationResult, Progress
from sdstudio.jobs import ledger
from sdstudio.jobs.job import Job
from sdstudio.jobs.job_queue import JobQueue, with_fixed_seeds
from sdstudio.jobs.journal_file import encoded
from sdstudio.jobs.ledger import REMEMBERED, Ledger
from sdstudio.jobs.records import job_record
from tests.fakes.full_disk import room_for
from tests.fakes.jobs import MARK
from tests.guards.log_lines import ExpectedLogs

REQUEST = GenerationRequest("a lighthouse", steps=3)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


@pytest.fixture
async def queue(path: Path) -> AsyncIterator[JobQueue]:
    queue = await JobQueue.open(path)
    yield queue
    await queue.close()


async def reopened(path: Path) -> tuple[Job, ...]:
    """What a start after a crash at this moment would find."""
    queue = await JobQueue.open(Path(shutil.copy(path, path.with_name("as after a crash"))))
    await queue.close()
    return queue.jobs


def prompts(jobs: tuple[Job, ...]) -> list[str]:
    return [job.request.prompt for job in jobs]


def kept_answer(tmp_path: Path) -> GenerationResult:
    return GenerationResult((GeneratedImage(tmp_path / "spooled.png", "00", 1, "png", 8, 8),))


async def test_an_enqueued_job_is_on_the_disk_when_enqueue_returns(queue: JobQueue, path: Path) -> None:
    job = await queue.enqueue(REQUEST)
    assert job.id in path.read_text()
    assert await reopened(path) == queue.jobs == (job,)


async def test_enqueue_waits_until_the_disk_has_it(
    queue: JobQueue, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut takes what the system still holds back: only what was there at an fsync is safe."""
    really, safe = os.fsync, [b""]

    def fsync(descriptor: int) -> None:
        really(descriptor)
        safe.append(path.read_bytes())

    monkeypatch.setattr(os, "fsync", fsync)
    job = await queue.enqueue(REQUEST)
    assert job.id.encode() in safe[-1]


async def test_order_front_and_back_is_the_same_after_a_restart(queue: JobQueue, path: Path) -> None:
    for prompt, front in (("b", False), ("c", False), ("a", True), ("d", False), ("first", True)):
        await queue.enqueue(replace(REQUEST, prompt=prompt), front=front)
    assert prompts(queue.jobs) == ["first", "a", "b", "c", "d"]
    assert await reopened(path) == queue.jobs


async def test_many_at_once_are_kept_in_the_order_of_asking(queue: JobQueue, path: Path) -> None:
    asked = [replace(REQUEST, prompt=str(number)) for number in range(50)]
    await asyncio.gather(*map(queue.enqueue, asked))
    assert prompts(queue.jobs) == prompts(await reopened(path)) == [request.prompt for request in asked]


async def test_seeds_are_fixed_at_enqueue_and_stay(queue: JobQueue, path: Path) -> None:
    drawn = {(await queue.enqueue(REQUEST)).request.seed for _ in range(5)}
    fixed = await queue.enqueue(REQUEST.with_seed(7))
    assert len(drawn) == 5
    assert all(0 <= seed <= MAX_DRAWN_SEED for seed in drawn)
    assert fixed.request.seed == 7
    assert all(job.request.subseed >= 0 for job in queue.jobs)
    assert [job.request.seed for job in await reopened(path)] == [job.request.seed for job in queue.jobs]


def test_every_picture_of_a_drawn_batch_has_a_seed_the_server_can_have() -> None:
    most = replace(REQUEST, n_iter=10_000, batch_size=64)
    assert all(with_fixed_seeds(most).seed + most.count - 1 <= MAX_DRAWN_SEED for _ in range(50))


async def test_what_cannot_be_sent_is_not_enqueued(queue: JobQueue) -> None:
    with pytest.raises(InvalidRequest, match="multiple of 8"):
        await queue.enqueue(replace(REQUEST, width=500))
    assert queue.jobs == ()


async def test_on_a_full_disk_the_job_is_refused_and_not_shown(queue: JobQueue, path: Path) -> None:
    first = await queue.enqueue(REQUEST)
    seen: list[Job] = []
    queue.changed.connect(seen.append)
    with room_for(path.stat().st_size + 30), pytest.raises(DiskFull):
        await queue.enqueue(REQUEST)
    assert queue.jobs == (first,)
    assert seen == []
    second = await queue.enqueue(REQUEST)
    assert await reopened(path) == (first, second)


async def test_a_change_is_on_the_disk_before_it_is_told(queue: JobQueue, path: Path) -> None:
    found: list[bool] = []
    queue.changed.connect(lambda job: found.append(f'"{job.id}"' in path.read_text()))
    await queue.enqueue(REQUEST)
    assert found == [True]


async def test_what_ran_when_the_program_ended_is_unknown(queue: JobQueue, path: Path) -> None:
    ran, waits = await queue.enqueue(REQUEST), await queue.enqueue(REQUEST)
    await queue.start(ran.id, MARK)
    again = await reopened(path)
    assert [(job.id, job.state) for job in again] == [(ran.id, "unknown"), (waits.id, "queued")]
    assert isinstance(again[0].error, AnswerLost)
    assert "may have been made" in again[0].error.message
    assert "same seed" in again[0].error.remedy
    assert again[0].endpoint == MARK


async def test_a_job_put_back_is_queued_again_at_the_front(queue: JobQueue, path: Path) -> None:
    first, second = await queue.enqueue(REQUEST), await queue.enqueue(REQUEST)
    await queue.start(first.id, MARK)
    await queue.put_back(first.id)
    assert [job.id for job in queue.jobs] == [first.id, second.id]
    assert queue.jobs[0] == first
    assert await reopened(path) == queue.jobs


async def test_how_a_job_ended_is_remembered(queue: JobQueue, path: Path) -> None:
    done, failed = await queue.enqueue(REQUEST), await queue.enqueue(REQUEST)
    await queue.start(done.id, MARK)
    await queue.finish(done.id, "done", pictures=[4, 5])
    await queue.start(failed.id, MARK)
    await queue.finish(failed.id, "failed", error=GenerationFailed("The endpoint failed", raw="NaN"))
    one, other = await reopened(path)
    assert one == queue.job(done.id)
    assert one.picture_ids == (4, 5)
    assert isinstance(other.error, GenerationFailed)
    assert other.error.raw == "NaN"


async def test_an_end_that_cannot_be_written_is_shown_and_written_later(
    queue: JobQueue, path: Path, expect_logs: ExpectedLogs
) -> None:
    expect_logs("could not be written down: The disk is full")
    job = await queue.enqueue(REQUEST)
    await queue.start(job.id, MARK)
    with room_for(path.stat().st_size):
        await queue.finish(job.id, "done", pictures=[1])
    assert queue.job(job.id).state == "done"
    assert (await reopened(path))[0].state == "unknown"
    with room_for(path.stat().st_size), pytest.raises(DiskFull):
        await queue.enqueue(REQUEST)
    await queue.enqueue(REQUEST)
    assert [job.state for job in await reopened(path)] == ["done", "queued"]


async def test_what_is_owed_to_the_disk_is_written_at_the_latest_on_closing(
    path: Path, expect_logs: ExpectedLogs
) -> None:
    expect_logs("could not be written down")
    queue = await JobQueue.open(path)
    job = await queue.enqueue(REQUEST)
    await queue.start(job.id, MARK)
    with room_for(path.stat().st_size):
        await queue.finish(job.id, "done", pictures=[1])
    await queue.close()
    assert (await reopened(path))[0].state == "done"


async def test_a_start_that_cannot_be_written_leaves_the_job_queued(queue: JobQueue, path: Path) -> None:
    job = await queue.enqueue(REQUEST)
    with room_for(path.stat().st_size), pytest.raises(LibraryError):
        await queue.start(job.id, MARK)
    assert queue.jobs == (job,)


async def test_cancel_drops_a_queued_job_and_asks_for_the_interrupt_of_a_running_one(queue: JobQueue) -> None:
    asked: list[str] = []
    queue.interrupt_asked.connect(asked.append)
    runs, waits = await queue.enqueue(REQUEST), await queue.enqueue(REQUEST)
    await queue.start(runs.id, MARK)
    await queue.cancel(waits.id)
    await queue.cancel(runs.id)
    await queue.cancel("nobody")
    assert queue.job(waits.id).state == "cancelled"
    assert queue.job(runs.id).state == "running"
    assert queue.job(runs.id).interrupting
    assert asked == [runs.id]


async def test_a_cancel_that_crosses_the_start_becomes_an_interrupt(queue: JobQueue) -> None:
    asked: list[str] = []
    queue.interrupt_asked.connect(asked.append)
    job = await queue.enqueue(REQUEST)
    started, _ = await asyncio.gather(queue.start(job.id, MARK), queue.cancel(job.id))
    assert started
    assert asked == [job.id]


async def test_a_start_that_crosses_the_cancel_does_not_happen(queue: JobQueue, path: Path) -> None:
    job = await queue.enqueue(REQUEST)
    _, started = await asyncio.gather(queue.cancel(job.id), queue.start(job.id, MARK))
    assert started is None
    assert [job.state for job in await reopened(path)] == ["cancelled"]


@pytest.mark.parametrize("end", ["failed", "unknown", "cancelled"])
async def test_retry_makes_a_new_job_with_the_same_seed_in_the_place_of_the_old(
    queue: JobQueue, path: Path, end: str
) -> None:
    old = await queue.enqueue(REQUEST)
    await queue.start(old.id, MARK)
    await queue.finish(old.id, end)  # type: ignore[arg-type]
    new = await queue.retry(old.id)
    assert new.id != old.id
    assert new.request == old.request
    assert await reopened(path) == queue.jobs == (new,)


async def test_a_job_unknown_since_the_last_start_can_be_made_again_or_removed_for_good(path: Path) -> None:
    first = await JobQueue.open(path)
    jobs = [await first.enqueue(REQUEST) for _ in range(2)]
    for job in jobs:
        await first.start(job.id, MARK)
    await first.close()
    second = await JobQueue.open(path)
    new = await second.retry(jobs[0].id)
    await second.remove(jobs[1].id)
    await second.close()
    assert await reopened(path) == (new,)


async def test_retry_of_a_kept_answer_puts_the_same_job_to_the_front(
    queue: JobQueue, path: Path, tmp_path: Path
) -> None:
    answer = kept_answer(tmp_path)
    old, other = await queue.enqueue(REQUEST), await queue.enqueue(REQUEST)
    await queue.start(old.id, MARK)
    await queue.finish(old.id, "failed", error=DiskFull("The disk is full"), kept=answer)
    assert (await reopened(path))[0].kept == answer
    again = await queue.retry(old.id)
    assert [job.id for job in queue.jobs] == [old.id, other.id]
    assert (again.state, again.kept, again.endpoint) == ("queued", answer, MARK)
    assert await reopened(path) == queue.jobs


async def test_storing_cut_short_by_a_crash_can_be_tried_again(
    queue: JobQueue, path: Path, tmp_path: Path
) -> None:
    job = await queue.enqueue(REQUEST)
    await queue.start(job.id, MARK)
    await queue.finish(job.id, "failed", kept=kept_answer(tmp_path))
    await queue.retry(job.id)
    await queue.start(job.id, None)
    (after,) = await reopened(path)
    assert (after.state, after.kept, after.endpoint) == ("failed", kept_answer(tmp_path), MARK)


async def test_what_was_unknown_is_done_once_its_pictures_are_found(queue: JobQueue, path: Path) -> None:
    unknown, failed = await queue.enqueue(REQUEST), await queue.enqueue(REQUEST)
    await queue.start(unknown.id, MARK)
    await queue.finish(unknown.id, "unknown", error=AnswerLost("lost"))
    await queue.start(failed.id, MARK)
    await queue.finish(failed.id, "failed", error=GenerationFailed("no"))
    await queue.found(unknown.id, [7])
    await queue.found(failed.id, [8])
    assert (queue.job(unknown.id).state, queue.job(unknown.id).picture_ids) == ("done", (7,))
    assert queue.job(unknown.id).error is None
    assert queue.job(failed.id).state == "failed"
    assert list(map(job_record, await reopened(path))) == list(map(job_record, queue.jobs))


async def test_a_running_or_done_job_is_not_made_again(queue: JobQueue) -> None:
    job = await queue.enqueue(REQUEST)
    assert (await queue.retry(job.id)).id == job.id
    await queue.start(job.id, MARK)
    assert (await queue.retry(job.id)).id == job.id
    assert len(queue.jobs) == 1


async def test_a_running_job_is_not_removed_others_are(queue: JobQueue, path: Path) -> None:
    runs, waits = await queue.enqueue(REQUEST), await queue.enqueue(REQUEST)
    await queue.start(runs.id, MARK)
    await queue.remove(runs.id)
    await queue.remove(waits.id)
    assert [job.id for job in queue.jobs] == [runs.id]
    assert [job.id for job in await reopened(path)] == [runs.id]


async def test_progress_is_told_and_keeps_the_last_preview(queue: JobQueue) -> None:
    seen: list[Progress] = []
    queue.changed.connect(lambda job: seen.append(job.progress))
    job = await queue.enqueue(REQUEST)
    queue.progressed(job.id, Progress(0.1))
    assert queue.job(job.id).progress == Progress(), "a job that waits makes no progress"
    await queue.start(job.id, MARK)
    queue.progressed(job.id, Progress(0.5, preview=b"look"))
    queue.progressed(job.id, Progress(0.75))
    assert [progress.fraction for progress in seen[-2:]] == [0.5, 0.75]
    assert seen[-1].preview is seen[-2].preview
    await queue.finish(job.id, "done")
    assert queue.job(job.id).progress.preview is None


async def test_waiting_for_the_end_of_a_job(queue: JobQueue) -> None:
    job = await queue.enqueue(REQUEST)
    waiting = asyncio.create_task(queue.ended(job.id))
    await queue.start(job.id, MARK)
    await queue.finish(job.id, "done")
    assert (await waiting).state == "done"
    gone = await queue.enqueue(REQUEST)
    waiting = asyncio.create_task(queue.ended(gone.id))
    await asyncio.sleep(0)
    await queue.remove(gone.id)
    with pytest.raises(LookupError):
        await waiting


async def test_a_pause_holds_back_and_a_persons_wish_ends_it(queue: JobQueue) -> None:
    told: list[bool] = []
    queue.paused_changed.connect(lambda: told.append(queue.paused is not None))
    await queue.enqueue(REQUEST)
    queue.pause(DiskFull("The disk is full"))
    assert queue.next() is None
    await queue.enqueue(REQUEST)
    assert queue.next() == queue.jobs[0]
    assert told == [True, False]


async def test_a_pause_by_hand_is_ended_by_hand(queue: JobQueue) -> None:
    queue.pause(StudioError("The queue is paused"))
    await queue.enqueue(REQUEST)
    assert queue.next() is None
    queue.resume()
    assert queue.next()


async def test_next_is_what_the_asker_takes(queue: JobQueue) -> None:
    await queue.enqueue(REQUEST)
    mine = await queue.enqueue(REQUEST)
    assert queue.next(lambda job: job.id == mine.id) == mine


async def test_a_caller_that_gives_up_waiting_leaves_no_difference_between_disk_and_memory(
    queue: JobQueue, path: Path
) -> None:
    hasty = asyncio.create_task(queue.enqueue(REQUEST))
    await asyncio.sleep(0)
    hasty.cancel()
    await queue.enqueue(replace(REQUEST, prompt="the next"))
    assert hasty.cancelled()
    assert len(queue.jobs) == 2
    assert await reopened(path) == queue.jobs


async def test_a_receivers_bug_does_not_hold_up_the_queue(queue: JobQueue, path: Path) -> None:
    disconnect = queue.changed.connect(lambda job: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        await queue.enqueue(REQUEST)
    disconnect()
    await queue.enqueue(REQUEST)
    assert len(await reopened(path)) == 2


async def test_ended_jobs_are_remembered_in_bounds_and_kept_answers_always(
    queue: JobQueue, path: Path, tmp_path: Path
) -> None:
    kept = await queue.enqueue(REQUEST)
    await queue.start(kept.id, MARK)
    await queue.finish(kept.id, "failed", kept=kept_answer(tmp_path))
    jobs = await asyncio.gather(*(queue.enqueue(REQUEST) for _ in range(REMEMBERED + 5)))
    await asyncio.gather(*(queue.cancel(job.id) for job in jobs))
    last = await queue.enqueue(REQUEST)
    await queue.start(last.id, MARK)
    await queue.finish(last.id, "done")
    assert len(queue.jobs) == REMEMBERED + 1
    assert queue.jobs[0].id == kept.id
    assert queue.jobs[-1].id == last.id
    assert await reopened(path) == queue.jobs


async def test_a_long_journal_is_shortened_and_says_the_same(
    queue: JobQueue, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue._journal, "_most_lines", 30)
    for _ in range(12):
        job = await queue.enqueue(REQUEST)
        await queue.start(job.id, MARK)
        await queue.finish(job.id, "done")
    assert len(path.read_bytes().splitlines()) < 36
    assert await reopened(path) == queue.jobs


async def test_a_journal_that_cannot_be_shortened_stays_long_and_whole(
    queue: JobQueue, path: Path, monkeypatch: pytest.MonkeyPatch, expect_logs: ExpectedLogs
) -> None:
    expect_logs("could not be shortened")
    jobs = [await queue.enqueue(REQUEST) for _ in range(3)]
    monkeypatch.setattr(queue._journal, "_most_lines", 2)

    def full(*_: object) -> None:
        raise DiskFull("The disk is full")

    monkeypatch.setattr(queue._journal._file, "rewrite", full)
    jobs.append(await queue.enqueue(REQUEST))
    jobs.append(await queue.enqueue(REQUEST))
    assert await reopened(path) == tuple(jobs)


async def test_a_doubtful_job_is_unknown_and_is_not_made_by_itself(path: Path) -> None:
    """A damaged line hid a start; of the two jobs queued there nobody can tell which it was."""
    records = [
        *(ledger.put(Job.new(replace(REQUEST, prompt=name))) for name in "abc"),
        ledger.start("lost in the damage", None),
    ]
    done = records[2]["job"]["id"]
    later = [ledger.start(done, None), ledger.finish(done, "done"), ledger.put(Job.new(REQUEST))]
    lines = [encoded({"op": "journal", "version": 1}, 0), *(encoded(record, 0) for record in records[:3])]
    lines += [b"damage\n", *(encoded(record, 2) for record in later)]
    path.write_bytes(b"".join(lines))
    queue = await JobQueue.open(path)
    await queue.close()
    assert {job.request.prompt: job.state for job in queue.jobs} == {
        "a": "unknown",
        "b": "unknown",
        "c": "done",
        "a lighthouse": "queued",
    }
    assert queue.replay.damaged_lines == 1
    assert list(map(job_record, await reopened(path))) == list(map(job_record, queue.jobs))


async def test_a_line_that_makes_no_sense_is_left_out(path: Path, expect_logs: ExpectedLogs) -> None:
    expect_logs("makes no sense")
    good = Job.new(REQUEST)
    nonsense = [{"op": "sing"}, {"op": "put"}, {"op": "put", "job": 5, "front": 1, "replaces": None}]
    nonsense.append({"op": "put", "job": {**job_record(good), "state": "x"}, "front": False, "replaces": None})
    path.write_bytes(b"".join(encoded(record, 0) for record in [*nonsense, ledger.put(good)]))
    queue = await JobQueue.open(path)
    await queue.close()
    assert queue.jobs == (good,)
    assert queue.replay.damaged_lines == len(nonsense)


async def test_opening_what_cannot_be_opened_leaves_no_thread(tmp_path: Path) -> None:
    with pytest.raises(LibraryError):
        await JobQueue.open(tmp_path / "nowhere" / "journal.jsonl")


class Crashes(RuleBasedStateMachine):
    """Whatever is done in whatever order, a restart finds what the session before knew.

    `live` is the session, `journal` what has been written; a restart replays it from the first line.
    """

    def __init__(self) -> None:
        super().__init__()
        self.live = Ledger()
        self.journal: list[dict[str, object]] = []

    def do(self, record: dict[str, object]) -> None:
        self.journal.append(record)
        self.live.apply(record)
        if record["op"] == "finish":
            self.live.forget_old()

    @rule(front=st.booleans())
    def enqueue(self, front: bool) -> None:
        self.do(ledger.put(Job.new(REQUEST), front=front))

    @precondition(lambda self: len(self.live) > 0)
    @rule(
        data=st.data(),
        what=st.sampled_from(["start", "finish", "cancel", "found", "requeue", "remove", "retry"]),
    )
    def change(self, data: st.DataObject, what: str) -> None:
        job = data.draw(st.sampled_from(list(self.live)))
        if what == "finish":
            state = data.draw(st.sampled_from(["done", "failed", "unknown", "cancelled"]))
            self.do(ledger.finish(job.id, state))
        elif what == "retry":
            self.do(ledger.put(Job.new(job.request), replaces=job.id))
        elif what == "start":
            self.do(ledger.start(job.id, None))
        elif what == "found":
            self.do(ledger.found(job.id, [1]))
        else:
            self.do(getattr(ledger, what)(job.id))

    @rule()
    def crash(self) -> None:
        waiting = [job.id for job in self.live.waiting()]
        running = {job.id for job in self.live if job.state == "running"}
        self.live = self.replayed()
        self.do(ledger.opened())
        assert [job.id for job in self.live.waiting()] == waiting, "queued stay queued, in their order"
        assert {job.id for job in self.live if job.state == "unknown"} >= running
        assert not [job for job in self.live if job.state == "running"]

    def replayed(self) -> Ledger:
        replayed = Ledger()
        for record in self.journal:
            replayed.apply(record)
        return replayed

    @invariant()
    def memory_is_what_the_journal_says(self) -> None:
        assert list(map(job_record, self.live)) == list(map(job_record, self.replayed()))

    @invariant()
    def a_snapshot_says_the_same(self) -> None:
        copy = Ledger()
        for record in self.live.records():
            copy.apply(record)
        assert list(map(job_record, copy)) == list(map(job_record, self.live))

    @invariant()
    def nothing_runs_again_that_may_have_been_made(self) -> None:
        for job in self.live:
            assert not (job.state == "queued" and job.started), "only a job that never left may be queued again"


Crashes.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestCrashes = Crashes.TestCase
