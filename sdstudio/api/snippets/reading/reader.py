"""The way in: a text, whatever it is, as the request that stands in it.

A pasted page may show one request in several languages, and several requests. Those that say the same are one
reading; of different ones the first is given, and the others with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from sdstudio.api.snippets.reading import curl, documents, infotexts, literals, shell
from sdstudio.api.snippets.reading.calls import CodeReader
from sdstudio.api.snippets.reading.found import Reading
from sdstudio.api.snippets.reading.lenient import LenientReader, strict
from sdstudio.api.snippets.reading.sample import MOST_SAMPLES, Sample, is_payload
from sdstudio.api.snippets.reading.tokens import tokenise
from sdstudio.api.snippets.reading.wire import reading_of
from sdstudio.core.errors import InvalidRequest

LONGEST = 64 * 2**20  # characters
_LOOKED_AT = 200_000
_TELLING = re.compile(r"""/sdapi/v|["']?\b(?:prompt|init_images)\b["']?\]?\s*[:=]|\bSteps: ?\d""")
_ROUTE_URL = re.compile(r"https?://[^\s\"'`<>\\,;]{1,500}?/sdapi/v1/(?:txt2img|img2img|imgt2img)\b")
_EXAMPLE = re.compile(r"(?:example|e\.g\.|z\.B\.):?\s*$", re.IGNORECASE)
_AUTHORIZATION = re.compile(
    r"""["']?\bAuthorization["']?\s*[:=,]\s*["']?((?:Bearer|Basic)\s+[^\s"'`]{1,4096})""", re.IGNORECASE
)
_HALF = re.compile("[\ud800-\udfff]")  # of a character, as no file and no database takes it
TOO_TANGLED = "The text is too long or too tangled to be read to its end."


def might_hold_request(text: str) -> bool:
    """Whether it is worth asking `read`: quick enough for every paste."""
    return bool(_TELLING.search(text[:_LOOKED_AT]))


def read(text: str) -> Reading:
    """The request in `text`; see `Reading` for what is told with it.

    Raises `InvalidRequest("text")` where there is none, or more than anyone could have written. For long texts
    (from some 100,000 characters) in a worker: a second for a million at most.
    """
    if len(text) > LONGEST:
        raise InvalidRequest("text", f"The text is longer than {LONGEST // 2**20} million characters")
    text = text.lstrip("\ufeff")
    if _HALF.search(text):
        text = literals.whole(text)
    readings = _merged(reading_of(sample) for sample in _samples(text))
    if not readings:
        raise InvalidRequest(
            "text",
            "There is no request in this text",
            "It is neither a curl command, Python, JavaScript or JSON with a request in it, nor a recipe.",
            "Copy the whole sample, from its first line to its last.",
        )
    first, *others = readings
    if others:
        first = replace(
            first, corrections=(*first.corrections, _several(first, len(others))), others=tuple(others)
        )
    return first


def _several(first: Reading, others: int) -> str:
    prompt = str(first.values.get("prompt", ""))
    shown = f" “{prompt[:60]}{'…' if len(prompt) > 60 else ''}”" if prompt else ""
    taken = f"the first is taken: {first.kind}{shown} ({first.form})"
    return f"The text holds {others + 1} different requests; {taken}."


def _samples(text: str) -> list[Sample]:
    if text.lstrip()[:1] in ("{", "["):
        document = strict(text)
        if document is not None:
            code = documents.code_of_notebook(document)
            return _in_code(code) if code is not None else list(documents.samples(document))
    found = _in_code(text)
    if not found and (recipe := infotexts.sample_of(text)):
        return [recipe]
    return found


def _in_code(text: str) -> list[Sample]:
    """Requests in commands and code, in the order of the text."""
    text = shell.from_windows(text)
    lenient = LenientReader(len(text))
    commands = list(curl.samples(text, lenient))
    tokens = tokenise(text, [span for _sample, span in commands])
    code = CodeReader(tokens)
    code.read()
    found = [sample for sample, _span in commands] + code.sent
    found += [sample for sample in code.loose if not (found and sample.is_named)]
    if not found:
        found = list(_in_strings(code, lenient))
    if len(found) == 1:
        _complete(found[0], text)
    for sample in found if not tokens.whole else ():
        sample.corrections.append(TOO_TANGLED)
    return sorted(found, key=lambda sample: sample.at)[:MOST_SAMPLES]


def _in_strings(code: CodeReader, lenient: LenientReader) -> Iterator[Sample]:
    """Bodies that stand in the strings of a language not known here."""
    for start, string in code.strings():
        if "prompt" in string or "init_images" in string:
            payload, remarks = lenient.read(string)
            if payload is not None and is_payload(payload):
                yield Sample("code", start, payload, corrections=remarks)


def _complete(sample: Sample, text: str) -> None:
    """Address and sign-in from around the only request of a text, where it has none of its own."""
    if not sample.url and sample.form in ("JSON payload", "code"):
        urls = [each for each in _ROUTE_URL.finditer(text) if not _EXAMPLE.search(text[: each.start()][-20:])]
        sample.url = urls[0][0] if urls else ""
    if not sample.headers and not sample.pair and sample.url:
        given = _AUTHORIZATION.search(text)
        sample.headers = [("Authorization", given[1])] if given else []


def _merged(readings: Iterable[Reading]) -> list[Reading]:
    """One for each different request, with all that is told of it."""
    by_request: dict[Any, Reading] = {}
    for reading in readings:
        key = repr(
            (reading.kind, *map(_sorted, (reading.values, reading.img2img, reading.inpaint, reading.hires)))
        )
        earlier = by_request.get(key)
        by_request[key] = _both(earlier, reading) if earlier else reading
    return list(by_request.values())


def _sorted(values: Any) -> Any:
    return sorted(values.items()) if values else values


def _both(one: Reading, other: Reading) -> Reading:
    forms = list(dict.fromkeys([*one.form.split(", "), other.form]))
    return replace(
        one,
        form=", ".join(forms),
        endpoint_url=one.endpoint_url or other.endpoint_url,
        sign_in=one.sign_in or other.sign_in,
        token=one.token or other.token,
        corrections=tuple(dict.fromkeys((*one.corrections, *other.corrections))),
    )
