"""The scripts list: none that can be chosen, two built-in sections that are always on and ignore what they get."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sdstudio.practice.wire_errors import Declined

_SECTIONS: dict[str, tuple[str, ...]] = {
    "sampler": ("Sampling steps", "Sampling method", "Schedule type"),
    "seed": (
        "Seed",
        "Extra",
        "Variation seed",
        "Variation strength",
        "Resize seed from width",
        "Resize seed from height",
    ),
}


def check(values: Mapping[str, Any]) -> None:
    """Raises `Declined` (422) for a script that does not exist here."""
    named = [values["script_name"]] if values["script_name"] else []
    for name in [*named, *(name for name in values["alwayson_scripts"] if name.lower() not in _SECTIONS)]:
        raise Declined(422, f"Script '{name}' not found")


def names() -> dict[str, list[str]]:
    """GET /sdapi/v1/scripts."""
    return {"txt2img": list(_SECTIONS), "img2img": list(_SECTIONS)}


def details() -> list[dict[str, Any]]:
    """GET /sdapi/v1/script-info: one entry per script and tab."""
    nothing = {"value": None, "minimum": None, "maximum": None, "step": None, "choices": None}
    return [
        {
            "name": name,
            "is_alwayson": True,
            "is_img2img": is_img2img,
            "args": [{"label": label, **nothing} for label in labels],
        }
        for is_img2img in (False, True)
        for name, labels in _SECTIONS.items()
    ]
