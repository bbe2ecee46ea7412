"""What was being typed when the program ended, so that a crash costs nothing. The panels know what it means."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sdstudio.config.json_file import JsonFile
from sdstudio.core.errors import SettingsUnreadable, StudioError
from sdstudio.core.signals import Signal


class Drafts:
    """Owns drafts.json: the form's state as one plain JSON object. Used on the event-loop thread."""

    def __init__(self, path: Path) -> None:
        self.state: Mapping[str, Any] = {}
        self._file = JsonFile(path)

    @classmethod
    def load(cls, path: Path) -> tuple[Drafts, SettingsUnreadable | None]:
        """The drafts in `path`, {} if there are none; a broken file is set aside and told about. Never raises."""
        drafts = cls(path)
        drafts.state, notice = drafts._file.read()
        return drafts, notice

    @property
    def failed(self) -> Signal[[StudioError]]:
        """Emitted when a write in the background did not work."""
        return self._file.failed

    def keep(self, state: Mapping[str, Any]) -> None:
        """Remember the form as it is now, on disk within half a second; needs a running event loop."""
        if state != self.state:
            self.state = state
            self._file.write_soon(state)

    async def save(self) -> None:
        """Have the newest state on disk; raises `LibraryError` or `DiskFull`."""
        await self._file.flush()

    async def close(self) -> None:
        """Save and end the writing thread."""
        await self._file.close()
