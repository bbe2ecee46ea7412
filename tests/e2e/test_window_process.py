"""The program itself in a real window: typed at, killed, started again, and told to end."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.fakes.display import Display, display
from tests.fakes.practice import start_practice

PATIENCE_S = 60
TITLE = "SD Studio"
READY = "the window is ready"


@pytest.fixture(scope="module")
def screen() -> Iterator[Display]:
    with display() as opened:
        yield opened


@contextmanager
def studio(screen: Display, data_dir: Path) -> Iterator[subprocess.Popen[str]]:
    """`sdstudio --data-dir …` with every warning an error; killed at the end if it still runs."""
    command = [sys.executable, "-X", "dev", "-W", "error", "-m", "sdstudio", "--data-dir", str(data_dir)]
    environment = {
        **screen.environment,
        "PYTHONASYNCIODEBUG": "0",
    }  # it reports every slow step of a busy machine
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def until(what: str, happened: Callable[[], Any]) -> Any:
    """Poll another process's files until something is true of them."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if found := happened():
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen")


def pictures(data_dir: Path) -> list[Path]:
    return sorted((data_dir / "pictures").rglob("*.png"))


def rows(data_dir: Path) -> int:
    with closing(sqlite3.connect(f"file:{data_dir / 'library.db'}?mode=ro", uri=True)) as database:
        return int(database.execute("SELECT count(*) FROM pictures").fetchone()[0])


def draft(data_dir: Path) -> dict[str, Any]:
    file = data_dir / "drafts.json"
    return json.loads(file.read_text()) if file.exists() else {}


def text_of(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""


def journal(data_dir: Path) -> str:
    return text_of(data_dir / "queue" / "journal.jsonl")


def ready_window(screen: Display, data_dir: Path) -> str:
    """The program's window once it takes what is typed, with the keyboard on it."""
    window = screen.window_of(TITLE)
    until("the window to be ready", lambda: READY in text_of(data_dir / "logs" / "sdstudio.log"))
    screen.focus(window)
    return window


def prepare(data_dir: Path, endpoint: str = "") -> None:
    """A folder in which a small request is on the form already, so that typing a prompt is enough."""
    data_dir.mkdir()
    (data_dir / "settings.json").write_text(json.dumps({"endpoint_url": endpoint}))
    (data_dir / "drafts.json").write_text(json.dumps({"steps": 2, "width": 64, "height": 64}))


def end(process: subprocess.Popen[str], number: int) -> str:
    """Ask the program to end by a signal; what it wrote to standard error.

    Less what asyncio's debug mode says of slow steps: a busy machine is no fault, and stalls are the bench's.
    """
    process.send_signal(number)
    _output, errors = process.communicate(timeout=PATIENCE_S)
    return "".join(line for line in errors.splitlines(keepends=True) if "Executing <" not in line)


def test_typed_generated_kept_and_ended_in_order(screen: Display, tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    prepare(data_dir)
    with studio(screen, data_dir) as process:
        ready_window(screen, data_dir)
        screen.type("a lighthouse at dusk")
        until("the draft to be kept", lambda: draft(data_dir).get("prompt") == "a lighthouse at dusk")
        screen.press("ctrl+Return")
        until("the row", lambda: rows(data_dir) == 1)
        (picture,) = pictures(data_dir)
        with Image.open(picture) as opened:
            assert "a lighthouse at dusk" in opened.info["parameters"]
        errors = end(process, signal.SIGTERM)
        assert process.returncode == 0
        assert errors == ""


def test_killed_in_mid_generation_it_starts_clean(screen: Display, tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with start_practice("--behave", "slow=1") as endpoint:
        prepare(data_dir, endpoint)
        with studio(screen, data_dir) as process:
            ready_window(screen, data_dir)
            screen.type("a storm")
            until("the draft to be kept", lambda: draft(data_dir).get("prompt") == "a storm")
            screen.press("ctrl+Return", "ctrl+Return")
            until("the start", lambda: '"op":"start"' in journal(data_dir).replace(" ", ""))
            process.kill()
            process.wait()
        with studio(screen, data_dir) as process:
            screen.window_of(TITLE)
            # The second job goes on by itself; the first is unknown and is not made again.
            until("the waiting job to be made", lambda: rows(data_dir) == 1)
            assert draft(data_dir)["prompt"] == "a storm"
            assert end(process, signal.SIGINT) == ""
            assert process.returncode == 0
    assert len(pictures(data_dir)) == 1


def test_the_practice_endpoint_ends_with_a_killed_window(screen: Display, tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    prepare(data_dir)
    with studio(screen, data_dir) as process:
        screen.window_of(TITLE)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        child = until("the practice endpoint", lambda: children.read_text().split())[0]
        process.kill()
        process.wait()
        until("its end", lambda: not Path(f"/proc/{child}").exists())
