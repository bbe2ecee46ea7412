"""Judging foreign values before a form takes them: drafts may be broken, edited by hand or from a later version."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, cast

from sdstudio.core.request import InputImage

Judge = Callable[[Any], bool]

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LARGEST_SIDE = 2**20


def whole_number(low: int, high: int) -> Judge:
    """An int, not a bool, within both bounds."""
    return lambda value: type(value) is int and low <= value <= high


def number(low: float, high: float) -> Judge:
    """A finite int or float within both bounds."""
    return lambda value: type(value) in (int, float) and math.isfinite(value) and low <= value <= high


def text(longest: int = 10_000_000) -> Judge:
    """A str of at most `longest` characters."""
    return lambda value: isinstance(value, str) and len(value) <= longest


def truth(value: Any) -> bool:
    """A bool."""
    return isinstance(value, bool)


def one_of(choices: Collection[Any]) -> Judge:
    """Equal to one of `choices`, and of its type."""
    return lambda value: any(type(value) is type(choice) and value == choice for choice in choices)


def image(value: Any) -> bool:
    """None, or an `InputImage` as a dict that `as_image` can read."""
    return value is None or as_image(value) is not None


def as_image(value: Any) -> InputImage | None:
    """The `InputImage` a dict describes, None if it does not describe one."""
    if not isinstance(value, Mapping):
        return None
    values = cast("Mapping[str, Any]", value)
    sha256, width, height = values.get("sha256"), values.get("width"), values.get("height")
    side = whole_number(1, _LARGEST_SIDE)
    if isinstance(sha256, str) and _SHA256.fullmatch(sha256) and side(width) and side(height):
        return InputImage(sha256, cast("int", width), cast("int", height))
    return None
