"""What a server tells about a generation, kept free of secrets: some repeat the headers they were sent.

Pictures stay untouched, byte for byte; what is read out of them is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from sdstudio.api.access import Access
from sdstudio.core.result import GenerationResult


def without_secrets(result: GenerationResult, access: Access) -> GenerationResult:
    """The result with every secret of `access` hidden in its texts. Walks all of them: call it in a worker."""
    if not access.secrets:
        return result
    images = tuple(
        replace(image, infotext=access.hidden_in_text(image.infotext)) if image.infotext else image
        for image in result.images
    )
    try:
        info = cast("Mapping[str, Any]", _scrubbed(result.info, access))
    except RecursionError:  # nested deeper than anything that means something
        info = {}
    return replace(
        result, images=images, info=info, notes=tuple(access.hidden_in_text(note) for note in result.notes)
    )


def _scrubbed(value: object, access: Access) -> object:
    """A JSON value."""
    if isinstance(value, str):
        return access.hidden_in_text(value)
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, object]", value)
        return {access.hidden_in_text(key): _scrubbed(item, access) for key, item in entries.items()}
    if isinstance(value, list):
        return [_scrubbed(item, access) for item in cast("list[object]", value)]
    return value
