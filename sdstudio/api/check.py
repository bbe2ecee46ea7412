"""The lines of the list that trying out an endpoint fills in. The trying itself, and all it loads, is `checks`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sdstudio.core.errors import StudioError

CheckName = Literal["address", "connection", "trust", "sign-in", "routes", "dialect", "picture"]
CheckState = Literal["waiting", "running", "passed", "failed", "skipped"]
NAMES: tuple[CheckName, ...] = ("address", "connection", "trust", "sign-in", "routes", "dialect", "picture")


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list: what was found as `text`, a failure as `error` with its cause and remedy."""

    name: CheckName
    state: CheckState = "waiting"
    text: str = ""
    error: StudioError | None = None


OnCheck = Callable[[Check], None]
