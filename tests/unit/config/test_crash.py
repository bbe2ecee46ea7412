"""An error nobody expected ends in the log, redacted, and as a plain sentence for the person."""

from __future__ import annotations

import asyncio
import faulthandler
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sdstudio.config import logs
from sdstudio.config.crash import FAULTS_FILE, CrashHooks
from tests.fakes.program import COMMAND


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "logs" / "sdstudio.log"
    undo = logs.set_up(path, stderr=False)
    yield path
    undo()


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def hooks(log_file: Path, told: list[str], expect_logs: Callable[[str], None]) -> Iterator[CrashHooks]:
    expect_logs("unexpected error in")
    with CrashHooks(log_file).installed() as hooks:
        hooks.tell = told.append
        yield hooks


def fail() -> None:
    raise ZeroDivisionError("Authorization: Bearer s3cret-in-an-error")


def check(told: list[str], log_file: Path) -> None:
    (sentence,) = told
    assert "ZeroDivisionError" in sentence
    assert str(log_file) in sentence
    written = log_file.read_text()
    assert "in fail" in written, "the traceback is there"
    assert "s3cret" not in sentence + written


@pytest.mark.usefixtures("hooks")
def test_in_another_thread(told: list[str], log_file: Path) -> None:
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    check(told, log_file)


async def test_in_a_callback_of_the_event_loop(hooks: CrashHooks, told: list[str], log_file: Path) -> None:
    loop = asyncio.get_running_loop()
    hooks.watch(loop)
    loop.call_soon(fail)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    loop.set_exception_handler(None)
    check(told, log_file)


@pytest.mark.usefixtures("hooks")
def test_at_the_top_of_the_main_thread(told: list[str], log_file: Path) -> None:
    try:
        fail()
    except ZeroDivisionError as error:
        sys.excepthook(ZeroDivisionError, error, error.__traceback__)
    check(told, log_file)


def test_hooks_are_taken_down_again(log_file: Path) -> None:
    before = sys.excepthook, threading.excepthook, faulthandler.is_enabled()
    with CrashHooks(log_file).installed():
        assert sys.excepthook != before[0]
    assert (sys.excepthook, threading.excepthook, faulthandler.is_enabled()) == before


def test_a_fault_of_the_interpreter_leaves_its_stacks_beside_the_log(tmp_path: Path) -> None:
    crash = f"""
import faulthandler
from pathlib import Path
from sdstudio.config.crash import CrashHooks
with CrashHooks(Path({str(tmp_path / "sdstudio.log")!r})).installed():
    faulthandler._sigsegv()
"""
    done = subprocess.run([sys.executable, "-c", crash], check=False, capture_output=True)
    assert done.returncode < 0
    assert "Segmentation fault" in (tmp_path / FAULTS_FILE).read_text()


def test_a_bug_in_a_command_is_one_sentence_and_status_1(tmp_path: Path) -> None:
    broken = """
import sys
import sdstudio.cli.generate as generate
generate.Destination.of = lambda *_: 1 // 0
from sdstudio.__main__ import main
sys.exit(main(sys.argv[1:]))
"""
    command = [*COMMAND[:-2], "-c", broken, "generate", "x", "--out", "y", "--data-dir", str(tmp_path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "ZeroDivisionError" in done.stderr
    assert "Traceback" in (tmp_path / "logs" / "sdstudio.log").read_text()
