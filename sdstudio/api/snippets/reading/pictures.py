"""Pictures inside a payload: base64 recognised and decoded, everything else told. Nothing is fetched or opened."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any, cast

from sdstudio.api.snippets.reading.shell import PICTURE_CLOSES, PICTURE_OPENS
from sdstudio.api.snippets.reading.unknowns import Unknown

_DATA_URL = re.compile(r"data:[^,]{0,200},", re.IGNORECASE)
_WEB = re.compile(r"https?://", re.IGNORECASE)
_SPACE = bytes(range(33))
_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")
_SHOWN = re.compile(r"[^\x00-\x1f`“”]{1,80}")

Found = tuple[bytes | None, str]


def picture(value: Any, what: str) -> Found:
    """The bytes of a picture, or None and a sentence on what stands in its place. `what`: "source picture"."""
    if isinstance(value, list):
        items = cast("list[Any]", value)
        found, sentence = picture(items[0], what) if items else (None, "")
        more = f"Only the first of {len(items)} pictures is taken." if len(items) > 1 else ""
        return found, " ".join(filter(None, (sentence, more)))
    if isinstance(value, Unknown):
        return None, _stands_for(value, what)
    if not isinstance(value, str) or not value:
        return None, ""
    if value.startswith(PICTURE_OPENS):
        return None, _file(value.strip(PICTURE_OPENS + PICTURE_CLOSES), what)
    if _WEB.match(value):
        return (
            None,
            f"The {what} is an address on the web, which is not fetched: save the picture and choose it.",
        )
    return _decoded(value, what)


def _decoded(text: str, what: str) -> Found:
    head = _DATA_URL.match(text)
    try:
        raw = text[head.end() if head else 0 :].encode("ascii").translate(None, _SPACE)
        decoded = base64.b64decode(raw + b"=" * (-len(raw) % 4), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        decoded = b""
    if decoded.startswith(_MAGIC) or decoded[4:12] == b"ftypavif" or decoded[8:12] == b"WEBP":
        return decoded, ""
    shown = f"`{text}`" if len(text) <= 60 and _SHOWN.fullmatch(text) else "Something that is no picture"
    return None, f"{shown} stands in the place of the {what}: choose one."


def _stands_for(value: Unknown, what: str) -> str:
    if value.file:
        return _file(value.file, what)
    shown = f"`{value.name}`" if value.name and _SHOWN.fullmatch(value.name) else "Code that was not run"
    return f"{shown} stands for the {what}: choose one."


def _file(name: str, what: str) -> str:
    shown = f" “{name}”" if _SHOWN.fullmatch(name) else ""
    return f"The {what} was read from a file{shown}: choose it here."
