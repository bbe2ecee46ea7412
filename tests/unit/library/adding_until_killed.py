"""A program that adds pictures to a library until it is killed: `python -m … DATA_DIR POINT [nolinks]`.

POINT names where it kills itself, or "never": then it goes on until someone else does. It prints the job of each
answer it was told is kept.
"""

from __future__ import annotations

import asyncio
import errno
import itertools
import os
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sdstudio.config.paths import DataDir
from sdstudio.library import picture_files, rows, store
from sdstudio.library.library import Library
from tests.fakes.answers import MARK, REQUEST, answer


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def kill_after(module: object, name: str, calls: int = 1) -> None:
    """Let the function do its work so many times, and then die."""
    count = itertools.count(1)
    function = getattr(module, name)

    def then_die(*args: object, **kwargs: object) -> object:
        result = function(*args, **kwargs)
        if next(count) == calls:
            die()
        return result

    setattr(module, name, then_die)


def kill_before(module: object, name: str) -> None:
    setattr(module, name, lambda *_, **__: die())


POINTS = {
    "never": lambda: None,
    "noted down": lambda: kill_before(store.Store, "_carry_out"),
    "one file placed": lambda: kill_after(picture_files, "place", 1),
    "all files placed": lambda: kill_before(picture_files, "sync_names"),
    "names synced": lambda: kill_after(picture_files, "sync_names"),
    "rows written, not committed": lambda: kill_after(rows, "insert"),
    "committed": lambda: kill_before(store, "_discard"),
    "one spool file gone": lambda: kill_after(store, "_discard", 1),
    # where there are no hard links:
    "name reserved": lambda: kill_before(picture_files.shutil, "copyfile"),
    "copied beside": lambda: kill_after(picture_files.shutil, "copyfile"),
}


def refuse_link(*_: object) -> None:
    raise OSError(errno.EPERM, "no links here")


async def main(data_dir: DataDir, point: str) -> None:
    library = await Library.open(data_dir)
    request = replace(REQUEST, batch_size=3)
    for number in itertools.count() if point == "never" else range(1):
        job = f"job{os.getpid()}-{number}"
        result = answer(data_dir.spool, request.with_seed(number * 10), name=job)
        POINTS[point]()
        await library.add(result, request, endpoint=MARK, started=datetime.now(UTC), job_id=job)
        print(job, flush=True)


if __name__ == "__main__":
    if "nolinks" in sys.argv:
        os.link = refuse_link
    asyncio.run(main(DataDir(Path(sys.argv[1])), sys.argv[2]))
