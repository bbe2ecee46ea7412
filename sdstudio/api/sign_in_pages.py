"""Web pages that ask people to sign in, which come where an answer was meant to come. Pure."""

from __future__ import annotations

import re

from sdstudio.api.excerpt import excerpt, looks_like_html, page_title
from sdstudio.core.errors import BadAnswer

_FIELD = re.compile(rb"type\s*=\s*[\"']?password", re.IGNORECASE)
_WORDS = re.compile(r"\b(?:sign|log)[ -]?(?:in|on)\b|\blogin\b|anmelde|connexion|single sign", re.IGNORECASE)
_LOOKED_AT_BYTES = 256 * 1024


def is_one(content_type: str, body: bytes) -> bool:
    """Whether an answer is such a page: it says so in its title, or has a field for a password."""
    if not looks_like_html(content_type, body):
        return False
    return bool(_WORDS.search(page_title(body)) or _FIELD.search(body[:_LOOKED_AT_BYTES]))


def refusal(host: str, body: bytes) -> BadAnswer:
    """What to say about it; `body` without secrets."""
    return BadAnswer(
        "This address answers with a sign-in page",
        f"{host} sent “{page_title(body) or 'a web page'}”, which is for people and not for programs.",
        "Ask its owner for an address and a token that programs can use.",
        raw=excerpt(body),
    )
