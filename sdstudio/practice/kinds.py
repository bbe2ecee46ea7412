"""Types of values as pydantic 1 coerced them, with its own complaints; the words are the protocol's.

Bodies made of them are described in `schema`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

Location = tuple[str | int, ...]
Problems = list[dict[str, Any]]
Coerce = Callable[[Any, Location, Problems], Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of value: how OpenAPI describes it, and how a value is brought to it or a problem noted."""

    openapi: dict[str, Any]
    coerce: Coerce


def note(problems: Problems, location: Location, message: str, kind: str, **context: Any) -> None:
    """Add one item in pydantic 1's shape."""
    item: dict[str, Any] = {"loc": list(location), "msg": message, "type": kind}
    problems.append(item | ({"ctx": context} if context else {}))


def note_missing(problems: Problems, location: Location) -> None:
    """A required value is not there."""
    note(problems, location, "field required", "value_error.missing")


def note_none(problems: Problems, location: Location) -> None:
    """A null stands where none may."""
    note(problems, location, "none is not an allowed value", "type_error.none.not_allowed")


# `int("64")`, `int(64.9)` and `str(3)` are what pydantic 1 really did.


def _integer(value: Any, location: Location, problems: Problems) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return note(problems, location, "value is not a valid integer", "type_error.integer")


def _float(value: Any, location: Location, problems: Problems) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return note(problems, location, "value is not a valid float", "type_error.float")


def _text(value: Any, location: Location, problems: Problems) -> str | None:
    if isinstance(value, str | int | float):
        return str(value)
    return note(problems, location, "str type expected", "type_error.str")


_TRUE = {"1", "on", "t", "true", "y", "yes"}
_FALSE = {"0", "off", "f", "false", "n", "no"}


def _bool(value: Any, location: Location, problems: Problems) -> bool | None:
    text = str(int(value)) if isinstance(value, bool | int | float) and value in {0, 1} else value
    if isinstance(text, str) and text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    return note(problems, location, "value could not be parsed to a boolean", "type_error.bool")


def _list(value: Any, location: Location, problems: Problems) -> list[Any] | None:
    if isinstance(value, list):
        return cast("list[Any]", value)
    return note(problems, location, "value is not a valid list", "type_error.list")


def _texts(value: Any, location: Location, problems: Problems) -> list[Any]:
    texts: list[Any] = []
    for at, item in enumerate(_list(value, location, problems) or []):
        if item is None:
            note_none(problems, (*location, at))
        else:
            texts.append(_text(item, (*location, at), problems))
    return texts


def _dict(value: Any, location: Location, problems: Problems) -> dict[str, Any] | None:
    try:
        return dict(value)  # an empty list passes, as it did
    except (TypeError, ValueError):
        return note(problems, location, "value is not a valid dict", "type_error.dict")


INTEGER = Kind({"type": "integer"}, _integer)
FLOAT = Kind({"type": "number"}, _float)
TEXT = Kind({"type": "string"}, _text)
BOOL = Kind({"type": "boolean"}, _bool)
LIST = Kind({"type": "array", "items": {}}, _list)
TEXTS = Kind({"type": "array", "items": {"type": "string"}}, _texts)
OBJECT = Kind({"type": "object"}, _dict)


def literal(*permitted: int) -> Kind:
    """Exactly one of a few integers, not coerced."""

    def coerce(value: Any, location: Location, problems: Problems) -> int | None:
        if value in permitted:
            return value
        text = f"unexpected value; permitted: {', '.join(map(str, permitted))}"
        return note(problems, location, text, "value_error.const", given=value, permitted=list(permitted))

    return Kind({"type": "integer", "enum": list(permitted)}, coerce)


def over(kind: Kind, bound: float) -> Kind:
    """A number greater than `bound`."""
    return _bounded(
        kind, bound, "greater than", code="not_gt", keyword="exclusiveMinimum", holds=lambda it: it > bound
    )


def at_least(kind: Kind, bound: float) -> Kind:
    """A number not less than `bound`."""
    words = "greater than or equal to"
    return _bounded(kind, bound, words, code="not_ge", keyword="minimum", holds=lambda it: it >= bound)


def at_most(kind: Kind, bound: float) -> Kind:
    """A number not greater than `bound`."""
    words = "less than or equal to"
    return _bounded(kind, bound, words, code="not_le", keyword="maximum", holds=lambda it: it <= bound)


def _bounded(
    kind: Kind, bound: float, words: str, *, code: str, keyword: str, holds: Callable[[float], bool]
) -> Kind:
    def coerce(value: Any, location: Location, problems: Problems) -> Any:
        number = kind.coerce(value, location, problems)
        if number is not None and not holds(number):
            text = f"ensure this value is {words} {bound}"
            note(problems, location, text, f"value_error.number.{code}", limit_value=bound)
        return number

    return Kind(kind.openapi | {keyword: bound}, coerce)
