"""A picture that goes into a request, from wherever it comes until its bytes are in the library's input store.

Not here: how it looks (`picture_well`) and what it is for (`img2img_fields`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QImage

from sdstudio.core.errors import InvalidRequest, StudioError, UnreadableImage
from sdstudio.core.geometry import Size
from sdstudio.core.request import InputImage
from sdstudio.ui.generate import incoming
from sdstudio.ui.generate.incoming import Incoming
from sdstudio.ui.imaging import Decoder
from sdstudio.ui.tasks import Tasks

PREVIEW_WITHIN = Size(800, 800)  # twice a wide dock's width, so that it is sharp at 200 % scaling

_Arrival = tuple[InputImage, QImage, str]


class InputStore(Protocol):
    """Where the bytes of input pictures lie, named by content; the library is one."""

    def store_input(self, data: bytes, /) -> Awaitable[InputImage]:
        """Keep the picture; raises `UnreadableImage` if it is none."""
        ...

    def read_input(self, sha256: str, /) -> Awaitable[bytes]:
        """The picture's bytes; raises a `StudioError` if they are gone."""
        ...


@dataclass(frozen=True, slots=True)
class Supply:
    """What a slot works with; there when the library is open, which may be after the window."""

    store: InputStore
    decoder: Decoder
    tasks: Tasks


class InputSlot(QObject):
    """Owns one `InputImage` or none, its preview, and what there is to say about it. Lives on the UI thread.

    The newest wish wins: what an older one still brings is dropped. A picture that cannot be taken leaves the
    one before it in place.
    """

    changed = Signal()  # another picture, or none
    told = Signal()  # busy, words or preview

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._supply: Supply | None = None
        self._wish = 0
        self.image: InputImage | None = None
        self.preview: QImage | None = None
        self.busy = False
        self.lost = False  # the picture's bytes could not be read back
        self.words = ""
        self.is_error = False

    def attach(self, supply: Supply) -> None:
        """Begin to work; a picture put in before is shown now."""
        self._supply = supply
        if self.image is not None and self.preview is None:
            self._fetch(self.image)

    def take(self, source: QMimeData) -> None:
        """Take in what a drop or paste brought, or say why not."""
        try:
            self.load(incoming.of(source))
        except UnreadableImage as error:
            self._tell(_sentence(error), is_error=True)

    def load(self, what: Incoming) -> None:
        """Read, store and show a picture in the background."""
        if self._supply is None:
            self._tell("The history is still being opened. Try again in a moment.", is_error=True)
            return
        supply = self._supply
        self._begin(supply, lambda: _loaded(supply, what))

    def put(self, image: InputImage | None) -> None:
        """Take a picture that is in the store already, or none; its preview follows."""
        if image == self.image and not self.lost:
            return
        self._replace(image, None, "")
        if image is not None:
            self._fetch(image)

    def check(self, field: str) -> None:
        """Raise `InvalidRequest` for `field` if the picture is on its way still, or can't be read back."""
        if self.busy:
            raise InvalidRequest(field, "The picture is still being read", remedy="Try again in a moment.")
        if self.lost:
            raise InvalidRequest(field, "The picture could not be read back", remedy="Choose it again.")

    def clear(self) -> None:
        """Let go of the picture and of anything on its way."""
        self._replace(None, None, "")

    def _fetch(self, image: InputImage) -> None:
        if supply := self._supply:
            self._begin(supply, lambda: self._fetched(supply, image))

    async def _fetched(self, supply: Supply, image: InputImage) -> _Arrival:
        try:
            data = await supply.store.read_input(image.sha256)
            return image, await supply.decoder.image(data, within=PREVIEW_WITHIN), ""
        except StudioError:
            self.lost = self.image == image
            raise

    def _begin(self, supply: Supply, work: Callable[[], Awaitable[_Arrival]]) -> None:
        self._wish += 1
        self.busy = True
        self._tell("")
        supply.tasks.start(self._awaited(work, self._wish), name="input picture")

    async def _awaited(self, work: Callable[[], Awaitable[_Arrival]], wish: int) -> None:
        try:
            arrival = await work()
        except StudioError as error:
            if wish == self._wish:
                self._tell(_sentence(error), is_error=True)
        else:
            if wish == self._wish:
                self._replace(*arrival)
        finally:
            if wish == self._wish:
                self.busy = False
                self.told.emit()

    def _replace(self, image: InputImage | None, preview: QImage | None, words: str) -> None:
        self._wish += 1
        different = image != self.image
        self.image, self.preview, self.lost, self.busy = image, preview, False, False
        self._tell(words)
        if different:
            self.changed.emit()

    def _tell(self, words: str, *, is_error: bool = False) -> None:
        self.words, self.is_error = words, is_error
        self.told.emit()


async def _loaded(supply: Supply, what: Incoming) -> _Arrival:
    data = await supply.decoder.run(incoming.read, what)
    image = await supply.store.store_input(data)
    preview = await supply.decoder.image(data, within=PREVIEW_WITHIN)
    words = f"The first of {what.left_out + 1} files was taken." if what.left_out else ""
    return image, preview, words


def _sentence(error: StudioError) -> str:
    parts = (error.title, error.message, error.remedy)
    return " ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part)
