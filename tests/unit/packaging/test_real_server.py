"""The server that `dev.py test --real` needs is fetched, built and kept: with a real pip, cmake and compiler.

The archive here is a small one of our own, laid out like the real one. What needs a compiler runs with the tests
that need the server.
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
import tarfile
from pathlib import Path

import pytest
from steps import commands, installer, real_server, system_packages
from steps.places import CannotGoOn

PYPROJECT = '[build-system]\nrequires = ["scikit-build-core"]\nbuild-backend = "scikit_build_core.build"\n'
CMAKE = """
cmake_minimum_required(VERSION 3.12)
project(small C)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
add_executable(sd-server main.c)
"""
PROGRAM = "#include <stdio.h>\nint main(void) { return puts(SERVER) < 0; }\n"


@pytest.fixture(autouse=True)
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place where pip looks, and a cache of the test's own."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    python = getattr(sys, "_base_executable", sys.executable)
    monkeypatch.setattr(installer, "_pip", lambda: [python, "-m", "pip", "--disable-pip-version-check"])
    return folder


def offer(index: Path, monkeypatch: pytest.MonkeyPatch, *, program: str = PROGRAM, sha256: str = "") -> None:
    """Put an archive with this program on the index, and its lock (with another hash, if one is given) in place."""
    root = "stable_diffusion_cpp_python-0.1"
    files = {
        "PKG-INFO": "Metadata-Version: 2.1\nName: stable-diffusion-cpp-python\nVersion: 0.1\n",
        "pyproject.toml": PYPROJECT,
        "README": "is not unpacked",
        "vendor/stable-diffusion.cpp/CMakeLists.txt": CMAKE,
        "vendor/stable-diffusion.cpp/main.c": program,
    }
    archive = index / f"{root}.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        for name, text in files.items():
            member = tarfile.TarInfo(f"{root}/{name}")
            member.size = len(text.encode())
            packed.addfile(member, io.BytesIO(text.encode()))
    found = sha256 or hashlib.sha256(archive.read_bytes()).hexdigest()
    lock = index.parent / "real.lock"
    lock.write_text(f"stable-diffusion-cpp-python==0.1 --hash=sha256:{found}\n", "utf-8")
    monkeypatch.setattr(real_server, "REAL_SERVER_LOCK", lock)


@pytest.mark.real
def test_it_is_built_once_and_kept(
    index: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    offer(index, monkeypatch, program=PROGRAM.replace("SERVER", '"first"'))
    program = real_server.make_ready()
    said = capfd.readouterr().out
    assert "Building sd-server" in said
    assert "  100 %" in said
    assert sorted(path.name for path in program.parent.iterdir()) == ["lock", program.name]

    for path in index.iterdir():
        path.unlink()
    assert real_server.make_ready() == program
    assert capfd.readouterr().out == ""


@pytest.mark.real
def test_another_version_is_another_program_and_a_broken_one_is_built_anew(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(index, monkeypatch, program=PROGRAM.replace("SERVER", '"first"'))
    first = real_server.make_ready()
    offer(index, monkeypatch, program=PROGRAM.replace("SERVER", '"second"'))
    second = real_server.make_ready()
    assert first != second
    assert first.exists()
    second.write_bytes(b"cut off")
    (second.parent / "work").mkdir()  # as a killed call leaves it
    assert real_server.make_ready() == second
    assert b"second" in second.read_bytes()


@pytest.mark.real
def test_what_does_not_build_is_quoted(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(index, monkeypatch, program="this is no C\n")
    with pytest.raises(CannotGoOn, match=r"(?s)main\.c.*sd-server could not be built"):
        real_server.make_ready()


@pytest.mark.real
def test_an_archive_with_another_hash_is_not_taken(
    index: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    offer(index, monkeypatch, sha256="0" * 64)
    with pytest.raises(CannotGoOn, match=r"pip could not fetch what real\.lock names"):
        real_server.make_ready()
    assert "DO NOT MATCH THE HASHES" in capfd.readouterr().err


@pytest.mark.real
def test_no_package_index_is_explained(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(index, monkeypatch)
    for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(CannotGoOn, match="reaches no package index"):
        real_server.make_ready()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere they come with other things")
def test_missing_tools_are_named_before_anything_is_fetched(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(index, monkeypatch)
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "apt-get").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(empty))
    monkeypatch.setattr(system_packages, "_rights", lambda: None)
    monkeypatch.setattr(system_packages, "_is_root", lambda: False)
    with pytest.raises(CannotGoOn, match=r"sudo apt-get install .* cmake make g\+\+\n"):
        real_server.make_ready()


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ([], ["-m", "not slow and not real"]),
        (["-k", "strip"], ["-m", "not slow and not real", "-k", "strip"]),
        (["--slow"], ["-m", "not real"]),
        (["tests/real", "--real"], ["-m", "not slow", "tests/real"]),
        (["--real", "--slow"], ["-m", ""]),
    ],
)
def test_tests_that_are_asked_for(rest: list[str], expected: list[str]) -> None:
    assert commands._for_pytest(rest) == expected
