"""pip, pointed at `.venv`: installs what a lock names, hash by hash, and takes out what it does not name.

The index, its address and its credentials are whatever this machine's pip is set up with.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

from steps import archive_metadata, system_packages
from steps.places import ROOT, VENV_PYTHON, CannotGoOn, say

_NO_NETWORK = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|SSLError|"
    r"Temporary failure in name resolution|Connection refused|Network is unreachable"
)
_OFFLINE = (
    "The packages could not be fetched: this machine reaches no package index.\n"
    "Connect it, or name an index it reaches (pip's PIP_INDEX_URL or PIP_FIND_LINKS), and try again."
)
_NOT_IN_LOCK = """
import importlib.metadata, re
names = {re.sub(r"[-_.]+", "-", d.metadata["Name"]).lower() for d in importlib.metadata.distributions()}
print(*sorted(names))
"""
_KEPT = {"pip"}  # nobody's dependency, and people expect it in an environment


def install(lock: Path) -> None:
    """Bring `.venv` to the versions in `lock`, from wheels alone, each checked against its hash.

    A source build would fetch a build system that no lock names.
    """
    options = ["--require-hashes", "--only-binary", ":all:", "--no-deps", "--no-input", "-r", str(lock)]
    if not sys.stdout.isatty():
        options.append("--quiet")
    returncode, errors = _heard([*_pip(), "install", *options])
    if returncode:
        raise CannotGoOn(_reason(errors, lock))


def fetch_source(lock: Path, build_system: str, folder: Path) -> Path:
    """The one source archive that `lock` names, put into `folder` and checked against its hash.

    Nothing else is fetched and nothing in the archive is run: `build_system`, the module that pip would ask for the
    archive's name and version, is one of ours that reads them.
    """
    stand_in = folder / "build-system"
    module = stand_in.joinpath(*build_system.split(".")).with_suffix(".py")
    module.parent.mkdir(parents=True)
    shutil.copy(archive_metadata.__file__, module)
    options = ["--require-hashes", "--no-binary", ":all:", "--no-deps", "--no-build-isolation", "--no-input"]
    command = [*_pip(), "download", *options, "--quiet", "--dest", str(folder), "-r", str(lock)]
    returncode, errors = _heard(command, PYTHONPATH=str(stand_in))
    if returncode:
        offline = _NO_NETWORK.search(errors)
        raise CannotGoOn(
            _OFFLINE if offline else f"pip could not fetch what {lock.name} names; its own words are above."
        )
    return next(path for path in folder.iterdir() if path.is_file())


def _reason(errors: str, lock: Path) -> str:
    if _NO_NETWORK.search(errors):
        return _OFFLINE
    if "No matching distribution" in errors:
        libc = " ".join(platform.libc_ver())
        return (
            f"The index has no fitting build of a package for this machine: Python {platform.python_version()}, "
            f"{platform.system()} {platform.machine()} {libc}\n"
            "Qt's own builds ask for Windows 10, macOS 13, or Linux with glibc 2.34 (2.39 on ARM)."
        )
    return f"pip could not install {lock.name}; its own words are above."


def remove_all_but(lock: Path) -> None:
    """Take out of `.venv` what `lock` does not name."""
    answer = subprocess.run([VENV_PYTHON, "-I", "-c", _NOT_IN_LOCK], capture_output=True, text=True, check=True)
    extra = set(answer.stdout.split()) - _names(lock) - _KEPT
    if extra:
        say(f"Removing what the lock does not name: {', '.join(sorted(extra))}")
        _heard([*_pip(), "uninstall", "--yes", "--quiet", *sorted(extra)])


def _names(lock: Path) -> set[str]:
    return set(re.findall(r"^([a-z0-9][a-z0-9-]*)==", lock.read_text("utf-8"), re.MULTILINE))


def _pip() -> list[str]:
    """A pip that works on `.venv`: this Python's if it can be pointed there, else one put into it."""
    if _own_pip() >= (22, 3):
        return [sys.executable, "-m", "pip", "--python", str(VENV_PYTHON), "--disable-pip-version-check"]
    inside = [str(VENV_PYTHON), "-m", "pip", "--disable-pip-version-check"]
    if _succeeds([*inside, "--version"]):
        return inside
    if importlib.util.find_spec("ensurepip") is None:
        system_packages.install_or_name(["python3-venv"], why="to put pip into .venv")
    if not _succeeds([str(VENV_PYTHON), "-m", "ensurepip", "--default-pip"]):
        raise CannotGoOn("Python's own ensurepip could not put pip into .venv. Install pip for this Python.")
    return inside


def _own_pip() -> tuple[int, ...]:
    try:
        version = importlib.metadata.version("pip")
    except importlib.metadata.PackageNotFoundError:
        return (0,)
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _heard(command: list[str], **changes: str) -> tuple[int, str]:
    """Run `command`, its environment with `changes`, passing on what it says; also returns its stderr."""
    # A user-wide `user = true` in pip's settings cannot be meant for an environment.
    environment = {**os.environ, "PIP_USER": "0", "PIP_ROOT_USER_ACTION": "ignore", **changes}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True, errors="replace"
    )
    heard: list[str] = []
    with process:
        for line in process.stderr or ():
            sys.stderr.write(line)
            heard.append(line)
    return process.returncode, "".join(heard)
