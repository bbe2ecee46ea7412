"""Reading the history: what is asked of the database, on a `library-read` thread. Changes nothing."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sdstudio.core.request import GenerationRequest
from sdstudio.core.result import EndpointMark
from sdstudio.library.arrivals import request_from
from sdstudio.library.records import Child, Parent, PictureRecord, PictureRow
from sdstudio.library.rows import seed_from_column

_FETCHED_AT_ONCE = 10_000
_ASKED_AT_ONCE = 500
_LONGEST_QUERY = 1000  # characters

_ROWS = "SELECT id, path, prompt, width, height, seed, created_ms, role FROM pictures WHERE id IN ({})"
_PICTURE = """
SELECT pictures.*, job_id, started_ms, seconds, interrupted, endpoint_name, endpoint_url, endpoint_dialect,
    request, notes
FROM pictures JOIN generations ON generations.id = generation_id WHERE pictures.id = ?
"""
_CHILDREN = """
SELECT parents.role, pictures.id FROM parents JOIN pictures USING (generation_id)
WHERE parents.picture_id = ? AND removed_ms IS NULL ORDER BY pictures.id
"""
_OF_JOB = """
SELECT pictures.id FROM generations JOIN pictures ON generation_id = generations.id
WHERE job_id = ? ORDER BY generations.id, position
"""
_FOUND = """
SELECT picture_text.rowid FROM picture_text JOIN pictures ON pictures.id = picture_text.rowid
WHERE picture_text MATCH ? AND removed_ms IS NULL ORDER BY picture_text.rowid DESC
"""


def ids(connection: sqlite3.Connection, query: str) -> array[int]:
    """Ids newest first, 8 bytes each; with words, of the pictures whose prompt has them all."""
    match = match_expression(query)
    cursor = (
        connection.execute(_FOUND, (match,))
        if match
        else connection.execute("SELECT id FROM pictures WHERE removed_ms IS NULL ORDER BY id DESC")
    )
    found = array("q")
    while chunk := cursor.fetchmany(_FETCHED_AT_ONCE):
        found.extend(row[0] for row in chunk)
    return found


def match_expression(query: str) -> str:
    """The words as FTS5 wants them: each quoted, the last one and those ending in * as beginnings of words."""
    words = query[:_LONGEST_QUERY].encode("utf-8", "replace").decode("utf-8").replace("\0", " ").split()
    terms: list[str] = []
    for number, word in enumerate(words, 1):
        if any(map(str.isalnum, word)):
            being_typed = number == len(words) and not query[-1:].isspace()
            star = "*" if being_typed or word.endswith("*") else ""
            terms.append(f'"{word.replace(chr(34), chr(34) * 2)}"{star}')
    return f"prompt : ({' AND '.join(terms)})" if terms else ""


def ids_of_job(connection: sqlite3.Connection, job_id: str) -> list[int]:
    """The pictures of one job's answer, in its order, removed ones too."""
    found = connection.execute(_OF_JOB, (job_id,))
    return [row[0] for row in found]


def rows(connection: sqlite3.Connection, asked: Sequence[int], root: Path) -> list[PictureRow]:
    """The rows of these ids, in their order; those that are not there are left out."""
    found: dict[int, PictureRow] = {}
    for start in range(0, len(asked), _ASKED_AT_ONCE):
        part = asked[start : start + _ASKED_AT_ONCE]
        for values in connection.execute(_ROWS.format(", ".join("?" * len(part))), tuple(part)):
            row = _row(values, root)
            found[row.id] = row
    return [found[picture] for picture in asked if picture in found]


def picture(connection: sqlite3.Connection, asked: int, root: Path) -> PictureRecord | None:
    """Everything about one picture, a removed one too; None if there is no such id."""
    cursor = connection.execute(_PICTURE, (asked,))
    values = cursor.fetchone()
    if values is None:
        return None
    names = [column[0] for column in cursor.description]
    columns = dict(zip(names, values, strict=True))
    return _record(columns, root, tuple(_parents(connection, columns)), tuple(_children(connection, asked)))


def request(connection: sqlite3.Connection, asked: int) -> GenerationRequest | None:
    """What was asked for when this picture was made; None if that is not known."""
    found = connection.execute(
        "SELECT request FROM pictures JOIN generations ON generations.id = generation_id WHERE pictures.id = ?",
        (asked,),
    ).fetchone()
    return _request(found[0]) if found else None


def thumbnail(connection: sqlite3.Connection, asked: int) -> bytes | None:
    """The thumbnail kept for a picture, if it is of the same content."""
    found = connection.execute(
        "SELECT jpeg FROM pictures JOIN thumbs.thumbnails USING (sha256)"
        " WHERE pictures.id = ? AND picture_id = pictures.id",
        (asked,),
    ).fetchone()
    return found[0] if found else None


def file_of(connection: sqlite3.Connection, asked: int, root: Path) -> tuple[Path, bytes] | None:
    """The file of a picture and the SHA-256 of what it held when it came."""
    found = connection.execute("SELECT path, sha256 FROM pictures WHERE id = ?", (asked,)).fetchone()
    return (root / found[0], found[1]) if found else None


def _row(values: Sequence[Any], root: Path) -> PictureRow:
    picture_id, relative, prompt, width, height, seed, created_ms, role = values
    path = root / relative
    return PictureRow(
        picture_id,
        path,
        _is_missing(path),
        prompt,
        width,
        height,
        seed_from_column(seed),
        _moment(created_ms),
        role,
    )


def _record(
    columns: dict[str, Any], root: Path, parents: tuple[Parent, ...], children: tuple[Child, ...]
) -> PictureRecord:
    path = root / columns["path"]
    same = ("id", "role", "format", "size_bytes", "width", "height", "prompt", "negative_prompt", "infotext")
    return PictureRecord(
        **{name: columns[name] for name in (*same, "seconds", "job_id")},
        path=path,
        missing=_is_missing(path),
        removed=columns["removed_ms"] is not None,
        sha256=columns["sha256"].hex(),
        seed=seed_from_column(columns["seed"]),
        created=_moment(columns["created_ms"]),
        request=_request(columns["request"]),
        endpoint=EndpointMark(*(columns[f"endpoint_{part}"] for part in ("name", "url", "dialect"))),
        started=_moment(columns["started_ms"]),
        interrupted=bool(columns["interrupted"]),
        notes=tuple(json.loads(columns["notes"])),
        parents=parents,
        children=children,
    )


def _parents(connection: sqlite3.Connection, columns: dict[str, Any]) -> Iterator[Parent]:
    found: Iterable[tuple[str, bytes, int | None]] = connection.execute(
        "SELECT role, sha256, picture_id FROM parents WHERE generation_id = ? ORDER BY role DESC",
        (columns["generation_id"],),
    )
    for role, sha256, parent in found:
        yield Parent(role, sha256.hex(), parent)


def _children(connection: sqlite3.Connection, asked: int) -> Iterator[Child]:
    for role, child in connection.execute(_CHILDREN, (asked,)):
        yield Child(role, child)


def _request(text: str | None) -> GenerationRequest | None:
    return request_from(json.loads(text)) if text else None


def _is_missing(path: Path) -> bool:
    try:
        return not path.is_file()
    except OSError:
        return True


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
