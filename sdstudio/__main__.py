"""The command line's door: parses, sets up log and crash hooks, hands over to a command or the window."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sdstudio.cli.parser import parser
from sdstudio.core.errors import StudioError
from sdstudio.practice import serve_options

if TYPE_CHECKING:
    from sdstudio.config.crash import CrashHooks
    from sdstudio.config.paths import DataDir

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit status; arguments that can't be understood end with status 2."""
    _tolerate_any_text()
    namespace = parser(serve_options.add_arguments).parse_args(arguments)
    try:
        status = serve_options.run(namespace) if namespace.command == "serve" else _with_data_dir(namespace)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _nobody_reads()
    return status


def _with_data_dir(namespace: argparse.Namespace) -> int:
    """The window or `generate`, with a log in the data folder."""
    from sdstudio.config.paths import DataDir  # noqa: PLC0415

    given: Path | None = getattr(namespace, "data_dir", None)
    try:
        data_dir = (DataDir(given) if given else DataDir.default()).make()
        with _watched(data_dir, log_to_stderr=not namespace.command) as hooks:
            return _generate(namespace, data_dir, hooks) if namespace.command else _window(data_dir, hooks)
    except StudioError as error:
        sys.stderr.write(f"sdstudio: {error}\n")
        return error.exit_code


def _generate(namespace: argparse.Namespace, data_dir: DataDir, hooks: CrashHooks) -> int:
    from sdstudio.cli import generate  # noqa: PLC0415

    return generate.run(namespace, data_dir, hooks)


def _window(data_dir: DataDir, hooks: CrashHooks) -> int:
    from sdstudio import app  # noqa: PLC0415 - Qt, which the other commands do without

    return app.run(data_dir, hooks)


@contextlib.contextmanager
def _watched(data_dir: DataDir, *, log_to_stderr: bool) -> Generator[CrashHooks]:
    """Log and crash hooks; a command says what went wrong in sentences and leaves the rest to the log file."""
    from sdstudio.config import logs  # noqa: PLC0415
    from sdstudio.config.crash import CrashHooks  # noqa: PLC0415

    end_logs = logs.set_up(data_dir.log_file, stderr=log_to_stderr)
    try:
        with CrashHooks(data_dir.log_file).installed() as hooks:
            try:
                yield hooks
            except Exception as error:
                if isinstance(error, StudioError | BrokenPipeError):
                    raise
                hooks.report(error, "the main thread")
                sys.exit(1)
    finally:
        end_logs()


def _tolerate_any_text() -> None:
    """A path need not be text in the terminal's encoding; printing it must not fail for that."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="surrogateescape" if stream.encoding == "utf-8" else "backslashreplace")


def _nobody_reads() -> int:
    """What reads our output has gone: end quietly, and keep Python from trying once more at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


if __name__ == "__main__":
    sys.exit(main())
