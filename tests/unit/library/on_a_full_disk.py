"""A program that fills the small disk its data folder is on, and tells how the library takes it.

`python -m … DATA_DIR`; DATA_DIR is a file system of its own of a few megabytes.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable
from datetime import UTC, datetime
from pathlib import Path

from sdstudio.config.paths import DataDir
from sdstudio.core.errors import DiskFull
from sdstudio.core.result import GenerationResult
from sdstudio.library.library import Library
from tests.fakes.answers import MARK, REQUEST, answer, png


async def outcome(work: Awaitable[object]) -> object:
    try:
        return await work
    except DiskFull as error:
        return f"full: {error.title}"


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        for size in (65536, 512, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue


async def main(data_dir: DataDir) -> None:
    library = await Library.open(data_dir)
    told: dict[str, object] = {}

    def add(job: str, result: GenerationResult) -> Awaitable[list[int]]:
        return library.add(result, REQUEST, endpoint=MARK, started=datetime.now(UTC), job_id=job)

    first = await add("first", answer(data_dir.spool))
    waiting = answer(data_dir.spool, REQUEST.with_seed(7), name="waiting")
    while library._under_way:  # the first thumbnail
        await asyncio.wait(library._under_way)
    fill(data_dir.root / "filler")

    outcomes = []
    for _ in range(40):  # the log has some room left, but not for ever
        outcomes.append(await outcome(library.remove(first)))
        outcomes.append(await outcome(library.restore(first)))
    told["small writes"] = sorted({str(each) for each in outcomes})
    told["add"] = await outcome(add("waiting", waiting))
    told["spool file is left"] = waiting.images[0].path.exists()
    told["input"] = await outcome(library.store_input(png(1, size=(300, 300), text="x" * 10_000)))
    told["reading"] = [row.prompt for row in await library.rows(first)]

    (data_dir.root / "filler").unlink()
    told["add again"] = await outcome(add("waiting", waiting))
    await library.close()
    library = await Library.open(data_dir)
    told["ids"] = len(await library.ids())
    told["files"] = [
        row.path.read_bytes()[:4].decode("latin-1") for row in await library.rows(await library.ids())
    ]
    told["left over"] = [path.name for path in data_dir.spool.iterdir()]
    await library.close()
    print(json.dumps(told))


if __name__ == "__main__":
    asyncio.run(main(DataDir(Path(sys.argv[1]))))
