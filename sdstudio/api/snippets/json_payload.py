"""A request's body alone, as JSON to look at, to keep, or to paste into another program."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from sdstudio.api.snippets.notation import JSON
from sdstudio.api.snippets.sending import Sending


def written(sending: Sending, pngs: Mapping[str, bytes]) -> str:
    """The payload with its pictures in it: `pngs` by the wire's name, as `api.payload.images` gives them."""
    said = dict(sending.payload)
    for name, png in pngs.items():
        encoded = base64.b64encode(png).decode()
        said[name] = [encoded] if name == "init_images" else encoded
    return JSON.written(said) + "\n"
