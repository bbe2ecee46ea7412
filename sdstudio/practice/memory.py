"""GET /sdapi/v1/memory: what the process uses, as far as the standard library can tell."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any


def report() -> dict[str, Any]:
    """Bytes; either half may be an error, as in the original. There is no GPU."""
    return {"ram": _ram(), "cuda": {"error": "unavailable"}}


def _ram() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"error": "not known on Windows"}
    try:
        page = os.sysconf("SC_PAGE_SIZE")
        total = os.sysconf("SC_PHYS_PAGES") * page
        used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * page
    except (OSError, ValueError) as error:
        return {"error": str(error)}
    return {"free": float(total - used), "used": used, "total": float(total)}  # the original's types
