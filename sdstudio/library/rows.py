"""The statements that make an arrival history. All run inside the caller's transaction, on the `library` thread."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping

from sdstudio.core.infotext import Infotext, parse
from sdstudio.core.result import GeneratedImage
from sdstudio.library.arrivals import Arrival, storable

_GENERATION = """
INSERT INTO generations (job_id, started_ms, seconds, interrupted, endpoint_name, endpoint_url,
    endpoint_dialect, request, info, notes)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
"""
_PARENT = """
INSERT INTO parents (generation_id, role, sha256, picture_id)
VALUES (?, ?, ?, (SELECT max(id) FROM pictures WHERE sha256 = ?))
"""
_PICTURE = """
INSERT INTO pictures (generation_id, position, role, path, sha256, size_bytes, format, width, height, seed,
    created_ms, prompt, negative_prompt, infotext)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
"""
_OF_JOB = """
SELECT pictures.id FROM pictures JOIN generations ON generations.id = pictures.generation_id
WHERE generations.job_id = ? AND pictures.position = ? AND pictures.sha256 = ?
"""
_FOUND = """
SELECT pictures.id FROM pictures JOIN generations ON generations.id = pictures.generation_id
WHERE pictures.sha256 = ? AND generations.request IS NULL ORDER BY pictures.id DESC
"""
_ADOPT = """
UPDATE pictures SET generation_id = ?, position = ?, role = ?, seed = ?, prompt = ?, negative_prompt = ?,
    infotext = ? WHERE id = ?
"""


def id_in_job(connection: sqlite3.Connection, job_id: str, position: int, image: GeneratedImage) -> int | None:
    """The picture that this entry of this job's answer became, if it is history already."""
    content = bytes.fromhex(image.sha256)
    return _first(connection.execute(_OF_JOB, (job_id, position, content)))


def id_of_found(connection: sqlite3.Connection, image: GeneratedImage) -> int | None:
    """The picture with these bytes whose request is not known: a spool file found after a crash."""
    return _first(connection.execute(_FOUND, (bytes.fromhex(image.sha256),)))


def has_content(connection: sqlite3.Connection, sha256: str) -> bool:
    """Whether any picture has these bytes."""
    content = bytes.fromhex(sha256)
    return _first(connection.execute("SELECT 1 FROM pictures WHERE sha256 = ? LIMIT 1", (content,))) is not None


def has_path(connection: sqlite3.Connection, path: str) -> bool:
    """Whether this file belongs to a picture."""
    return _first(connection.execute("SELECT 1 FROM pictures WHERE path = ?", (path,))) is not None


def set_removed(connection: sqlite3.Connection, picture: int, *, removed: bool) -> bool:
    """Take a picture out of sight, or back; whether that changed anything."""
    moment = milliseconds(time.time()) if removed else None
    done = connection.execute(
        "UPDATE pictures SET removed_ms = ? WHERE id = ? AND (removed_ms IS NULL) = ?",
        (moment, picture, removed),
    )
    return done.rowcount > 0


def insert(
    connection: sqlite3.Connection, arrival: Arrival, placed: Mapping[int, str], known: Mapping[int, int]
) -> list[int]:
    """The ids of an arrival's pictures in their order: new rows for those `placed`, by position in the answer.

    Those `known` stay, and are given their generation if they were found without one.
    """
    found = {
        position: picture
        for position, picture in known.items()
        if arrival.request and _has_no_request(connection, picture)
    }
    ids = dict(known)
    if placed or found:
        generation = insert_generation(connection, arrival)
        for position, path in placed.items():
            ids[position] = insert_picture(connection, arrival, generation, position, path)
        for position, picture in found.items():
            adopt(connection, arrival, generation, position, picture)
    return [ids[position] for position in sorted(ids)]


def _has_no_request(connection: sqlite3.Connection, picture: int) -> bool:
    """Whether a picture was found in the spool, so that nobody knows what was asked for."""
    found = connection.execute(
        "SELECT 1 FROM pictures JOIN generations ON generations.id = generation_id"
        " WHERE pictures.id = ? AND request IS NULL",
        (picture,),
    )
    return _first(found) is not None


def insert_generation(connection: sqlite3.Connection, arrival: Arrival) -> int:
    """One row, and one for each picture that went in; returns its id."""
    request, endpoint = arrival.request, arrival.endpoint
    values = (
        arrival.job_id,
        milliseconds(arrival.started.timestamp()),
        arrival.seconds,
        arrival.interrupted,
        storable(endpoint.name),
        storable(endpoint.url),
        endpoint.dialect,
        storable(json.dumps(request.to_dict(), ensure_ascii=False)) if request else None,
        arrival.info,
        json.dumps(arrival.notes, ensure_ascii=False),
    )
    generation: int = connection.execute(_GENERATION, values).fetchone()[0]
    for role, parent in (request.inputs if request else {}).items():
        content = bytes.fromhex(parent.sha256)
        connection.execute(_PARENT, (generation, role, content, content))
    return generation


def insert_picture(
    connection: sqlite3.Connection, arrival: Arrival, generation: int, position: int, path: str
) -> int:
    """One row, its words searchable; returns its id."""
    image = arrival.images[position]
    recipe = recipe_of(arrival, image)
    values = (
        generation,
        position,
        image.role,
        path,
        bytes.fromhex(image.sha256),
        image.size_bytes,
        image.format,
        image.width,
        image.height,
        seed_to_column(image.seed),
        milliseconds(arrival.created.timestamp()),
        recipe.prompt,
        recipe.negative_prompt,
        image.infotext,
    )
    return connection.execute(_PICTURE, values).fetchone()[0]


def adopt(
    connection: sqlite3.Connection, arrival: Arrival, generation: int, position: int, picture: int
) -> None:
    """Give a found picture the generation it came from, now that it is known."""
    image = arrival.images[position]
    recipe = recipe_of(arrival, image)
    values = (generation, position, image.role, seed_to_column(image.seed))
    words = (recipe.prompt, recipe.negative_prompt, image.infotext)
    connection.execute(_ADOPT, (*values, *words, picture))
    connection.execute(
        "DELETE FROM generations WHERE request IS NULL AND id NOT IN (SELECT generation_id FROM pictures)"
    )


def recipe_of(arrival: Arrival, image: GeneratedImage) -> Infotext:
    """The picture's recipe as the server wrote it, or the prompts as they were asked for; fit to be stored."""
    if image.infotext or arrival.request is None:
        recipe = parse(image.infotext)
        return Infotext(storable(recipe.prompt), storable(recipe.negative_prompt), recipe.parameters)
    return Infotext(storable(arrival.request.prompt), storable(arrival.request.negative_prompt))


def milliseconds(seconds: float) -> int:
    """Seconds since 1970 as the columns hold them."""
    return round(seconds * 1000)


def seed_to_column(seed: int | None) -> int | None:
    """A seed of up to 64 bits as SQLite's signed integer."""
    return seed if seed is None or seed < 2**63 else seed - 2**64


def seed_from_column(value: int | None) -> int | None:
    """The inverse of `seed_to_column`."""
    return value if value is None or value >= 0 else value + 2**64


def _first(found: sqlite3.Cursor) -> int | None:
    row = found.fetchone()
    return row[0] if row else None
