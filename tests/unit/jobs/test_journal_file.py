"""What was acknowledged is read again, whatever was cut off, spoiled or refused by the disk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdstudio.core.errors import DiskFull, LibraryError, LibraryTooNew
from sdstudio.jobs.journal_file import JournalFile, Replay, decoded, encoded
from sdstudio.jobs.ledger import DOUBT
from tests.fakes.full_disk import room_for
from tests.guards.log_lines import ExpectedLogs

RECORDS: list[dict[str, Any]] = [
    {"op": "put", "id": "a", "text": "a\nb\u2028c \U0001f30a"},
    {"op": "put", "id": "b"},
    {"op": "start", "id": "a"},
    {"op": "finish", "id": "a"},
    {"op": "start", "id": "b"},
]


@contextmanager
def journal(path: Path) -> Iterator[tuple[JournalFile, Replay]]:
    file = JournalFile(path)
    replay = file.open()
    try:
        yield file, replay
    finally:
        file.close()


def read(path: Path) -> Replay:
    with journal(path) as (_, replay):
        return replay


def records(replay: Replay) -> list[dict[str, Any]]:
    return [{key: value for key, value in record.items() if key != "n"} for record in replay.records]


LINES = [
    encoded(record, starts)
    for record, starts in zip([{"op": "journal", "version": 1}, *RECORDS], [0, 0, 0, 1, 1, 2], strict=True)
]
ENDS = list(accumulate(len(line) for line in LINES))


def write(path: Path) -> int:
    """A journal of RECORDS; returns its length."""
    return path.write_bytes(b"".join(LINES))


def test_what_was_appended_is_on_the_disk_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "j"
    with journal(path) as (file, replay):
        assert replay == Replay()
        for record, end in zip(RECORDS, ENDS[1:], strict=True):
            file.append([record])
            assert path.stat().st_size == end
    assert path.read_bytes() == b"".join(LINES)
    assert records(read(path)) == RECORDS
    assert read(path).damaged_lines == 0


def test_cut_anywhere_no_acknowledged_record_is_lost_and_writing_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "j"
    content = b"".join(LINES)
    for cut in range(len(content) + 1):
        path.write_bytes(content[:cut])
        acknowledged = sum(cut >= end for end in ENDS[1:])
        with journal(path) as (file, replay):
            whole = records(replay)
            assert whole[:acknowledged] == RECORDS[:acknowledged]
            assert len(whole) - acknowledged <= 1, "only the line that lacks its newline may come on top"
            assert replay.damaged_lines == 0
            file.append([{"op": "put", "id": "next"}])
        after = read(path)
        assert records(after) == [*whole, {"op": "put", "id": "next"}]
        assert after.damaged_lines == 0


@given(st.data())
def test_spoiled_bytes_cost_only_the_lines_they_are_in(tmp_path_factory: Any, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("journal") / "j"
    content = bytearray(b"".join(LINES))
    places = data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4))
    for place in places:
        content[place] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    lines = [bytes(content[end - len(line) : end]) for line, end in zip(LINES, ENDS, strict=True)]
    whole = [i for i in range(1, len(lines)) if lines[i].removesuffix(b"\n") == LINES[i].removesuffix(b"\n")]
    # A line also falls if the newline before or after it was spoiled: it is one with its neighbour then.
    alone = [i for i in whole if lines[i].endswith(b"\n") and lines[i - 1].endswith(b"\n")]
    found = [record for record in records(read(path)) if record != DOUBT]
    assert [record for record in found if record in [RECORDS[i - 1] for i in alone]] == [
        RECORDS[i - 1] for i in alone
    ]
    assert all(record in [RECORDS[i - 1] for i in whole] for record in found)


@given(st.binary(max_size=300))
def test_no_content_makes_reading_fail(tmp_path_factory: Any, content: bytes) -> None:
    path = tmp_path_factory.mktemp("journal") / "j"
    path.write_bytes(content)
    assert read(path).records in ((), (DOUBT,))
    assert read(path).damaged_lines == 0, "the second time it has been cleaned"


def spoil(path: Path, number: int) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    lines[number] = b"#" * (len(lines[number]) - 1) + b"\n"
    path.write_bytes(b"".join(lines))


def test_a_spoiled_start_raises_doubt_where_it_stood(tmp_path: Path) -> None:
    path = tmp_path / "j"
    write(path)
    spoil(path, 3)
    replay = read(path)
    assert replay.damaged_lines == 1
    assert records(replay) == [*RECORDS[:2], DOUBT, *RECORDS[3:]]


def test_a_spoiled_line_that_was_no_start_raises_none(tmp_path: Path) -> None:
    path = tmp_path / "j"
    write(path)
    spoil(path, 2)
    assert records(read(path)) == [RECORDS[0], *RECORDS[2:]]


def test_a_spoiled_last_line_may_have_been_a_start(tmp_path: Path) -> None:
    path = tmp_path / "j"
    write(path)
    spoil(path, 5)
    assert records(read(path)) == [*RECORDS[:4], DOUBT]


def test_a_damaged_journal_is_set_aside_and_doubt_survives_the_cleaning(tmp_path: Path) -> None:
    path = tmp_path / "j"
    write(path)
    spoil(path, 3)
    damaged = path.read_bytes()
    first = read(path)
    assert first.damaged_copy
    assert first.damaged_copy.read_bytes() == damaged
    second = read(path)
    assert (second.damaged_lines, second.damaged_copy) == (0, None)
    assert records(second) == records(first)


def test_starts_are_counted_on_over_cleaning_and_rewriting(tmp_path: Path) -> None:
    path = tmp_path / "j"
    write(path)
    with journal(path) as (file, _):
        file.rewrite(RECORDS[:3])
        file.append([{"op": "put", "id": "x"}, {"op": "start", "id": "x"}])
    spoil(path, 4)
    assert DOUBT not in read(path).records
    assert len(read(path).records) == 4


def test_rewriting_replaces_all_and_appending_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "j"
    write(path)
    with journal(path) as (file, _):
        file.rewrite([RECORDS[1]])
        assert file.lines == 2
        file.append([RECORDS[4]])
    assert records(read(path)) == [RECORDS[1], RECORDS[4]]
    assert [entry.name for entry in tmp_path.iterdir()] == ["j"]


def test_a_rewrite_that_fails_leaves_the_old_journal_in_use(tmp_path: Path) -> None:
    path = tmp_path / "j"
    write(path)
    with journal(path) as (file, _):
        with room_for(10), pytest.raises(DiskFull):
            file.rewrite([RECORDS[1]])
        file.append([{"op": "put", "id": "later"}])
    assert records(read(path)) == [*RECORDS, {"op": "put", "id": "later"}]


@pytest.mark.parametrize("room", [0, 1, 7, 40])
def test_a_full_disk_leaves_no_half_line(tmp_path: Path, room: int) -> None:
    path = tmp_path / "j"
    end = write(path)
    with journal(path) as (file, _):
        with room_for(end + room), pytest.raises(DiskFull):
            file.append([{"op": "put", "id": "too much", "text": "x" * 100}])
        assert path.stat().st_size == end
        file.append([{"op": "put", "id": "fits"}])
    assert records(read(path)) == [*RECORDS, {"op": "put", "id": "fits"}]
    assert read(path).damaged_lines == 0


def test_a_half_line_that_cannot_be_taken_back_spoils_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expect_logs: ExpectedLogs
) -> None:
    expect_logs("could not be cut off")
    path = tmp_path / "j"
    end = write(path)
    with journal(path) as (file, _):
        stubborn = Stubborn(file._file)
        monkeypatch.setattr(file, "_file", stubborn)
        with room_for(end + 20), pytest.raises(DiskFull):
            file.append([{"op": "put", "id": "too much", "text": "x" * 100}])
        file.append([{"op": "put", "id": "fits"}])
    assert records(read(path)) == [*RECORDS, {"op": "put", "id": "fits"}]


class Stubborn:
    """A file on a disk that does not even let itself be cut."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def truncate(self, size: int) -> int:
        raise OSError(5, f"cannot cut to {size}")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def test_a_later_versions_journal_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "j"
    path.write_bytes(encoded({"op": "journal", "version": 2}, 0) + encoded({"op": "put", "soul": 1}, 0))
    before = path.read_bytes()
    with pytest.raises(LibraryTooNew):
        JournalFile(path).open()
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="could not be read or written"):
        JournalFile(tmp_path / "nowhere" / "j").open()


def test_a_line_is_checksum_and_json() -> None:
    line = encoded({"op": "put", "t": "é"}, 3)
    assert json.loads(line[9:]) == {"op": "put", "t": "é", "n": 3}
    assert line.isascii()
    assert decoded(line) == {"op": "put", "t": "é", "n": 3}
    assert decoded(line.replace(b"put", b"pat")) is None
    assert decoded(b"") is None
