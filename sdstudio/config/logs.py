"""Where log lines go, and what never gets into them.

Every line, traceback included, passes through `redacted` on its way out. The crash hooks use the same function.
"""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import re
import sys
import time
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from urllib.parse import quote, quote_plus

HIDDEN = "<hidden>"
_FORMAT = "%(asctime)s %(levelname)s %(name)s [%(threadName)s] %(message)s"
_FILE_BYTES = 2_000_000
_OLD_FILES = 3
_SHORTEST_SECRET = (
    4  # hiding every "a" would hide the log; the patterns below still catch short ones in headers
)
_TALKATIVE = ("httpx", "httpcore", "PIL", "asyncio", "qasync", "keyring", "secretstorage", "jeepney")

_PATTERNS = (
    # a header as mapping, pair list, bytes or plain text; up to the closing quote or the line's end
    re.compile(
        r"(?i)((?:proxy-)?authorization|(?:set-)?cookie|api-?key)"
        r"(?P<between>['\"]?\s*[:=,]\s*(?:\[?\s*b?(?P<quote>['\"]))?)"
        r"(?P<value>(?(quote)[^'\"\r\n]*|[^\r\n]*))"
    ),
    re.compile(r"(?i)\b(bearer|basic)(?P<between>[\s+]+|%20)(?P<value>[^\s'\",;)\]}]+)"),
    re.compile(r"(:)(?P<between>//)(?P<value>[^\s/?#'\"@]+(?=@))"),
    re.compile(r"(?i)([?&][\w-]*(?:token|key|secret|password))(?P<between>=)(?P<value>[^&\s'\"#]+)"),
)

_secrets: list[str] = []  # longest first; the one list of the process, since log output is one per process


def register_secret(secret: str) -> None:
    """Hide this text, and its usual encodings, in all log output of this process from now on."""
    octets = secret.encode("utf-8", "replace")
    forms = {
        secret,
        repr(octets)[2:-1],
        json.dumps(secret)[1:-1],
        base64.b64encode(octets).decode("ascii"),
        quote(secret),
        quote(secret, safe=""),
        quote(secret, safe="/=&?:@+"),
        quote_plus(secret),
    }
    new = {form for form in forms if len(form) >= _SHORTEST_SECRET}
    _secrets[:] = sorted(new.union(_secrets), key=len, reverse=True)


def redacted(text: str) -> str:
    """`text` with registered secrets, credentials in headers and in addresses replaced by `<hidden>`."""
    for secret in _secrets:
        text = text.replace(secret, HIDDEN)
    for pattern in _PATTERNS:
        text = pattern.sub(rf"\1\g<between>{HIDDEN}", text)
    return text


class RedactingFormatter(logging.Formatter):
    """Formats a record whole (message, arguments, traceback, stack) and redacts the outcome; times are UTC."""

    converter = time.gmtime
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        cached, record.exc_text = record.exc_text, None
        try:
            return redacted(super().format(record))
        finally:
            record.exc_text = cached  # the formatter caches the raw traceback there for other outputs


class _Quiet(logging.Handler):
    """Says that a line was lost without printing its arguments, as the standard library would."""

    def close(self) -> None:
        with contextlib.suppress(OSError):  # what could not be written has been reported line by line
            super().close()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the standard library's name
        if sys.stderr is not None:  # pyright: ignore[reportUnnecessaryComparison] - None under pythonw
            sys.stderr.write(f"A log line of {record.name} could not be written\n")


class _File(_Quiet, RotatingFileHandler):
    pass


class _Stderr(_Quiet, logging.StreamHandler):  # pyright: ignore[reportMissingTypeArgument]
    pass


def set_up(log_file: Path | None, *, verbose: bool = False, stderr: bool = True) -> Callable[[], None]:
    """Send log lines to `log_file` (rotating, 8 MB in all) and to stderr; returns a function that undoes it.

    stderr gets warnings and worse, everything when `verbose`, nothing where it is not wanted. A log file that
    cannot be opened is reported on stderr, which then takes its place: a full disk must not keep the program
    from starting.
    """
    outputs: list[logging.Handler] = []
    problem = None
    if log_file is not None:
        try:
            log_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            outputs.append(
                _File(
                    log_file, maxBytes=_FILE_BYTES, backupCount=_OLD_FILES, encoding="utf-8", errors="replace"
                )
            )
        except OSError as error:
            problem = error
    if (stderr or problem) and sys.stderr is not None:  # pyright: ignore[reportUnnecessaryComparison] - pythonw
        stream = _Stderr()
        stream.setLevel(logging.DEBUG if verbose else logging.WARNING)
        outputs.append(stream)
    undo = _install(outputs, verbose=verbose)
    if problem is not None:
        logging.getLogger(__name__).warning("No log file: %s", problem)
    return undo


def _install(outputs: list[logging.Handler], *, verbose: bool) -> Callable[[], None]:
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in _TALKATIVE}
    root_level = root.level
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.INFO if verbose else logging.WARNING)
    for output in outputs:
        output.setFormatter(RedactingFormatter(_FORMAT))
        root.addHandler(output)

    def undo() -> None:
        for output in outputs:
            root.removeHandler(output)
            output.close()
        root.setLevel(root_level)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)

    return undo
