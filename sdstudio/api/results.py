"""A spooled answer made into a `GenerationResult`: which entry is what, whose seed and recipe. Runs in a worker."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from sdstudio.api import pictures, substitutions
from sdstudio.api.answer import SpooledAnswer, SpooledImage
from sdstudio.api.excerpt import excerpt
from sdstudio.core import infotext
from sdstudio.core.errors import BadAnswer, GenerationFailed, UnreadableImage
from sdstudio.core.request import GenerationRequest
from sdstudio.core.result import GeneratedImage, GenerationResult, ImageRole

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Opened:
    """An entry of "images" that is a picture, with its place in that list."""

    place: int
    spooled: SpooledImage
    picture: pictures.Picture


def result_of(
    answer: SpooledAnswer, request: GenerationRequest, *, seconds: float, interrupted: bool
) -> GenerationResult:
    """What the answer holds. Raises `GenerationFailed` for a success without a picture, `BadAnswer` if nothing
    in it can be opened; the files of unusable entries are removed.
    """
    info = info_of(answer.document)
    opened, problems = _open(answer.images)
    if not opened:
        raise _nothing(answer, problems)
    images = tuple(_images(opened, info, request.count))
    notes = [*_lost(answer, problems), *substitutions.notes(request, images, info, interrupted=interrupted)]
    return GenerationResult(images, info, seconds, interrupted, tuple(notes))


def info_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """`info`, which is JSON in a string, an object, "" or missing (a1111_api §9.5); {} if unreadable."""
    info: Any = document.get("info")
    if isinstance(info, str) and info:
        try:
            info = json.loads(info, strict=False)
        except (ValueError, RecursionError):
            return {}
    return cast("dict[str, Any]", _sendable(cast("object", info))) if isinstance(info, dict) else {}


def _sendable(value: object) -> object:
    """The value with halves of surrogate pairs replaced: no file and no database takes those."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_sendable(item) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        return {str(_sendable(key)): _sendable(item) for key, item in cast("dict[str, object]", value).items()}
    return value


def _open(images: Sequence[SpooledImage]) -> tuple[list[_Opened], list[str]]:
    """The entries that are pictures, and what is wrong with the others."""
    opened: list[_Opened] = []
    problems: list[str] = []
    for place, spooled in enumerate(images):
        if spooled.trouble:
            problems.append(_TROUBLES[spooled.trouble])
            continue
        try:
            opened.append(_Opened(place, spooled, pictures.inspect(spooled.path)))
        except UnreadableImage as error:
            spooled.path.unlink(missing_ok=True)
            problems.append(error.title)
    return opened, problems


_TROUBLES = {
    "blank": "It is empty",
    "not base64": "It is not the base64 text of a picture",
    "cut off": "It broke off in the middle",
    "no text": "It is not the base64 text of a picture",
}


def _nothing(answer: SpooledAnswer, problems: list[str]) -> GenerationFailed | BadAnswer:
    text = json.dumps({**answer.document, "images": problems}, ensure_ascii=False)
    raw = excerpt(answer.hidden_in(text.encode("utf-8", "replace")))
    if all(image.trouble == "blank" for image in answer.images):
        # KoboldCpp for a source it cannot read; SD.Next without a model; Alibaba's service with a reason beside it.
        return GenerationFailed(
            "The endpoint says it succeeded but sent no picture",
            _reason(answer) or "It gave no reason.",
            "Look whether a checkpoint is loaded, and whether the source picture can be read; then try again.",
            raw=raw,
        )
    return BadAnswer("What the endpoint sent is no picture", f"{problems[0]}.", raw=raw)


def _reason(answer: SpooledAnswer) -> str:
    """A reason that some hosts put beside an empty list (hosted_endpoints §3.1)."""
    parameters = answer.document.get("parameters")
    reason = cast("dict[str, Any]", parameters).get("error_msg") if isinstance(parameters, dict) else None
    if not isinstance(reason, str) or not reason:
        return ""
    return f"It said: {answer.hidden_in(reason.encode('utf-8', 'replace')).decode()[:300]}"


def _lost(answer: SpooledAnswer, problems: list[str]) -> Iterator[str]:
    if not answer.whole:
        yield "The answer broke off; these are the pictures that had arrived."
    if problems:
        yield f"{len(problems)} of the entries sent could not be used. {problems[0]}."


def _images(opened: Sequence[_Opened], info: Mapping[str, Any], asked: int) -> Iterator[GeneratedImage]:
    """Grid first, then the pictures with what scripts and options mix in (a1111_api §2.7, §3.1)."""
    first = _whole_number(info.get("index_of_first_image")) or 0
    seeds = [_whole_number(seed) for seed in _list(info, "all_seeds")]
    texts = [text if isinstance(text, str) else "" for text in _list(info, "infotexts")]
    told = any(entry.picture.infotext for entry in opened)
    number = 0
    for entry in opened:
        role: ImageRole = "picture"
        if entry.place < first:
            role = "grid"
        elif number >= max(len(seeds), asked) or (told and not entry.picture.infotext):
            role = "extra"
        text = entry.picture.infotext
        if role == "picture":
            text = text or _at(texts, first + number) or ""
            seed = infotext.parse(text).seed if text else None
            yield _image(entry, text, _at(seeds, number) if seed is None else seed, role)
            number += 1
        else:
            yield _image(entry, text, None, role)


def _image(entry: _Opened, text: str, seed: int | None, role: ImageRole) -> GeneratedImage:
    return GeneratedImage(
        entry.spooled.path,
        entry.spooled.sha256,
        entry.spooled.size_bytes,
        entry.picture.format,
        entry.picture.width,
        entry.picture.height,
        seed,
        text,
        role,
    )


def _list(info: Mapping[str, Any], key: str) -> list[Any]:
    value = info.get(key)
    return cast("list[Any]", value) if isinstance(value, list) else []


def _whole_number(value: object) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**64
    return cast("int", value) if whole else None


def _at(values: Sequence[T], index: int) -> T | None:
    return values[index] if index < len(values) else None
