"""Requests in curl commands, those with a body piped into them included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sdstudio.api.snippets.reading import shell
from sdstudio.api.snippets.reading.lenient import LenientReader
from sdstudio.api.snippets.reading.sample import Sample, is_payload, names_route
from sdstudio.api.snippets.reading.shell import PICTURE_CLOSES, PICTURE_OPENS, Command
from sdstudio.api.snippets.reading.tokens import Span

PARTS_SENT = "`-F` sends a form; the values go as JSON (`-d`)."
FILE_NOT_READ = "The values lie in a file, which was not read: paste what is in it."

_DATA = {"-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--json", "--data-urlencode"}
_FED = (["@-"], ["@/dev/stdin"])
_SHORT_WITH_VALUE = set("AbcCdDeEFHKmoPQrtTuUwxXyYz")
_LONG_WITH_VALUE = {
    "--header", "--request", "--user", "--form", "--url", "--output", "--user-agent", "--cookie", "--cookie-jar",
    "--referer", "--max-time", "--connect-timeout", "--retry", "--cacert", "--proxy", "--write-out", "--config",
    "--oauth2-bearer",
} | _DATA  # fmt: skip
_LONG = {"-d": "--data", "-H": "--header", "-X": "--request", "-u": "--user", "-F": "--form"}


@dataclass(slots=True)
class _Options:
    """What a curl command is given."""

    url: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    data: list[str] = field(default_factory=list[str])
    pair: str = ""
    parts: bool = False


def samples(text: str, lenient: LenientReader) -> Iterator[tuple[Sample, Span]]:
    """The requests, each with the stretch of text that its command takes up."""
    piped: list[str] = []
    start = -1
    for command in shell.commands(text):
        start = command.start if start < 0 else start
        if not command.words[0].startswith("curl"):
            piped.append(_output(command))
            continue
        options = _options(command.words[1:])
        is_fed = options.data in _FED and bool(piped)
        sample = _sample(command, options, "".join(piped) if is_fed else command.given, lenient)
        if sample:
            yield sample, (start if is_fed else command.start, command.end)
        piped, start = [], -1


def _output(command: Command) -> str:
    """What a command writes, as far as our own snippets and simple scripts go."""
    name, *rest = command.words
    if name == "base64":
        file = command.file or next((word for word in rest if not word.startswith("-")), "")
        return f"{PICTURE_OPENS}{file}{PICTURE_CLOSES}"
    if name == "cat":
        return command.given
    if name == "printf" and rest[:1] == ["%s"]:
        return rest[1] if len(rest) > 1 else ""
    return " ".join(word for word in rest if word not in ("-n", "-e"))


def _sample(command: Command, options: _Options, given: str, lenient: LenientReader) -> Sample | None:
    data = given if options.data in _FED else "&".join(options.data)
    to_route = names_route(options.url)
    payload, remarks = lenient.read(data)
    if payload is None and to_route and (data.startswith("@") or options.data in _FED):
        return _of(command, options, {}, [FILE_NOT_READ])
    if payload is None or not (to_route or is_payload(payload)):
        return None
    return _of(command, options, payload, [PARTS_SENT, *remarks] if options.parts else remarks)


def _of(command: Command, options: _Options, payload: Mapping[str, Any], remarks: list[str]) -> Sample:
    return Sample("curl", command.start, payload, options.url, options.headers, options.pair, list(remarks))


def _options(words: list[str]) -> _Options:
    found = _Options()
    rest = iter(words)
    for word in rest:
        name, value = _split(word)
        if not name:
            _take_address(found, word)
        elif value is None and _has_value(name):
            _take(found, name, next(rest, ""))
        else:
            _take(found, name, value or "")
    return found


def _split(word: str) -> tuple[str, str | None]:
    """An option and the value that is stuck to it: `-XPOST`, `--url=…`, `-sSd…`; "" for no option."""
    if not word.startswith("-") or word == "-":
        return "", None
    if word.startswith("--"):
        name, equals, value = word.partition("=")
        return name, value if equals else None
    for at, letter in enumerate(word[1:20], start=1):
        if letter in _SHORT_WITH_VALUE:
            return f"-{letter}", word[at + 1 :] or None
    return word[:20], None


def _has_value(name: str) -> bool:
    return name in _LONG_WITH_VALUE or (not name.startswith("--") and name[-1] in _SHORT_WITH_VALUE)


def _take(found: _Options, name: str, value: str) -> None:
    name = _LONG.get(name, name)
    if name in _DATA:
        found.data.append(value)
    elif name == "--form":
        found.parts = True
        found.data.append(value)
    elif name == "--header":
        header, _colon, rest = value.partition(":")
        found.headers.append((header.strip(), rest.strip()))
    elif name == "--oauth2-bearer":
        found.headers.append(("Authorization", f"Bearer {value}"))
    elif name == "--user":
        found.pair = value
    elif name == "--url":
        found.url = value


def _take_address(found: _Options, word: str) -> None:
    if not found.url or "/sdapi/" in word:
        found.url = word
