"""From prompt to theme: which words are known, what they belong to, and a stable number for all others.

No drawing here, and no English beyond single words: "blue eyes" is a colour word before the noun it belongs to.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from sdstudio.practice.vocabulary import COLOURS, IGNORED, KNOWN, OWNERS, PHRASES


@dataclass(frozen=True, slots=True)
class Theme:
    """What a prompt asks for.

    `motif` is what to paint ("" when no word says it), `subject` which of its kind, `setting` a second
    motif behind it; `colours` are by owner ("eyes", "hair", …, "" for the whole picture); `time`, `season`,
    `weather`, `style` are "" when not said; `extras` are things to add; `salt` stands for all unknown words.
    """

    motif: str = ""
    subject: str = ""
    setting: str = ""
    time: str = ""
    season: str = ""
    weather: str = ""
    style: str = ""
    extras: frozenset[str] = frozenset()
    colours: tuple[tuple[str, str], ...] = ()
    salt: int = 0
    empty: bool = True

    @property
    def plain(self) -> bool:
        """Whether no known word is in it."""
        return self == Theme(salt=self.salt, empty=self.empty)

    def colour(self, owner: str) -> str:
        """The colour word that belongs to `owner`, or ""."""
        return dict(self.colours).get(owner, "")


def stable_number(text: str) -> int:
    """64 bits from a text, the same in every process."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


Value = TypeVar("Value")

_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|[,.;]", re.UNICODE)
_PAUSES = frozenset(",.;")


def words_of(prompt: str) -> list[str]:
    """The words in lower case and the pauses between them, without extra-network tags and weights."""
    text = f" {' '.join(_WORD.findall(_TAG.sub(' ', prompt).lower()))} "
    for phrase, word in PHRASES.items():
        text = text.replace(f" {phrase} ", f" {word} ")
    return [str(word) for word in text.split()]


def read_prompt(prompt: str) -> Theme:
    """The theme of a prompt. Earlier words win where two say different things."""
    reader = _Reader()
    for word in words_of(prompt):
        reader.read(word)
    return reader.theme()


@dataclass(slots=True)
class _Reader:
    slots: dict[str, str] = field(default_factory=dict[str, str])
    extras: set[str] = field(default_factory=set[str])
    colours: dict[str, str] = field(default_factory=dict[str, str])
    waiting: list[str] = field(default_factory=list[str])
    salt: int = 0
    empty: bool = True

    def read(self, word: str) -> None:
        if word in _PAUSES:
            self._settle("")
            return
        self.empty = False
        meanings = _looked_up(word, KNOWN) or []
        for slot, value in meanings:
            self._take(slot, value)
        if colour := COLOURS.get(word):
            self.waiting.append(colour)
            return
        if owner := _looked_up(word, OWNERS):
            self._settle(owner)
        elif ("motif", self.slots.get("motif", "")) in meanings:
            self._settle("subject")
        elif not meanings and word not in IGNORED:
            self.salt = (self.salt + stable_number(word)) % 2**64

    def _take(self, slot: str, value: str) -> None:
        if slot == "extra":
            self.extras.add(value)
        elif slot in ("hair", "skin"):
            self.colours.setdefault(slot, value)
        elif slot == "motif" and self.slots.get("motif", value) != value:
            self.slots.setdefault("setting", value)
        elif slot != "subject" or "setting" not in self.slots:
            self.slots.setdefault(slot, value)

    def _settle(self, owner: str) -> None:
        """Give the colour words seen so far to the noun that follows them."""
        for colour in self.waiting:
            self.colours.setdefault(owner, colour)
        self.waiting.clear()

    def theme(self) -> Theme:
        self._settle("")
        return Theme(
            **self.slots,
            extras=frozenset(self.extras),
            colours=tuple(sorted(self.colours.items())),
            salt=self.salt,
            empty=self.empty,
        )


def _looked_up(word: str, table: Mapping[str, Value]) -> Value | None:
    """The word's entry, or its singular's."""
    if word in table or not word.endswith("s"):
        return table.get(word)
    return table.get(f"{word[:-3]}y") if word.endswith("ies") else table.get(word[:-1])
