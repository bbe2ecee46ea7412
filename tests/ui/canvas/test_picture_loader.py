"""Reading pictures for the viewer: newest first, ahead, within a number of bytes, and never a stale answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from sdstudio.core.errors import UnreadableImage
from sdstudio.ui.canvas.picture_loader import PictureLoader
from sdstudio.ui.canvas.pyramid import Pyramid
from sdstudio.ui.imaging import Decoder
from sdstudio.ui.tasks import Tasks


class Bench:
    """A loader on real files and threads, with what it told."""

    def __init__(self, folder: Path, budget_bytes: int) -> None:
        self.folder = folder
        self.errors: list[BaseException] = []
        self.tasks, self.decoder = Tasks(self.errors.append), Decoder()
        self.loader = PictureLoader(self.decoder, self.tasks, budget_bytes=budget_bytes)
        self.loaded: list[tuple[int, int]] = []
        self.failed: list[tuple[int, UnreadableImage]] = []
        self.loader.loaded.connect(self._loaded)
        self.loader.failed.connect(lambda key, error: self.failed.append((key, error)))

    def _loaded(self, key: int, picture: Pyramid) -> None:
        self.loaded.append((key, picture.size.width()))

    def picture(self, side: int) -> Path:
        path = self.folder / f"{side}.png"
        Image.new("RGB", (side, side)).save(path)
        return path


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    made = Bench(tmp_path, budget_bytes=3 * 100 * 100 * 4)
    yield made
    await made.tasks.close()
    made.decoder.close()
    assert made.errors == []


async def test_a_picture_is_loaded_from_its_file(bench: Bench) -> None:
    bench.loader.request(5, bench.picture(64))
    await bench.tasks.finished()

    assert bench.loaded == [(5, 64)]


async def test_who_walks_fast_is_shown_only_where_he_stops(bench: Bench) -> None:
    for side in (10, 20, 30, 40):
        bench.loader.request(side, bench.picture(side))
    await bench.tasks.finished()

    assert bench.loaded == [(40, 40)]


async def test_a_kept_picture_is_told_at_once(bench: Bench) -> None:
    path = bench.picture(64)
    bench.loader.request(1, path)
    await bench.tasks.finished()
    bench.loader.request(2, path)

    assert bench.loaded == [(1, 64), (2, 64)]


async def test_neighbours_are_read_ahead(bench: Bench) -> None:
    here, after = bench.picture(64), bench.picture(65)
    bench.loader.request(1, here, ahead=[after, bench.folder / "gone.png"])
    await bench.tasks.finished()
    assert bench.loaded == [(1, 64)]
    assert bench.failed == []

    bench.loader.request(2, after)
    assert bench.loaded == [(1, 64), (2, 65)]


async def test_what_was_wanted_longest_ago_is_let_go(bench: Bench) -> None:
    paths = [bench.picture(side) for side in (97, 98, 99, 100)]
    for number, path in enumerate(paths):
        bench.loader.request(number, path)
        await bench.tasks.finished()

    assert bench.loader.bytes_held <= 3 * 100 * 100 * 4
    bench.loader.request(9, paths[0])
    assert len(bench.loaded) == 4
    await bench.tasks.finished()
    assert bench.loaded[-1] == (9, 97)


async def test_one_larger_than_all_room_is_kept_while_it_is_shown(bench: Bench) -> None:
    path = bench.picture(600)
    bench.loader.request(1, path)
    await bench.tasks.finished()
    bench.loader.request(2, path)

    assert [key for key, _ in bench.loaded] == [1, 2]


async def test_a_missing_file_is_told_and_the_next_request_goes_on(bench: Bench) -> None:
    bench.loader.request(1, bench.folder / "gone.png")
    await bench.tasks.finished()
    bench.loader.request(2, bench.picture(64))
    await bench.tasks.finished()

    assert [(key, "gone.png" in error.title) for key, error in bench.failed] == [(1, True)]
    assert bench.loaded == [(2, 64)]


async def test_a_changed_file_is_read_again_once_forgotten(bench: Bench) -> None:
    path = bench.picture(64)
    bench.loader.request(1, path)
    await bench.tasks.finished()
    Image.new("RGB", (32, 32)).save(path)
    bench.loader.forget(path)
    bench.loader.request(2, path)
    await bench.tasks.finished()

    assert bench.loaded == [(1, 64), (2, 32)]
