"""The database file: one writer, old formats brought up to date, new and broken ones refused and left alone."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import UTC, datetime

import pytest

from sdstudio.config.paths import DataDir
from sdstudio.core.errors import LibraryBusy, LibraryError, LibraryTooNew
from sdstudio.library import database, schema
from sdstudio.library.library import Library
from tests.fakes.answers import MARK, REQUEST, answer, png


async def filled(data_dir: DataDir) -> list[int]:
    """A history with one picture; its id."""
    library = await Library.open(data_dir)
    ids = await library.add(
        answer(data_dir.spool), REQUEST, endpoint=MARK, started=datetime.now(UTC), job_id="job"
    )
    await library.close()
    return ids


HOLD = """
import asyncio, sys
from pathlib import Path
from sdstudio.config.paths import DataDir
from sdstudio.library.library import Library
async def main():
    library = await Library.open(DataDir(Path(sys.argv[1])))
    print("open", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await library.close()
asyncio.run(main())
"""


async def test_one_process_writes_and_a_kill_frees_the_folder(data_dir):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, data_dir.root], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout.readline() == b"open\n"
        with pytest.raises(LibraryBusy) as caught:
            await Library.open(data_dir)
        assert f"process {holder.pid}" in caught.value.message
        reviewer = await Library.open(data_dir, read_only=True)
        await reviewer.close()
        holder.kill()
    library = await Library.open(data_dir)
    await library.close()


async def test_the_same_process_cannot_open_it_twice_either(library, data_dir):
    with pytest.raises(LibraryBusy):
        await Library.open(data_dir)
    assert len(await library.ids()) == 0


NEXT = ("ALTER TABLE pictures ADD COLUMN rating INTEGER", "UPDATE pictures SET rating = 3")


async def test_an_older_format_is_brought_up_to_date_with_a_backup_before(data_dir, monkeypatch):
    ids = await filled(data_dir)
    monkeypatch.setattr(database, "MIGRATIONS", (*schema.MIGRATIONS, NEXT, ("CREATE TABLE tags (id)",)))
    library = await Library.open(data_dir)
    assert list(await library.ids()) == ids
    await library.close()

    backups = sorted(data_dir.backups.iterdir())
    assert [path.name[:16] for path in backups] == ["library-format-1", "library-format-2"]
    with closing(sqlite3.connect(backups[0])) as copy:
        assert copy.execute("PRAGMA user_version").fetchone() == (1,)
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copy.execute("SELECT prompt FROM pictures").fetchall() == [(REQUEST.prompt,)]
        assert "rating" not in [column[1] for column in copy.execute("PRAGMA table_info(pictures)")]
    with closing(sqlite3.connect(data_dir.library_file)) as now:
        assert now.execute("SELECT rating FROM pictures").fetchall() == [(3,)]
        assert now.execute("PRAGMA user_version").fetchone() == (3,)


MIGRATE_AND_DIE = """
import os, signal, sqlite3, sys
from pathlib import Path
from sdstudio.config.paths import DataDir
from sdstudio.library import database, schema
from tests.unit.library.test_database import NEXT
data_dir = DataDir(Path(sys.argv[1]))
database.MIGRATIONS = (*schema.MIGRATIONS, NEXT)
def dying(connection):
    def trace(statement):
        if statement.startswith(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
    connection.set_trace_callback(trace)
    return connection
connected = database._connected
database._connected = lambda uri: dying(connected(uri))
database.open_writer(data_dir.library_file, data_dir.backups)
"""


@pytest.mark.skipif(os.name == "nt", reason="kills by signal")
@pytest.mark.parametrize("at", ["ALTER TABLE", "UPDATE pictures", "PRAGMA user_version =", "COMMIT"])
async def test_killed_in_a_migration_it_is_as_before_and_can_be_done_again(data_dir, at, monkeypatch):
    ids = await filled(data_dir)
    done = subprocess.run([sys.executable, "-c", MIGRATE_AND_DIE, data_dir.root, at], check=False, timeout=30)
    assert done.returncode == -signal.SIGKILL
    with closing(sqlite3.connect(data_dir.library_file)) as now:
        assert now.execute("PRAGMA user_version").fetchone() == (1,)
        assert now.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    monkeypatch.setattr(database, "MIGRATIONS", (*schema.MIGRATIONS, NEXT))
    library = await Library.open(data_dir)
    assert list(await library.ids()) == ids
    await library.close()


async def test_a_migration_that_fails_changes_nothing(data_dir, monkeypatch):
    await filled(data_dir)
    before = data_dir.library_file.read_bytes()
    monkeypatch.setattr(database, "MIGRATIONS", (*schema.MIGRATIONS, (*NEXT, "CREATE TABLE pictures (id)")))
    with pytest.raises(LibraryError, match="could not be used"):
        await Library.open(data_dir)
    assert data_dir.library_file.read_bytes() == before
    monkeypatch.undo()
    library = await Library.open(data_dir)
    assert len(await library.ids()) == 1
    await library.close()


@pytest.mark.parametrize("read_only", [False, True])
async def test_a_later_format_is_refused_and_not_touched(data_dir, read_only):
    await filled(data_dir)
    with closing(sqlite3.connect(data_dir.library_file)) as now:
        now.execute("PRAGMA user_version = 99")
    before = data_dir.library_file.read_bytes()
    with pytest.raises(LibraryTooNew, match="Update SD Studio"):
        await Library.open(data_dir, read_only=read_only)
    assert data_dir.library_file.read_bytes() == before
    assert list(data_dir.backups.iterdir()) == []


async def test_another_programs_database_is_refused_and_not_touched(data_dir):
    with closing(sqlite3.connect(data_dir.library_file)) as other:
        other.execute("CREATE TABLE images (id)")
    before = data_dir.library_file.read_bytes()
    with pytest.raises(LibraryError, match="not a history of SD Studio"):
        await Library.open(data_dir)
    assert data_dir.library_file.read_bytes() == before


@pytest.mark.parametrize("damage", ["no database", "cut", "overwritten"])
async def test_a_broken_database_is_told_and_left_as_it_is(data_dir, damage):
    await filled(data_dir)
    content = data_dir.library_file.read_bytes()
    broken = {
        "no database": b"this is text, not a database " * 100,
        "cut": content[: len(content) // 2],
        "overwritten": content[:100] + b"\xff" * (len(content) - 100),
    }[damage]
    data_dir.library_file.write_bytes(broken)
    with pytest.raises(LibraryError, match=r"damaged.*\n.*left as it is.*\n.*backups"):
        await (await Library.open(data_dir)).ids()
    assert data_dir.library_file.read_bytes()[:4096] == broken[:4096]
    assert len(list(data_dir.pictures.rglob("*.png"))) == 1


async def test_damage_found_while_reading_is_an_error_in_words(data_dir):
    [picture] = await filled(data_dir)
    content = bytearray(data_dir.library_file.read_bytes())
    with closing(sqlite3.connect(data_dir.library_file)) as now:
        [page] = now.execute("SELECT rootpage FROM sqlite_master WHERE name = 'generations'").fetchone()
    content[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    data_dir.library_file.write_bytes(content)
    library = await Library.open(data_dir)
    with pytest.raises(LibraryError, match="damaged"):
        await library.picture(picture)
    assert len(await library.ids()) == 1
    await library.close()


async def test_reading_only_changes_nothing_and_sees_what_is_written_beside_it(library, data_dir):
    reviewer = await Library.open(data_dir, read_only=True)
    [picture] = await library.add(
        answer(data_dir.spool), REQUEST, endpoint=MARK, started=datetime.now(UTC), job_id="job"
    )
    assert list(await reviewer.ids()) == [picture]
    assert await reviewer.thumbnail(picture)
    for refused in (reviewer.remove([picture]), reviewer.store_input(png())):
        with pytest.raises(LibraryError, match="reading only"):
            await refused
    await reviewer.close()


async def test_reading_only_where_there_is_nothing_or_something_old(data_dir, monkeypatch):
    with pytest.raises(LibraryError, match="no history here"):
        await Library.open(data_dir, read_only=True)
    await filled(data_dir)
    monkeypatch.setattr(database, "MIGRATIONS", (*schema.MIGRATIONS, NEXT))
    with pytest.raises(LibraryError, match="earlier version"):
        await Library.open(data_dir, read_only=True)


REVIEW = """
import asyncio, sys
from pathlib import Path
from sdstudio.config.paths import DataDir
from sdstudio.library.library import Library
async def main():
    library = await Library.open(DataDir(Path(sys.argv[1])), read_only=True)
    ids = await library.ids()
    [row] = await library.rows(ids)
    print(row.prompt, row.missing, len(await library.thumbnail(row.id)) > 0)
    await library.close()
asyncio.run(main())
"""


async def test_a_folder_on_a_read_only_disk_can_be_reviewed(data_dir):
    """A bind mount of its own: for root, permissions would stop nothing."""
    await filled(data_dir)
    script = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && exec "$0" -c "$2" "$1"'
    command = ["unshare", "-m", "sh", "-c", script, sys.executable, data_dir.root, REVIEW]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except FileNotFoundError:
        pytest.skip("needs a system on which a test can mount")
    if "mount" in done.stderr or "unshare" in done.stderr:
        pytest.skip("this account may not mount")
    assert done.stdout == f"{REQUEST.prompt} False True\n", done.stderr


async def test_a_broken_thumbnail_file_is_set_aside_and_thumbnails_made_again(data_dir, expect_logs):
    expect_logs("set aside")
    [picture] = await filled(data_dir)
    data_dir.thumbnails_file.write_bytes(b"no database" * 1000)
    library = await Library.open(data_dir)
    assert (await library.thumbnail(picture)).startswith(b"\xff\xd8")
    await library.close()
    assert [path.name.split("-")[0] for path in data_dir.root.glob("thumbnails.db.*")] == [
        "thumbnails.db.broken"
    ]


async def test_another_historys_thumbnail_is_not_shown(data_dir):
    """thumbnails.db copied from elsewhere: the same id, another picture."""
    [picture] = await filled(data_dir)
    with closing(sqlite3.connect(data_dir.thumbnails_file)) as thumbnails, thumbnails:
        thumbnails.execute(
            "INSERT OR REPLACE INTO thumbnails VALUES (?, ?, ?)", (picture, b"x" * 32, b"foreign")
        )
    library = await Library.open(data_dir)
    assert (await library.thumbnail(picture)).startswith(b"\xff\xd8")
    await library.close()


async def test_a_read_can_be_called_off(library):
    """Cancelling a question stops the database at once instead of leaving a thread busy for long."""
    started, outcome = threading.Event(), []

    def endless(connection):
        started.set()
        try:
            connection.execute(
                "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
            ).fetchone()
        except sqlite3.OperationalError as error:
            outcome.append((str(error), threading.current_thread().name))
            raise

    for _ in range(3):
        started.clear()
        question = asyncio.create_task(library._read(endless))
        while not started.is_set():
            await asyncio.sleep(0.001)
        question.cancel()
        with pytest.raises(asyncio.CancelledError):
            await question
        assert len(await library.ids()) == 0, "the other questions go on"
    begun = time.perf_counter()
    await library.close()
    assert time.perf_counter() - begun < 5
    assert [text for text, _ in outcome] == ["interrupted"] * 3
    assert all(name.startswith("library-read") for _, name in outcome)


async def test_closing_calls_off_what_is_being_read(data_dir):
    library = await Library.open(data_dir)
    started = threading.Event()

    def endless(connection):
        started.set()
        return connection.execute(
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
        ).fetchone()

    question = asyncio.create_task(library._read(endless))
    while not started.is_set():
        await asyncio.sleep(0.001)
    async with asyncio.timeout(10):
        await library.close()
    with pytest.raises(LibraryError):
        await question
