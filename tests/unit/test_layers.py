"""The layer contracts hold, and bite when one import is turned round."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Turned:
    """One import that must not be: `line` put at the top of `module`."""

    module: str
    line: str
    contract: str


TURNED = [
    Turned("core/geometry.py", "import sdstudio.ui", "Layers import to the right only"),
    Turned("library/__init__.py", "import sdstudio.api", "Layers import to the right only"),
    Turned("api/__init__.py", "import sdstudio.practice", "Only the command line starts the practice"),
    Turned("jobs/__init__.py", "import PySide6", "Qt only in ui and app"),
    Turned("jobs/__init__.py", "import httpx", "httpx only in api"),
    Turned("ui/__init__.py", "import sqlite3", "sqlite3 only in library"),
    Turned("library/__init__.py", "import keyring", "keyring only in config"),
]


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter over the package in `root`, as `dev.py test` does, on nothing but that copy."""
    environment = {**os.environ, "PYTHONPATH": str(root)}
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as lint; lint()",
            "--no-cache",
        ],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package and its contracts, free to be spoiled."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "sdstudio", tmp_path / "sdstudio", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_the_contracts_hold(copy: Path) -> None:
    done = lint_imports(copy)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("turned", TURNED, ids=lambda turned: f"{turned.module}: {turned.line}")
def test_an_import_turned_round_breaks_its_contract(copy: Path, turned: Turned) -> None:
    module = copy / "sdstudio" / turned.module
    text = module.read_text("utf-8")
    module.write_text(text + f"\n{turned.line}\n", "utf-8")
    done = lint_imports(copy)
    assert done.returncode == 1, done.stdout + done.stderr
    broken = [line for line in done.stdout.splitlines() if line.endswith("BROKEN")]
    assert any(line.startswith(turned.contract) for line in broken), done.stdout


def test_a_new_room_must_be_given_its_place(copy: Path) -> None:
    (copy / "sdstudio" / "attic.py").write_text('"""A module no layer names."""\n', "utf-8")
    done = lint_imports(copy)
    assert done.returncode == 1
    assert "attic" in done.stdout
