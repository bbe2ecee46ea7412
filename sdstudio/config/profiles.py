"""The endpoints a person has set up: one JSON file, typed. Their secrets are `config.credentials`' business."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from sdstudio.config.json_file import JsonFile
from sdstudio.core.endpoint import PRACTICE, PRACTICE_ID, EndpointProfile
from sdstudio.core.errors import InvalidRequest, SettingsUnreadable, StudioError
from sdstudio.core.signals import Signal

log = logging.getLogger(__name__)


class Profiles:
    """Owns endpoints.json; used on the event-loop thread. `changed` is emitted when `all` did.

    `all` begins with the practice endpoint, which is always there. `left_behind` are names of keyring entries
    that were to be deleted while the keyring could not be had. What a later version wrote is carried along.
    """

    def __init__(self, path: Path) -> None:
        self.all: tuple[EndpointProfile, ...] = (PRACTICE,)
        self.left_behind: tuple[str, ...] = ()
        self.changed: Signal[[]] = Signal()
        self._file = JsonFile(path)
        self._unread: list[Any] = []
        self._unknown: dict[str, Any] = {}

    @classmethod
    def load(cls, path: Path) -> tuple[Profiles, SettingsUnreadable | None]:
        """The profiles in `path`, and what was wrong with the file, if anything; never raises.

        A broken file is set aside. A single profile that can't be read is left out, but stays in the file.
        """
        profiles = cls(path)
        content, notice = profiles._file.read()
        listed, names = content.get("profiles", []), content.get("left_behind", [])
        profiles._unknown = {key: value for key, value in content.items() if key not in _KEYS}
        if isinstance(names, list):
            entries = cast("list[object]", names)
            profiles.left_behind = tuple(name for name in entries if isinstance(name, str))
        profiles._take(cast("list[object]", listed) if isinstance(listed, list) else [])
        return profiles, notice or profiles._notice()

    @property
    def failed(self) -> Signal[[StudioError]]:
        """Emitted when a write in the background did not work."""
        return self._file.failed

    def get(self, profile_id: str) -> EndpointProfile | None:
        """The profile with this id, if there is one."""
        return next((profile for profile in self.all if profile.id == profile_id), None)

    def named(self, text: str) -> EndpointProfile | None:
        """The profile of this name, in any case, or of this id."""
        wanted = text.strip().casefold()
        by_name = (profile for profile in self.all if profile.name.casefold() == wanted)
        return next(by_name, None) or self.get(text.strip())

    def at(self, url: str) -> EndpointProfile | None:
        """The first profile with this (normalised) address, "" being the practice endpoint's."""
        return next((profile for profile in self.all if profile.url == url), None)

    def check(self, profile: EndpointProfile) -> None:
        """Raise `InvalidRequest` for a profile that can't be kept; the field says which part is wrong."""
        EndpointProfile.from_dict(profile.to_dict())
        if (profile.id == PRACTICE_ID) != profile.is_practice:
            raise InvalidRequest("endpoint_url", "The endpoint has no address")
        if carries_user_info(profile.url) or carries_user_info(profile.proxy_url):
            raise InvalidRequest("endpoint_url", "The address carries a user name or password")
        if not profile.name.strip():
            raise InvalidRequest("name", "The endpoint has no name")
        same = self.named(profile.name)
        if same and same.id != profile.id:
            raise InvalidRequest("name", f"There is an endpoint called “{same.name}” already")

    def free_name(self, wanted: str) -> str:
        """`wanted`, numbered if another profile is called that."""
        number, name = 1, wanted
        while self.named(name):
            number += 1
            name = f"{wanted} ({number})"
        return name

    def put(self, profile: EndpointProfile) -> None:
        """Add the profile, or replace the one with its id; raises `InvalidRequest` like `check`."""
        self.check(profile)
        if self.get(profile.id):
            kept = tuple(profile if each.id == profile.id else each for each in self.all)
        else:
            kept = (*self.all, profile)
        self._keep(kept)

    def remove(self, profile_id: str) -> None:
        """Forget the profile; fine if there is none. Its secrets are `Credentials`' business."""
        if profile_id == PRACTICE_ID:
            raise InvalidRequest("endpoint", "The practice endpoint is part of the program and stays")
        self._keep(tuple(profile for profile in self.all if profile.id != profile_id))

    def leave_behind(self, names: Iterable[str]) -> None:
        """Note exactly these keyring entries as still to be deleted."""
        found = tuple(dict.fromkeys(names))
        if found != self.left_behind:
            self.left_behind = found
            self._file.write_soon(self._content())

    async def save(self) -> None:
        """Have every change on disk; raises `LibraryError` or `DiskFull`."""
        await self._file.flush()

    async def close(self) -> None:
        """Save and end the writing thread."""
        await self._file.close()

    def _take(self, listed: list[object]) -> None:
        for values in listed:
            try:
                profile = EndpointProfile.from_dict(cast("Mapping[str, Any]", values))
                self.check(profile)
            except (InvalidRequest, TypeError) as error:
                log.info("an endpoint's profile was left out", exc_info=error)
                self._unread.append(values)
            else:
                others = tuple(each for each in self.all if each.id != profile.id)
                self.all = (profile, *others) if profile.is_practice else (*others, profile)

    def _keep(self, profiles: tuple[EndpointProfile, ...]) -> None:
        if profiles != self.all:
            self.all = profiles
            self._file.write_soon(self._content())
            self.changed.emit()

    def _content(self) -> Mapping[str, Any]:
        written = [profile.to_dict() for profile in self.all if profile != PRACTICE]
        left = {"left_behind": list(self.left_behind)} if self.left_behind else {}
        return self._unknown | {"profiles": [*written, *self._unread]} | left

    def _notice(self) -> SettingsUnreadable | None:
        if not self._unread:
            return None
        return SettingsUnreadable(
            "An endpoint's settings could not be read",
            f"{len(self._unread)} of the endpoints in {self._file.path.name} cannot be used; nothing was deleted.",
            "Add the endpoint again, or mend the file.",
        )


_KEYS = ("profiles", "left_behind")


def new_id() -> str:
    """An id that no other profile will ever have, so that none inherits another's secrets."""
    return uuid.uuid4().hex


def carries_user_info(url: str) -> bool:
    """Whether an address has a user name or password in it, or can't be told apart from one that has."""
    try:
        return "@" in urlsplit(url).netloc
    except ValueError:
        return True
