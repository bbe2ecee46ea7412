"""A life of the studio with secrets in it, in which all goes wrong that can. Run by `test_no_secret_leaks`.

The secrets and addresses come as JSON on standard input; everything that a library has to say is logged.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sdstudio.api.snippets.sign_in_way import SignInWay
from sdstudio.api.snippets.writing import LABELS, write
from sdstudio.config import logs
from sdstudio.config.crash import CrashHooks
from sdstudio.config.paths import DataDir
from sdstudio.core.endpoint import EndpointProfile, ExtraHeader
from sdstudio.core.errors import StudioError
from sdstudio.core.request import GenerationRequest
from sdstudio.studio import Studio

REQUEST = GenerationRequest("a lighthouse", width=64, height=64, steps=2)
TALKATIVE = ("httpx", "httpcore", "anyio", "asyncio", "keyring", "secretstorage", "jeepney")


class Life:
    """One data folder, one set of secrets; `said` is everything a person could have read."""

    def __init__(self, folder: Path, given: Mapping[str, Any]) -> None:
        self.folder = folder
        self.given = given
        self.said: list[str] = []
        self.states: dict[str, str] = {}

    async def live(self) -> None:
        studio = await Studio.open(
            DataDir(self.folder), endpoint=EndpointProfile("none", "n", "http://localhost:9")
        )
        try:
            for name, url in self.given["urls"].items():
                await self.visit(studio, name, url)
            await self.paste(studio)
            await self.export(studio)
            self.crash(studio)
        finally:
            await studio.close()

    async def visit(self, studio: Studio, name: str, url: str) -> None:
        """Save a profile, try it out, use it, and ask it for a picture."""
        headers = (ExtraHeader("X-Api-Key", secret=True), ExtraHeader("X-Plain", "plain"))
        profile = EndpointProfile(name, name, url, sign_in="bearer", extra_headers=headers)
        secrets = {"sign-in": self.given["token"], "header:x-api-key": self.given["key"]}
        self.say(await studio.save_profile(profile, secrets))
        await studio.check_profile(profile, dict.fromkeys(secrets), self.say)
        await studio.use_profile(name)
        await studio.session.settled()
        self.states[name] = studio.session.state
        self.say(studio.session.error, studio.session.offer, studio.session.profile, studio.session.mark)
        if studio.session.state == "ready":
            job = await studio.queue.enqueue(REQUEST)
            moved = asyncio.create_task(studio.queue.ended(job.id))
            while not moved.done() and studio.session.state != "needs token":
                await asyncio.sleep(0.01)
            self.states[name] += " " + studio.queue.job(job.id).state
            self.say(studio.queue.job(job.id))
            if not moved.done():
                await studio.queue.cancel(job.id)
            await moved
        self.say(*studio.traffic.exchanges, *studio.profiles.all, *studio.notices, studio.session.notes)

    async def paste(self, studio: Studio) -> None:
        """An address with a password, one with a token in its query, and secrets that cannot be sent."""
        open_url: str = self.given["urls"]["good"]
        for pasted in (
            open_url.replace("//", f"//me:{self.given['password']}@"),
            f"{open_url}/?token={self.given['token']}",
            f"ftp://me:{self.given['password']}@host",
        ):
            try:
                self.say(await studio.use_endpoint(pasted, None))
            except StudioError as error:
                self.say(error)
        profile = studio.session.profile
        for secret in (
            f"{self.given['token']}\ntwo lines",
            f"two words {self.given['token']}",
            "ü" + self.given["token"],
        ):
            try:
                self.say(await studio.save_profile(profile, {"sign-in": secret}))
                await studio.session.settled()
                self.say(studio.session.error)
            except StudioError as error:
                self.say(error)

    async def export(self, studio: Studio) -> None:
        """The request as code, in every form, for every profile."""
        folder = self.folder / "exported"
        folder.mkdir()
        for profile in studio.profiles.all[1:]:
            for form in LABELS:
                snippet = write(form, REQUEST, profile.url, SignInWay.of(profile))
                (folder / f"{profile.id}-{snippet.file_name}").write_text(snippet.text)

    def crash(self, studio: Studio) -> None:
        """Errors that nobody expected, with everything in them that there is."""
        loop = asyncio.get_running_loop()
        token, key = self.given["token"], self.given["key"]
        for text in (
            token,
            f"Bearer {token}",
            repr({"X-Api-Key": key}),
            f"http://me:{self.given['password']}@host/?key={key}",
        ):
            try:
                raise RuntimeError(text) from ValueError(text)  # noqa: TRY301 - to have a traceback
            except RuntimeError as error:
                loop.call_exception_handler({"message": "a task failed", "exception": error})
                logging.getLogger("sdstudio").exception("it went wrong with %s", text)

    def say(self, *things: object) -> None:
        for thing in things:
            self.said += [
                repr(thing),
                str(thing),
                str(getattr(thing, "raw", "")),
                str(getattr(thing, "error", "")),
            ]


def main() -> None:
    folder, given = Path(sys.argv[1]), json.loads(sys.stdin.read())
    data_dir = DataDir(folder).make()
    end_logs = logs.set_up(data_dir.log_file, verbose=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.DEBUG)
    life = Life(folder, given)
    with CrashHooks(data_dir.log_file).installed() as hooks, asyncio.Runner() as runner:
        hooks.watch(runner.get_loop())
        runner.run(life.live())
    end_logs()
    (folder / "said.txt").write_text("\n".join(life.said))
    sys.stdout.write(json.dumps(life.states) + "\n")


if __name__ == "__main__":
    main()
