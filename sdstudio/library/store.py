"""Writing the history: everything that changes the database. Lives on the `library` thread.

Taking an answer in is done so that a crash at any point loses and doubles nothing: it is noted down (`arrivals`),
its files get their names, then one transaction makes it history and strikes the note out; only then do the spool
files go. A note that is still there later is carried out again, at the next start or when the job is tried again.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

from sdstudio.config.paths import DataDir
from sdstudio.core.errors import LibraryError
from sdstudio.core.result import GeneratedImage
from sdstudio.library import names, picture_files, rows
from sdstudio.library.arrivals import Arrival
from sdstudio.library.database import transaction, translated

log = logging.getLogger(__name__)


class Store:
    """Owns the writing connection."""

    def __init__(self, connection: sqlite3.Connection, data_dir: DataDir) -> None:
        self._connection = connection
        self._data_dir = data_dir

    def add(self, arrival: Arrival) -> list[int]:
        """Take an answer in; the ids of its pictures in their order. What is in already is not added twice.

        Raises `DiskFull` or `LibraryError`; then the spool files are where they were.
        """
        if not arrival.images:
            return []
        with translated(self._data_dir.library_file):
            if noted := self._noted().get(arrival.job_id):  # tried before: files have names of that moment
                arrival = replace(arrival, created=noted.created)
            with transaction(self._connection):
                self._connection.execute(
                    "INSERT OR REPLACE INTO arrivals VALUES (?, ?)", (arrival.job_id, arrival.to_json())
                )
            return self._carry_out(arrival)

    def finish_arrivals(self) -> list[int]:
        """Carry out what a crash or a full disk interrupted; the ids of the pictures that came in by it.

        A picture whose bytes are nowhere any more is left out.
        """
        ids: list[int] = []
        for arrival in self._noted().values():
            try:
                with translated(self._data_dir.library_file):
                    ids += self._carry_out(arrival, may_be_gone=True)
            except LibraryError as error:
                log.warning("the pictures of job %s wait for the next start: %s", arrival.job_id, error.title)
        return ids

    def noted_files(self) -> set[Path]:
        """The spool files of answers that are still to be taken in."""
        return {image.path for arrival in self._noted().values() for image in arrival.images}

    def is_known(self, sha256: str) -> bool:
        """Whether a picture with these bytes is in the history, removed or not."""
        with translated(self._data_dir.library_file):
            return rows.has_content(self._connection, sha256)

    def mark_removed(self, ids: Iterable[int], *, removed: bool) -> list[int]:
        """Take pictures out of sight, or back; the ids that this changed. Files stay where they are."""
        with translated(self._data_dir.library_file), transaction(self._connection):
            return [picture for picture in ids if rows.set_removed(self._connection, picture, removed=removed)]

    def close(self) -> None:
        """Close the connection; the last one to close writes the WAL back into the file."""
        self._connection.close()

    def _noted(self) -> dict[str, Arrival]:
        """The notes by job, the spool files' paths corrected if the data folder was moved meanwhile."""
        with translated(self._data_dir.library_file):
            found = self._connection.execute("SELECT job_id, content FROM arrivals").fetchall()
        noted: dict[str, Arrival] = {}
        for job_id, content in found:
            try:
                noted[job_id] = Arrival.from_json(content).with_files_in(self._data_dir.spool)
            except (ValueError, TypeError, KeyError):
                log.warning("the note of job %s cannot be read; its spool files are taken as found", job_id)
        return noted

    def _carry_out(self, arrival: Arrival, *, may_be_gone: bool = False) -> list[int]:
        known: dict[int, int] = {}
        placed: dict[int, str] = {}
        for position, image in enumerate(arrival.images):
            if (picture := self._known(arrival, position)) is not None:
                known[position] = picture
            elif name := self._place(arrival, image, placed.values(), may_be_gone=may_be_gone):
                placed[position] = name
        picture_files.sync_names(self._data_dir.root, placed.values())
        with transaction(self._connection):
            ids = rows.insert(self._connection, arrival, placed, known)
            self._connection.execute("DELETE FROM arrivals WHERE job_id = ?", (arrival.job_id,))
        for image in arrival.images:
            _discard(image.path)
        return ids

    def _known(self, arrival: Arrival, position: int) -> int | None:
        """The id of a picture that is in already: the answer came twice, or its spool file was found first."""
        image = arrival.images[position]
        known = rows.id_in_job(self._connection, arrival.job_id, position, image)
        if known is None and not image.path.exists():
            known = rows.id_of_found(self._connection, image)
        return known

    def _place(
        self, arrival: Arrival, image: GeneratedImage, just_taken: Collection[str], *, may_be_gone: bool
    ) -> str | None:
        """The name the picture has now, below the data folder; None if its bytes are gone and may be."""
        wanted = f"{self._data_dir.pictures.name}/{_name(arrival, image)}"

        def is_taken(name: str) -> bool:
            return name in just_taken or rows.has_path(self._connection, name)

        if may_be_gone and not image.path.exists():
            return picture_files.left_behind(self._data_dir.root, wanted, image.sha256, is_taken)
        return picture_files.place(image.path, self._data_dir.root, wanted, is_taken)


def _name(arrival: Arrival, image: GeneratedImage) -> str:
    prompt = rows.recipe_of(arrival, image).prompt
    facts = names.NameFacts(arrival.created.astimezone(), image.seed, prompt, image.width, image.height)
    return names.relative_path(names.DEFAULT_PATTERN, facts, names.EXTENSIONS.get(image.format, ".img"))


def _discard(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("%s could not be removed: %s", path, error)
