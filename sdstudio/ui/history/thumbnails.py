"""Thumbnails as images: fetched from the library, decoded in the `image` threads, the last ones seen kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from sdstudio.core.errors import StudioError
from sdstudio.ui.history.source import HistorySource
from sdstudio.ui.imaging import Decoder
from sdstudio.ui.tasks import Tasks

BUDGET_BYTES = 128 * 2**20  # about 500 of 256 × 256
LANES = 2  # as many as the library has threads for reading
FRAME_MS = 16


class ThumbnailLoader(QObject):
    """Owns the thumbnails last seen, up to a number of bytes. UI thread; never waits.

    Every view says with `want` which ids it shows now. That list takes the place of its last one: what was
    scrolled away before its turn came is never fetched. The list said last comes first. `ready` tells at most
    once a frame which thumbnails arrived or turned out not to exist.
    """

    ready = Signal(list)

    def __init__(
        self,
        library: HistorySource,
        decoder: Decoder,
        tasks: Tasks,
        *,
        budget_bytes: int = BUDGET_BYTES,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._library, self._decoder, self._tasks = library, decoder, tasks
        self._budget, self._held = budget_bytes, 0
        self._images: OrderedDict[int, QImage] = OrderedDict()
        self._absent: set[int] = set()
        self._wanted: OrderedDict[int, list[int]] = OrderedDict()  # by view, the last to speak at the end
        self._under_way: set[int] = set()
        self._lanes = 0
        self._told: list[int] = []
        self._frame = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._frame.timeout.connect(self._tell)

    @property
    def bytes_held(self) -> int:
        """Memory of the images kept."""
        return self._held

    def image(self, picture: int) -> QImage | None:
        """The thumbnail if it is here; ask for it with `want` if not."""
        image = self._images.get(picture)
        if image is not None:
            self._images.move_to_end(picture)
        return image

    def is_absent(self, picture: int) -> bool:
        """Whether it was looked for in vain."""
        return picture in self._absent

    def want(self, view: QObject, ids: Iterable[int]) -> None:
        """`view` shows these now, the most important first; load those that are not here."""
        self._wanted.pop(id(view), None)
        missing = [n for n in ids if n not in self._images and n not in self._absent]
        if missing:
            self._wanted[id(view)] = missing[::-1]
        self._open_lanes()

    def forget(self, ids: Iterable[int]) -> None:
        """These have changed or gone; they are fetched again when wanted."""
        for picture in ids:
            self._absent.discard(picture)
            if (image := self._images.pop(picture, None)) is not None:
                self._held -= image.sizeInBytes()

    def _open_lanes(self) -> None:
        while self._lanes < min(LANES, sum(map(len, self._wanted.values()))):
            self._lanes += 1
            self._tasks.start(self._lane(), name="load thumbnails")

    async def _lane(self) -> None:
        try:
            while (picture := self._next()) is not None:
                self._under_way.add(picture)
                try:
                    self._keep(picture, await self._load(picture))
                finally:
                    self._under_way.discard(picture)
        finally:
            self._lanes -= 1

    async def _load(self, picture: int) -> QImage | None:
        """None if it cannot be had: an absent thumbnail is shown as such, it is no reason to stop."""
        try:
            encoded = await self._library.thumbnail(picture)
            return await self._decoder.image(encoded) if encoded else None
        except StudioError:
            return None

    def _next(self) -> int | None:
        while self._wanted:
            view, ids = next(reversed(self._wanted.items()))
            while ids:
                picture = ids.pop()
                if not self._is_settled(picture):
                    return picture
            del self._wanted[view]
        return None

    def _is_settled(self, picture: int) -> bool:
        return picture in self._images or picture in self._absent or picture in self._under_way

    def _keep(self, picture: int, image: QImage | None) -> None:
        if image is None:
            self._absent.add(picture)
        else:
            self._images[picture] = image
            self._held += image.sizeInBytes()
        while self._held > self._budget and len(self._images) > 1:
            self._held -= self._images.popitem(last=False)[1].sizeInBytes()
        self._told.append(picture)
        if not self._frame.isActive():
            self._frame.start()

    def _tell(self) -> None:
        told, self._told = self._told, []
        self.ready.emit(told)
