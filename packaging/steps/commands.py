"""The words `dev.py` understands, and what each of them needs before it starts."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence

from steps import checks, display, environment, locking, real_server, system_packages
from steps.places import ROOT, VENV_PYTHON, CannotGoOn, say

_WORDS = {
    "run": "open the window; without a screen, make one picture and print where it is",
    "test": "format, lint, types, layers, then the whole suite; further words go to pytest",
    "check": "format, lint, types and layers only",
    "tour": "write pictures of every part of the window into a folder",
    "bench": "measure, and print a table of ratios (--json FILE writes it as well)",
    "lock": "write the lock files anew (--upgrade takes newer versions)",
}
# Tests that take longer than the everyday suite allows have a mark, and run only where their word is said.
_ASKED_FOR = ("--slow", "--real")
# The example request of the AUTOMATIC1111 endpoint page this program began with.
_PICTURE = ("generate", "portrait of a young women, blue eyes, cinematic")
_PICTURE_OPTIONS = ("--steps", "25", "--width", "512", "--height", "512")


def main(words: Sequence[str]) -> int:
    """Do what `words` say; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    parser = _parser()
    if not words or words[0] in ("-h", "--help"):
        parser.print_help()
        return 0 if words else 2
    options = parser.parse_args(words[:1])
    actions = {"run": _run, "test": _test, "check": _check, "tour": _tour, "bench": _bench, "lock": _lock}
    try:
        return actions[options.word](list(words[1:]))
    except CannotGoOn as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    listed = "\n".join(f"  {word:<7}{meaning}" for word, meaning in _WORDS.items())
    parser = argparse.ArgumentParser(
        prog="dev.py",
        description="Sets up SD Studio in .venv, with exactly the locked versions, and then does what you say.",
        epilog=f"words:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="python3 packaging/dev.py WORD [OPTIONS]",
    )
    parser.add_argument("word", choices=_WORDS, help=argparse.SUPPRESS)
    return parser


def _run(rest: list[str]) -> int:
    if _asks_for_no_window(rest):  # `run serve --port 7860`, `run generate "…"`, `run --help`
        environment.make_ready("run")
        return _become("-m", "sdstudio", *rest)
    if not display.is_named():
        return _run_without_window("There is no screen here: neither DISPLAY nor WAYLAND_DISPLAY is set.", rest)
    system_packages.make_ready("window")
    environment.make_ready("run")
    if reason := display.why_it_does_not_answer():
        return _run_without_window(reason, rest)
    return _become("-m", "sdstudio", *rest)


def _asks_for_no_window(rest: list[str]) -> bool:
    """Whether `rest` holds a command, which any word is but the value of `--data-dir`, or a question."""
    if {"-h", "--help", "--version"} & set(rest):
        return True
    skip = False
    for word in rest:
        if not skip and not word.startswith("-"):
            return True
        skip = word == "--data-dir"
    return False


def _run_without_window(reason: str, rest: list[str]) -> int:
    say(f"{reason}\nNo window can open, so here is one picture made the same way without it.")
    environment.make_ready("run")
    return _become("-m", "sdstudio", *_PICTURE, *_PICTURE_OPTIONS, *rest)


def _test(rest: list[str]) -> int:
    start = time.monotonic()
    _make_ready_for_tests()
    if "--real" in rest:
        os.environ["SDSTUDIO_TESTS_REAL_SERVER"] = str(real_server.make_ready())
    ready = time.monotonic()
    failed = checks.run_all()
    say(f"set-up {ready - start:.1f} s, checks {time.monotonic() - ready:.1f} s; now the suite\n")
    code = _python("-m", "pytest", *_for_pytest(rest))
    if failed:
        print(f"Before the suite, these failed: {', '.join(failed)}.", file=sys.stderr)
    return code or int(bool(failed))


def _for_pytest(rest: list[str]) -> list[str]:
    """`rest` as pytest takes it, leaving out the marks whose word is not in it."""
    left_out = [word for word in _ASKED_FOR if word not in rest]
    marks = " and ".join(f"not {word.removeprefix('--')}" for word in left_out)
    return ["-m", marks, *(word for word in rest if word not in _ASKED_FOR)]


def _check(rest: list[str]) -> int:
    _refuse(rest)
    environment.make_ready("test")
    return int(bool(checks.run_all()))


def _tour(rest: list[str]) -> int:
    if not rest:
        raise CannotGoOn("Say where to: python3 packaging/dev.py tour DIR")
    _make_ready_for_tests()
    return _become("-m", "tests.tour", *rest)


def _bench(rest: list[str]) -> int:
    _make_ready_for_tests()
    return _become("-m", "tests.perf", *rest)


def _lock(rest: list[str]) -> int:
    _refuse([word for word in rest if word != "--upgrade"])
    locking.write(upgrade="--upgrade" in rest)
    return 0


def _make_ready_for_tests() -> None:
    system_packages.make_ready("test")
    environment.make_ready("test")


def _refuse(rest: list[str]) -> None:
    if rest:
        raise CannotGoOn(f"Not understood: {' '.join(rest)}")


def _python(*words: str) -> int:
    """Run the environment's Python in the checkout, and wait for it."""
    sys.stdout.flush()
    return subprocess.run([VENV_PYTHON, *words], cwd=ROOT, check=False).returncode


def _become(*words: str) -> int:
    """Go on as the environment's Python, so that keys and signals reach the program itself."""
    sys.stdout.flush()
    if sys.platform == "win32":  # where exec would return to the shell at once
        return subprocess.run([VENV_PYTHON, *words], check=False).returncode
    return os.execv(VENV_PYTHON, [str(VENV_PYTHON), *words])
