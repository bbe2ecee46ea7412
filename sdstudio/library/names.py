"""File names for pictures, from a pattern in A1111's bracket keys, safe on every system. Touches no disk."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

DEFAULT_PATTERN = "[date]/[datetime<%H%M%S>]-[seed]-[prompt_words]"
EXTENSIONS = {
    "png": ".png",
    "jpeg": ".jpg",
    "webp": ".webp",
    "avif": ".avif",
    "gif": ".gif",
    "bmp": ".bmp",
    "tiff": ".tiff",
}
_LONGEST_PART = 120  # bytes in UTF-8; with folder, data root and a number this stays below Windows' 260
_LONGEST_WORDS = 60  # characters of the prompt
_MOST_WORDS = 8  # as many as A1111 takes
_MOST_READ = 2000  # characters; what comes after could not be in a name
_KEY = re.compile(r"\[(\w+)(?:<([^>]*)>)?\]")
_NETWORK = re.compile(r"<[^<>]{1,200}>")  # <lora:name:0.8>
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')  # by Windows
_SYNTAX = re.compile(r"[()\[\]{},;.!'`´’“”#%&$@^~=+|\\/<>:\"?*]")  # prompt syntax, and what shells stumble over
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)")


@dataclass(frozen=True, slots=True)
class NameFacts:
    """What a name can be made of; `moment` in local time."""

    moment: datetime
    seed: int | None
    prompt: str
    width: int
    height: int


def relative_path(pattern: str, facts: NameFacts, extension: str) -> str:
    """The path of a picture below the pictures folder, "/" between its parts; never absolute, never empty.

    Keys: [date] [datetime<format>] [seed] [prompt_words] [width] [height]; any other stays as it is written.
    """
    parts = [safe_part(_filled(part, facts)) for part in pattern.split("/")]
    return (
        "/".join(part for part in parts[:-1] if part) + ("/" if len(parts) > 1 else "") + parts[-1] + extension
    )


def numbered(path: str, number: int) -> str:
    """The same path with a number before its extension: a.png, a-2.png, a-3.png."""
    stem, dot, extension = path.rpartition(".")
    return path if number == 1 else f"{stem}-{number}{dot}{extension}"


def safe_part(text: str) -> str:
    """One name that every file system takes and that is not special on any; "_" if nothing is left."""
    text = unicodedata.normalize("NFC", text[:_MOST_READ])
    text = "".join(" " if _is_invisible(character) else character for character in text)
    text = _FORBIDDEN.sub(" ", text)
    text = re.sub(r"\s*-[\s-]*", "-", text)
    text = re.sub(r"\s+", " ", text)
    text = _cut(text, _LONGEST_PART).strip(" .-")
    return f"_{text}" if _RESERVED.match(text) else text or "_"


def prompt_words(prompt: str) -> str:
    """The first words of a prompt without its syntax, joined by hyphens."""
    words = _SYNTAX.sub(" ", _NETWORK.sub(" ", prompt[:_MOST_READ])).split()
    return "-".join(words[:_MOST_WORDS])[:_LONGEST_WORDS]


_KEYS: dict[str, Callable[[NameFacts, str], str]] = {
    "date": lambda facts, _: facts.moment.strftime("%Y-%m-%d"),
    "datetime": lambda facts, form: facts.moment.strftime(form or "%Y%m%d%H%M%S"),
    "seed": lambda facts, _: "" if facts.seed is None else str(facts.seed),
    "prompt_words": lambda facts, _: prompt_words(facts.prompt),
    "width": lambda facts, _: str(facts.width),
    "height": lambda facts, _: str(facts.height),
}


def _filled(part: str, facts: NameFacts) -> str:
    def value(match: re.Match[str]) -> str:
        key = _KEYS.get(match[1])
        return key(facts, match[2] or "") if key else match[0]

    return _KEY.sub(value, part)


def _is_invisible(character: str) -> bool:
    """Control, format (bidirectional marks too), surrogate, private and unassigned characters, odd spaces."""
    return unicodedata.category(character)[0] in "CZ"


def _cut(text: str, most_bytes: int) -> str:
    return text.encode("utf-8", "replace")[:most_bytes].decode("utf-8", "ignore")
