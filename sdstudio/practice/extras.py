"""The extras: one picture made larger by one or two upscalers, and what is said of it."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from PIL import Image

from sdstudio.core import infotext
from sdstudio.practice import limits, pictures
from sdstudio.practice.engine import UPSCALERS, upscale
from sdstudio.practice.state import ServerState
from sdstudio.practice.wire_errors import Broke

_NONE = "None"


def processed(encoded: str, values: Mapping[str, Any], state: ServerState) -> tuple[str, Image.Image]:
    """The `html_info` and the result, which keeps the source's texts. Runs on the painting thread.

    After a failure the state goes on looking busy until the next job, as the original's does.
    """
    image = pictures.decoded(encoded)
    state.begin("extras")
    state.job_count = 1
    result, pairs = _upscaled(image.convert("RGB"), values)
    state.end()
    told = infotext.write("", "", pairs)
    result.info = {**pictures.texts_of(image), **({"postprocessing": told} if told else {})}
    return f"<p>{html.escape(told)}</p>", result


def _upscaled(image: Image.Image, values: Mapping[str, Any]) -> tuple[Image.Image, list[tuple[str, object]]]:
    first, second = values["upscaler_1"], values["upscaler_2"]
    for name in (first, second):
        if name not in {_NONE, *(entry.name for entry in UPSCALERS)}:
            raise Broke("AssertionError", f"could not find upscaler named {name}")
    if first == _NONE:
        return image, []
    size = _size(image, values)
    limits.check_size(*size, 1)
    result = upscale(image, size, first)
    pairs: list[tuple[str, object]] = [_told_size(values), ("Postprocess upscaler", first)]
    share = values["extras_upscaler_2_visibility"]
    if second != _NONE and share > 0:
        result = Image.blend(result, upscale(image, size, second), share)
        pairs += [("Postprocess upscaler 2", second), ("Postprocess upscaler 2 visibility", share)]
    return _cropped(result, values), pairs


def _size(image: Image.Image, values: Mapping[str, Any]) -> tuple[int, int]:
    factor = values["upscaling_resize"]
    if values["resize_mode"] == 1:  # large enough to cover the asked size
        factor = max(values["upscaling_resize_w"] / image.width, values["upscaling_resize_h"] / image.height)
    return round(image.width * factor), round(image.height * factor)


def _cropped(image: Image.Image, values: Mapping[str, Any]) -> Image.Image:
    if values["resize_mode"] == 0 or not values["upscaling_crop"]:
        return image
    width, height = values["upscaling_resize_w"], values["upscaling_resize_h"]
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


def _told_size(values: Mapping[str, Any]) -> tuple[str, object]:
    if values["resize_mode"] == 1:
        return "Postprocess upscale to", f"{values['upscaling_resize_w']}x{values['upscaling_resize_h']}"
    return "Postprocess upscale by", float(values["upscaling_resize"])
