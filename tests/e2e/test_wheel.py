"""The wheel `pip install .` builds is whole: the program starts from it, with its own resources."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing in it but what the wheel brings."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def python(site: Path, *words: str) -> str:
    """What a Python says that finds the wheel's files before the checkout's."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=site.parent,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_resources_come_with_the_wheel(installed: Path) -> None:
    program = "from sdstudio.config import resources; print(resources.path('icons/sdstudio.svg'))"
    assert python(installed, "-c", program) == str(
        installed / "sdstudio" / "resources" / "icons" / "sdstudio.svg"
    )


def test_the_program_starts_from_the_wheel(installed: Path) -> None:
    metadata = next(installed.glob("sdstudio-*.dist-info"))
    version = metadata.name.removeprefix("sdstudio-").removesuffix(".dist-info")
    assert "sdstudio = sdstudio.__main__:main" in (metadata / "entry_points.txt").read_text("utf-8")
    assert version in python(installed, "-m", "sdstudio", "--version")


def test_a_missing_resource_is_named(installed: Path) -> None:
    program = (
        "from sdstudio.config import resources\n"
        "try: resources.path('icons/nothing.svg')\n"
        "except FileNotFoundError as error: print(error)"
    )
    assert "icons/nothing.svg" in python(installed, "-c", program)
