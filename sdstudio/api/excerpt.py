"""Foreign text made fit to be shown on request: cut, base64 shortened, control characters gone. Never rich text."""

from __future__ import annotations

import re

LONGEST_BYTES = 2048
_BASE64_RUN = re.compile(r"[A-Za-z0-9+/]{120,}={0,2}")
# Control characters, and those that turn the direction of writing round.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)


def excerpt(body: bytes, longest_bytes: int = LONGEST_BYTES) -> str:
    """At most `longest_bytes` of an answer, as plain text."""
    # A long run of base64 shrinks to a few characters, so look further than the limit.
    text = body[: 64 * longest_bytes].decode("utf-8", "replace")
    text = _CONTROL.sub("", _BASE64_RUN.sub(_shortened, text)).strip()
    cut = text.encode("utf-8", "replace")[:longest_bytes]
    return cut.decode("utf-8", "ignore") + ("…" if len(cut) < len(text.encode("utf-8", "replace")) else "")


def one_line(text: str, longest: int = 300) -> str:
    """Server's words for use in a sentence of ours."""
    flat = " ".join(_CONTROL.sub(" ", _BASE64_RUN.sub(_shortened, text[:100_000])).split())
    return flat if len(flat) <= longest else flat[: longest - 1].rstrip() + "…"


def looks_like_html(content_type: str, body: bytes) -> bool:
    """Whether an answer is a web page, whatever it says it is."""
    start = body[:512].lstrip().lower()
    return "html" in content_type or start.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))


def page_title(body: bytes) -> str:
    """The title of a web page, "" if it has none."""
    found = _TITLE.search(body[:65536].decode("utf-8", "replace"))
    return one_line(found[1], 80) if found else ""


def _shortened(run: re.Match[str]) -> str:
    return f"{run[0][:16]}…[{len(run[0])} characters]"
