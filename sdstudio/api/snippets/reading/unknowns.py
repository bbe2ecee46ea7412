"""What stands in code beside plain values: unknown things, calls, and what a few calls plainly give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

ENVIRONMENTS = {"os.environ", "process.env", "os.environ.get", "os.getenv", "getenv", "Deno.env.get"}
_STRINGIFY = {"JSON.stringify", "json.dumps", "simplejson.dumps", "orjson.dumps", "ujson.dumps"}
_TRANSPARENT = {"str", "String", "dict", "Object", "bytes", "SecureString"}


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that only running the code would tell.

    `name` is the bare name that stands there, `file` the first text within a call, `variable` the environment
    variable that is read; each "" where it is none of that.
    """

    name: str = ""
    file: str = ""
    variable: str = ""

    def __str__(self) -> str:
        return f"{{{self.name or self.variable or 'value'}}}"


class JsonText(dict[str, Any]):
    """An object that the code makes JSON text of, before it goes out."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call in the text: the dotted name and what it is given, by place and by name; `at` is its token."""

    name: str
    at: int
    positional: tuple[Any, ...] = ()
    named: Mapping[str, Any] = field(default_factory=dict[str, Any])


class Exhausted(Exception):
    """The text is more tangled than its length allows for."""


def variable_of(word: str) -> str:
    """The environment variable that a name such as `process.env.X` is, "" if it is none."""
    owner, _dot, name = word.rpartition(".")
    return word[5:] if word.lower().startswith("$env:") else name if owner in ENVIRONMENTS else ""


def made_by(word: str, items: list[tuple[str | None, Any]]) -> Any:
    """What a call gives, where that is plain from its name."""
    named = {key: value for key, value in items if key is not None}
    first = items[0][1] if items else named
    if word in _STRINGIFY and isinstance(first, Mapping):
        return JsonText(cast("Mapping[str, Any]", first))
    if word in _TRANSPARENT:
        return named or first
    if word in ENVIRONMENTS:
        return Unknown(variable=first if isinstance(first, str) else "")
    return Unknown(file=_first_text(items))


def _first_text(items: list[tuple[str | None, Any]]) -> str:
    for _key, value in items:
        if isinstance(value, str):
            return value
        if isinstance(value, Unknown) and value.file:
            return value.file
    return ""
