"""Requests in JSON documents: payloads, answers with what they echo, notebooks, and objects around these."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from sdstudio.api.snippets.reading import infotexts
from sdstudio.api.snippets.reading.lenient import strict
from sdstudio.api.snippets.reading.sample import MOST_SAMPLES, Sample, is_payload

_DEEPEST = 4
_MOST_LOOKED_AT = 5000
SEED_DRAWN = "The endpoint drew the seed; the one that it drew is taken."


def code_of_notebook(document: Any) -> str | None:
    """The code cells of a notebook, one under the other; None if the document is none."""
    if not isinstance(document, dict) or not isinstance(document.get("cells"), list):  # pyright: ignore[reportUnknownMemberType]
        return None
    sources: list[str] = []
    for cell in cast("list[Any]", document["cells"]):
        if isinstance(cell, dict) and cast("dict[str, Any]", cell).get("cell_type") == "code":
            source: Any = cast("dict[str, Any]", cell).get("source", "")
            lines = cast("list[Any]", source) if isinstance(source, list) else [source]
            sources.append("".join(line for line in lines if isinstance(line, str)))
    return "\n\n".join(sources)


def samples(document: Any) -> Iterator[Sample]:
    """The requests in a document, the outer before the inner."""
    waiting: list[tuple[Any, int]] = [(document, 0)]
    looked_at = found = 0
    while waiting and looked_at < _MOST_LOOKED_AT and found < MOST_SAMPLES:
        looked_at += 1
        value, depth = waiting.pop(0)
        if isinstance(value, dict) and (sample := _sample(cast("dict[str, Any]", value))):
            found += 1
            yield sample
        elif depth < _DEEPEST and isinstance(value, dict | list):
            inner = list(value.values()) if isinstance(value, dict) else value  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
            waiting += [(item, depth + 1) for item in cast("list[Any]", inner)[:_MOST_LOOKED_AT]]


def _sample(values: dict[str, Any]) -> Sample | None:
    if isinstance(values.get("parameters"), dict) and ("images" in values or "info" in values):
        return _answer(values)
    if isinstance(values.get("infotexts"), list):
        return _of_info(values)
    return Sample("JSON payload", 0, values) if is_payload(values) else None


def _answer(values: Mapping[str, Any]) -> Sample | None:
    """An answer: what it echoes of the request, with the seed that was drawn."""
    echoed = cast("dict[str, Any]", values["parameters"])
    info = values.get("info")
    told: Any = strict(info) if isinstance(info, str) else info
    told = cast("dict[str, Any]", told) if isinstance(told, dict) else {}
    if not is_payload(echoed):
        return _of_info(told)
    if echoed.get("seed") in (None, -1) and type(told.get("seed")) is int:
        return Sample("answer", 0, echoed | {"seed": told["seed"]}, corrections=[SEED_DRAWN])
    return Sample("answer", 0, echoed)


def _of_info(info: Mapping[str, Any]) -> Sample | None:
    texts = info.get("infotexts")
    first = cast("list[Any]", texts)[0] if isinstance(texts, list) and texts else None
    return infotexts.sample_of(first) if isinstance(first, str) else None
