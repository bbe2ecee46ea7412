"""Where everything lies, and how one step says that it cannot go on."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
LOCKS = {"run": ROOT / "requirements.lock", "test": ROOT / "requirements-dev.lock"}

REAL_SERVER_LOCK = ROOT / "requirements-real.lock"

_BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
_SUFFIX = ".exe" if os.name == "nt" else ""
VENV_PYTHON = _BIN / f"python{_SUFFIX}"


class CannotGoOn(Exception):
    """A step failed for a reason a person can do something about; its text is all they need to see."""


def tool(name: str) -> str:
    """The program `name` that a locked package brought along."""
    return str(_BIN / f"{name}{_SUFFIX}")


def say(text: str) -> None:
    """Tell the person what is going on, without mixing it into a command's own output."""
    print(text, flush=True)
