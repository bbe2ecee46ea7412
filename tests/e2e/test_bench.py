"""The measurements measure: each starts what it says it starts and gives a row that can be read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def rows(folder: Path, *words: str) -> list[dict[str, object]]:
    """What one round writes as JSON; its table must tell of the same rows."""
    file = folder / "rows.json"
    done = subprocess.run(
        [sys.executable, "-m", "tests.perf", *words, "--rounds", "1", "--json", file],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    written = json.loads(file.read_text("utf-8"))
    assert [row["name"] for row in written] == [line.split()[0] for line in done.stdout.splitlines()[1:]]
    return written


def check(row: dict[str, object]) -> None:
    assert set(row) == {"name", "value", "unit", "against", "ratio"}
    assert row["unit"] == "ms"
    assert isinstance(row["value"], float)
    assert 0 < row["value"] < 60_000
    assert isinstance(row["ratio"], float)
    assert row["ratio"] > 0


def test_the_start_of_the_window(tmp_path: Path) -> None:
    [row] = rows(tmp_path, "startup")
    assert row["name"] == "startup.window"
    check(row)


@pytest.mark.slow
def test_what_goes_through_the_whole_window(tmp_path: Path) -> None:
    written = rows(tmp_path, "response", "generate")
    assert [row["name"] for row in written] == ["response.ui_gap_30mb", "generate.overhead"]
    for row in written:
        check(row)


def test_a_name_nobody_knows_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.perf", "nothing"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "there is no bench 'nothing'; there are startup.window" in done.stderr
