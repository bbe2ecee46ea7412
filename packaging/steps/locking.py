"""Writing the lock files anew, with uv: its own if there is one, else fetched for the occasion."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from steps.places import LOCKS, ROOT, CannotGoOn, say

_OPTIONS = (
    *("--universal", "--python-version", "3.11", "--generate-hashes"),
    # A lock names what is installed, never where it came from.
    *("--no-header", "--no-emit-index-url", "--no-emit-find-links"),
    "--quiet",
)


def write(*, upgrade: bool) -> None:
    """Lock what pyproject.toml asks for; versions already locked stay unless `upgrade`."""
    with tempfile.TemporaryDirectory() as folder:
        uv = shutil.which("uv") or _fetched_uv(Path(folder))
        run, test = LOCKS["run"].name, LOCKS["test"].name
        newer = ("--upgrade",) if upgrade else ()
        _compile(uv, *newer, "-o", run)
        _compile(uv, *newer, "--group", "dev", "-c", run, "-o", test)
    for lock in LOCKS.values():
        if "://" in lock.read_text("utf-8"):
            raise CannotGoOn(f"{lock.name} names an address; that must not be committed.")
    say(f"Wrote {run} and {test}.")


def _compile(uv: str, *options: str) -> None:
    # Trust whom this machine trusts, as pip does; the setting's name has changed with uv's versions.
    environment = {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1", **os.environ}
    command = [uv, "pip", "compile", "pyproject.toml", *_OPTIONS, *options]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    if done.returncode:
        raise CannotGoOn("uv could not resolve the dependencies; its own words are above.")


def _fetched_uv(folder: Path) -> str:
    say("Fetching uv …")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), "uv"]
    environment = {**os.environ, "PIP_USER": "0", "PIP_ROOT_USER_ACTION": "ignore"}
    if subprocess.run(command, env=environment, check=False).returncode:
        raise CannotGoOn("uv is needed to write the lock, and pip could not fetch it.")
    return str(folder / "bin" / ("uv.exe" if os.name == "nt" else "uv"))
