"""kill -9 at any moment: nothing queued is lost, nothing runs twice by itself, nothing stays locked or running."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sdstudio.config.paths import DataDir
from sdstudio.core.errors import AnswerLost
from sdstudio.core.request import GenerationRequest
from sdstudio.jobs.job import Job
from sdstudio.jobs.job_queue import JobQueue
from sdstudio.library.library import Library
from sdstudio.studio import Studio
from tests.fakes.practice import start_practice
from tests.fakes.program import PATIENCE_S, run, started

KILLS = int(os.environ.get("SDSTUDIO_TESTS_KILLS", "12"))
SMALL = ("--width", "64", "--height", "64")
ENQUEUER = """
import asyncio, sys
from pathlib import Path
from sdstudio.core.request import GenerationRequest
from sdstudio.core.result import EndpointMark
from sdstudio.jobs.job_queue import JobQueue

def tell(*words):
    sys.stdout.write(" ".join(map(str, words)) + "\\n")
    sys.stdout.flush()

async def work(path):
    queue = await JobQueue.open(path)
    queue._journal._most_lines = 60  # so that many a kill meets a rewrite
    tell("open")
    number = 0
    while True:
        number += 1
        job = await queue.enqueue(GenerationRequest("x" * (number % 7 * 100)), front=number % 5 == 0)
        tell("queued", job.id)
        if number % 2:
            job = queue.next()
            tell("starting", job.id)
            await queue.start(job.id, EndpointMark("e", "", "a1111"))
            tell("running", job.id)
            if number % 3:
                await queue.finish(job.id, "done", pictures=[number])
                tell("done", job.id)
            else:
                await queue.finish(job.id, "failed")
                tell("failed", job.id)
                await queue.remove(job.id)
                tell("removed", job.id)
        if number % 9 == 0:
            last = queue.jobs[-1]
            await queue.cancel(last.id)
            tell("cancelled", last.id)

asyncio.run(work(Path(sys.argv[1])))
"""


def wait_for(what: Callable[[], object], process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not what():
        assert process.poll() is None, "it ended by itself"
        assert time.monotonic() < end
        time.sleep(0.02)


def queue_of(folder: Path) -> tuple[Job, ...]:
    async def read() -> tuple[Job, ...]:
        queue = await JobQueue.open(DataDir(folder).journal_file)
        await queue.close()
        return queue.jobs

    return asyncio.run(read())


def test_killed_in_mid_generation_it_starts_clean(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    journal = DataDir(folder).journal_file
    with started("generate", "x", *SMALL, "--steps", "1000", "--count", "50", "--data-dir", folder) as process:
        wait_for(lambda: journal.exists() and b'"op":"start"' in journal.read_bytes(), process)
        (practice,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.kill()
        process.wait()
    gone_by = time.monotonic() + 10
    while Path(f"/proc/{practice}").exists() and time.monotonic() < gone_by:
        time.sleep(0.02)
    assert not Path(f"/proc/{practice}").exists(), "the practice endpoint outlived the program"
    after = run("generate", "after", *SMALL, "--steps", "2", "--data-dir", folder)
    assert (after.status, after.errors) == (0, "")
    unknown, made = queue_of(folder)
    assert (unknown.request.prompt, unknown.state, made.state) == ("x", "unknown", "done")
    assert isinstance(unknown.error, AnswerLost)
    assert unknown.request.seed >= 0


async def test_the_next_start_makes_what_waited_and_not_what_ran(tmp_path: Path) -> None:
    data_dir = DataDir(tmp_path / "data").make()
    with start_practice("--behave", "slow=0.05") as url:
        with started(
            "generate", "ran", *SMALL, "--steps", "900", "--endpoint", url, "--data-dir", data_dir.root
        ) as run_:
            wait_for(
                lambda: (
                    data_dir.journal_file.exists() and b'"op":"start"' in data_dir.journal_file.read_bytes()
                ),
                run_,
            )
            run_.kill()
            run_.wait()
        queue = await JobQueue.open(data_dir.journal_file)
        waits = [await queue.enqueue(GenerationRequest(name, width=64, height=64, steps=1)) for name in "abc"]
        await queue.close()
        interrupt(url)
        studio = await Studio.open(data_dir, endpoint=url)
        try:
            ended = [await studio.queue.ended(job.id) for job in waits]
            assert [job.state for job in ended] == ["done"] * 3
            assert [job.id for job in ended] == [job.id for job in waits]
            assert [job.state for job in studio.queue.jobs if job.request.prompt == "ran"] == ["unknown"]
            assert len(await studio.library.ids()) == 3
            again = await studio.queue.retry(
                next(job.id for job in studio.queue.jobs if job.state == "unknown")
            )
            assert again.request.prompt == "ran"
        finally:
            await studio.close(grace_s=2)


def interrupt(url: str) -> None:
    """Have the endpoint stop what the killed program had it begin."""
    from urllib.request import Request, urlopen

    urlopen(Request(f"{url}/sdapi/v1/interrupt", method="POST")).close()


def test_killed_at_random_the_queue_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Every operation is announced after it was acknowledged; what was announced must be there after the kill."""
    dice = random.Random(4)
    folder = tmp_path / "data"
    path = DataDir(folder).make().journal_file
    known: dict[str, str] = {}
    operations = 0
    for _ in range(KILLS):
        with subprocess.Popen([sys.executable, "-c", ENQUEUER, str(path)], stdout=subprocess.PIPE) as process:
            assert process.stdout
            assert process.stdout.readline() == b"open\n"
            time.sleep(dice.uniform(0, 0.4))
            process.send_signal(signal.SIGKILL)
            told = process.stdout.read().decode()
        for line in told.splitlines():
            word, _, job = line.partition(" ")
            known[job] = word
            operations += 1
        jobs = queue_of(folder)
        check(jobs, known)
        known = {job.id: str(job.state) for job in jobs}
    assert operations > 10 * KILLS


def check(jobs: tuple[Job, ...], known: dict[str, str]) -> None:
    found = {job.id: job.state for job in jobs}
    assert len(found) == len(jobs), "a job is there twice"
    # The last operation may have reached the disk without having been acknowledged: one step further is right too.
    next_steps = {
        "queued": {"queued", "unknown", "cancelled"},
        "starting": {"queued", "unknown"},
        "running": {"unknown", "done", "failed"},
        "unknown": {"unknown"},
        "done": {"done", None},
        "failed": {"failed", None},
        "cancelled": {"cancelled", None},
        "removed": {None},
    }
    wrong = {
        job: (state, found.get(job)) for job, state in known.items() if found.get(job) not in next_steps[state]
    }
    assert not wrong
    further = [job for job, state in known.items() if state == "queued" and found.get(job) != "queued"]
    assert len(further) <= 1
    assert len(found.keys() - known.keys()) <= 1, "at most one job was on the disk before it could be announced"


@pytest.mark.parametrize("moment", [0.0, 0.3, 0.8])
def test_killed_while_it_starts_it_starts_the_next_time(tmp_path: Path, moment: float) -> None:
    folder = tmp_path / "data"
    with started("generate", "x", *SMALL, "--steps", "2", "--data-dir", folder) as process:
        wait_for((folder / "lock").exists, process)
        time.sleep(moment)
        process.kill()
        process.wait()

    async def look() -> None:
        studio = await Studio.open(DataDir(folder), endpoint="http://127.0.0.1:9")
        await studio.close()

    asyncio.run(look())


async def test_a_second_program_on_the_folder_of_a_killed_one_has_the_lock(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with started("generate", "x", "--steps", "1000", "--data-dir", folder) as process:
        wait_for((folder / "queue" / "journal.jsonl").exists, process)
        assert run("generate", "y", "--data-dir", folder).status == 1
        process.kill()
        process.wait()
    library = await Library.open(DataDir(folder))
    await library.close()
