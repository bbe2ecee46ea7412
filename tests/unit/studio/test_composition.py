"""The studio opens in order or not at all, closes whatever fails, and finds after a crash what was made."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from sdstudio.config.credentials import Credentials
from sdstudio.config.paths import DataDir
from sdstudio.core.errors import InvalidRequest, KeyringUnavailable, LibraryBusy, LibraryError, NotAuthorised
from sdstudio.core.request import GenerationRequest
from sdstudio.core.result import GeneratedImage, GenerationResult
from sdstudio.jobs.job_queue import JobQueue
from sdstudio.library.library import Library
from sdstudio.library.picture_files import sha256_of
from sdstudio.studio import Studio
from tests.fakes.jobs import MARK
from tests.fakes.practice import start_practice

REQUEST = GenerationRequest("a lighthouse", width=64, height=64, steps=2)
NOBODY = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def live() -> Iterator[str]:
    with start_practice() as url:
        yield url


@pytest.fixture
def data_dir(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path / "data")


@asynccontextmanager
async def opened(data_dir: DataDir, endpoint: str | None = NOBODY, **options: object) -> AsyncIterator[Studio]:
    studio = await Studio.open(data_dir, endpoint=endpoint, **options)  # type: ignore[arg-type]
    try:
        yield studio
    finally:
        await studio.close()


async def test_a_job_becomes_a_picture_in_the_history(data_dir: DataDir, live: str) -> None:
    async with opened(data_dir, live) as studio:
        told: list[list[int]] = []
        studio.library.added.connect(told.append)
        job = await studio.queue.enqueue(REQUEST)
        ended = await studio.queue.ended(job.id)
        assert ended.state == "done"
        record = await studio.library.picture(ended.picture_ids[0])
        assert told == [list(ended.picture_ids)]
    assert record
    assert record.path.is_file()
    assert (record.job_id, record.request) == (job.id, job.request)
    assert list(data_dir.spool.iterdir()) == []


async def test_it_opens_and_closes_with_no_endpoint_and_can_be_opened_again(data_dir: DataDir) -> None:
    for _ in range(2):
        async with opened(data_dir) as studio:
            await studio.queue.enqueue(REQUEST)
    async with opened(data_dir) as studio:
        assert [job.state for job in studio.queue.jobs] == ["queued", "queued"]


async def test_a_folder_in_use_is_refused_and_nothing_stays_open(data_dir: DataDir) -> None:
    async with opened(data_dir):
        with pytest.raises(LibraryBusy):
            await Studio.open(data_dir)
    async with opened(data_dir):
        pass


async def test_when_a_part_cannot_be_opened_those_before_it_are_closed(data_dir: DataDir) -> None:
    data_dir.make()
    data_dir.journal_file.mkdir()
    with pytest.raises(LibraryError):
        await Studio.open(data_dir)
    data_dir.journal_file.rmdir()
    async with opened(data_dir):
        pass


async def test_a_part_that_fails_to_close_keeps_nothing_else_open(
    data_dir: DataDir, monkeypatch: pytest.MonkeyPatch, expect_logs: Callable[[str], None]
) -> None:
    expect_logs("closing the queue failed")
    studio = await Studio.open(data_dir, endpoint=NOBODY)
    really = studio.queue._journal.close

    async def fail() -> None:
        await really()
        raise LibraryError("the disk is gone")

    monkeypatch.setattr(studio.queue._journal, "close", fail)
    await studio.close()
    async with opened(data_dir):
        pass


async def test_closing_interrupts_what_is_being_made_and_keeps_it(data_dir: DataDir) -> None:
    with start_practice("--behave", "slow=0.2") as slow:
        async with opened(data_dir, slow) as studio:
            running = await studio.queue.enqueue(replace(REQUEST, steps=150))
            waiting = await studio.queue.enqueue(REQUEST)
            while studio.queue.job(running.id).progress.step < 2:
                await asyncio.sleep(0.02)
    async with opened(data_dir) as studio:
        assert studio.queue.job(running.id).state == "cancelled"
        assert len(studio.queue.job(running.id).picture_ids) == 1
        assert studio.queue.job(waiting.id).state == "queued"


async def test_the_endpoint_chosen_is_used_again_after_a_restart(data_dir: DataDir, live: str) -> None:
    async with opened(data_dir) as studio:
        assert await studio.use_endpoint(live + "/sdapi/v1/txt2img") is None
        await studio.session.settled()
        assert (studio.session.url, studio.session.state) == (live, "ready")
    async with opened(data_dir, None) as studio:
        assert studio.session.url == live


async def test_an_address_that_cannot_be_changes_nothing(data_dir: DataDir) -> None:
    async with opened(data_dir) as studio:
        with pytest.raises(InvalidRequest):
            await studio.use_endpoint("ftp://host", "token")
        assert studio.session.url == NOBODY
        assert [profile.id for profile in studio.profiles.all] == [studio.settings.values.endpoint_id]


async def test_a_token_goes_to_the_keyring_and_without_one_is_remembered_until_the_end(
    data_dir: DataDir,
) -> None:
    """The keyring of the tests always fails, as on a system without one."""
    with start_practice("--token", "r1ght-token") as url:
        async with opened(data_dir) as studio:
            trouble = await studio.use_endpoint(url, "r1ght-token")
            assert isinstance(trouble, KeyringUnavailable)
            await studio.session.settled()
            assert studio.session.state == "ready"
        async with opened(data_dir, None) as studio:
            await studio.session.settled()
            assert studio.session.state == "needs token"
    assert not [path for path in data_dir.root.rglob("*") if path.is_file() and b"r1ght" in path.read_bytes()]


async def test_jobs_wait_for_a_token_and_go_on_with_it(data_dir: DataDir) -> None:
    with start_practice("--token", "r1ght-token") as url:
        async with opened(data_dir, url) as studio:
            job = await studio.queue.enqueue(REQUEST)
            await studio.session.settled()
            assert isinstance(studio.session.error, NotAuthorised)
            assert studio.queue.job(job.id).state == "queued"
            await studio.use_endpoint(url, "r1ght-token")
            assert (await studio.queue.ended(job.id)).state == "done"


async def test_an_endpoint_can_be_asked_before_it_is_used(data_dir: DataDir, live: str) -> None:
    async with opened(data_dir) as studio:
        assert (await studio.ask_endpoint(live)).dialect == "practice"
        assert studio.session.url == NOBODY


async def test_the_command_lines_token_comes_from_the_environment(
    data_dir: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SDSTUDIO_TOKEN", "fr0m-outside")
    with start_practice("--token", "fr0m-outside") as url:
        async with opened(data_dir, url, credentials=Credentials(read_environment=True)) as studio:
            await studio.session.settled()
            assert studio.session.state == "ready"


async def test_old_jobs_are_left_alone_where_that_is_asked(data_dir: DataDir, live: str) -> None:
    async with opened(data_dir) as studio:
        old = await studio.queue.enqueue(REQUEST)
    async with opened(data_dir, live, only_new_jobs=True) as studio:
        new = await studio.queue.enqueue(REQUEST)
        assert (await studio.queue.ended(new.id)).state == "done"
        assert studio.queue.job(old.id).state == "queued"


async def test_a_crash_between_storing_and_noting_leaves_the_job_done(data_dir: DataDir) -> None:
    data_dir.make()
    queue, library = await JobQueue.open(data_dir.journal_file), await Library.open(data_dir)
    job = await queue.enqueue(REQUEST)
    await queue.start(job.id, MARK)
    path = data_dir.spool / "answer.png"
    Image.new("RGB", (64, 64)).save(path)
    image = GeneratedImage(path, sha256_of(path), path.stat().st_size, "png", 64, 64)
    ids = await library.add(
        GenerationResult((image,)), job.request, endpoint=MARK, started=datetime.now(UTC), job_id=job.id
    )
    await queue.close()
    await library.close()
    async with opened(data_dir) as studio:
        assert (studio.queue.job(job.id).state, studio.queue.job(job.id).picture_ids) == ("done", tuple(ids))


async def test_what_was_found_broken_is_told(data_dir: DataDir, expect_logs: Callable[[str], None]) -> None:
    expect_logs("settings.json could not be read")
    async with opened(data_dir) as studio:
        jobs = [await studio.queue.enqueue(REQUEST) for _ in range(3)]
        assert studio.notices == []
    lines = data_dir.journal_file.read_bytes().splitlines(keepends=True)
    spoilt = next(number for number, line in enumerate(lines) if jobs[1].id.encode() in line)
    lines[spoilt] = b"?" + lines[spoilt]
    data_dir.journal_file.write_bytes(b"".join(lines))
    data_dir.settings_file.write_text("{")
    async with opened(data_dir) as studio:
        assert [notice.title for notice in studio.notices] == [
            "settings.json could not be read",
            "A part of the queue could not be read",
        ]
        assert [job.id for job in studio.queue.jobs if job.state == "queued"] == [jobs[0].id, jobs[2].id]


def test_opening_loads_nothing_slow_before_it_is_needed() -> None:
    look = "import json, sys; import sdstudio.studio; print(json.dumps(sorted(sys.modules)))"
    loaded = set(json.loads(subprocess.check_output([sys.executable, "-c", look])))
    assert not loaded & {"httpx", "keyring", "numpy", "PySide6", "fastapi", "uvicorn", "sdstudio.api.client"}
