"""The command line of the measurements."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.perf import generate, response, startup_window
from tests.perf.bench import Row, Settings, table, write_json

BENCHES: dict[str, Callable[[Settings], list[Row]]] = {
    "startup.window": startup_window.measure,
    "response.ui_gap_30mb": response.measure,
    "generate.overhead": generate.measure,
}


def main(words: Sequence[str]) -> int:
    """Measure what is asked for, or everything; returns the exit code."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description="Measure, and print a table of ratios.")
    parser.add_argument("name", nargs="*", help=f"which, by the start of the name: {', '.join(BENCHES)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows to FILE as well")
    parser.add_argument(
        "--rounds", type=int, default=Settings().rounds, help="turns each (default %(default)s)"
    )
    asked = parser.parse_args(words)
    for name in asked.name:
        if not any(bench.startswith(name) for bench in BENCHES):
            parser.error(f"there is no bench {name!r}; there are {', '.join(BENCHES)}")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"  # nobody's tokens are looked up
    os.environ["QT_LOGGING_RULES"] = "default.warning=false"  # what the offscreen platform cannot do
    rows: list[Row] = []
    for name, measure in BENCHES.items():
        if not asked.name or name.startswith(tuple(asked.name)):
            print(f"measuring {name} …", file=sys.stderr, flush=True)
            rows += measure(Settings(rounds=asked.rounds))
    print(table(rows))
    if asked.json:
        write_json(rows, asked.json)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
