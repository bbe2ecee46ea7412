"""`dev.py` says clearly what it cannot do: an old Python, a missing package, a screen that is not there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from steps import commands, display, system_packages
from steps.places import CannotGoOn
from steps.system_packages import Need

ROOT = Path(__file__).resolve().parents[3]


def test_an_old_python_is_told_what_it_lacks() -> None:
    program = "import runpy, sys; sys.version_info = (3, 9, 2); runpy.run_path('packaging/dev.py')"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("SD Studio needs Python 3.11 or later, and this is Python 3.9.2.")
    assert "Traceback" not in done.stderr


def test_the_first_file_can_be_read_by_any_python_3() -> None:
    import ast

    ast.parse((ROOT / "packaging" / "dev.py").read_text("utf-8"), feature_version=(3, 4))


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ([], False),
        (["--data-dir", "here"], False),
        (["--data-dir=here"], False),
        (["--data-dir", "here", "serve"], True),
        (["generate", "a boat"], True),
        (["--version"], True),
    ],
)
def test_what_run_takes_for_a_command(rest: list[str], expected: bool) -> None:
    assert commands._asks_for_no_window(rest) is expected


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a screen")
class TestScreen:
    @pytest.fixture(autouse=True)
    def no_screen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY"):
            monkeypatch.delenv(name, raising=False)

    def test_none_is_named(self) -> None:
        assert not display.is_named()

    def test_one_that_does_not_answer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DISPLAY", ":7654")
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-none")
        assert display.is_named()
        assert "Wayland wayland-none and X :7654" in (display.why_it_does_not_answer() or "")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="no other system needs packages")
class TestSystemPackages:
    @pytest.fixture(autouse=True)
    def two_missing_things(self, monkeypatch: pytest.MonkeyPatch) -> None:
        missing = (
            Need("program", "sdstudio-no-program", "an", "bn", "cn", "dn"),
            Need("library", "libsdstudio-none.so.1", "al", "bl", "cl", "dl"),
        )
        monkeypatch.setattr(system_packages, "_NEEDS", {"window": missing, "test": missing})

    @staticmethod
    def give(folder: Path, monkeypatch: pytest.MonkeyPatch, program: str, script: str = "exit 1") -> None:
        (folder / program).write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        (folder / program).chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin" if program == "apt-get" else str(folder))

    @pytest.mark.parametrize(
        ("program", "command"),
        [
            ("apt-get", "sudo apt-get update && sudo apt-get install -y --no-install-recommends an al"),
            ("dnf", "sudo dnf install -y bn bl"),
            ("pacman", "sudo pacman -S --needed --noconfirm cn cl"),
            ("zypper", "sudo zypper install -y dn dl"),
        ],
    )
    def test_a_user_is_given_the_one_command(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, command: str
    ) -> None:
        self.give(tmp_path, monkeypatch, program)
        monkeypatch.setattr(system_packages, "_rights", lambda: None)
        monkeypatch.setattr(system_packages, "_is_root", lambda: False)
        with pytest.raises(CannotGoOn) as stop:
            system_packages.make_ready("test")
        assert f"\n    {command}\n" in str(stop.value)
        assert "sdstudio-no-program, libsdstudio-none.so.1" in str(stop.value)

    def test_root_on_debian_has_them_installed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.give(tmp_path, monkeypatch, "apt-get", f'echo "$@" >> {tmp_path}/said')
        monkeypatch.setattr(system_packages, "_rights", list)
        with pytest.raises(CannotGoOn, match="Still missing after the installation"):
            system_packages.make_ready("test")
        first, second = (tmp_path / "said").read_text("utf-8").splitlines()
        assert first.endswith(" update")
        assert second.endswith(" install -y --no-install-recommends an al")

    def test_a_failing_package_tool_is_quoted(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.give(tmp_path, monkeypatch, "apt-get", "echo the disk is full; exit 100")
        monkeypatch.setattr(system_packages, "_rights", list)
        with pytest.raises(CannotGoOn, match="the disk is full"):
            system_packages.make_ready("test")

    def test_a_system_without_a_known_tool(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(CannotGoOn, match="Missing on this system: sdstudio-no-program"):
            system_packages.make_ready("test")
