"""Choices that outlive a session: one JSON file, typed. The token is no setting (`config.credentials`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

from sdstudio.config.json_file import JsonFile
from sdstudio.core.endpoint import PRACTICE_ID
from sdstudio.core.errors import SettingsUnreadable, StudioError
from sdstudio.core.signals import Signal

Theme = Literal["system", "dark", "light"]
_THEMES = ("system", "dark", "light")
_LONGEST_TEXT = 100_000
_THUMBNAIL_PIXELS = range(32, 513)


@dataclass(frozen=True, slots=True)
class SettingsValues:
    """Every setting with its default.

    `endpoint_id` names the profile in use. `endpoint_url` is where versions before profiles kept an address: one
    that is found there becomes a profile. `window_geometry` and `window_state` are Qt's own bytes as
    base64 text. `thumbnail_size` is the longer side in the history, in pixels.
    """

    endpoint_id: str = PRACTICE_ID
    endpoint_url: str = ""
    theme: Theme = "system"
    window_geometry: str = ""
    window_state: str = ""
    thumbnail_size: int = 128


class Settings:
    """Owns settings.json; used on the event-loop thread. `changed(name)` is emitted once per changed value."""

    def __init__(self, path: Path) -> None:
        self.values = SettingsValues()
        self.changed: Signal[[str]] = Signal()
        self._file = JsonFile(path)
        self._unknown: dict[str, Any] = {}  # a later version's settings survive an earlier one

    @classmethod
    def load(cls, path: Path) -> tuple[Settings, SettingsUnreadable | None]:
        """The settings in `path`, and what was wrong with the file, if anything; never raises.

        A broken file is set aside. A single value that is not of its kind is replaced by its default.
        """
        settings = cls(path)
        content, notice = settings._file.read()
        known = {field.name for field in fields(SettingsValues)}
        settings._unknown = {name: value for name, value in content.items() if name not in known}
        valid = {name: value for name, value in content.items() if name in known and _is_valid(name, value)}
        settings.values = replace(settings.values, **valid)
        return settings, notice

    @property
    def failed(self) -> Signal[[StudioError]]:
        """Emitted when a write in the background did not work."""
        return self._file.failed

    def update(self, **changes: Any) -> None:
        """Change values by name and have them written soon; needs a running event loop.

        Raises ValueError for a name or value that is none: the caller is wrong, not the user.
        """
        for name, value in changes.items():
            if not _is_valid(name, value):
                raise ValueError(f"no setting {name} = {value!r:.80}")
        before = self.values
        self.values = replace(before, **changes)
        changed = [name for name in changes if getattr(before, name) != changes[name]]
        if changed:
            self._file.write_soon(self._content())
        for name in changed:
            self.changed.emit(name)

    async def save(self) -> None:
        """Have every change on disk; raises `LibraryError` or `DiskFull`."""
        await self._file.flush()

    async def close(self) -> None:
        """Save and end the writing thread."""
        await self._file.close()

    def _content(self) -> Mapping[str, Any]:
        return self._unknown | asdict(self.values)


def _is_valid(name: str, value: object) -> bool:
    default = getattr(SettingsValues(), name, None)
    if default is None or type(value) is not type(default):
        return False
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return False
    if name == "theme":
        return value in _THEMES
    return name != "thumbnail_size" or value in _THUMBNAIL_PIXELS
