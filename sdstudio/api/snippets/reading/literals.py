"""What a string token says: escapes of Python, JavaScript and JSON undone. Nothing is evaluated."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_ESCAPE = re.compile(
    r"\\(?:u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})"
    r"|([0-3]?[0-7]{1,2})|(\r?\n)|(.))",
    re.DOTALL,
)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "a": "\a"}
_PLAIN = "\"'`\\/${"  # the others keep their backslash, as in Python: prompts escape brackets by it
_FIELD = re.compile(r"\$?\{([^{}\n]{1,200})\}")
LARGEST_CODE_POINT = 0x10FFFF


def content(text: str, quote: str) -> str:
    """The value of the string `text`, opened by `quote` with its prefix; placeholders stay as they are."""
    prefix = quote.rstrip("\"'`").lower()
    mark = len(quote) - len(prefix)
    body = text[len(quote) : -mark]
    return body if "r" in prefix else unescaped(body)


def unescaped(body: str) -> str:
    """`body` with its escapes undone; halves of surrogate pairs are joined, and replaced where alone."""
    if "\\" not in body:
        return body
    undone = _ESCAPE.sub(_escape, body)
    if any("\ud800" <= character <= "\udfff" for character in undone):
        return whole(undone)
    return undone


def whole(text: str) -> str:
    """`text` with pairs of surrogates joined, and halves replaced: no file and no database takes those."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def filled(text: str, value_of: Callable[[str], object], *, template: bool) -> str:
    """A formatted string with the names that are known put in; `{name}` stays for the others.

    `template` for JavaScript's `${name}`, otherwise Python's `{name}` with its doubled braces.
    """

    def fill(found: re.Match[str]) -> str:
        if template != found[0].startswith("$"):
            return found[0]
        name = found[1].partition(":")[0].strip()
        value = value_of(name)
        return str(value) if isinstance(value, str | int | float) else f"{{{name}}}"

    done = _FIELD.sub(fill, text)
    return done if template else done.replace("{{", "{").replace("}}", "}")


def number(text: str) -> int | float | None:
    """The value of a number token; None for one that no request could hold."""
    plain = text.replace("_", "").rstrip("n")
    if len(plain) > 40:
        return None
    return int(plain) if plain.isdecimal() else float(plain)


def _escape(found: re.Match[str]) -> str:
    braced, four, eight, two, octal, line, other = found.groups()
    if digits := braced or four or eight or two:
        code = int(digits, 16)
        return chr(code) if code <= LARGEST_CODE_POINT else "\ufffd"
    if octal:
        return chr(int(octal, 8))
    return "" if line else _LETTERS.get(other) or (other if other in _PLAIN else f"\\{other}")


KEYWORDS: Mapping[str, object] = {
    "true": True,
    "True": True,
    "$true": True,
    "false": False,
    "False": False,
    "$false": False,
    "null": None,
    "None": None,
    "$null": None,
    "undefined": None,
}
