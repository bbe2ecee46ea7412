"""Recorded exchanges with a live AUTOMATIC1111 1.10.1, made ready to be sent again and compared.

Not here: which of them are replayed, and what may differ (`test_recorded_answers`).
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from sdstudio.practice.checkpoints import CHECKPOINTS

RECORDED = Path(__file__).parents[2] / "data" / "recorded" / "a1111"
AUTH = ("user", "secret")

# The recorded server's checkpoints, and ours in their places.
MODELS = {"random-tiny": CHECKPOINTS[0].name, "random-sd15": CHECKPOINTS[1].name}
_CUT = " chars in all]"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One recorded request and its answer."""

    case: str
    request: Mapping[str, Any]
    response: Mapping[str, Any]

    @classmethod
    def load(cls, case: str) -> Exchange:
        """By the name of its file."""
        document = json.loads((RECORDED / f"{case}.json").read_text("utf-8"))
        return cls(case, document["request"], document.get("response") or {})

    @property
    def pictures(self) -> list[Mapping[str, Any]]:
        """What the recorder noted of each picture of the answer: format, size, texts."""
        return [cut["decoded"] for cut in self.response.get("shortened", []) if "decoded" in cut]

    @property
    def wants_jpeg(self) -> bool:
        """Whether the recorded server had been told to answer in JPEG by then (see `samples_format`)."""
        return any(picture["format"] == "JPEG" for picture in self.pictures)

    def send(self, client: httpx.Client) -> httpx.Response:
        """The same request, with pictures of the recorded sizes where the recorder shortened them."""
        headers = {
            name: value
            for name, value in self.request["headers"].items()
            if name in {"accept-encoding", "content-type", "origin", *_PREFLIGHT}
        }
        return client.request(
            self.request["method"],
            self.request["path"],
            content=self._body(),
            headers=headers,
            auth=self._auth(),
        )

    def _body(self) -> bytes:
        if "json" not in self.request:
            return self.request.get("body", "").encode()
        document = self.request["json"]
        return json.dumps(_restored(document, list(self.request.get("shortened", [])), "")).encode()

    def _auth(self) -> tuple[str, str] | None:
        credentials = self.request["headers"].get("authorization")
        return {None: None, "Basic <right>": AUTH}.get(credentials, ("user", "wrong"))


_PREFLIGHT = ("access-control-request-method", "access-control-request-headers")


def _restored(value: Any, cuts: list[Mapping[str, Any]], pointer: str) -> Any:
    if isinstance(value, dict):
        return {key: _restored(item, cuts, f"{pointer}/{key}") for key, item in value.items()}
    if isinstance(value, list):
        return [_restored(item, cuts, f"{pointer}/{at}") for at, item in enumerate(value)]
    if isinstance(value, str) and value.endswith(_CUT):
        cut = next(cut for cut in cuts if cut["pointer"] == pointer)
        prefix = "data:image/png;base64," if value.startswith("data:") else ""
        return prefix + picture(cut["decoded"]["mode"], tuple(cut["decoded"]["size"]), cut["decoded"]["info"])
    return MODELS.get(value, value) if isinstance(value, str) else value


def picture(mode: str, size: tuple[int, int], texts: Mapping[str, str]) -> str:
    """A base64 PNG; a mask is white in its middle, anything else a ramp of colours."""
    from PIL import PngImagePlugin

    if mode == "L":
        image = Image.new("L", size)
        image.paste(255, (size[0] // 4, size[1] // 4, size[0] * 3 // 4, size[1] * 3 // 4))
    else:
        image = Image.merge(
            "RGB", [Image.linear_gradient("L").resize(size).rotate(90 * turn) for turn in range(3)]
        )
    info = PngImagePlugin.PngInfo()
    for key, text in texts.items():
        info.add_text(key, text)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", pnginfo=info)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def opened(encoded: str) -> Image.Image:
    """A picture of an answer."""
    return Image.open(io.BytesIO(base64.b64decode(encoded)))


def shape(value: Any) -> Any:
    """Types in place of values, keys in their order; a list shows what its items have in common."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        shapes = [shape(item) for item in value]
        return [each for at, each in enumerate(shapes) if each not in shapes[:at]]
    return type(value).__name__
