"""A window with a history strip above a place to drop on; one JSON line for each drop. Run by `test_drag_out`."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

import qasync  # isort: skip - it picks its Qt by what is imported already

from sdstudio.ui.history.drag_out import ids_in
from sdstudio.ui.history.model import HistoryModel
from sdstudio.ui.history.strip import HistoryStrip
from sdstudio.ui.history.thumbnails import ThumbnailLoader
from sdstudio.ui.imaging import Decoder
from sdstudio.ui.tasks import Tasks
from tests.ui.history.shelf import Shelf

TITLE = "strip and target"


class Target(QWidget):
    """Takes anything; counts the turns of the event loop, to tell that a drag does not stop it."""

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.turns = self.turns_at_enter = 0

    async def count(self) -> None:
        while True:
            await asyncio.sleep(0.005)
            self.turns += 1

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.turns_at_enter = self.turns
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        carried = event.mimeData()
        told = {
            "files": [url.toLocalFile() for url in carried.urls()],
            "ids": list(ids_in(carried)),
            "action": event.dropAction().name,
            "turns": self.turns - self.turns_at_enter,
        }
        event.acceptProposedAction()
        print(json.dumps(told), flush=True)


async def live(folder: Path) -> None:
    tasks, decoder = Tasks(lambda error: print(json.dumps({"error": repr(error)}), flush=True)), Decoder()
    window, target, strip = QWidget(), Target(), HistoryStrip()
    window.setWindowTitle(TITLE)
    rows = QVBoxLayout(window)
    rows.setContentsMargins(0, 0, 0, 0)
    strip.setFixedHeight(150)
    rows.addWidget(strip, 0, Qt.AlignmentFlag.AlignTop)
    rows.addWidget(target, 1)
    window.setGeometry(0, 0, 700, 500)
    model = HistoryModel(Shelf(9, folder=folder), tasks, strip)
    strip.set_history(model, ThumbnailLoader(Shelf(9, folder=folder), decoder, tasks, parent=strip))
    window.show()
    await model.load()
    while not strip.neighbours():  # rows come a moment after the window: then the files are known
        await asyncio.sleep(0.01)
    tasks.start(target.count())
    print(json.dumps({"pitch": strip.pitch, "first": strip.rect_of(0).center().toTuple()}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await tasks.close()
    decoder.close()


if __name__ == "__main__":
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        runner.run(live(Path(sys.argv[1])))
