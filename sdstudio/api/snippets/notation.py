"""How a payload is written down in each language: strings, truth values, objects. No language's grammar else.

Text stays readable in any script; what cannot be seen (controls, joiners, marks that turn the direction of
writing) is written as an escape, so that code does what it looks like.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sdstudio.api.snippets.sending import PictureFile

_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cn", "Zl", "Zp"})
INDENT = "    "


@dataclass(frozen=True, slots=True)
class Notation:
    """One language's ways; `picture` gives the expression that is a file's content as base64."""

    true: str
    false: str
    quoted: Callable[[str], str]
    picture: Callable[[str], str]
    indent: str = INDENT
    last_comma: str = ","

    def written(self, value: Any, depth: int = 0) -> str:
        """`value` as an expression; objects one line per key, everything else on one line."""
        if isinstance(value, Mapping):
            return self._object(value, depth)  # pyright: ignore[reportUnknownArgumentType]
        if isinstance(value, list):
            return f"[{', '.join(self.written(item, depth) for item in value)}]"  # pyright: ignore[reportUnknownVariableType]
        if isinstance(value, PictureFile):
            return self.picture(value.path)
        if isinstance(value, str):
            return self.quoted(value)
        if isinstance(value, bool):
            return self.true if value else self.false
        return repr(value)

    def _object(self, values: Mapping[str, Any], depth: int) -> str:
        if not values:
            return "{}"
        inner = self.indent * (depth + 1)
        lines = [
            f"{inner}{self.quoted(key)}: {self.written(value, depth + 1)}" for key, value in values.items()
        ]
        return "{\n" + ",\n".join(lines) + f"{self.last_comma}\n{self.indent * depth}}}"


def json_quoted(text: str) -> str:
    """A string of JSON and of JavaScript."""
    return _escaped(text, _pair)


def python_quoted(text: str) -> str:
    """A string of Python: as JSON's, but for what lies beyond 16 bits."""
    return _escaped(text, lambda character: f"\\U{ord(character):08x}")


def shell_quoted(text: str) -> str:
    """One word of a POSIX shell, in single quotes, within which nothing is special."""
    return "'" + text.replace("'", "'\\''") + "'"


def _escaped(text: str, beyond: Callable[[str], str]) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    if quoted.isascii() and quoted.isprintable():
        return quoted
    return "".join(_seen(character, beyond) for character in quoted)


def _seen(character: str, beyond: Callable[[str], str]) -> str:
    if unicodedata.category(character) not in _UNSEEN:
        return character
    return f"\\u{ord(character):04x}" if ord(character) <= 0xFFFF else beyond(character)


def _pair(character: str) -> str:
    code = ord(character) - 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


JSON = Notation("true", "false", json_quoted, lambda path: f'"\0{path}\0"', indent="  ", last_comma="")
