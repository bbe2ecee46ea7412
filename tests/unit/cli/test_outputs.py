"""`--out` means a file or a folder, decided before anything is made, and never writes over anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from sdstudio.cli.outputs import Destination
from sdstudio.core.errors import InvalidRequest, LibraryError


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "stored.png"
    path.write_bytes(b"picture")
    return path


@pytest.mark.parametrize(
    ("text", "is_folder"),
    [("new", True), ("new/", True), ("new.png/", True), ("new.png", False), ("here.dir", True)],
)
def test_what_is_meant_follows_from_the_name(tmp_path: Path, text: str, is_folder: bool) -> None:
    (tmp_path / "here.dir").mkdir()
    assert Destination.of(f"{tmp_path}/{text}", 1).is_folder is is_folder


def test_a_file_is_made_once(tmp_path: Path, picture: Path) -> None:
    there = Destination.of(str(tmp_path / "out.png"), 1)
    assert there.copy(picture).read_bytes() == b"picture"
    with pytest.raises(InvalidRequest, match="there already"):
        Destination.of(str(tmp_path / "out.png"), 1)


def test_a_file_that_appeared_meanwhile_is_left_alone(tmp_path: Path, picture: Path) -> None:
    there = Destination.of(str(tmp_path / "out.png"), 1)
    (tmp_path / "out.png").write_text("somebody else's")
    with pytest.raises(LibraryError):
        there.copy(picture)
    assert (tmp_path / "out.png").read_text() == "somebody else's"


def test_a_link_into_nowhere_is_not_followed(tmp_path: Path, picture: Path) -> None:
    (tmp_path / "out.png").symlink_to(tmp_path / "elsewhere.png")
    with pytest.raises(LibraryError):
        Destination.of(str(tmp_path / "out.png"), 1).copy(picture)
    assert not (tmp_path / "elsewhere.png").exists()


def test_in_a_folder_names_give_way(tmp_path: Path, picture: Path) -> None:
    there = Destination.of(f"{tmp_path}/a/b/", 3)
    assert [there.copy(picture).name for _ in range(3)] == ["stored.png", "stored-2.png", "stored-3.png"]


def test_several_pictures_want_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="don't go into one file"):
        Destination.of(str(tmp_path / "out.png"), 2)


@pytest.mark.parametrize("name", ["a" * 300 + ".png", "stored.png/x.png", "nowhere/x.png"])
def test_a_place_that_cannot_be_is_refused(tmp_path: Path, picture: Path, name: str) -> None:
    with pytest.raises(InvalidRequest):
        Destination.of(str(tmp_path / name), 1)
