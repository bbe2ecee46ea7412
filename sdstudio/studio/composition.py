"""Everything that lives as long as the program, put together without Qt: opened in order, closed in reverse."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from sdstudio.api.offer import Offer
from sdstudio.api.practice_process import PracticeProcess
from sdstudio.api.traffic import Traffic
from sdstudio.config.credentials import Credentials
from sdstudio.config.drafts import Drafts
from sdstudio.config.paths import DataDir
from sdstudio.config.profiles import Profiles
from sdstudio.config.settings import Settings
from sdstudio.core.endpoint import EndpointProfile
from sdstudio.core.errors import KeyringUnavailable, SettingsUnreadable, StudioError
from sdstudio.jobs.job_queue import JobQueue
from sdstudio.jobs.runner import Runner
from sdstudio.library.library import Library
from sdstudio.studio.endpoints import Endpoints
from sdstudio.studio.session import EndpointSession

if TYPE_CHECKING:
    from sdstudio.api.checks import Check

STOP_GRACE_S = 5.0  # for a generation in flight to be interrupted and its answer to come

log = logging.getLogger(__name__)


class Studio:
    """Owns the data folder while it is open: settings, profiles, drafts, library, queue, session and runner.

    Lives on the event-loop thread. `notices` are things found while opening that a person should know
    of, `traffic` what has left this computer since.
    """

    data_dir: DataDir
    settings: Settings
    profiles: Profiles
    drafts: Drafts
    library: Library
    queue: JobQueue
    session: EndpointSession
    runner: Runner

    def __init__(self, data_dir: DataDir, credentials: Credentials) -> None:
        self.data_dir = data_dir
        self.credentials = credentials
        self.traffic = Traffic()
        self.notices: list[StudioError] = []
        self._open_parts = AsyncExitStack()
        self._grace_s = STOP_GRACE_S

    @classmethod
    async def open(
        cls,
        data_dir: DataDir,
        *,
        credentials: Credentials | None = None,
        endpoint: EndpointProfile | str | None = None,
        only_new_jobs: bool = False,
    ) -> Studio:
        """Open the data folder, making it if need be, and begin to work.

        `endpoint` is what to use this time instead of the one in the settings: a profile, its name or id, or an
        address; with `only_new_jobs` what was queued before stays queued. Raises `LibraryBusy` if another process
        has the folder open, `LibraryTooNew` or another `LibraryError` if it can't be used, `InvalidRequest` for no
        endpoint; then nothing is left open.
        """
        studio = cls(data_dir, credentials or Credentials())
        try:
            await studio._open(endpoint, only_new_jobs=only_new_jobs)
        except BaseException:
            await studio.close()
            raise
        return studio

    async def close(self, grace_s: float = STOP_GRACE_S) -> None:
        """Close everything in reverse order; what fails in doing so is logged and keeps nothing else open.

        A generation in flight is interrupted and has `grace_s` seconds to answer.
        """
        self._grace_s = grace_s
        await self._open_parts.aclose()

    async def use_profile(self, profile_id: str) -> None:
        """Make pictures there from now on, and after a restart; raises `InvalidRequest` if there is none such."""
        self._endpoints.use(profile_id)

    async def save_profile(
        self, profile: EndpointProfile, secrets: Mapping[str, str | None]
    ) -> KeyringUnavailable | None:
        """Keep a profile and its secrets, by their names; None leaves the one that is kept, "" deletes it.

        Returns why the keyring did not do as it was told; then secrets are remembered until the program ends.
        Raises `InvalidRequest` for what can't be kept, `LibraryError` if it can't be written.
        """
        return await self._endpoints.save(profile, secrets)

    async def delete_profile(self, profile_id: str) -> KeyringUnavailable | None:
        """Forget a profile and its secrets; returns why the keyring still has them, which is tried again."""
        return await self._endpoints.delete(profile_id)

    async def check_profile(
        self,
        profile: EndpointProfile,
        secrets: Mapping[str, str | None],
        on_check: Callable[[Check], None],
        *,
        picture: bool = False,
    ) -> Offer | None:
        """Try out a profile as it would be saved, line by line; None for a secret takes the one that is kept.

        `on_check` is called whenever a line changes. The offer, or None where a line failed (`api.checks`).
        """
        return await self._endpoints.check(profile, secrets, on_check, picture=picture)

    async def use_endpoint(self, url: str, token: str | None = None) -> KeyringUnavailable | None:
        """Make pictures at this address from now on ("" for the practice endpoint), with a profile for it.

        `token` None leaves the one that is kept, "" forgets it. Returns and raises like `save_profile`.
        """
        return await self._endpoints.use_address(url, token)

    async def ask_endpoint(self, url: str, token: str | None = None) -> Offer:
        """What an endpoint offers, to try an address and token before using them; raises the `StudioError`."""
        return await self._endpoints.ask_address(url, token)

    async def _open(self, endpoint: EndpointProfile | str | None, *, only_new_jobs: bool) -> None:
        self.data_dir.make()
        self.library = await Library.open(self.data_dir)  # takes the folder's lock before anything is written
        self._when_closing("library", self.library.close)
        self._read_settings()
        self._when_closing("keyring", self.credentials.close)
        self.queue = await JobQueue.open(self.data_dir.journal_file)
        self._when_closing("queue", self.queue.close)
        self._note_damage()
        await self._reconcile()
        self.session = EndpointSession(PracticeProcess(), self.credentials, self.data_dir.spool, self.traffic)
        self._when_closing("session", self.session.close)
        self._endpoints = Endpoints(self.profiles, self.settings, self.credentials, self.session)
        self._when_closing("endpoints", self._endpoints.close)
        old = {job.id for job in self.queue.jobs} if only_new_jobs else set[str]()
        self.runner = Runner(self.queue, self.session, self.library, takes=lambda job: job.id not in old)
        self._when_closing("runner", lambda: self.runner.stop(self._grace_s))
        await self._endpoints.start(endpoint)
        self.runner.start()

    def _read_settings(self) -> None:
        self.settings, problem = Settings.load(self.data_dir.settings_file)
        self._when_closing("settings", self.settings.close)
        self._note(problem)
        self.profiles, problem = Profiles.load(self.data_dir.endpoints_file)
        self._when_closing("profiles", self.profiles.close)
        self._note(problem)
        self.drafts, problem = Drafts.load(self.data_dir.drafts_file)
        self._when_closing("drafts", self.drafts.close)
        self._note(problem)

    def _note(self, problem: SettingsUnreadable | None) -> None:
        if problem:
            log.warning("%s", problem.title)
            self.notices.append(problem)

    def _note_damage(self) -> None:
        if lines := self.queue.replay.damaged_lines:
            self.notices.append(_damaged(lines, self.queue.replay.damaged_copy))

    async def _reconcile(self) -> None:
        """A crash may have come between the storing of a job's pictures and the note that it is done."""
        for job in self.queue.jobs:
            if job.state == "unknown" or job.kept:
                pictures = await self.library.ids_of_job(job.id)
                if pictures:
                    await self.queue.found(job.id, pictures)

    def _when_closing(self, name: str, close: Callable[[], Awaitable[object]]) -> None:
        async def carefully() -> None:
            try:
                await close()
            except Exception:
                log.exception("closing the %s failed", name)

        self._open_parts.push_async_callback(carefully)


def _damaged(lines: int, copy: Path | None) -> StudioError:
    kept = f" The damaged file is kept as {copy.name}." if copy else ""
    return StudioError(
        "A part of the queue could not be read",
        f"{lines} line(s) of its journal are damaged and were left out.{kept}",
        "Look through the queue: what may have been made already is marked as unknown.",
    )
