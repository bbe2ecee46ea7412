"""Reads and writes A1111's "parameters" text: prompt, negative prompt and one line of `Key: value` pairs.

The grammar is that of the web UI's own reader and writer (1.10.1), without the defaults its reader fills in.
Three of its defects are not copied: a prompt that merely looks like pairs stays a prompt (the pair line must
name at least one of `Steps`, `Sampler`, `Seed`, `Size`), the lines sd-dynamic-prompts appends (`Template:`,
`Negative Template:`) do not swallow the pairs, and unquoted JSON values, as Civitai and stable-diffusion.cpp
write them, are read whole. Other tools' formats are not read here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sdstudio.core.geometry import Size

NEGATIVE = "Negative prompt:"
_TEMPLATES = ("Template:", "Negative Template:")  # appended by sd-dynamic-prompts, after the pair line
_FEWEST_PAIRS = 3
_TELLING_KEYS = {"Steps", "Sampler", "Seed", "Size"}
_JSON_ATTEMPTS = 64  # keeps hostile text linear: each failed attempt may read to the end of the line

_NOT_IN_KEY = re.compile(r"[^\w \-/]")
_QUOTED = re.compile(r'"(?:\\.|[^\\"])+"(?=,|$)')
_SPACE = re.compile(r"\s*")
_NEEDS_QUOTES = re.compile(r'[,:\n]|^[\s"\[{]|\s$')
_SIZE = re.compile(r"(\d{1,6})x(\d{1,6})", re.ASCII)
_INTEGER = re.compile(r"-?\d{1,20}", re.ASCII)
_DECIMAL = re.compile(r"-?\d{1,20}(?:\.\d{0,20})?(?:e-?\d{1,2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Infotext:
    """A recipe as text told it: the pairs as written, quotes removed, all values strings.

    The accessors give None where a value is absent or not of its kind; nothing is ever guessed.
    """

    prompt: str = ""
    negative_prompt: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def steps(self) -> int | None:
        """Sampling steps."""
        return self.integer("Steps")

    @property
    def seed(self) -> int | None:
        """The picture's own seed, 0 … 2⁶⁴−1."""
        return self._seed("Seed")

    @property
    def subseed(self) -> int | None:
        """The variation seed, 0 … 2⁶⁴−1."""
        return self._seed("Variation seed")

    @property
    def size(self) -> Size | None:
        """Width and height of the first pass in pixels."""
        found = _SIZE.fullmatch(self.parameters.get("Size", ""))
        return Size(int(found[1]), int(found[2])) if found else None

    @property
    def cfg_scale(self) -> float | None:
        """Classifier-free guidance scale."""
        return self.number("CFG scale")

    @property
    def denoising_strength(self) -> float | None:
        """Strength of img2img or of the hires pass, 0 … 1."""
        return self.number("Denoising strength")

    @property
    def sampler(self) -> str | None:
        """The sampler's name as the server wrote it (before 1.9 it ends in the schedule: "DPM++ 2M Karras")."""
        return self.parameters.get("Sampler")

    @property
    def scheduler(self) -> str | None:
        """The noise schedule's label."""
        return self.parameters.get("Schedule type")

    @property
    def model(self) -> str | None:
        """The checkpoint's name without its folder or extension."""
        return self.parameters.get("Model")

    @property
    def model_hash(self) -> str | None:
        """First 10 hex digits of the checkpoint's SHA-256 (8 digits: the older partial hash)."""
        return self.parameters.get("Model hash")

    def integer(self, key: str) -> int | None:
        """The value of `key` if it is a whole number of at most 20 digits."""
        found = _INTEGER.fullmatch(self.parameters.get(key, ""))
        return int(found[0]) if found else None

    def number(self, key: str) -> float | None:
        """The value of `key` if it is a finite decimal number."""
        found = _DECIMAL.fullmatch(self.parameters.get(key, ""))
        return float(found[0]) if found else None

    def with_split_sizes(self) -> dict[str, str]:
        """The pairs as the web UI's reader has them: every `512x768` value split into `Key-1` and `Key-2`."""
        split: dict[str, str] = {}
        for key, value in self.parameters.items():
            if found := _SIZE.fullmatch(value):
                split[f"{key}-1"], split[f"{key}-2"] = found[1], found[2]
            else:
                split[key] = value
        return split

    def _seed(self, key: str) -> int | None:
        value = self.integer(key)
        return value if value is not None and 0 <= value < 2**64 else None


def write(prompt: str, negative_prompt: str, pairs: Iterable[tuple[str, object]]) -> str:
    """The text a server would put into the picture; pairs whose value is None are left out."""
    parts = [prompt]
    if negative_prompt:
        parts.append(f"{NEGATIVE} {negative_prompt}")
    parts.append(", ".join(_pair(key, value) for key, value in pairs if value is not None))
    return "\n".join(parts).strip()


def _pair(key: str, value: object) -> str:
    text = str(value)
    if text == key:
        return key
    return f"{key}: {json.dumps(text, ensure_ascii=False) if _NEEDS_QUOTES.search(text) else text}"


def parse(text: str) -> Infotext:
    """Read `text`; never raises, and takes time proportional to its length whatever is in it.

    Without a pair line everything is prompt and negative prompt.
    """
    lines = [line.strip() for line in text.strip().split("\n")]
    parameters: dict[str, str] = {}
    at = _pair_line(lines)
    if at is not None:
        parameters = dict(_pairs(lines[at])) | _templates(lines[at + 1 :])
        lines = lines[:at]
    prompt, negative_prompt = _prompts(lines)
    return Infotext(prompt, negative_prompt, parameters)


def _pair_line(lines: list[str]) -> int | None:
    """Index of the pair line: the last line, or the one before the lines sd-dynamic-prompts appends."""
    candidates = [
        at for at in range(len(lines)) if at + 1 == len(lines) or lines[at + 1].startswith(_TEMPLATES)
    ]
    return next((at for at in reversed(candidates) if _is_pair_line(lines[at])), None)


def _is_pair_line(line: str) -> bool:
    if line.startswith(_TEMPLATES):
        return False
    keys = [key for key, _ in _pairs(line, keep_empty=True)]
    return len(keys) >= _FEWEST_PAIRS and not _TELLING_KEYS.isdisjoint(keys)


def _templates(lines: list[str]) -> dict[str, str]:
    """`Template` and `Negative Template` as pairs; either may run over several lines."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lines:
        start = next((start for start in _TEMPLATES if line.startswith(start)), None)
        if start is None:
            current.append(line)
        else:
            current = found.setdefault(start[:-1], [])
            current.append(line[len(start) :].strip())
    return {key: "\n".join(part).strip() for key, part in found.items()}


def _prompts(lines: list[str]) -> tuple[str, str]:
    prompt: list[str] = []
    negative: list[str] = []
    part = prompt
    for line in lines:
        text = line
        if line.startswith(NEGATIVE):
            part = negative
            text = line[len(NEGATIVE) :].strip()
        if text or part:  # blank lines count once there is text before them
            part.append(text)
    return "\n".join(prompt), "\n".join(negative)


def _pairs(line: str, *, keep_empty: bool = False) -> Iterator[tuple[str, str]]:
    """The pairs of one line, left to right; what stands between them is skipped.

    A key is a word character and one or more of word character, space, "-" and "/", ended by a colon. A value
    is a quoted run, a JSON array or object, or whatever comes before the next comma.
    """
    position = 0
    json_attempts = _JSON_ATTEMPTS
    while (colon := line.find(":", position)) >= 0:
        key = _NOT_IN_KEY.split(line[position:colon])[-1].lstrip(" -/")
        position = colon + 1
        if len(key) < 2:
            continue
        start = _whitespace_end(line, position)
        end = None
        if line[start : start + 1] in {"[", "{"} and json_attempts:
            end = _json_end(line, start)
            json_attempts -= end is None
        if end is None:
            end = _value_end(line, start)
        value = line[start:end]
        position = end + 1
        if value or keep_empty:
            yield key, _unquoted(value)


def _whitespace_end(line: str, start: int) -> int:
    found = _SPACE.match(line, start)
    return found.end() if found else start


def _value_end(line: str, start: int) -> int:
    if quoted := _QUOTED.match(line, start):
        return quoted.end()
    comma = line.find(",", start)
    return len(line) if comma < 0 else comma


def _json_end(line: str, start: int) -> int | None:
    """Where the JSON array or object at `start` ends, if one does and a comma or the line's end follows."""
    try:
        _, end = json.JSONDecoder().raw_decode(line, start)
    except (ValueError, RecursionError):
        return None
    return end if line[end : end + 1] in {"", ","} else None


def _unquoted(value: str) -> str:
    if len(value) < 2 or value[0] != '"' or value[-1] != '"':
        return value
    try:
        decoded: object = json.loads(value)
        str(decoded).encode()  # half a surrogate pair is legal JSON but could be stored nowhere
    except ValueError:
        return value
    return decoded if isinstance(decoded, str) else value
