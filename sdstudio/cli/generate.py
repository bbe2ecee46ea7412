"""`sdstudio generate`: one request through the same queue, runner and library as the window's."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import tempfile
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from sdstudio.api.snippets import Reading
from sdstudio.cli import request_file
from sdstudio.cli.options import GenerateOptions
from sdstudio.cli.outputs import Destination
from sdstudio.cli.progress import ProgressLine
from sdstudio.cli.report import Outcome, complain, print_json, print_paths
from sdstudio.config.crash import CrashHooks
from sdstudio.config.credentials import Credentials
from sdstudio.config.paths import DataDir
from sdstudio.config.profiles import Profiles
from sdstudio.config.settings import Settings
from sdstudio.core.endpoint import EndpointProfile
from sdstudio.core.errors import EndpointError, LibraryBusy, StudioError
from sdstudio.core.request import GenerationRequest, InputImage
from sdstudio.jobs.job import Job
from sdstudio.studio import Studio
from sdstudio.studio.endpoints import chosen

INTERRUPTED = 130  # as a shell says of what Ctrl+C ended
TERMINATED = 143
STAND_IN_NOTE = (
    "SD Studio has the data folder open elsewhere: the pictures are only where --out says, not in the history."
)


def run(arguments: argparse.Namespace, data_dir: DataDir, hooks: CrashHooks) -> int:
    """Make the pictures, print what came of it, and return the exit status."""
    command = GenerateCommand(arguments, data_dir)
    with asyncio.Runner() as runner:
        hooks.watch(runner.get_loop())
        try:
            status = runner.run(command.run())
        except (KeyboardInterrupt, asyncio.CancelledError):  # before there was anything to keep
            command.outcome.state, status = "cancelled", command.interrupted or INTERRUPTED
    (print_json if arguments.json else print_paths)(command.outcome)
    return status


class GenerateCommand:
    """One call of `generate`.

    `outcome` fills as it goes; `interrupted` is the exit status of the signal that came, 0 if none did.
    """

    def __init__(self, arguments: argparse.Namespace, data_dir: DataDir) -> None:
        self.outcome = Outcome()
        self.interrupted = 0
        self._arguments = arguments
        self._data_dir = data_dir
        self._line = ProgressLine(sys.stderr)

    async def run(self) -> int:
        """Returns the exit status."""
        try:
            with self._terminated_in_order():
                status = await self._run()
        except StudioError as error:
            self.outcome.error = error
            status = error.exit_code
        finally:
            self._line.clear()
        if self.outcome.error:
            complain(self.outcome.error)
        return self.interrupted or status

    async def _run(self) -> int:
        options = GenerateOptions.of(self._arguments, self._reading())
        destination = Destination.of(options.out, options.request().count) if options.out else None
        pictures = options.pictures
        self._line.say("opening…")
        async with self._studio(options.endpoint, may_stand_in=destination is not None) as studio:
            request = await self._request(studio, options, pictures)
            job = await self._made(studio, request)
            await self._take_note(studio, job, destination)
        return job.error.exit_code if job.error else 0 if job.state == "done" else EndpointError.exit_code

    def _reading(self) -> Reading | None:
        """The request of `--from`; what was corrected in it is said at once."""
        if self._arguments.request_file is None:
            return None
        reading = request_file.read(self._arguments.request_file)
        has_endpoint = self._arguments.endpoint is not None
        self.outcome.corrections += request_file.remarks(reading, has_endpoint=has_endpoint)
        for sentence in self.outcome.corrections:
            sys.stderr.write(f"{sentence}\n")
        return reading

    @asynccontextmanager
    async def _studio(self, endpoint: str | None, *, may_stand_in: bool) -> AsyncGenerator[Studio]:
        """The data folder opened; where that is taken and there is `--out`, an empty one in its place."""
        with tempfile.TemporaryDirectory(prefix="sdstudio-") as stand_in:
            try:
                studio = await self._opened(self._data_dir, endpoint)
            except LibraryBusy:
                if not may_stand_in:
                    raise
                self.outcome.in_history = False
                self.outcome.notes.append(STAND_IN_NOTE)
                meant = _endpoint_in(self._data_dir, endpoint)
                studio = await self._opened(DataDir(Path(stand_in)), meant)
            try:
                yield studio
            finally:
                await studio.close()

    async def _opened(self, data_dir: DataDir, endpoint: EndpointProfile | str | None) -> Studio:
        credentials = Credentials(read_environment=True)
        return await Studio.open(data_dir, credentials=credentials, endpoint=endpoint, only_new_jobs=True)

    async def _request(
        self, studio: Studio, options: GenerateOptions, pictures: Sequence[bytes]
    ) -> GenerationRequest:
        """The request as this endpoint can take it, its pictures in the library; waits for the endpoint."""
        self._line.say("connecting…")
        if options.plain_http:
            studio.session.use(replace(studio.session.profile, plain_http_allowed=True))
        await studio.session.settled()
        if error := studio.session.error:
            if notice := studio.session.notice:  # an endpoint that wants no token is none the worse for it
                self.outcome.notes.append(f"{notice.title}. {notice.message}")
            raise error
        request = options.with_offered_names(options.request(), studio.session.offer)
        if pictures:
            stored: list[InputImage] = [await studio.library.store_input(picture) for picture in pictures]
            request = options.with_source(request, stored[0], stored[1] if len(stored) > 1 else None)
        return request.checked()

    async def _made(self, studio: Studio, request: GenerationRequest) -> Job:
        """The job's end; raises what keeps it from being begun."""
        self._line.say("sending…")
        job = await studio.queue.enqueue(request, front=True)
        disconnect = studio.queue.changed.connect(self._show)
        ended = asyncio.create_task(studio.queue.ended(job.id))
        with _hindrance(studio, job.id) as hindrance:
            await self._first_of(ended, hindrance, studio, job.id)
        disconnect()
        if ended.done():
            return ended.result()
        await studio.queue.cancel(job.id)
        await ended
        await studio.queue.remove(job.id)
        raise hindrance.result()

    async def _first_of(
        self, ended: asyncio.Task[Job], hindrance: asyncio.Future[StudioError], studio: Studio, job_id: str
    ) -> None:
        """Wait for either. On Ctrl+C the job is interrupted, and its end waited for."""
        try:
            await asyncio.wait({ended, hindrance}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            await self._interrupt(studio, job_id)
            await asyncio.wait({ended})

    async def _interrupt(self, studio: Studio, job_id: str) -> None:
        task = asyncio.current_task()
        if task:
            task.uncancel()
        self.interrupted = self.interrupted or INTERRUPTED
        self._line.say("interrupting; what has come is kept…")
        await studio.queue.cancel(job_id)

    async def _take_note(self, studio: Studio, job: Job, destination: Destination | None) -> None:
        outcome = self.outcome
        outcome.state, outcome.job_id, outcome.request = job.state, job.id, job.request
        outcome.endpoint, outcome.error = job.endpoint, job.error
        found = [await studio.library.picture(picture_id) for picture_id in job.picture_ids]
        outcome.pictures = [record for record in found if record]
        outcome.copies = [None] * len(outcome.pictures)
        outcome.notes += dict.fromkeys(note for record in outcome.pictures for note in record.notes)
        for number, record in enumerate(outcome.pictures):
            if destination and record.role == "picture":
                outcome.copies[number] = destination.copy(record.path)

    def _show(self, job: Job) -> None:
        if job.state == "running" and not job.interrupting:
            self._line.show(job.progress)

    @contextmanager
    def _terminated_in_order(self) -> Generator[None]:
        """Take SIGTERM like Ctrl+C where the system lets us."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()

        def terminate() -> None:
            self.interrupted = TERMINATED
            if task:
                task.cancel()

        with suppress(NotImplementedError, RuntimeError):  # Windows; not the main thread
            loop.add_signal_handler(signal.SIGTERM, terminate)
        try:
            yield
        finally:
            with suppress(NotImplementedError, RuntimeError):
                loop.remove_signal_handler(signal.SIGTERM)


@contextmanager
def _hindrance(studio: Studio, job_id: str) -> Generator[asyncio.Future[StudioError]]:
    """What keeps a queued job from being begun: nobody comes to mend it here, as somebody may in a window."""
    session, queue = studio.session, studio.queue
    found: asyncio.Future[StudioError] = asyncio.get_running_loop().create_future()

    def look() -> None:
        error = session.error if session.state in ("offline", "needs token") else queue.paused
        if error and not found.done() and queue.job(job_id).state == "queued":
            found.set_result(error)

    disconnects = [signal.connect(look) for signal in (session.changed, queue.reordered, queue.paused_changed)]
    look()
    try:
        yield found
    finally:
        for disconnect in disconnects:
            disconnect()


def _endpoint_in(data_dir: DataDir, text: str | None) -> EndpointProfile:
    """The endpoint meant by `--endpoint`, or else in use, in a data folder that is open elsewhere."""
    settings, _ = Settings.load(data_dir.settings_file)
    profiles, _ = Profiles.load(data_dir.endpoints_file)
    return chosen(text, profiles, settings)
