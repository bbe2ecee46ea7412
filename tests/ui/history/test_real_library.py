"""Model, thumbnails and strip over the real library on disk, as the program has them."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio
import shiboken6
from PIL import Image
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from sdstudio.config.paths import DataDir
from sdstudio.core.request import GenerationRequest
from sdstudio.core.result import EndpointMark, GeneratedImage, GenerationResult
from sdstudio.library.library import Library
from sdstudio.ui.history.details import DetailsPanel
from sdstudio.ui.history.model import HistoryModel
from sdstudio.ui.history.strip import HistoryStrip
from sdstudio.ui.history.thumbnails import ThumbnailLoader
from sdstudio.ui.imaging import Decoder
from sdstudio.ui.tasks import Tasks
from tests.ui.history.records import NOON
from tests.ui.history.waiting import until

MARK = EndpointMark("practice", "http://127.0.0.1:7860", "practice")


class Desk:
    """A library with the views on it, joined as the program joins them."""

    def __init__(self, library: Library) -> None:
        self.library, self.errors = library, list[BaseException]()
        self.tasks, self.decoder, self.strip = Tasks(self.errors.append), Decoder(), HistoryStrip()
        self.model = HistoryModel(library, self.tasks, self.strip)
        self.thumbnails = ThumbnailLoader(library, self.decoder, self.tasks, parent=self.strip)
        self.strip.resize(700, 130)
        self.strip.show()
        self.strip.set_history(self.model, self.thumbnails)
        library.added.connect(self.model.insert_newest)
        library.removed.connect(self.model.remove)
        library.changed.connect(self.model.insert_newest)

    async def make(self, *colours: str, prompt: str = "a house") -> Sequence[int]:
        """Take an answer with a picture of each colour into the history."""
        images = tuple(self._spooled(colour, 100 + n) for n, colour in enumerate(colours))
        request = GenerationRequest(prompt=prompt, width=64, height=96, seed=100, batch_size=len(colours))
        result = GenerationResult(images, seconds=2.0)
        return await self.library.add(result, request, endpoint=MARK, started=NOON, job_id=f"{prompt}{colours}")

    def _spooled(self, colour: str, seed: int) -> GeneratedImage:
        path = self.library.data_dir.spool / f"{colour}.png"
        Image.new("RGB", (64, 96), colour).save(path)
        content = path.read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        return GeneratedImage(path, sha256, len(content), "png", 64, 96, seed=seed)

    async def sees(self, *colours: str) -> None:
        """Wait until the first cells show these colours."""

        def seen() -> list[str]:
            image = self.strip.viewport().grab().toImage()
            boxes = [self.strip.rect_of(position) for position in range(len(colours))]
            return [image.pixelColor(box.center()).name() for box in boxes]

        def close(shown: str, wanted: str) -> bool:
            a, b = QColor(shown), QColor(wanted)
            return max(abs(a.red() - b.red()), abs(a.green() - b.green()), abs(a.blue() - b.blue())) < 6

        await until(lambda: all(map(close, seen(), colours)))
        await self.tasks.finished()

    async def close(self) -> None:
        await self.tasks.close()
        self.decoder.close()
        await self.library.close()
        shiboken6.delete(self.strip)
        assert self.errors == []


@pytest_asyncio.fixture
async def desk(qapp: QApplication, tmp_path: Path) -> AsyncIterator[Desk]:
    folder = DataDir(tmp_path)
    folder.make()
    made = Desk(await Library.open(folder))
    yield made
    await made.close()


async def test_what_is_made_appears_in_front(desk: Desk) -> None:
    await desk.model.load()
    await desk.make("red", "lime", prompt="first")
    await desk.sees("lime", "red")
    await desk.make("blue", prompt="second")
    await desk.sees("blue", "lime", "red")

    assert len(desk.model) == 3


async def test_an_old_history_is_there_at_the_start(desk: Desk) -> None:
    await desk.make("red", "lime")
    await desk.model.load()

    await desk.sees("lime", "red")
    assert desk.strip.current == desk.model.id_at(0)


async def test_what_is_removed_goes_and_comes_back_to_its_place(desk: Desk) -> None:
    await desk.model.load()
    red, lime, blue = await desk.make("red", "lime", "blue")
    await desk.sees("blue", "lime", "red")
    await desk.library.remove([lime])
    await desk.sees("blue", "red")
    await desk.library.restore([lime])
    await desk.sees("blue", "lime", "red")

    assert list(desk.model.ids_between(0, 9)) == [blue, lime, red]


async def test_a_file_that_vanished_is_told_but_its_thumbnail_stays(desk: Desk) -> None:
    (red,) = await desk.make("red")
    await desk.model.load()
    await desk.sees("red")
    row = desk.model.row(red)
    assert row is not None
    assert not row.missing
    row.path.unlink()
    desk.model.forget_rows([red])
    desk.model.want([red])
    await desk.tasks.finished()

    row = desk.model.row(red)
    assert row is not None
    assert row.missing
    await desk.sees("red")


async def test_the_details_tell_what_the_library_keeps(desk: Desk) -> None:
    _, second = await desk.make("red", "lime", prompt="a house by the sea")
    panel = DetailsPanel()
    try:
        panel.show_record(await desk.library.picture(second))

        assert panel.prompt.text.toPlainText() == "a house by the sea"
        assert panel.table.rows()["Seed"] == "101"
        assert panel.table.rows()["Size"] == "64×96"
        assert Path(panel.file.text()).is_file()
    finally:
        shiboken6.delete(panel)


@pytest.mark.parametrize("colours", [("red",), ("red", "lime", "blue")])
async def test_the_real_files_are_what_is_dragged(desk: Desk, colours: tuple[str, ...]) -> None:
    await desk.make(*colours)
    await desk.model.load()
    await desk.sees(*colours[::-1])
    desk.strip.select_all()
    await desk.tasks.finished()

    paths = [row.path for row in desk.strip.selected_rows()]
    assert len(paths) == len(colours)
    assert [Image.open(path).convert("RGB").getpixel((0, 0)) for path in paths] == [
        Image.new("RGB", (1, 1), colour).getpixel((0, 0)) for colour in colours[::-1]
    ]
