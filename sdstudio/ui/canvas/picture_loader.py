"""Pictures from disk for the viewer: the one wanted now first, its neighbours read ahead, the last ones kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from sdstudio.core.errors import UnreadableImage
from sdstudio.ui.canvas.pyramid import Pyramid, read_pyramid
from sdstudio.ui.imaging import Decoder
from sdstudio.ui.tasks import Tasks

BUDGET_BYTES = 384 * 2**20  # four pictures of 4096² with their levels


class PictureLoader(QObject):
    """Owns the decoded pictures last wanted, up to a number of bytes. UI thread; reads in the decoder's threads.

    One picture is read at a time, so that thumbnails have a thread left. `loaded` and `failed` tell only of the
    newest request: whoever walks fast through the history is not shown what has been passed.
    """

    loaded = Signal(object, object)  # key, Pyramid; Signal(int) would cut ids at 32 bits
    failed = Signal(object, object)  # key, UnreadableImage

    def __init__(
        self, decoder: Decoder, tasks: Tasks, *, budget_bytes: int = BUDGET_BYTES, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._decoder, self._tasks, self._budget = decoder, tasks, budget_bytes
        self._kept: OrderedDict[Path, Pyramid] = OrderedDict()
        self._wanted: tuple[int, Path] | None = None
        self._ahead: list[Path] = []
        self._reading = False

    def request(self, key: int, path: Path, ahead: Iterable[Path] = ()) -> None:
        """Load the picture at `path`; emits at once if it is kept. Then read those likely to be wanted next."""
        self._wanted, self._ahead = (key, path), list(ahead)
        if path in self._kept:
            self._tell(path)
        self._go_on()

    def forget(self, path: Path) -> None:
        """The file has changed or gone."""
        self._kept.pop(path, None)

    @property
    def bytes_held(self) -> int:
        """Memory of what is kept."""
        return sum(kept.bytes_held for kept in self._kept.values())

    def _go_on(self) -> None:
        if not self._reading and self._next() is not None:
            self._reading = True
            self._tasks.start(self._read_all(), name="read pictures")

    async def _read_all(self) -> None:
        try:
            while (path := self._next()) is not None:
                await self._read(path)
        finally:
            self._reading = False

    async def _read(self, path: Path) -> None:
        try:
            picture = await self._decoder.run(read_pyramid, path)
        except UnreadableImage as error:
            self._ahead = [other for other in self._ahead if other != path]
            if self._wanted and self._wanted[1] == path:
                key, self._wanted = self._wanted[0], None
                self.failed.emit(key, error)
        else:
            self._keep(path, picture)
            self._tell(path)

    def _next(self) -> Path | None:
        if self._wanted:
            return self._wanted[1]
        self._ahead = [path for path in self._ahead if path not in self._kept]
        return self._ahead.pop(0) if self._ahead else None

    def _tell(self, path: Path) -> None:
        """That the picture at `path`, now kept, is there, if it is still the wanted one."""
        self._kept.move_to_end(path)
        if self._wanted and self._wanted[1] == path:
            key, self._wanted = self._wanted[0], None
            self.loaded.emit(key, self._kept[path])

    def _keep(self, path: Path, picture: Pyramid) -> None:
        self._kept[path] = picture
        while self.bytes_held > self._budget and len(self._kept) > 1:
            self._kept.popitem(last=False)
