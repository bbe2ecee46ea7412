"""Opening the database, bringing it up to date, and sqlite3's errors in words. What is asked of it is elsewhere."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

from sdstudio.config.files import disk_error
from sdstudio.core.errors import DiskFull, LibraryError, LibraryTooNew
from sdstudio.library.schema import APPLICATION_ID, MIGRATIONS

_WAL_BYTES = 64 * 1024 * 1024


def open_writer(path: Path, backups: Path) -> sqlite3.Connection:
    """The one connection that writes, its tables up to date; a file that is not there is made.

    Every commit is synced (FULL): a picture that is announced must survive a power cut. Raises `LibraryTooNew`,
    `DiskFull` or `LibraryError`; an existing file is never replaced.
    """
    with translated(path):
        connection = _connected(f"{path.absolute().as_uri()}?mode=rwc")
    with closing_on_error(connection), translated(path):
        _check_ours(connection, path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA journal_size_limit = {_WAL_BYTES}")
        _migrate(connection, backups)
    return connection


def open_reader(path: Path, thumbnails: Path) -> sqlite3.Connection:
    """A read-only connection with the thumbnails attached as `thumbs`, if there are any.

    Raises `LibraryError` if there is no database or it has to be brought up to date first.
    """
    if not path.exists():
        raise LibraryError(
            "There is no history here", f"{path} does not exist.", "Choose another folder with --data-dir."
        )
    with translated(path):
        return _opened_read_only(path, thumbnails)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Generator[None]:
    """Everything inside, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk rolls back by itself
            connection.execute("ROLLBACK")
        raise


@contextmanager
def closing_on_error(connection: sqlite3.Connection) -> Generator[None]:
    """Close the connection if the block fails."""
    try:
        yield
    except BaseException:
        connection.close()
        raise


@contextmanager
def translated(path: Path) -> Generator[None]:
    """The one translation of sqlite3's and the disk's errors: raises `DiskFull` or `LibraryError`."""
    try:
        yield
    except sqlite3.Error as error:
        raise _database_error(error, path) from error
    except OSError as error:
        raise disk_error(error, path) from error


def _database_error(error: sqlite3.Error, path: Path) -> LibraryError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return DiskFull(
            "The disk is full",
            f"{path} could not be written.",
            "Free some space on that disk, then try again. Nothing that was stored before is lost.",
        )
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return LibraryError(
            "The history's database is damaged",
            f"{path} cannot be read: {error}. The file has been left as it is, and the pictures are untouched.",
            f"Copy the newest file from {path.parent / 'backups'} over it, or move it away to start a new one.",
        )
    return LibraryError(
        "The history's database could not be used",
        f"{path}: {error}.",
        "Check that the disk is connected, healthy and writable, then start again.",
    )


def _connected(uri: str) -> sqlite3.Connection:
    # Used by one thread at a time, but not always by the same.
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)


def _opened_read_only(path: Path, thumbnails: Path) -> sqlite3.Connection:
    """Read-only folders can't hold the files WAL needs; there nobody writes, so the file is read as it is."""
    mode = "mode=ro"
    connection = _connected(f"{path.absolute().as_uri()}?{mode}")
    with closing_on_error(connection):
        try:
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}:
                raise
            connection.close()
            mode = "immutable=1"
            connection = _connected(f"{path.absolute().as_uri()}?{mode}")
        _check_ours(connection, path)
        if _version(connection) < len(MIGRATIONS):
            raise LibraryError(
                "This history is of an earlier version",
                f"{path} has to be brought up to date before it can be read.",
                "Open it once for writing.",
            )
        if thumbnails.exists():
            connection.execute("ATTACH ? AS thumbs", (f"{thumbnails.absolute().as_uri()}?{mode}",))
        else:
            connection.execute("ATTACH ':memory:' AS thumbs")
            connection.execute("CREATE TABLE thumbs.thumbnails (picture_id, sha256, jpeg)")
    return connection


def _version(connection: sqlite3.Connection) -> int:
    return connection.execute("PRAGMA user_version").fetchone()[0]


def _check_ours(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse what a later version or another program wrote, before anything is changed in it."""
    version = _version(connection)
    has_tables = connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    if has_tables and connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise LibraryError(
            "This is not a history of SD Studio",
            f"{path} is a database of another program. It has been left as it is.",
            "Move it away, or choose another folder with --data-dir.",
        )
    if version > len(MIGRATIONS):
        raise LibraryTooNew(
            "This history was written by a later version of SD Studio",
            f"{path} has format {version}; this version knows up to {len(MIGRATIONS)}. Nothing was changed.",
            "Update SD Studio, or choose another folder with --data-dir.",
        )


def _migrate(connection: sqlite3.Connection, backups: Path) -> None:
    for version in range(_version(connection), len(MIGRATIONS)):
        if version:
            _back_up(connection, backups, version)
        with transaction(connection):
            for statement in MIGRATIONS[version]:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {version + 1}")


def _back_up(connection: sqlite3.Connection, backups: Path, version: int) -> None:
    """A whole copy beside the others; its name appears only once it is complete."""
    target = backups / f"library-format-{version}-{time.strftime('%Y%m%d-%H%M%S')}.db"
    temporary = backups / "unfinished.tmp"
    with translated(target):
        backups.mkdir(mode=0o700, exist_ok=True)
        temporary.unlink(missing_ok=True)
        with closing(sqlite3.connect(temporary)) as copy:
            connection.backup(copy)
        temporary.replace(target)
