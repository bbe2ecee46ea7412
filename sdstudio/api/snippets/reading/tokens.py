"""A text cut into the tokens that Python, JavaScript and JSON share. Tolerant: prose and broken code pass too.

Every step is linear: a quote that nothing closes is remembered, so that no stretch is searched twice.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

MOST_TOKENS = 100_000

Kind = Literal["string", "number", "word", "mark"]
Span = tuple[int, int]

_TOKEN = re.compile(
    r"""\s*+(?:
      (?P<comment>\#[^\n]*+|//[^\n]*+|/\*)
    | (?P<fence>`{3,}+)
    | (?P<quote>(?:[rRbBuUfF]{1,2}+(?=["']))?(?:\"{3}|'{3}|["'`]))
    | (?P<number>(?:\d[\d_]*+(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?n?)
    | (?P<word>[^\W\d][\w$]*+(?:\.[^\W\d][\w$]*+)*+|\$[\w$:.]++)
    | (?P<mark>\S)
    )""",
    re.VERBOSE,
)
# Up to the closing quote; a line ends the first two.
_REST = {
    '"': re.compile(r'[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+"'),
    "'": re.compile(r"[^'\\\n]*+(?:\\[^\n][^'\\\n]*+)*+'"),
    "`": re.compile(r"[^`\\]*+(?:\\.[^`\\]*+)*+`", re.DOTALL),
    '"""': re.compile(r'(?:[^"\\]++|\\.|"(?!""))*+"""', re.DOTALL),
    "'''": re.compile(r"(?:[^'\\]++|\\.|'(?!''))*+'''", re.DOTALL),
}
_ONE_LINE = ('"', "'")
_CONTINUATION = re.compile(r"`[ \t]*\r?\n")  # PowerShell's; no template of JavaScript begins so by itself
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_OPENING = {closing: opening for opening, closing in _CLOSING.items()}


class Token(NamedTuple):
    """`text[start:end]`; `sign` is what opens a string, prefix and all, and a mark itself."""

    kind: Kind
    start: int
    end: int
    sign: str = ""


@dataclass(slots=True)
class Tokens:
    """A text's tokens, for every opening bracket where it closes, and where comments begin.

    `whole` is False where the text has more tokens than are read.
    """

    text: str
    items: list[Token] = field(default_factory=list[Token])
    closing: dict[int, int] = field(default_factory=dict[int, int])
    comments: list[int] = field(default_factory=list[int])
    whole: bool = True

    def __len__(self) -> int:
        return len(self.items)

    def mark(self, at: int) -> str:
        """The punctuation at a place, "" if there is something else or nothing."""
        if at >= len(self.items):
            return ""
        token = self.items[at]
        return token.sign if token.kind == "mark" else ""

    def word(self, at: int) -> str:
        """The name at a place, dots included, "" if there is something else or nothing."""
        if at < len(self.items) and self.items[at].kind == "word":
            return self.text[self.items[at].start : self.items[at].end]
        return ""

    def kind(self, at: int) -> Kind | None:
        """What stands at a place, None behind the end."""
        return self.items[at].kind if at < len(self.items) else None

    def commented(self, first: int, last: int) -> str:
        """How the first comment between two tokens begins, "" if there is none."""
        start, end = self.items[first].start, self.items[last].end
        at = bisect_right(self.comments, start)
        if at < len(self.comments) and self.comments[at] < end:
            return "#" if self.text[self.comments[at]] == "#" else "//"
        return ""


def tokenise(text: str, leave_out: Sequence[Span] = ()) -> Tokens:
    """The tokens of `text` but for these stretches of it, which are in order and do not overlap."""
    tokens = Tokens(text)
    for token in _tokens(text, list(leave_out), tokens.comments):
        if len(tokens.items) == MOST_TOKENS:
            tokens.whole = False
            break
        tokens.items.append(token)
    _match_brackets(tokens)
    return tokens


def _tokens(text: str, leave_out: list[Span], comments: list[int]) -> Iterator[Token]:
    """The tokens in order; the beginnings of comments go into `comments`."""
    strings = _Strings(text)
    skips = iter(leave_out)
    skip = next(skips, None)
    position = 0
    while len(comments) < MOST_TOKENS and (found := _TOKEN.match(text, position)):
        kind = found.lastgroup
        start = found.start(kind or 0)
        while skip and start >= skip[1]:
            skip = next(skips, None)
        if skip and found.end() > skip[0]:
            position = skip[1]
            continue
        position = found.end()
        if kind == "comment":
            comments.append(start)
            position = _comment_end(text, start, position)
        elif kind == "fence":  # Markdown's, around code
            continue
        elif kind == "quote":
            end = strings.end(found["quote"], start, position)
            position = end or start + len(found["quote"])
            yield (
                Token("string", start, end, found["quote"])
                if end
                else Token("mark", start, position, text[start])
            )
        elif kind == "mark":
            yield Token("mark", start, position, text[start])
        else:
            yield Token("word" if kind == "word" else "number", start, position)


def _comment_end(text: str, start: int, end: int) -> int:
    if text[start : start + 2] != "/*":
        return end
    closing = text.find("*/", end)
    return len(text) if closing < 0 else closing + 2


class _Strings:
    """Finds where strings end, and remembers up to where it has looked in vain."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._vain = dict.fromkeys(_REST, 0)

    def end(self, quote: str, start: int, after: int) -> int:
        """The place behind the string whose content begins at `after`, 0 if nothing closes it."""
        mark = quote.lstrip("rRbBuUfF")
        if start < self._vain[mark] or (mark == "`" and _CONTINUATION.match(self._text, start)):
            return 0
        if found := _REST[mark].match(self._text, after):
            return found.end()
        line = self._text.find("\n", after) if mark in _ONE_LINE else -1
        self._vain[mark] = len(self._text) if line < 0 else line
        return 0


def _match_brackets(tokens: Tokens) -> None:
    """Fill `closing`; brackets that nothing matches are left out, whatever stands between the others."""
    open_at: list[tuple[str, int]] = []
    waiting = dict.fromkeys(_CLOSING, 0)
    for at, token in enumerate(tokens.items):
        mark = token.sign if token.kind == "mark" else ""
        if mark in _CLOSING:
            open_at.append((mark, at))
            waiting[mark] += 1
        elif mark in _OPENING and waiting[_OPENING[mark]]:
            opening, opened = open_at.pop()
            while opening != _OPENING[mark]:
                waiting[opening] -= 1
                opening, opened = open_at.pop()
            waiting[opening] -= 1
            tokens.closing[opened] = at
