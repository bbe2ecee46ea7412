"""The values of a payload, one by one: made into what a request holds, or left as they are with a word on why."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, cast

from sdstudio.api.snippets.reading.literals import whole
from sdstudio.api.snippets.reading.unknowns import Unknown

_NUMBER = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_TRUTHS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}
_NAME = re.compile(r"[\w .:\-]{1,40}")
_MOST_NAMES = 12


class Judge:
    """Takes values out of one payload, once each, and notes in `corrections` what was wrong with them."""

    def __init__(self, payload: Mapping[str, Any], corrections: list[str]) -> None:
        self.corrections = corrections
        self._payload = payload
        self._taken: set[str] = set()

    def has(self, name: str) -> bool:
        """Whether the payload speaks of it at all."""
        return name in self._payload

    def raw(self, name: str) -> Any:
        """The value as it is; None if there is none."""
        self._taken.add(name)
        return self._payload.get(name)

    def known(self, name: str) -> Any:
        """The value unless only running the code would tell it."""
        value = self.raw(name)
        if not isinstance(value, Unknown):
            return value
        what = f"`{value.name}`" if _NAME.fullmatch(value.name) else "code that was not run"
        self.say(f"`{name}` is set by {what}; it is left as it is here.")
        return None

    def number(self, name: str, low: float, high: float) -> float | None:
        """A number within both bounds, moved there if need be."""
        value = self.known(name)
        number = _as_number(value)
        if number is None:
            if value is not None:
                self.say(f"`{name}` is no number; it is left as it is here.")
            return None
        bounded = max(low, min(high, number))
        if bounded != number:
            self.say(f"`{name}` can be {low:g} to {high:g}; {bounded:g} is taken.")
        return bounded

    def integer(self, name: str, low: int, high: int) -> int | None:
        """A whole number within both bounds, moved there if need be."""
        value = self.known(name)
        number = _as_number(value)
        if number is None or number != int(number):
            if value is not None:
                self.say(f"`{name}` is no whole number; it is left as it is here.")
            return None
        bounded = max(low, min(high, int(number)))
        if bounded != number:
            self.say(f"`{name}` can be {low:,} to {high:,}; {bounded:,} is taken.")
        return bounded

    def truth(self, name: str) -> bool | None:
        """A truth value, also as 0, 1 or a word."""
        value = self.known(name)
        if value is None:
            return None
        found = _TRUTHS.get(str(value).lower()) if isinstance(value, str | int) else None
        if found is None:
            self.say(f"`{name}` is neither true nor false; it is left as it is here.")
        return found

    def text(self, name: str) -> str | None:
        """A text; halves of characters in it are replaced."""
        value = self.known(name)
        if value is None or isinstance(value, str):
            return value if value is None else whole(value)
        self.say(f"`{name}` is no text; it is left as it is here.")
        return None

    def mapping(self, name: str) -> Mapping[str, Any]:
        """An object; {} if there is none."""
        value = self.known(name)
        return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}

    def overlook(self, *names: str) -> None:
        """Say nothing of these: they change nothing that a request here does."""
        self._taken.update(names)

    def left_out(self) -> list[str]:
        """Names of what was not taken and would have had an effect."""
        names = [name for name, value in self._payload.items() if name not in self._taken and _matters(value)]
        return [name for name in names if _NAME.fullmatch(name)][:_MOST_NAMES]

    def say(self, sentence: str) -> None:
        """Note a sentence, once."""
        if sentence not in self.corrections:
            self.corrections.append(sentence)


def _as_number(value: Any) -> int | float | None:
    """A number, also as text; None for what is none or not finite."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        text = value.strip()
        value = float(text) if set(text) & set(".eE") else int(text)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int):
        return value if abs(value) < 10**40 else None
    return value if math.isfinite(value) else None


def _matters(value: Any) -> bool:
    """Whether a value that nobody asked for can have any effect: servers echo hundreds that are off."""
    if isinstance(value, Mapping | list):
        return bool(cast("list[Any]", value))
    return value not in (None, "", False, 0, -1)
