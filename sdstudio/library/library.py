"""The door to the history: everything the rest of the program asks of it, as coroutines and signals."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from array import array
from collections.abc import Callable, Coroutine, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sdstudio.config.paths import DataDir
from sdstudio.core.errors import LibraryError
from sdstudio.core.request import GenerationRequest, InputImage
from sdstudio.core.result import EndpointMark, GenerationResult
from sdstudio.core.signals import Signal
from sdstudio.library import query as asked
from sdstudio.library import thumbnails
from sdstudio.library.arrivals import Arrival
from sdstudio.library.inputs import Inputs
from sdstudio.library.opening import Parts, WritingParts, open_parts
from sdstudio.library.records import PictureRecord, PictureRow

_IMAGE_THREADS = 2

T = TypeVar("T")

log = logging.getLogger(__name__)


class Library:
    """Owns the history of one data folder, from `open` to `close`. Used on the event-loop thread, where its
    signals are emitted; works in the threads `library` (the one that writes), `library-read` and `image`.

    `added(ids)`: files and rows are on disk. `removed(ids)`: they are out of sight. `changed(ids)`: something
    about them is different, or they are back. Every method raises `LibraryError`, and once closed nothing else.
    """

    def __init__(self, data_dir: DataDir, writer: ThreadPoolExecutor, parts: Parts) -> None:
        self.data_dir = data_dir
        self.added: Signal[[list[int]]] = Signal()
        self.changed: Signal[[list[int]]] = Signal()
        self.removed: Signal[[list[int]]] = Signal()
        self._parts: Parts | None = parts
        self._writer = writer
        self._image_threads = ThreadPoolExecutor(_IMAGE_THREADS, thread_name_prefix="image")
        self._inputs = Inputs(data_dir.inputs)
        self._making: dict[int, asyncio.Task[bytes | None]] = {}
        self._under_way: set[asyncio.Task[Any]] = set()
        self.recovered = parts.writing.recovered if parts.writing else ()

    @classmethod
    async def open(cls, data_dir: DataDir, *, read_only: bool = False) -> Library:
        """Open the history of a data folder, bring its format up to date and finish what a crash interrupted.

        What came in by that is in `recovered`, by id. `read_only` takes no lock and changes nothing: for review
        beside a program that writes, or of a folder that can't be written. Raises `LibraryBusy`,
        `LibraryTooNew`, `DiskFull` or another `LibraryError`.
        """
        writer = ThreadPoolExecutor(1, thread_name_prefix="library")
        opening = writer.submit(open_parts, data_dir, read_only=read_only)
        opened = asyncio.wrap_future(opening)
        try:
            parts = await asyncio.shield(opened)
        except BaseException:  # it failed, or it was called off and nobody waits for it any more
            opened.add_done_callback(lambda done: done.cancelled() or done.exception())
            writer.submit(_close_again, opening)
            writer.shutdown(wait=False)
            raise
        return cls(data_dir, writer, parts)

    async def close(self) -> None:
        """Finish what is being written, call off what is being read, and let others have the data folder."""
        if self._parts is None:
            return
        while self._under_way:
            await asyncio.wait(self._under_way)
        parts, self._parts = self._parts, None
        parts.readers.stop()
        self._image_threads.shutdown(wait=False)
        await asyncio.get_running_loop().run_in_executor(self._writer, parts.close)
        self._writer.shutdown(wait=False)

    async def add(
        self,
        result: GenerationResult,
        request: GenerationRequest,
        *,
        endpoint: EndpointMark,
        started: datetime,
        job_id: str,
    ) -> list[int]:
        """Take an answer into the history; its spool files become the pictures' files, their bytes untouched.

        Returns the ids in the answer's order, once everything is on disk. Doing so again for the same job adds
        nothing twice. Goes on to its end when cancelled. Raises `DiskFull` or `LibraryError`; then the spool
        files are where they were, and adding them may be tried again.
        """
        arrive = partial(Arrival.of, result, request, endpoint=endpoint, started=started, job_id=job_id)
        return await self._see_through(self._add(arrive))

    async def picture(self, picture: int) -> PictureRecord | None:
        """Everything about one picture, a removed one too; None if there is no such id."""
        return await self._read(lambda database: asked.picture(database, picture, self.data_dir.root))

    async def request_of(self, picture: int) -> GenerationRequest | None:
        """What was asked for when it was made; None if that is not known."""
        return await self._read(lambda database: asked.request(database, picture))

    async def ids(self, query: str = "") -> array[int]:
        """All ids, newest first; with a query, of those whose prompt has all its words.

        The last word, and any that ends in *, may be the beginning of a word. Any text is a valid query.
        """
        return await self._read(lambda database: asked.ids(database, query))

    async def ids_of_job(self, job_id: str) -> list[int]:
        """What of a job's answer is in the history, in the answer's order; removed pictures too."""
        return await self._read(lambda database: asked.ids_of_job(database, job_id))

    async def rows(self, ids: Iterable[int]) -> list[PictureRow]:
        """The rows of these ids, in their order; ids that are not there are left out."""
        wanted = list(ids)
        return await self._read(lambda database: asked.rows(database, wanted, self.data_dir.root))

    async def thumbnail(self, picture: int) -> bytes | None:
        """A JPEG of at most 256 pixels a side, upright; made if there is none, None if it can't be made."""
        try:
            kept = await self._read(lambda database: asked.thumbnail(database, picture))
        except LibraryError as error:
            log.info("thumbnail %d could not be read: %s", picture, error)
            kept = None
        return kept if kept is not None else await asyncio.shield(self._make_once(picture))

    async def store_input(self, content: bytes) -> InputImage:
        """Keep a picture that is to go into a request, under the SHA-256 of its bytes.

        Its size is told as seen upright. Raises `UnreadableImage` for anything but a whole PNG, JPEG, WebP, AVIF,
        GIF, BMP or TIFF of up to 256 MiB and 178 million pixels, `DiskFull` or `LibraryError`.
        """
        self._for_writing()
        return await self._in_image_thread(self._inputs.store, content)

    async def read_input(self, sha256: str) -> bytes:
        """The bytes that `store_input` was given; raises `LibraryError` if they are gone or have changed."""
        return await self._in_image_thread(self._inputs.read, sha256)

    async def remove(self, ids: Iterable[int]) -> None:
        """Take pictures out of sight. Nothing is deleted; `restore` undoes it."""
        wanted = list(ids)
        await self._see_through(self._mark_removed(wanted, removed=True))

    async def restore(self, ids: Iterable[int]) -> None:
        """Bring removed pictures back to their place."""
        wanted = list(ids)
        await self._see_through(self._mark_removed(wanted, removed=False))

    async def _add(self, arrive: Callable[[], Arrival]) -> list[int]:
        store = self._for_writing().store
        ids = await self._in_writer(lambda: store.add(arrive()))
        _tell(self.added, ids)
        for picture in ids:
            self._make_once(picture)
        return ids

    async def _mark_removed(self, ids: Sequence[int], *, removed: bool) -> None:
        store = self._for_writing().store
        changed = await self._in_writer(lambda: store.mark_removed(ids, removed=removed))
        if changed:
            _tell(self.removed if removed else self.changed, changed)

    def _make_once(self, picture: int) -> asyncio.Task[bytes | None]:
        """The making of a thumbnail that is not kept, one at a time for each picture."""
        if picture not in self._making:
            self._making[picture] = self._start(self._make(picture))
            self._making[picture].add_done_callback(lambda _: self._making.pop(picture))
        return self._making[picture]

    async def _make(self, picture: int) -> bytes | None:
        found = await self._read(lambda database: asked.file_of(database, picture, self.data_dir.root))
        if found is None:
            return None
        path, sha256 = found
        jpeg = await self._in_image_thread(thumbnails.made, path)
        if jpeg is not None and self._parts and (writing := self._parts.writing):
            await self._in_writer(lambda: writing.thumbnails.keep(picture, sha256, jpeg))
        return jpeg

    async def _read(self, read: Callable[[sqlite3.Connection], T]) -> T:
        return await self._open_parts().readers.run(read)

    async def _in_writer(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._writer, work)

    async def _in_image_thread(self, work: Callable[..., T], *arguments: object) -> T:
        self._open_parts()
        return await asyncio.get_running_loop().run_in_executor(self._image_threads, work, *arguments)

    def _open_parts(self) -> Parts:
        if self._parts is None:
            raise LibraryError("The history is closed")
        return self._parts

    def _for_writing(self) -> WritingParts:
        if (writing := self._open_parts().writing) is None:
            raise LibraryError(
                "The history is open for reading only", remedy="Close it and open it again for writing."
            )
        return writing

    async def _see_through(self, work: Coroutine[Any, Any, T]) -> T:
        """Its outcome; when the caller is cancelled the work goes on, and `close` waits for it."""
        return await asyncio.shield(self._start(work))

    def _start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._settled)
        return task

    def _settled(self, task: asyncio.Task[Any]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.info("work on the history failed: %r", error)  # whoever still waits for it is told as well


def _tell(signal: Signal[[list[int]]], ids: list[int]) -> None:
    """What is on disk stays there, whatever a listener makes of it."""
    try:
        signal.emit(ids)
    except Exception:
        log.exception("a listener failed to take the news of %d pictures", len(ids))


def _close_again(opening: Future[Parts]) -> None:
    if opening.exception() is None:
        opening.result().close()
