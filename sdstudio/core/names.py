"""Names of samplers and schedules, which every server spells its own way: "DPM++ 2M", "k_dpmpp_2m", "dpm++2m"."""

from __future__ import annotations

import re
from collections.abc import Iterable


def canonical(name: str) -> str:
    """What all spellings of one name have in common."""
    return re.sub(r"[\s_\-]", "", name.casefold().removeprefix("k_").replace("dpmpp", "dpm++"))


def spelt(name: str, offered: Iterable[str]) -> str | None:
    """`name` as it stands among those `offered`, the nearest spelling first; None if it is not there."""
    listed = tuple(offered)
    for like in (str, str.casefold, canonical):
        for other in listed:
            if like(other) == like(name):
                return other
    return None
