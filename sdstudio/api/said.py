"""An unsuccessful answer read for its words, wherever its server keeps them (a1111_api §5, §9.2). Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sdstudio.api.excerpt import excerpt, looks_like_html, one_line, page_title


@dataclass(frozen=True, slots=True)
class Said:
    """What an answer says of its failure.

    `words` are the server's own, in one line; `kind` its name for the error, often a Python class; `field` the
    value of the request that a 422 complains about; `raw` the excerpt to show on request; `title` a web page's.
    """

    status: int
    headers: Mapping[str, str]
    raw: str
    words: str = ""
    kind: str = ""
    field: str = ""
    body_missing: bool = False
    html: bool = False
    title: str = ""

    @property
    def sentence(self) -> str:
        """Its words as a sentence of ours."""
        if self.words or self.kind:
            words = self.words or self.kind
            return f"It said: {words}{'' if words.endswith(('.', '!', '?', '…')) else '.'}"
        if self.title:
            return f"It sent a web page, “{self.title}” (status {self.status})."
        return f"It answered with status {self.status} and no reason."


def read(status: int, headers: Mapping[str, str], body: bytes) -> Said:
    """Read an answer of any shape; never raises. Header names are in lower case."""
    raw = excerpt(body)
    if looks_like_html(headers.get("content-type", ""), body):
        return Said(status, headers, raw, html=True, title=page_title(body))
    try:
        document: object = json.loads(body)
    except (ValueError, RecursionError):
        return Said(status, headers, raw, one_line(body[:2000].decode("utf-8", "replace")))
    if not isinstance(document, dict):
        return Said(status, headers, raw, one_line(_text(document)))
    fields = cast("dict[str, Any]", document)
    return Said(status, headers, raw, _words(fields), _kind(fields), _field(fields), _says_body_missing(fields))


def _kind(fields: Mapping[str, Any]) -> str:
    error = fields.get("error")
    return error if isinstance(error, str) and " " not in error else ""


def _words(fields: Mapping[str, Any]) -> str:
    """The server's own sentence, wherever this dialect keeps it (a1111_api §5, "Normalising for display")."""
    for key in ("detail", "errors", "message", "error"):
        text = _text(fields.get(key))
        if text:
            return one_line(text)
    return ""


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "; ".join(_item(item) for item in cast("list[object]", value)[:5])
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        return next((text for key in ("msg", "message", "error") if (text := _text(fields.get(key)))), "")
    return ""


def _item(item: object) -> str:
    """One line of a 422; its `input` and `ctx` repeat the request and are left out."""
    if not isinstance(item, dict):
        return str(item)[:200]
    fields = cast("dict[str, Any]", item)
    within = _location(fields)[1:]
    # A bare number is a place in JSON that was no JSON at all.
    where = ".".join(map(str, within)) if within and isinstance(within[0], str) else ""
    message = str(fields.get("msg", ""))[:200]
    return f"{where}: {message}" if where else message


def _location(fields: Mapping[str, Any]) -> list[object]:
    location = fields.get("loc")
    return cast("list[object]", location)[:8] if isinstance(location, list) else []


def _items(fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    detail = fields.get("detail")
    items = cast("list[object]", detail) if isinstance(detail, list) else []
    return [cast("dict[str, Any]", item) for item in items if isinstance(item, dict)]


def _field(fields: Mapping[str, Any]) -> str:
    """The name of the value that a 422 complains about first, "" if it is the body as a whole."""
    names = [part for item in _items(fields) for part in _location(item)[1:] if isinstance(part, str)]
    return one_line(names[0], 60) if names else ""


def _says_body_missing(fields: Mapping[str, Any]) -> bool:
    """FastAPI's way to say that no body came, which we never send: something on the way dropped it."""
    return any(
        _location(item) == ["body"] and "required" in str(item.get("msg", "")).lower()
        for item in _items(fields)
    )
