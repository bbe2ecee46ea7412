"""`.venv` with exactly the locked versions, made once and again only when the lock or the Python changes.

A stamp written last says what the environment holds; while it agrees, nothing else is looked at. A note written
first says that work is under way; who finds it left over starts from nothing, since what a killed installer leaves
behind cannot be told from a whole package.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Literal

from steps import installer
from steps.alone import alone
from steps.places import LOCKS, ROOT, VENV, VENV_PYTHON, CannotGoOn, say

Need = Literal["run", "test"]

_STAMP = VENV / "sdstudio-stamp.json"
_UNFINISHED = VENV / "sdstudio-unfinished"
_LOCK_FILE = ROOT / ".venv.lock"


def make_ready(need: Need) -> None:
    """Have `.venv` hold what `need` asks for; any number of calls may do so at the same time."""
    if _is_ready(need):
        return
    with alone(_LOCK_FILE, "Waiting for another call that is setting up .venv …"):
        if not _is_ready(need):
            _make("test" if _stamp().get("need") == "test" else need)


def _is_ready(need: Need) -> bool:
    stamp = _stamp()
    held = stamp.get("need")
    return held in (need, "test") and stamp == _wanted_stamp("test" if held == "test" else "run")


def _stamp() -> dict[str, object]:
    try:
        return json.loads(_STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def _wanted_stamp(need: Need) -> dict[str, object]:
    """What the stamp must say to be believed; the folder's time shows an installation by other hands."""
    packages = _site_packages()
    return {
        "need": need,
        "lock": hashlib.sha256(LOCKS[need].read_bytes()).hexdigest(),
        "root": str(ROOT),
        "python": _made_with() if VENV_PYTHON.exists() else None,
        "packages": packages.stat().st_mtime_ns if packages else None,
    }


def _made_with() -> str | None:
    try:
        found = re.search(r"^version\S*\s*=\s*(\S+)", (VENV / "pyvenv.cfg").read_text("utf-8"), re.MULTILINE)
    except OSError:
        return None
    return found[1] if found else None


def _site_packages() -> Path | None:
    folders = [VENV / "Lib" / "site-packages", *VENV.glob("lib/python3*/site-packages")]
    return next((folder for folder in folders if folder.is_dir()), None)


def _make(need: Need) -> None:
    start = time.monotonic()
    adopted = not _UNFINISHED.exists() and _stamp().get("root") in (None, str(ROOT)) and _works()
    if not adopted:
        _start_anew()
    _STAMP.unlink(missing_ok=True)
    _UNFINISHED.touch()
    say("Installing the locked packages into .venv …")
    installer.install(LOCKS[need])
    if adopted:
        installer.remove_all_but(LOCKS[need])
    packages = _site_packages()
    if packages is None:
        raise CannotGoOn(f"{VENV} has no site-packages folder. Delete {VENV} and try again.")
    (packages / "sdstudio-checkout.pth").write_text(f"{ROOT}\n", "utf-8")
    _STAMP.write_text(json.dumps(_wanted_stamp(need), indent=1), "utf-8")
    _UNFINISHED.unlink()
    say(f"Installed in {time.monotonic() - start:.0f} s.")


def _works() -> bool:
    """Whether `.venv` holds a Python that starts, is new enough, and is that environment's own."""
    question = "import sys; print(sys.version_info >= (3, 11) and sys.prefix != sys.base_prefix)"
    try:
        answer = subprocess.run(
            [VENV_PYTHON, "-I", "-c", question], capture_output=True, text=True, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.stdout.strip() == "True"


def _start_anew() -> None:
    if VENV.exists():
        say("Taking down a .venv that is broken or half made …")
        try:
            shutil.rmtree(VENV)
        except OSError as error:
            raise CannotGoOn(
                f"The folder {VENV} is broken and cannot be removed ({error.strerror}).\n"
                "Close whatever uses it, delete it and try again."
            ) from error
    say("Making .venv …")
    # Without pip: Debian ships the part of Python that would put it there in a package of its own.
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", VENV], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise CannotGoOn(f"Python could not make {VENV}:\n{made.stdout}{made.stderr}")
