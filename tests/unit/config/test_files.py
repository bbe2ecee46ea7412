"""Writing files whole: over a crash, over a full disk, and with an error a person can act on."""

import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sdstudio.config.files import disk_error, set_aside, write_atomically
from sdstudio.config.paths import DataDir
from sdstudio.core.errors import DiskFull, LibraryError


def test_writes_whole_private_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "settings.json"
    write_atomically(path, b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]
    if os.name != "nt":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


WRITE_FOR_EVER = """
import itertools, sys
from pathlib import Path
from sdstudio.config.files import write_atomically
path = Path(sys.argv[1])
for number in itertools.count():
    write_atomically(path, b"%d" % number + b"x" * 200_000 + b"%d" % number)
    if number == 3:
        print("going", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="kills by signal")
def test_a_killed_writer_leaves_a_whole_file(tmp_path):
    path = tmp_path / "drafts.json"
    with subprocess.Popen([sys.executable, "-c", WRITE_FOR_EVER, path], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
    first, _, last = path.read_bytes().partition(b"x" * 200_000)
    assert first == last


FILL = """
import resource, sys
from pathlib import Path
from sdstudio.config.files import write_atomically
from sdstudio.core.errors import DiskFull
path = Path(sys.argv[1])
write_atomically(path, b"small")
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    write_atomically(path, b"x" * 20_000)
except DiskFull as error:
    print(error.title)
"""


@pytest.mark.skipif(os.name == "nt", reason="needs resource limits")
def test_a_full_disk_keeps_the_old_content_and_no_half_file(tmp_path):
    path = tmp_path / "drafts.json"
    done = subprocess.run(
        [sys.executable, "-c", FILL, path], capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout == "The disk is full\n"
    assert path.read_bytes() == b"small"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_no_space_is_told_as_such(number):
    assert isinstance(disk_error(OSError(number, "no"), Path("a")), DiskFull)


def test_a_folder_in_the_way_is_told_in_words(tmp_path):
    (tmp_path / "drafts.json").mkdir()
    with pytest.raises(LibraryError, match="could not be read or written") as caught:
        write_atomically(tmp_path / "drafts.json", b"x")
    assert str(tmp_path) in caught.value.message
    assert caught.value.remedy


def test_setting_aside_never_replaces_an_older_broken_file(tmp_path):
    kept = []
    for content in (b"first", b"second", b"third"):
        (tmp_path / "a.json").write_bytes(content)
        kept.append(set_aside(tmp_path / "a.json"))
    assert [path.read_bytes() for path in kept] == [b"first", b"second", b"third"]
    assert not (tmp_path / "a.json").exists()


def test_a_link_to_a_file_elsewhere_stays_a_link(tmp_path):
    (tmp_path / "real").write_bytes(b"old")
    try:
        (tmp_path / "link").symlink_to(tmp_path / "real")
    except OSError:
        pytest.skip("this account may not make links")
    write_atomically(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_the_data_folder_is_made_private_and_only_once(tmp_path):
    data_dir = DataDir(tmp_path / "deep" / "data").make()
    data_dir.make()
    assert data_dir.pictures.is_dir()
    assert data_dir.journal_file.parent.is_dir()
    if os.name != "nt":
        assert stat.S_IMODE(data_dir.root.stat().st_mode) == 0o700


def test_a_data_folder_that_cannot_be_made_says_what_to_do(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LibraryError, match="--data-dir"):
        DataDir(tmp_path / "file" / "data").make()


def test_the_default_data_folder_is_the_users_own():
    assert DataDir.default().root.is_relative_to(Path.home())
