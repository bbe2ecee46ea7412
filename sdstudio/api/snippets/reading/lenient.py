"""A request's body as text: JSON, JSON as people write it, or a form. What is wrong with it is said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import parse_qsl

from sdstudio.api.snippets.reading.sample import is_payload
from sdstudio.api.snippets.reading.tokens import tokenise
from sdstudio.api.snippets.reading.unknowns import Exhausted
from sdstudio.api.snippets.reading.values import Values

COMMENTS_LEFT_OUT = "`{}` comments are not part of JSON and were left out."
FORM_TEXT = "The values were written as a form; they go as JSON."
_LONGEST_FORM = 100_000
_MOST_FIELDS = 200

Read = tuple[Mapping[str, Any] | None, list[str]]


class LenientReader:
    """Reads bodies out of one text; how much in all is bounded by that text's length."""

    def __init__(self, length: int) -> None:
        self._left = 3 * length + 10_000
        self._known: dict[str, Read] = {}

    def read(self, body: str) -> Read:
        """The object that `body` is, None if it is none; and sentences on what had to be overlooked."""
        if body not in self._known:
            self._left -= len(body)
            if self._left < 0:
                return None, []
            self._known[body] = _read(body)
        return self._known[body]


def strict(text: str) -> Any:
    """JSON by the book; None if it is not."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _read(body: str) -> Read:
    # PowerShell has its quotes escaped for the sake of the program that is called.
    unescaped = body.replace('\\"', '"') if '\\"' in body else ""
    for text in (body, unescaped):
        found = strict(text)
        if isinstance(found, dict):
            return cast("dict[str, Any]", found), []
    tries = [_first_object(text) for text in (body, unescaped) if text.lstrip()[:1] == "{"]
    objects = [each for each in tries if each[0] is not None]
    best = next((each for each in objects if each[0] and is_payload(each[0])), objects[0] if objects else None)
    return best or _form(body)


def _first_object(text: str) -> Read:
    tokens = tokenise(text)
    if not tokens.closing.get(0):
        return None, []
    try:
        found, _behind = Values(tokens, lambda _name: False, lambda _call: None).value(0)
    except Exhausted:
        return None, []
    if not isinstance(found, dict) or not found:
        return None, []
    comment = tokens.commented(0, tokens.closing[0])
    return cast("dict[str, Any]", found), [COMMENTS_LEFT_OUT.format(comment)] if comment else []


def _form(body: str) -> Read:
    if "=" not in body[:200] or len(body) > _LONGEST_FORM:
        return None, []
    try:
        found = dict(parse_qsl(body.strip(), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        return None, []
    return (found, [FORM_TEXT]) if is_payload(found) else (None, [])
