"""The tables, as numbered migrations. A migration that has been released is never changed; a new one is appended.

Times are milliseconds since 1970 in UTC. `path` is relative to the data folder with "/" between its parts.
`seed` is an unsigned 64-bit number in a signed column: what exceeds 2⁶³−1 is stored less 2⁶⁴.
"""

from __future__ import annotations

APPLICATION_ID = int.from_bytes(b"SDSt")

_GENERATIONS = """
CREATE TABLE generations (
    id INTEGER PRIMARY KEY,
    job_id TEXT NOT NULL,
    started_ms INTEGER NOT NULL,
    seconds REAL NOT NULL,
    interrupted INTEGER NOT NULL,
    endpoint_name TEXT NOT NULL,
    endpoint_url TEXT NOT NULL,
    endpoint_dialect TEXT NOT NULL,
    request TEXT,              -- JSON; NULL when it is not known
    info TEXT NOT NULL,        -- the server's own JSON
    notes TEXT NOT NULL        -- JSON list
)
"""

_PICTURES = """
CREATE TABLE pictures (
    id INTEGER PRIMARY KEY,    -- in order of arrival: newest first is largest first
    generation_id INTEGER NOT NULL REFERENCES generations(id),
    position INTEGER NOT NULL, -- in the answer
    role TEXT NOT NULL,
    path TEXT NOT NULL UNIQUE,
    sha256 BLOB NOT NULL,
    size_bytes INTEGER NOT NULL,
    format TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    seed INTEGER,
    created_ms INTEGER NOT NULL,
    removed_ms INTEGER,
    prompt TEXT NOT NULL,
    negative_prompt TEXT NOT NULL,
    infotext TEXT NOT NULL
)
"""

# One row for each picture that went into a generation; `picture_id` if it is one of ours.
_PARENTS = """
CREATE TABLE parents (
    generation_id INTEGER NOT NULL REFERENCES generations(id),
    role TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    picture_id INTEGER REFERENCES pictures(id),
    PRIMARY KEY (generation_id, role)
) WITHOUT ROWID
"""

# What is being taken in: written before the first file is placed, gone in the transaction that makes it history.
_ARRIVALS = """
CREATE TABLE arrivals (
    job_id TEXT PRIMARY KEY,
    content TEXT NOT NULL
) WITHOUT ROWID
"""

_TEXT = """
CREATE VIRTUAL TABLE picture_text USING fts5(
    prompt, negative_prompt, content='pictures', content_rowid='id',
    tokenize='unicode61 remove_diacritics 2', prefix='2 3'
)
"""

_TEXT_INSERT = """
CREATE TRIGGER picture_text_insert AFTER INSERT ON pictures BEGIN
    INSERT INTO picture_text(rowid, prompt, negative_prompt)
    VALUES (new.id, new.prompt, new.negative_prompt);
END
"""

_TEXT_DELETE = """
CREATE TRIGGER picture_text_delete AFTER DELETE ON pictures BEGIN
    INSERT INTO picture_text(picture_text, rowid, prompt, negative_prompt)
    VALUES ('delete', old.id, old.prompt, old.negative_prompt);
END
"""

_TEXT_UPDATE = """
CREATE TRIGGER picture_text_update AFTER UPDATE OF prompt, negative_prompt ON pictures BEGIN
    INSERT INTO picture_text(picture_text, rowid, prompt, negative_prompt)
    VALUES ('delete', old.id, old.prompt, old.negative_prompt);
    INSERT INTO picture_text(rowid, prompt, negative_prompt)
    VALUES (new.id, new.prompt, new.negative_prompt);
END
"""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        f"PRAGMA application_id = {APPLICATION_ID}",
        _GENERATIONS,
        "CREATE INDEX generations_by_job ON generations(job_id)",
        _PICTURES,
        "CREATE INDEX pictures_by_content ON pictures(sha256)",
        "CREATE INDEX pictures_by_generation ON pictures(generation_id)",
        # Ends in the id, so that all ids come in order without reading the rows, a hundred times as large.
        "CREATE INDEX pictures_by_removal ON pictures(removed_ms)",
        _PARENTS,
        "CREATE INDEX parents_by_picture ON parents(picture_id) WHERE picture_id IS NOT NULL",
        _ARRIVALS,
        _TEXT,
        _TEXT_INSERT,
        _TEXT_DELETE,
        _TEXT_UPDATE,
    ),
)
