"""Where everything lies on disk: one root folder and the names inside it. No file is opened here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import platformdirs

from sdstudio.config.files import disk_error

APP_NAME = "sdstudio"
_PRIVATE = 0o700


@dataclass(frozen=True, slots=True)
class DataDir:
    """The data folder; everything a user would back up is under `root`."""

    root: Path

    @classmethod
    def default(cls) -> DataDir:
        """The folder the operating system has for this program's data, for this user."""
        return cls(platformdirs.user_data_path(APP_NAME, appauthor=False))

    @property
    def settings_file(self) -> Path:
        return self.root / "settings.json"

    @property
    def endpoints_file(self) -> Path:
        """The endpoints' profiles, without their secrets."""
        return self.root / "endpoints.json"

    @property
    def drafts_file(self) -> Path:
        return self.root / "drafts.json"

    @property
    def library_file(self) -> Path:
        return self.root / "library.db"

    @property
    def thumbnails_file(self) -> Path:
        return self.root / "thumbnails.db"

    @property
    def backups(self) -> Path:
        """Copies of the database, one made before each migration."""
        return self.root / "backups"

    @property
    def lock_file(self) -> Path:
        return self.root / "lock"

    @property
    def pictures(self) -> Path:
        """The history's picture files, by day."""
        return self.root / "pictures"

    @property
    def inputs(self) -> Path:
        """Pictures that went into requests, named by content."""
        return self.root / "inputs"

    @property
    def queue(self) -> Path:
        return self.root / "queue"

    @property
    def journal_file(self) -> Path:
        return self.queue / "journal.jsonl"

    @property
    def spool(self) -> Path:
        """Answers on their way in; a file here is not history yet."""
        return self.root / "spool"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def log_file(self) -> Path:
        return self.logs / "sdstudio.log"

    def make(self) -> DataDir:
        """Create the folders that are missing, readable by their owner only; raises `LibraryError`."""
        folders = (self.root, self.pictures, self.inputs, self.queue, self.spool, self.logs, self.backups)
        for folder in folders:
            try:
                folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
            except OSError as error:
                raise disk_error(error, folder) from error
        return self
