"""The history in the window: strip, viewer and details show the same picture; recall and removal."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from sdstudio.core.errors import UnreadableImage
from sdstudio.core.request import GenerationRequest
from sdstudio.library.records import PictureRecord
from sdstudio.studio import Studio
from sdstudio.ui.canvas.picture_loader import PictureLoader
from sdstudio.ui.canvas.pyramid import Pyramid
from sdstudio.ui.history.model import HistoryModel
from sdstudio.ui.history.thumbnails import ThumbnailLoader
from sdstudio.ui.imaging import Decoder
from sdstudio.ui.main_window import MainWindow
from sdstudio.ui.tasks import Tasks

# What each recall takes over; None is everything, a remix everything but the seed.
RECALLS: dict[str, tuple[str, Collection[str] | None]] = {
    "recall_all": ("Took over the whole recipe", None),
    "recall_remix": ("Took over all but the seed", set(GenerationRequest().to_dict()) - {"seed"}),
    "recall_prompt": ("Took over the prompts", {"prompt", "negative_prompt"}),
    "recall_seed": ("Took over the seed", {"seed"}),
    "recall_size": ("Took over the size", {"width", "height"}),
}


class Reviewing:
    """Joins strip, viewer and details to the library. UI thread; works with no endpoint."""

    def __init__(self, window: MainWindow, studio: Studio, decoder: Decoder, tasks: Tasks) -> None:
        self._window, self._library, self._tasks = window, studio.library, tasks
        self._pictures_folder = studio.data_dir.pictures
        self.model = HistoryModel(studio.library, tasks, window)
        self._thumbnails = ThumbnailLoader(studio.library, decoder, tasks, parent=window)
        self._pictures = PictureLoader(decoder, tasks, parent=window)
        self._shown: PictureRecord | None = None
        self._removed: list[list[int]] = []  # what `undo_remove` brings back, the last removal at the end
        self.following = True  # show what is being made; not while one looks at something older
        self._pictures.loaded.connect(self._loaded)
        self._pictures.failed.connect(self._failed)
        studio.library.added.connect(self._added)
        studio.library.removed.connect(self._gone)
        self._connect()

    async def start(self) -> None:
        """Open the history; the newest picture is shown."""
        self._window.strip.set_history(self.model, self._thumbnails)
        await self.model.load()
        self._window.show_welcome(wanted=not len(self.model))
        if len(self.model):
            self._window.strip.go_to(0)

    @property
    def shown(self) -> PictureRecord | None:
        """The picture in the viewer."""
        return self._shown

    def choose(self, picture: int) -> None:
        """Stand at a picture of the history, or say that it is not there any more."""
        if not self._window.strip.set_current(picture):
            self._window.say("This picture was removed from the history · U puts back what was removed last")

    def follow(self) -> None:
        """Show what is being made, and the newest picture when it comes."""
        self.following = True

    def _added(self, ids: list[int]) -> None:
        # The library says it only once files and rows are on disk, so what is shown is kept.
        self.model.insert_newest(ids)
        self._window.show_welcome(wanted=False)
        if self.following:
            self._window.strip.go_to(0)

    def _gone(self, ids: list[int]) -> None:
        self.model.remove(ids)
        if not len(self.model):
            self._show_nothing()

    def _chosen(self, picture: int | None) -> None:
        if picture is None:
            self._show_nothing()
        else:
            self.following = self.model.position_of(picture) == 0
            self._tasks.start(self._show(picture), name=f"show picture {picture}")

    async def _show(self, picture: int) -> None:
        record = await self._library.picture(picture)
        if record is None or self._window.strip.current != picture:
            return
        self._shown = record
        self._window.details.show_record(record)
        self._enable(has_picture=True)
        if record.missing:
            self._window.viewer.show_words(
                "The file of this picture is missing",
                f"It was at {record.path}. Its recipe is kept.",
                record.id,
            )
            return
        ahead = [row.path for row in self._window.strip.neighbours() if not row.missing]
        self._pictures.request(record.id, record.path, ahead)

    def _show_nothing(self) -> None:
        self._shown = None
        self._window.details.show_record(None)
        self._window.viewer.show_image(None)
        self._enable(has_picture=False)

    def _loaded(self, picture: int, pyramid: Pyramid) -> None:
        if self._shown and self._shown.id == picture:
            self._window.viewer.show_image(pyramid, picture, caption="  ·  ".join(self._shown.notes))

    def _failed(self, picture: int, error: UnreadableImage) -> None:
        if self._shown and self._shown.id == picture:
            self._window.viewer.show_words(error.title, f"{error.message} {error.remedy}", picture)

    def _recall(self, name: str) -> None:
        if self._shown and self._shown.request:
            text, fields = RECALLS[name]
            self._apply(self._shown.request, text, fields)

    def _apply(self, request: GenerationRequest, text: str, fields: Collection[str] | None) -> None:
        left_out = self._window.panel.apply_request(request, fields, text=text)
        words = f"{text} · Ctrl+Alt+Z takes it back"
        self._window.say(f"{words} · not on the form: {', '.join(left_out)}" if left_out else words)

    def _use_as_source(self) -> None:
        if self._shown and not self._shown.missing:
            self._window.panel.use_source_file(self._shown.path)
            self._window.say("Taken as img2img source")

    def _remove(self) -> None:
        if selected := list(self._window.strip.selected):
            self._tasks.start(self._remove_now(selected))

    async def _remove_now(self, ids: list[int]) -> None:
        await self._library.remove(ids)
        self._removed.append(ids)
        self._window.actions_["undo_remove"].setEnabled(True)
        self._window.say(
            f"Removed {len(ids)} {_pictures(len(ids))} from the history; the files stay · U puts back"
        )

    def _put_back(self) -> None:
        if self._removed:
            self._tasks.start(self._put_back_now(self._removed.pop()))

    async def _put_back_now(self, ids: Sequence[int]) -> None:
        await self._library.restore(ids)
        self._window.actions_["undo_remove"].setEnabled(bool(self._removed))
        self.model.insert_newest(ids)  # each returns to its own place
        self._window.show_welcome(wanted=False)
        self._window.strip.set_current(ids[0])
        self._window.say(f"Put back {len(ids)} {_pictures(len(ids))}")

    def _show_file(self) -> None:
        if self._shown:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._shown.path.parent)))

    def _enable(self, *, has_picture: bool) -> None:
        has_recipe = bool(self._shown and self._shown.request)
        for name in RECALLS:
            self._window.actions_[name].setEnabled(has_recipe)
        for name in ("use_as_source", "show_file", "remove"):
            self._window.actions_[name].setEnabled(has_picture)

    def _connect(self) -> None:
        window = self._window
        window.strip.current_changed.connect(self._chosen)
        window.viewer.next_requested.connect(lambda: window.strip.step(1))
        window.viewer.previous_requested.connect(lambda: window.strip.step(-1))
        window.details.recall.connect(lambda request: self._apply(request, *RECALLS["recall_all"]))
        window.queue.pictures_chosen.connect(lambda ids: self.choose(ids[0]) if ids else None)
        slots: dict[str, Any] = {name: lambda name=name: self._recall(name) for name in RECALLS}
        slots |= {
            "previous": lambda: window.strip.step(-1),
            "next": lambda: window.strip.step(1),
            "use_as_source": self._use_as_source,
            "show_file": self._show_file,
            "show_pictures": self._show_folder,
            "remove": self._remove,
            "undo_remove": self._put_back,
            "focus_history": window.strip.setFocus,
            "focus_prompt": window.panel.prompts.prompt.setFocus,
        }
        window.actions_.connect_all(slots)
        window.actions_["undo_remove"].setEnabled(False)
        self._enable(has_picture=False)

    def _show_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._pictures_folder)))


def _pictures(count: int) -> str:
    return "picture" if count == 1 else "pictures"
