"""A history to look at: model, loader and strip over a shelf, in the program's own loop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest_asyncio
import shiboken6
from PySide6.QtWidgets import QApplication

from sdstudio.ui.history.model import HistoryModel
from sdstudio.ui.history.strip import HistoryStrip
from sdstudio.ui.history.thumbnails import ThumbnailLoader
from sdstudio.ui.imaging import Decoder
from sdstudio.ui.tasks import Tasks
from tests.ui.history.shelf import Shelf


class History:
    """Everything one history needs; `strip` only where a test asks for it by `show`."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.errors: list[BaseException] = []
        self.tasks, self.decoder = Tasks(self.errors.append), Decoder()
        self.strip = HistoryStrip()
        self.model = HistoryModel(shelf, self.tasks, self.strip)
        self.thumbnails = ThumbnailLoader(shelf, self.decoder, self.tasks, parent=self.strip)

    async def close(self) -> None:
        await self.tasks.close()
        self.decoder.close()
        # Now and here: a widget left to the garbage collector may be taken down in whatever thread it runs in.
        shiboken6.delete(self.strip)
        assert self.errors == []


Making = Callable[[Shelf], History]


@pytest_asyncio.fixture
async def make_history(qapp: QApplication) -> AsyncIterator[Making]:
    made: list[History] = []

    def make(shelf: Shelf) -> History:
        made.append(History(shelf))
        return made[-1]

    yield make
    for history in made:
        await history.close()
