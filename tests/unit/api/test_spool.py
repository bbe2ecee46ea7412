"""The answer spool against the plain way: json and base64 over the whole text at once, whatever the chunking."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import itertools
import json
import random
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdstudio.api import picture_file, scanner
from sdstudio.api.answer import Spool, SpooledAnswer
from sdstudio.core.errors import AnswerLost, BadAnswer, DiskFull, EndpointError
from tests.fakes.full_disk import room_for

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
ANSWERS = st.builds(
    lambda images, rest: {**rest, "images": images},
    st.lists(st.binary(min_size=1, max_size=9000), max_size=4),
    st.dictionaries(st.sampled_from(["info", "parameters", "detail", "Images", "z"]), JSON_VALUES),
)


def spooled(folder: Path, chunks: list[bytes]) -> SpooledAnswer:
    spool = Spool(folder, uuid.uuid4().hex)
    for chunk in chunks:
        spool.feed(chunk)
    return spool.finish("application/json", "a host")


def cut_at(text: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    return [text[start:end] for start, end in itertools.pairwise(edges)]


def in_json(encoded: str, style: str) -> str:
    """One base64 text as the JSON writers of this world spell it."""
    if style == "slashes":
        return encoded.replace("/", "\\/")
    if style == "unicode":
        return encoded.replace("+", "\\u002b").replace("=", "\\u003D").replace("/", "\\u002F")
    if style == "mime":
        return "\\r\\n".join(encoded[at : at + 76] for at in range(0, len(encoded), 76))
    if style == "data url":
        return f"data:image\\/png;base64,{encoded}"
    return encoded.rstrip("=") if style == "unpadded" else encoded


@given(
    answer=ANSWERS,
    places=st.lists(st.integers(min_value=0), max_size=30),
    ascii_only=st.booleans(),
    style=st.sampled_from(["plain", "slashes", "unicode", "mime", "data url", "unpadded"]),
)
def test_spooling_equals_parsing_the_whole(
    tmp_path_factory: pytest.TempPathFactory,
    answer: dict[str, Any],
    places: list[int],
    ascii_only: bool,
    style: str,
) -> None:
    folder = tmp_path_factory.getbasetemp()
    pictures: list[bytes] = answer["images"]
    marked = {**answer, "images": [f"@{number}@" for number in range(len(pictures))]}
    text = json.dumps(marked, ensure_ascii=ascii_only)
    text = re.sub(
        r'"@(\d+)@"',
        lambda mark: '"' + in_json(base64.b64encode(pictures[int(mark[1])]).decode(), style) + '"',
        text,
    )

    found = spooled(folder, cut_at(text.encode(), places))

    assert [image.path.read_bytes() for image in found.images] == pictures
    assert [image.sha256 for image in found.images] == [hashlib.sha256(p).hexdigest() for p in pictures]
    assert [image.size_bytes for image in found.images] == [len(p) for p in pictures]
    assert {**found.document, "images": None} == {**answer, "images": None}
    assert found.whole
    found.discard()


@given(text=st.text(alphabet='AB/+=\\"un0{}[]: ,\n', max_size=40), places=st.lists(st.integers(0), max_size=8))
def test_any_string_among_the_pictures_is_told_right(
    tmp_path_factory: pytest.TempPathFactory, text: str, places: list[int]
) -> None:
    """Base64 or not is decided as the standard library decides it, but for white space and missing padding."""
    folder = tmp_path_factory.getbasetemp()
    squeezed = "".join(text.split())
    try:
        expected = base64.b64decode(squeezed + "=" * (-len(squeezed) % 4), validate=True)
    except binascii.Error:
        expected = None

    found = spooled(folder, cut_at(json.dumps({"images": [text], "after": text}).encode(), places))

    assert found.document["after"] == text
    (image,) = found.images
    if expected:
        assert image.path.read_bytes() == expected
    else:
        assert image.trouble == ("not base64" if expected is None else "blank")
        assert not image.path.exists()
    found.discard()


@given(
    text=st.text(alphabet='{}[],:"\\ \n\t0123456789truefalsn"images#', max_size=60),
    places=st.lists(st.integers(0), max_size=6),
)
def test_junk_is_refused_in_our_own_words(
    tmp_path_factory: pytest.TempPathFactory, text: str, places: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("junk")
    with contextlib.suppress(EndpointError):
        spooled(folder, cut_at(text.encode(), places)).discard()
    assert not list(folder.iterdir())


@given(st.binary(max_size=200))
def test_bytes_that_are_no_text_are_refused_in_our_own_words(
    tmp_path_factory: pytest.TempPathFactory, body: bytes
) -> None:
    with pytest.raises(EndpointError):
        spooled(tmp_path_factory.getbasetemp(), [body])


@given(st.integers(min_value=0), st.integers(1, 400))
def test_an_answer_cut_off_anywhere_is_lost_or_salvaged(
    tmp_path_factory: pytest.TempPathFactory, place: int, step: int
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    pictures = [random.Random(number).randbytes(3000) for number in range(3)]
    text = json.dumps({"images": [base64.b64encode(p).decode() for p in pictures], "info": "{}"}).encode()
    text = text[: 1 + place % (len(text) - 1)]
    try:
        found = spooled(folder, [text[at : at + step] for at in range(0, len(text), step)])
    except AnswerLost:
        assert not list(folder.iterdir())
        return
    kept = [image.path.read_bytes() for image in found.images]
    assert not found.whole
    assert kept == pictures[: len(kept)]
    assert len(list(folder.iterdir())) == len(kept) > 0


def test_pictures_in_other_places_are_not_spooled_but_cut(tmp_path: Path) -> None:
    """sd.cpp repeats the request, sources and all, in `parameters`."""
    picture = base64.b64encode(b"x" * 60_000).decode()
    answer = {"parameters": {"init_images": [picture]}, "images": [picture], "info": "é" * 9000}
    found = spooled(
        tmp_path, cut_at(json.dumps(answer, ensure_ascii=False).encode(), list(range(0, 90_000, 1500)))
    )
    assert len(list(tmp_path.iterdir())) == 1
    assert found.document["info"] == "é" * 9000
    (echoed,) = found.document["parameters"]["init_images"]
    assert len(echoed) <= scanner.LONGEST_ECHO_BYTES
    assert picture.startswith(echoed)


def test_the_name_of_the_list_may_be_written_with_escapes(tmp_path: Path) -> None:
    found = spooled(tmp_path, [b'{"im\\u0061ges": ["QUJD"]}'])
    assert found.images[0].path.read_bytes() == b"ABC"


def test_entries_that_are_no_text_are_told(tmp_path: Path) -> None:
    found = spooled(tmp_path, [b'{"images": [null, 7, {"image": "QUJD"}, ["QUJD"], "QUJD"]}'])
    assert [image.trouble for image in found.images] == ["no text"] * 4 + [""]


def test_a_server_cannot_forge_our_own_marks(tmp_path: Path) -> None:
    found = spooled(tmp_path, [b'{"images": ["#0", "QUJD"]}'])
    assert [image.trouble for image in found.images] == ["not base64", ""]


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (b"", "The answer cannot be read"),
        (b"[1, 2]", "The answer has no pictures in it"),
        (b'"IN_QUEUE"', "The answer has no pictures in it"),
        (b'{"id": "x", "status": "IN_QUEUE"}', "The answer has no pictures in it"),
        (b'{"images": "QUJD"}', "The answer has no pictures in it"),
        (b'{"images": null}', "The answer has no pictures in it"),
        (b'{"images": []} trailing', "The answer cannot be read"),
        (b'{"images": [] "info"}', "The answer cannot be read"),
        (b'{"n": ' + b"1" * 10_000 + b', "images": []}', "The answer cannot be read"),
        (b"<!DOCTYPE html><title>Welcome</title>", "This address answers with a web page, not with the API"),
        (b"<!DOCTYPE html><title>Sign in</title>", "This address answers with a sign-in page"),
        (b"[" * 5000, "The answer is nested deeper than any answer should be"),
    ],
)
def test_what_is_no_answer_is_a_bad_answer(tmp_path: Path, body: bytes, title: str) -> None:
    with pytest.raises(BadAnswer) as caught:
        spooled(tmp_path, [body])
    assert caught.value.title == title
    assert len(caught.value.raw.encode()) <= 2100


@pytest.mark.parametrize("after", [b'] "info"', b"]} trailing", b"", b', "QU'])
def test_whole_pictures_of_a_broken_answer_are_kept(tmp_path: Path, after: bytes) -> None:
    found = spooled(tmp_path, [b'{"images": ["QUJD"' + after])
    assert [image.path.read_bytes() for image in found.images] == [b"ABC"]
    assert not found.whole


def test_too_much_text_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner, "LONGEST_TEXT_BYTES", 10_000)
    with pytest.raises(BadAnswer):
        spooled(tmp_path, [b'{"info": "', *[b"x" * 4000] * 3, b'", "images": []}'])


def test_too_large_a_picture_is_refused_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_file, "LARGEST_PICTURE_BYTES", 5000)
    spool = Spool(tmp_path, "answer")
    with pytest.raises(BadAnswer):
        spool.feed(b'{"images": ["' + b"A" * 8000 + b'"]}')
    spool.discard()
    assert not list(tmp_path.iterdir())


def test_too_many_pictures_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner, "MOST_IMAGES", 3)
    spool = Spool(tmp_path, "answer")
    with pytest.raises(BadAnswer):
        spool.feed(b'{"images": ["QUJD","QUJD","QUJD","QUJD"]}')
    spool.discard()


@pytest.mark.parametrize("size", [4000, 400_000])
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, size: int) -> None:
    spool = Spool(tmp_path, "answer")
    with room_for(2048), pytest.raises(DiskFull):
        spool.feed(b'{"images": ["' + base64.b64encode(bytes(size)) + b'"]}')
    spool.discard()
    assert not list(tmp_path.iterdir())
