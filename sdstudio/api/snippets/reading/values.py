"""Values out of tokens: literals with the names that the text itself sets put in. Nothing is called or evaluated.

What cannot be known (a call, arithmetic, a name from elsewhere) is an `Unknown`, and reading goes on behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from sdstudio.api.snippets.reading import literals
from sdstudio.api.snippets.reading.tokens import Tokens
from sdstudio.api.snippets.reading.unknowns import (
    ENVIRONMENTS,
    Call,
    Exhausted,
    Unknown,
    made_by,
    variable_of,
)

DEEPEST = 30
MOST_STEPS = 150_000
_LONGEST_FILLING = 10_000  # characters of one name in a formatted string
_MOST_FILLINGS = 50

_PREFIXES = {"await", "new", "return", "yield", "async", "export", "as"}
_ASSIGNING = {"=", ":"}


class Values:
    """Reads values at places in a token stream. `names` are those that the text has set so far.

    `on_call` is told of every call that `wanted` names, once each.
    """

    def __init__(self, tokens: Tokens, wanted: Callable[[str], bool], on_call: Callable[[Call], None]) -> None:
        self.tokens = tokens
        self.names: dict[str, Any] = {}
        self._wanted = wanted
        self._on_call = on_call
        self._called: set[int] = set()
        self._steps = 0

    def value(self, at: int, depth: int = 0) -> tuple[Any, int]:
        """The value that begins at a token, and the token behind it."""
        left, at = self._term(at, depth)
        while mark := self.tokens.mark(at):
            if mark == "+":
                right, at = self._term(at + 1, depth)
                left = self._joined(left, right)
            elif mark == "|" and isinstance(left, Mapping):
                right, at = self._term(at + 1, depth)
                left = self._merged(cast("Mapping[str, Any]", left), right)
            elif mark in "|?" and self.tokens.mark(at + 1) == mark:  # `x || "…"`, `x ?? "…"`
                right, at = self._term(at + 2, depth)
                left = right if isinstance(left, Unknown | None) else left
            else:
                break
        return left, at

    def call(self, at: int, depth: int = 0) -> int:
        """Take note of the call whose name stands at `at`; the token behind it."""
        positional: list[Any] = []
        named: dict[str, Any] = {}
        for key, value in self._items(at + 1, depth):
            if key is None:
                positional.append(value)
            else:
                named[key] = value
        if at not in self._called:
            self._called.add(at)
            self._on_call(Call(self.tokens.word(at), at, tuple(positional), named))
        return self.tokens.closing[at + 1] + 1

    def is_call(self, at: int) -> bool:
        """Whether a name with its arguments behind it stands there."""
        return bool(self.tokens.word(at)) and self.tokens.mark(at + 1) == "(" and at + 1 in self.tokens.closing

    def is_object(self, at: int) -> bool:
        """Whether the brace there opens an object, not a block of statements."""
        if self.tokens.mark(at) != "{" or at not in self.tokens.closing:
            return False
        inner = self.tokens.mark(at + 1)
        if inner in ("}", ".", "*"):
            return True
        mark = self.tokens.mark(at + 2)
        assigns = mark == "=" and self.tokens.mark(at - 1) == "@"  # PowerShell's @{ name = value }
        return self.tokens.kind(at + 1) in ("string", "word", "number") and (mark == ":" or assigns)

    def _term(self, at: int, depth: int) -> tuple[Any, int]:
        self._step()
        kind = self.tokens.kind(at)
        if kind == "string":
            return self._string(at)
        if kind == "number":
            token = self.tokens.items[at]
            return self._after(literals.number(self.tokens.text[token.start : token.end]), at + 1)
        if kind == "word":
            return self._word(at, depth)
        return self._marked(at, depth)

    def _marked(self, at: int, depth: int) -> tuple[Any, int]:
        mark = self.tokens.mark(at)
        if mark in ("-", "+") and self.tokens.kind(at + 1) == "number":
            value, behind = self._term(at + 1, depth)
            return (-value if mark == "-" and isinstance(value, int | float) else value), behind
        if mark == "@" and depth < DEEPEST:  # PowerShell's @{…} and @(…)
            return self._term(at + 1, depth + 1)
        if at not in self.tokens.closing:
            return Unknown(), at + 1
        behind = self.tokens.closing[at] + 1
        return self._after(self._bracketed(at, depth), behind) if depth < DEEPEST else (Unknown(), behind)

    def _bracketed(self, at: int, depth: int) -> Any:
        """An object, a list, or what stands in parentheses by itself."""
        if self.tokens.mark(at) == "{":
            return self._object(at, depth)
        items = [value for _key, value in self._items(at, depth)]
        is_tuple = self.tokens.mark(at) != "(" or self.tokens.mark(self.tokens.closing[at] - 1) == ","
        return items if is_tuple or len(items) != 1 else items[0]

    def _string(self, at: int) -> tuple[Any, int]:
        """A string, with those right behind it that Python puts together."""
        parts: list[str] = []
        while self.tokens.kind(at) == "string" and not (parts and self.tokens.mark(at + 1) == ":"):
            self._step()
            parts.append(self._content(at))
            at += 1
        return self._after("".join(parts), at)

    def _content(self, at: int) -> str:
        token = self.tokens.items[at]
        text = literals.content(self.tokens.text[token.start : token.end], token.sign)
        if token.sign != "`" and "f" not in token.sign.lower():
            return text
        if text.count("{") > _MOST_FILLINGS:
            return text
        text = literals.filled(text, self._filling, template=token.sign == "`")
        self._step(len(text) // 100)
        return text

    def _filling(self, name: str) -> Any:
        value = self._known(name)
        return value[:_LONGEST_FILLING] if isinstance(value, str) else value

    def _word(self, at: int, depth: int) -> tuple[Any, int]:
        word = self.tokens.word(at)
        if word in _PREFIXES and depth < DEEPEST:
            return self._term(at + 1, depth + 1)
        if word in literals.KEYWORDS:
            return literals.KEYWORDS[word], at + 1
        if self.is_call(at):
            return self._called_value(at, depth)
        known = Unknown(variable=variable_of(word)) if variable_of(word) else self._known(word)
        if self.tokens.mark(at + 1) == "[" and self.tokens.kind(at + 2) == "string":
            return self._after(self._item(word, known, self._content(at + 2)), at + 2)
        return self._after(known, at + 1)

    def _known(self, word: str) -> Any:
        if word in self.names:
            return self.names[word]
        owner, _dot, name = word.rpartition(".")
        holder = self.names.get(owner)
        if isinstance(holder, Mapping) and name in holder:
            return cast("Mapping[str, Any]", holder)[name]
        return Unknown(name=word)

    def _item(self, word: str, known: Any, key: str) -> Any:
        if word in ENVIRONMENTS:
            return Unknown(variable=key)
        if isinstance(known, Mapping):
            return cast("Mapping[str, Any]", known).get(key, Unknown())
        return Unknown()

    def _called_value(self, at: int, depth: int) -> tuple[Any, int]:
        word, behind = self.tokens.word(at), self.tokens.closing[at + 1] + 1
        if depth >= DEEPEST:
            return Unknown(), behind
        if self._wanted(word):
            return self._after(Unknown(), self.call(at, depth + 1))
        return self._after(made_by(word, self._items(at + 1, depth)), behind)

    def _after(self, value: Any, at: int) -> tuple[Any, int]:
        """Past what hangs on a value: `.encode()`, `[0]`. It stays what it is, unless that is taken out of it."""
        while True:
            self._step()
            if self.tokens.mark(at) == "." and self.tokens.word(at + 1):
                at += 2
            elif self.tokens.mark(at) in ("(", "[") and at in self.tokens.closing and self._adjoins(at):
                value = Unknown(file=value.file) if isinstance(value, Unknown) else value
                at = self.tokens.closing[at] + 1
            else:
                return value, at

    def _adjoins(self, at: int) -> bool:
        return at > 0 and self.tokens.items[at - 1].end == self.tokens.items[at].start

    def _object(self, at: int, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        closing = self.tokens.closing[at]
        at += 1
        while at < closing:
            self._step()
            key, at = self._key(at, closing)
            if key is None:
                value, at = self.value(at, depth + 1)
                found = self._merged(found, value)
            elif self.tokens.mark(at) in _ASSIGNING:
                found[key], at = self._item_value(at + 1, closing, depth)
            else:
                found[key] = self._known(key)
            at = self._next_item(at, closing)
        return found

    def _key(self, at: int, closing: int) -> tuple[str | None, int]:
        """The key there and the token behind it; None where another object is spread out."""
        mark = self.tokens.mark(at)
        if mark in (".", "*"):
            while at < closing and self.tokens.mark(at) == mark:
                at += 1
            return None, at
        if self.tokens.kind(at) == "string":
            return self._content(at), at + 1
        token = self.tokens.items[at]
        return self.tokens.text[token.start : min(token.end, token.start + 200)], at + 1

    def _items(self, at: int, depth: int) -> list[tuple[str | None, Any]]:
        """What stands between brackets: values, with the name that each is given, if any."""
        found: list[tuple[str | None, Any]] = []
        closing = self.tokens.closing[at]
        at += 1
        while at < closing:
            self._step()
            key, value = None, None
            mark = self.tokens.mark(at)
            if mark in ("*", "."):
                while at < closing and self.tokens.mark(at) == mark:
                    at += 1
                value, at = self.value(at, depth + 1)
                found += self._spread(value)
            else:
                if self._is_named(at):
                    key, at = self.tokens.word(at), at + 2
                value, at = self._item_value(at, closing, depth)
                found.append((key, value))
            at = self._next_item(at, closing)
        return found

    def _item_value(self, at: int, closing: int, depth: int) -> tuple[Any, int]:
        """A value up to the next comma; unknown where more stands there, such as arithmetic or a condition."""
        value, at = self.value(at, depth + 1)
        ended = at >= closing or self.tokens.mark(at) in (",", ";") or self._is_key(at)
        return value if ended else Unknown(file=value.file if isinstance(value, Unknown) else ""), at

    def _is_key(self, at: int) -> bool:
        return self.tokens.kind(at) in ("string", "word") and self.tokens.mark(at + 1) in _ASSIGNING

    def _is_named(self, at: int) -> bool:
        mark = self.tokens.mark(at + 1)
        if not self.tokens.word(at) or mark not in _ASSIGNING:
            return False
        return mark == ":" or self.tokens.mark(at + 2) not in ("=", ">")

    def _spread(self, value: Any) -> list[tuple[str | None, Any]]:
        if isinstance(value, Mapping):
            named = cast("Mapping[str, Any]", value)
            self._step(len(named))
            return list(named.items())
        items = cast("list[Any]", value) if isinstance(value, list) else []
        self._step(len(items))
        return [(None, item) for item in items]

    def _next_item(self, at: int, closing: int) -> int:
        """Behind the next comma; where one is missing before a key, there."""
        while at < closing:
            self._step()
            if self.tokens.mark(at) in (",", ";"):
                return at + 1
            if self._is_key(at):
                return at
            at = self.tokens.closing.get(at, at) + 1
        return at

    def _joined(self, left: Any, right: Any) -> Any:
        parts = (left, right)
        if all(isinstance(part, str | int | float | Unknown) for part in parts) and (
            isinstance(left, str) or isinstance(right, str)
        ):
            texts = [str(part) for part in parts]
            self._step(sum(map(len, texts)) // 100)
            return "".join(texts)
        return Unknown()

    def _merged(self, left: Mapping[str, Any], right: Any) -> dict[str, Any]:
        others: Mapping[str, Any] = cast("Mapping[str, Any]", right) if isinstance(right, Mapping) else {}
        self._step(len(left) + len(others))
        return dict(left) | dict(others)

    def _step(self, count: int = 1) -> None:
        """Count what is done; a text that names itself over and over would otherwise never end."""
        self._steps += count
        if self._steps > MOST_STEPS:
            raise Exhausted
