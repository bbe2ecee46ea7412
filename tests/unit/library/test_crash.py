"""kill -9 at every step of taking pictures in: afterwards each is in the history once, its file whole."""

import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sdstudio.config.paths import DataDir
from sdstudio.library import spool_sweep
from sdstudio.library.library import Library
from tests.fakes.answers import MARK, REQUEST, answer, png, recipe
from tests.unit.library.adding_until_killed import POINTS

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kills by signal")

LINKLESS = ("name reserved", "copied beside")  # happen only where there are no hard links
STEPS = [
    (point, links)
    for point in sorted(set(POINTS) - {"never"})
    for links in ("links", "nolinks")
    if links == "nolinks" or point not in LINKLESS
]


def started(data_dir, point, *more):
    command = [sys.executable, "-m", "tests.unit.library.adding_until_killed", data_dir.root, point, *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


async def check_whole(data_dir: DataDir) -> dict[str, list[bytes]]:
    """That rows, files, spool and search agree after a reopening; the pictures' bytes by job."""
    library = await Library.open(data_dir)
    try:
        found: dict[str, list[bytes]] = {}
        files = set()
        for number in await library.ids():
            record = await library.picture(number)
            content = record.path.read_bytes()
            assert hashlib.sha256(content).hexdigest() == record.sha256
            found.setdefault(record.job_id, []).append(content)
            files.add(record.path)
        assert {path for path in data_dir.pictures.rglob("*") if path.is_file()} == files
        left = [path for path in data_dir.spool.iterdir() if spool_sweep._whole_picture(path)]
        assert left == [], "only what was being received may lie there, half"
    finally:
        await library.close()
    with closing(sqlite3.connect(data_dir.library_file)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        database.execute("INSERT INTO picture_text(picture_text) VALUES ('integrity-check')")
        assert database.execute("SELECT count(*) FROM arrivals").fetchone() == (0,)
    return found


@pytest.mark.parametrize(("point", "links"), STEPS)
async def test_killed_at_this_point_nothing_is_lost_or_doubled(data_dir, point, links):
    with started(data_dir, point, links) as program:
        assert program.wait(30) == -signal.SIGKILL

    found = await check_whole(data_dir)

    [contents] = found.values()
    request = replace(REQUEST, batch_size=3)
    expected = [png(seed, text=recipe(request, seed)) for seed in range(3)]
    assert sorted(contents) == sorted(expected)
    assert await check_whole(data_dir) == found, "and a second start changes nothing"


async def test_the_recipe_survives_the_crash_as_well(data_dir):
    with started(data_dir, "one file placed") as program:
        program.wait(30)
    library = await Library.open(data_dir)
    assert len(library.recovered) == 3
    record = await library.picture(library.recovered[0])
    assert record.request == replace(REQUEST, batch_size=3)
    assert (record.endpoint, record.seconds) == (MARK, 1.5)
    await library.close()


async def test_killed_at_any_moment_what_was_told_is_kept(data_dir):
    chance = random.Random(20260304)
    told: set[str] = set()
    for _ in range(8):
        with started(data_dir, "never") as program:
            told.add(program.stdout.readline().strip())
            for _ in range(chance.randrange(20)):
                told.add(program.stdout.readline().strip())
            with pytest.raises(subprocess.TimeoutExpired):
                program.wait(chance.random() * 0.03)
            program.kill()
            told |= set(program.stdout.read().split())
    found = await check_whole(data_dir)
    assert told <= set(found)
    assert {len(contents) for job, contents in found.items() if job in told} == {3}


async def test_whole_pictures_nobody_noted_become_history_and_halves_do_not(data_dir):
    result = answer(data_dir.spool)
    whole = result.images[0].path.read_bytes()
    half = data_dir.spool / "half.part"
    half.write_bytes(whole[: len(whole) // 2])
    (data_dir.spool / "text.part").write_text("no picture")
    (data_dir.spool / "empty.part").touch()

    library = await Library.open(data_dir)
    assert len(library.recovered) == 1
    picture = library.recovered[0]
    record = await library.picture(picture)
    assert record.path.read_bytes() == whole
    assert (record.seed, record.prompt, record.request) == (42, REQUEST.prompt, None)
    assert record.notes
    await library.close()

    assert half.exists(), "it may be looked at for a while"
    old = half.stat().st_mtime - 2 * spool_sweep._KEPT_S
    for path in data_dir.spool.iterdir():
        os.utime(path, (old, old))
    library = await Library.open(data_dir)
    assert library.recovered == ()
    assert list(data_dir.spool.iterdir()) == []
    await library.close()


async def test_a_picture_found_in_the_spool_gets_its_recipe_when_its_job_is_tried_again(data_dir):
    """The queue kept an answer that could not be stored; at the next start its files are found first."""
    request = replace(REQUEST, batch_size=2)
    result = answer(data_dir.spool, request)
    library = await Library.open(data_dir)
    found = list(library.recovered)
    assert len(found) == 2
    ids = await library.add(result, request, endpoint=MARK, started=datetime.now(UTC), job_id="job")
    assert ids == found
    for number in ids:
        record = await library.picture(number)
        assert (record.request, record.job_id, record.endpoint, record.notes) == (request, "job", MARK, ())
    await library.close()
    await check_whole(data_dir)


async def test_the_data_folder_may_be_moved_after_the_crash(data_dir, tmp_path):
    with started(data_dir, "noted down") as program:
        program.wait(30)
    moved = DataDir(data_dir.root.rename(tmp_path / "moved"))
    found = await check_whole(moved)
    assert [len(contents) for contents in found.values()] == [3]


async def test_a_note_whose_files_are_gone_is_struck_out(data_dir):
    with started(data_dir, "noted down") as program:
        program.wait(30)
    lost, *_ = sorted(data_dir.spool.iterdir())
    lost.unlink()
    found = await check_whole(data_dir)
    assert [len(contents) for contents in found.values()] == [2]


async def test_a_note_that_cannot_be_read_loses_no_picture(data_dir, expect_logs):
    expect_logs("cannot be read")
    with started(data_dir, "noted down") as program:
        program.wait(30)
    with closing(sqlite3.connect(data_dir.library_file)) as database, database:
        database.execute("UPDATE arrivals SET content = '{\"job_id\": 1}'")
    library = await Library.open(data_dir)
    assert len(library.recovered) == 3
    await library.close()
