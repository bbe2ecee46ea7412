"""Placing files: never over another, with hard links and without, and all or nothing."""

import errno
import os
import shutil

import pytest

from sdstudio.library import picture_files
from sdstudio.library.picture_files import left_behind, place, sha256_of


def nobody(_name: str) -> bool:
    return False


@pytest.fixture(params=["links", "no links"])
def links(request, monkeypatch):
    if request.param == "no links":

        def refuse(*_):
            raise OSError(errno.EPERM, "no links on this file system")

        monkeypatch.setattr(os, "link", refuse)
    return request.param


@pytest.fixture
def source(tmp_path):
    (tmp_path / "spool").write_bytes(b"the picture")
    return tmp_path / "spool"


def test_a_file_gets_its_name_and_keeps_its_bytes(links, source, tmp_path):
    assert place(source, tmp_path, "pictures/day/a.png", nobody) == "pictures/day/a.png"
    assert (tmp_path / "pictures/day/a.png").read_bytes() == b"the picture"
    assert source.exists()


def test_others_are_passed_over_and_never_touched(links, source, tmp_path):
    (tmp_path / "a.png").write_bytes(b"somebody's")
    (tmp_path / "a-2.png").mkdir()
    (tmp_path / "a-3.png").symlink_to(tmp_path / "nowhere")
    assert place(source, tmp_path, "a.png", nobody) == "a-4.png"
    assert (tmp_path / "a.png").read_bytes() == b"somebody's"
    assert (tmp_path / "a-3.png").is_symlink()


def test_a_name_that_is_taken_is_not_even_looked_at(links, source, tmp_path):
    assert place(source, tmp_path, "a.png", {"a.png", "a-2.png"}.__contains__) == "a-3.png"


def test_what_an_earlier_try_left_is_used(links, source, tmp_path):
    (tmp_path / "a.png").write_bytes(b"the picture")
    assert place(source, tmp_path, "a.png", nobody) == "a.png"
    (tmp_path / "b.png").touch()
    (tmp_path / ".b.png.tmp").write_bytes(b"the pic")
    assert place(source, tmp_path, "b.png", nobody) == "b.png"
    assert (tmp_path / "b.png").read_bytes() == b"the picture"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "b.png", "spool"]


def test_the_file_of_an_earlier_try_is_found_without_its_source(source, tmp_path):
    digest = sha256_of(source)
    (tmp_path / "a.png").write_bytes(b"another")
    (tmp_path / "a-2.png").write_bytes(b"the picture")
    assert left_behind(tmp_path, "a.png", digest, nobody) == "a-2.png"
    assert left_behind(tmp_path, "a.png", digest, "a-2.png".__eq__) is None
    assert left_behind(tmp_path, "c.png", digest, nobody) is None


def test_a_copy_that_fails_leaves_nothing(source, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(OSError(errno.EXDEV, "another disk")))
    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(OSError, match="full"):
        place(source, tmp_path, "a.png", nobody)
    assert [path.name for path in tmp_path.iterdir()] == ["spool"]


def test_another_error_of_the_disk_is_not_taken_for_missing_links(source, tmp_path, monkeypatch):
    def broken(*_):
        raise OSError(errno.EIO, "broken disk")

    monkeypatch.setattr(os, "link", broken)
    with pytest.raises(OSError, match="broken disk"):
        place(source, tmp_path, "a.png", nobody)


def test_names_run_out_in_the_end(source, tmp_path, monkeypatch):
    monkeypatch.setattr(picture_files, "_MOST_NUMBERS", 3)
    with pytest.raises(FileExistsError):
        place(source, tmp_path, "a.png", lambda _: True)
