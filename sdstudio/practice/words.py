"""From prompt to what is to be painted: words, their hashes, nothing drawn here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """What a prompt asks for."""

    text: str

    @property
    def number(self) -> int:
        """A stable number for the whole text."""
        return stable_number(self.text)


def stable_number(text: str) -> int:
    """64 bits from the text, the same in every process."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


def read_prompt(prompt: str) -> Theme:
    """The theme of a prompt."""
    return Theme(" ".join(prompt.lower().split()))
