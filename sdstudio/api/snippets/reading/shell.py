"""Commands of a shell in a text: split into words as a POSIX shell would, nothing expanded and nothing run.

What Windows' cmd and PowerShell write otherwise (line ends, carets) is made like it first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MOST_COMMANDS = 200
# Stands for a picture's base64 that a command reads out of a file; no JSON holds these raw.
PICTURE_OPENS, PICTURE_CLOSES = "\x02", "\x03"

_COMMAND = re.compile(r"(?<![\w./\\-])(curl(?:\.exe)?|printf|echo|base64|cat)(?=[ \t\\])")
_PIECE = re.compile(r"[^\s'\"\\$`;&|<>()#]++")
_SINGLE = re.compile(r"[^']*+'")
_ANSI = re.compile(r"[^'\\]*+(?:\\.[^'\\]*+)*+'", re.DOTALL)
_DOUBLE = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_DOUBLE_ESCAPE = re.compile(r'\\([$`"\\])|\\\r?\n')
_VARIABLE = re.compile(r"\$(?:\{[^{}\n]{1,200}\}|\w+|[^\w\s])")
_HEREDOC = re.compile(r"<<-?[ \t]*(['\"]?)([A-Za-z_]\w*)\1")
_HERE_STRING = re.compile(r"<<<[ \t]*")
_REDIRECTION = re.compile(r"[<>]{1,2}&?[ \t]*")
_CARETS = re.compile(r"""[ \t]\^(?:"|[ \t]*\r?\n)""")
_CARET_LINE = re.compile(r"\^[ \t]*\r?\n")
_BACKTICK_LINE = re.compile(r"(?<=[ \t])`[ \t]*\r?\n")
_ANSI_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v"}


@dataclass(slots=True)
class Command:
    """The words of one command, where it stands, and what is put into it: `<<< text`, `<<EOF`, `< file`."""

    words: list[str]
    start: int
    end: int
    given: str = ""
    file: str = ""


@dataclass(slots=True)
class _Words:
    """Words as they are put together."""

    items: list[str] = field(default_factory=list[str])
    part: str | None = None

    def add(self, text: str) -> None:
        self.part = (self.part or "") + text

    def end(self) -> None:
        if self.part is not None:
            self.items.append(self.part)
            self.part = None


def from_windows(text: str) -> str:
    """Carets and backticks at line ends as backslashes; and the other carets of a cmd command undone."""
    if "curl" not in text:
        return text
    if _CARETS.search(text):
        text = re.sub(r"\^(.)", r"\1", _CARET_LINE.sub(" ", text))
    return _BACKTICK_LINE.sub("\\\\\n", text)


def commands(text: str) -> Iterator[Command]:
    """The commands that send or prepare requests, in order."""
    position, budget = 0, _Budget()
    for _number in range(MOST_COMMANDS):
        found = _COMMAND.search(text, position)
        if not found or budget.pieces <= 0:
            return
        command = _Scanner(text, found.start(1), budget).command()
        if command:
            yield command
        position = max(command.end if command else 0, found.end())


@dataclass(slots=True)
class _Budget:
    """What may still be done for one text: pieces of words looked at, lines that end nowhere searched for."""

    pieces: int = 100_000
    vain_searches: int = 5


class _Scanner:
    """Reads one command."""

    def __init__(self, text: str, start: int, budget: _Budget) -> None:
        self._budget = budget
        self._text = text
        self._start = self._at = start
        self._words = _Words()
        self._given = ""
        self._file = ""
        self._heredoc = ""

    def command(self) -> Command | None:
        """The command, None if a quote in it is never closed."""
        while self._at < len(self._text) and self._budget.pieces > 0:
            self._budget.pieces -= 1
            character = self._text[self._at]
            if character in "\n;&|()":
                break
            if not self._step(character):
                return None
        self._words.end()
        end = self._take_heredoc() if self._heredoc else self._at
        if self._words.items[:1] == ["cat"]:  # what it feeds stands on the same line
            end = self._at
        return Command(self._words.items, self._start, end, self._given, self._file)

    def _step(self, character: str) -> bool:
        """Take what begins with this character; False if it is a quote that is never closed."""
        if character in "'\"":
            return self._quoted(character)
        if character in "$`":
            return self._expansion(character)
        if character.isspace():
            self._words.end()
            self._at += 1
        elif character == "#" and self._words.part is None:
            line = self._text.find("\n", self._at)
            self._at = len(self._text) if line < 0 else line
        elif character == "\\":
            self._escaped()
        elif character in "<>":
            self._redirected()
        else:
            self._plain()
        return True

    def _plain(self) -> None:
        found = _PIECE.match(self._text, self._at)
        piece = found[0] if found else self._text[self._at]
        self._words.add(piece)
        self._at += len(piece)

    def _quoted(self, quote: str) -> bool:
        found = (_SINGLE if quote == "'" else _DOUBLE).match(self._text, self._at + 1)
        if not found:
            return False
        inner = found[0][:-1]
        self._words.add(inner if quote == "'" else _DOUBLE_ESCAPE.sub(lambda each: each[1] or "", inner))
        self._at = found.end()
        return True

    def _escaped(self) -> None:
        following = self._text[self._at + 1 : self._at + 3]
        if following.startswith("\n") or following == "\r\n":
            self._words.end()
            self._at += 2 + following.startswith("\r")
        else:
            self._words.add(following[:1])
            self._at += 2

    def _expansion(self, character: str) -> bool:
        if self._text.startswith("$'", self._at):
            found = _ANSI.match(self._text, self._at + 2)
            if not found:
                return False
            self._words.add(_ansi(found[0][:-1]))
            self._at = found.end()
            return True
        found = _VARIABLE.match(self._text, self._at)
        piece = found[0] if found else character
        self._words.add(piece)
        self._at += len(piece)
        return True

    def _redirected(self) -> None:
        self._words.end()
        if found := _HERE_STRING.match(self._text, self._at):
            self._at = found.end()
            self._given = self._next_word()
        elif found := _HEREDOC.match(self._text, self._at):
            self._heredoc, self._at = found[2], found.end()
        else:
            reads = self._text[self._at] == "<"
            found = _REDIRECTION.match(self._text, self._at)
            self._at = found.end() if found else self._at + 1
            name = self._next_word()
            self._file = name if reads else self._file

    def _next_word(self) -> str:
        """The word that begins here, taken out of the command's own."""
        count = len(self._words.items)
        while self._at < len(self._text) and self._budget.pieces > 0:
            self._budget.pieces -= 1
            character = self._text[self._at]
            if character.isspace() or character in ";&|()<>" or not self._step(character):
                break
        self._words.end()
        taken = self._words.items[count:]
        del self._words.items[count:]
        return taken[0] if taken else ""

    def _take_heredoc(self) -> int:
        """The lines up to the one that ends them; nothing if there is none."""
        first = self._text.find("\n", self._at) if self._budget.vain_searches else -1
        ending = re.compile(rf"^[ \t]*{self._heredoc}[ \t]*\r?$", re.MULTILINE)
        found = ending.search(self._text, first + 1) if first >= 0 else None
        if not found:
            self._budget.vain_searches -= first >= 0
            return self._at
        self._given = self._text[first + 1 : found.start()]
        return found.end()


def _ansi(body: str) -> str:
    """The escapes of `$'…'` undone, as browsers write commands to copy."""

    def undone(found: re.Match[str]) -> str:
        code = found[1]
        if code[0] in "ux" and len(code) > 1:
            return chr(int(code[1:], 16))
        return _ANSI_ESCAPES.get(code, code)

    return re.sub(r"\\(u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|.)", undone, body, flags=re.DOTALL)
