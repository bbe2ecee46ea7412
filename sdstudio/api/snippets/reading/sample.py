"""One request as a text shows it, before anything in it is judged."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# Names that payloads have and little else has.
TELLING = frozenset(
    (
        *("prompt", "negative_prompt", "init_images", "steps", "cfg_scale", "sampler_name", "sampler_index"),
        *(
            "scheduler",
            "width",
            "height",
            "seed",
            "subseed",
            "denoising_strength",
            "override_settings",
            "n_iter",
        ),
        *("alwayson_scripts", "enable_hr", "batch_size", "hr_scale", "hr_upscaler", "restore_faces"),
    )
)
MOST_SAMPLES = 1000
_MOST_KEYS = 500
_LONGEST_ADDRESS = 4096
ROUTES = ("txt2img", "img2img", "imgt2img")
_ROUTE = re.compile(rf"/sdapi/v\d+/(?:{'|'.join(ROUTES)})\b")


@dataclass(slots=True)
class Sample:
    """`form` names it for people, `at` is where it stands; values may be `values.Unknown`.

    `headers` are pairs as they come, `pair` is what Basic is given ("user:password"), "" if nothing.
    `is_named` where it is only a value that a name is set to. `corrections` are sentences on what is wrong with
    the code around the values.
    """

    form: str
    at: int
    payload: Mapping[str, Any]
    url: str = ""
    headers: Sequence[tuple[str, Any]] = ()
    pair: Any = ""
    corrections: list[str] = field(default_factory=list[str])
    is_named: bool = False


def is_payload(values: Mapping[str, Any]) -> bool:
    """Whether an object is likely to be a request's body: other services have a "prompt" too."""
    if len(values) > _MOST_KEYS:
        return False
    telling = sum(key in TELLING for key in values)
    return telling >= 2 or (
        telling == 1 and len(values) == 1 and ("prompt" in values or "init_images" in values)
    )


def names_route(url: str) -> bool:
    """Whether an address is that of a generation; others take payloads as well."""
    return bool(_ROUTE.search(url[:_LONGEST_ADDRESS]))
