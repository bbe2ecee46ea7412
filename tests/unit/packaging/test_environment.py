"""`.venv` is made once, mended when broken, and left alone while it fits: with real environments and a real pip."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
CALL = "from steps.environment import make_ready; make_ready('run')"
Call = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One checkout for all: every test finds or brings it into order first, and that is what they are about."""
    folder = tmp_path_factory.mktemp("environment") / "one"
    shutil.copytree(ROOT / "packaging" / "steps", folder / "packaging" / "steps")
    return folder


@pytest.fixture
def checkout(folder: Path) -> Path:
    """A checkout with the set-up steps and locks that name nothing, so that no index is asked."""
    for lock in ("requirements.lock", "requirements-dev.lock"):
        (folder / lock).write_text("# nothing\n", "utf-8")
    return folder


def start(checkout: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [getattr(sys, "_base_executable", sys.executable), "-c", CALL],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout / "packaging"), "PIP_RETRIES": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def call(checkout: Path) -> str:
    """What one call says; it must succeed."""
    with start(checkout) as process:
        said, errors = process.communicate()
    assert process.returncode == 0, said + errors
    return said


def refusal(checkout: Path) -> str:
    """What one call says that must fail."""
    with start(checkout) as process:
        _, errors = process.communicate()
    assert process.returncode == 1
    return errors


def test_made_once_and_then_left_alone(checkout: Path) -> None:
    shutil.rmtree(checkout / ".venv", ignore_errors=True)
    assert "Making .venv" in call(checkout)
    begin = time.monotonic()
    assert call(checkout) == ""
    assert time.monotonic() - begin < 1
    inside = checkout / ".venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    where = subprocess.check_output([inside, "-c", "import sys; print(*sys.path, sep='\\n')"], text=True)
    assert str(checkout) in where.splitlines()


def test_a_changed_lock_is_installed(checkout: Path) -> None:
    call(checkout)
    (checkout / "requirements.lock").write_text("# still nothing\n", "utf-8")
    said = call(checkout)
    assert "Installing" in said
    assert "Making" not in said


def test_an_installation_by_other_hands_is_undone(checkout: Path) -> None:
    call(checkout)
    [packages] = (checkout / ".venv").rglob("site-packages")
    (packages / "stranger-1.0.dist-info").mkdir()
    (packages / "stranger-1.0.dist-info" / "METADATA").write_text("Name: stranger\nVersion: 1.0\n", "utf-8")
    (packages / "stranger-1.0.dist-info" / "RECORD").write_text(
        "stranger-1.0.dist-info/METADATA,,\nstranger-1.0.dist-info/RECORD,,\n", "utf-8"
    )
    assert "Removing what the lock does not name: stranger" in call(checkout)
    assert not (packages / "stranger-1.0.dist-info").exists()


def test_a_half_made_environment_is_made_anew(checkout: Path) -> None:
    call(checkout)
    (checkout / ".venv" / "sdstudio-stamp.json").unlink()
    (checkout / ".venv" / "sdstudio-unfinished").touch()
    said = call(checkout)
    assert "half made" in said
    assert "Making .venv" in said


def test_an_environment_without_a_python_is_made_anew(checkout: Path) -> None:
    call(checkout)
    shutil.rmtree(checkout / ".venv" / ("Scripts" if os.name == "nt" else "bin"))
    assert "Making .venv" in call(checkout)


def test_a_moved_checkout_gets_a_new_environment(checkout: Path) -> None:
    call(checkout)
    moved = checkout.rename(checkout.parent / "two")
    try:
        assert "Making .venv" in call(moved)
    finally:
        moved.rename(checkout)


def test_calls_at_the_same_time_make_it_once(checkout: Path) -> None:
    shutil.rmtree(checkout / ".venv", ignore_errors=True)
    several = [start(checkout) for _ in range(3)]
    said = [process.communicate() for process in several]
    assert [process.returncode for process in several] == [0, 0, 0], said
    assert "".join(words for words, _ in said).count("Making .venv") == 1


@pytest.fixture
def unknown_package(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lock that names a package, and a pip with no index but the one a test gives it."""
    (checkout / "requirements.lock").write_text(f"sdstudio-nowhere==1.0 --hash=sha256:{'0' * 64}\n", "utf-8")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    return checkout


def test_no_package_index_is_explained(unknown_package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    assert "reaches no package index" in refusal(unknown_package)
    assert (unknown_package / ".venv" / "sdstudio-unfinished").exists()


def test_no_build_for_this_machine_is_explained(unknown_package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert "no fitting build of a package for this machine: Python 3" in refusal(unknown_package)
