"""A full disk: told as such, nothing lost, and all is well once there is room again."""

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from sdstudio.core.errors import DiskFull
from tests.fakes.answers import MARK, REQUEST, answer

# A mount of its own that ends with the process; as root, or as nobody in particular where the system allows that.
MOUNTING = 'mount -t tmpfs -o size=3m tmpfs "$1" && exec "$0" -m tests.unit.library.on_a_full_disk "$1"'


def on_a_small_disk(folder) -> subprocess.CompletedProcess[str]:
    if shutil.which("unshare") is None:
        pytest.skip("needs a system on which a test can have a disk of its own")
    for options in (["-m"], ["-rm"]):
        may = subprocess.run(
            ["unshare", *options, "mount", "-t", "tmpfs", "tmpfs", folder], capture_output=True, check=False
        )
        if may.returncode == 0:
            command = ["unshare", *options, "sh", "-c", MOUNTING, sys.executable, folder]
            return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    pytest.skip("this account may not mount a disk of its own")


def test_a_full_disk_loses_nothing_and_is_told(tmp_path):
    (tmp_path / "disk").mkdir()
    done = on_a_small_disk(tmp_path / "disk")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["add"] == "full: The disk is full"
    assert told["input"] == "full: The disk is full"
    assert set(told["small writes"]) <= {"None", "full: The disk is full"}
    assert told["spool file is left"]
    assert told["reading"] == [REQUEST.prompt]
    assert len(told["add again"]) == 1
    assert told["ids"] == 2
    assert told["files"] == ["\x89PNG"] * 2
    assert told["left over"] == []


async def test_a_database_that_cannot_grow_is_told_as_a_full_disk(library, data_dir):
    """SQLite's own limit raises what a full disk raises, on every system."""
    database = library._parts.writing.store._connection
    pages = database.execute("PRAGMA page_count").fetchone()[0]
    database.execute(f"PRAGMA max_page_count = {pages}")
    waiting = answer(data_dir.spool, REQUEST.with_seed(8), name="waiting")
    with pytest.raises(DiskFull):
        await library.add(waiting, REQUEST, endpoint=MARK, started=datetime.now(UTC), job_id="waiting")
    assert waiting.images[0].path.exists()

    database.execute("PRAGMA max_page_count = 1000000")
    await library.add(waiting, REQUEST, endpoint=MARK, started=datetime.now(UTC), job_id="waiting")
    assert len(await library.ids()) == 1
