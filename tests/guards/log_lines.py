"""A log line at warning or above that no test expected fails the test it was written in."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

_records: list[logging.LogRecord] = []
_IGNORED = (
    # asyncio's debug mode measures every callback; a busy machine is no fault of a test.
    ("asyncio", re.compile(r"Executing .* took [\d.]+ seconds")),
)


class ExpectedLogs:
    """The log lines one test expects; `expect_logs(pattern)` in a test makes one more.

    `pattern` is searched in the formatted message. A line that is expected must come, unless `required=False`.
    """

    def __init__(self) -> None:
        self._patterns: dict[re.Pattern[str], bool] = {}

    def __call__(self, pattern: str, *, required: bool = True) -> None:
        self._patterns[re.compile(pattern)] = required

    def unexpected(self, records: list[logging.LogRecord]) -> list[logging.LogRecord]:
        """Those of `records` that no pattern speaks of."""
        return [
            record
            for record in records
            if not any(pattern.search(record.getMessage()) for pattern in self._patterns)
        ]

    def missing(self, records: list[logging.LogRecord]) -> list[str]:
        """The required patterns that no record answers."""
        return [
            pattern.pattern
            for pattern, required in self._patterns.items()
            if required and not any(pattern.search(record.getMessage()) for record in records)
        ]


def _watching(factory: Callable[..., logging.LogRecord]) -> Callable[..., logging.LogRecord]:
    def make(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = factory(*args, **kwargs)
        if record.levelno >= logging.WARNING and not _is_ignored(record):
            _records.append(record)
        return record

    return make


def _is_ignored(record: logging.LogRecord) -> bool:
    return any(record.name == name and text.search(record.getMessage()) for name, text in _IGNORED)


def pytest_configure() -> None:
    """Watch where records are made: handlers come and go, and some loggers do not propagate."""
    logging.setLogRecordFactory(_watching(logging.getLogRecordFactory()))


@pytest.fixture(autouse=True)
def expect_logs() -> ExpectedLogs:
    """Say which lines at warning or above this test will cause: `expect_logs("cannot reach .*")`."""
    return ExpectedLogs()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol() -> Iterator[object]:
    """Each test answers for its own lines."""
    _records.clear()
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[object]:
    """Judge when every fixture of the test has been taken down, for they may write lines as well."""
    expected: ExpectedLogs = getattr(item, "funcargs", {}).get("expect_logs", ExpectedLogs())
    result = yield
    lines = [_line(record) for record in expected.unexpected(_records)]
    missing = [] if getattr(item, "call_failed", False) else expected.missing(_records)
    if lines:
        pytest.fail("unexpected log lines:\n" + "\n".join(lines), pytrace=False)
    if missing:
        pytest.fail("expected log lines that never came: " + ", ".join(missing), pytrace=False)
    return result


def _line(record: logging.LogRecord) -> str:
    line = f"  {record.levelname} {record.name} ({record.pathname}:{record.lineno}): {record.getMessage()}"
    if record.exc_info and record.exc_info[1] is not None:
        line += "\n" + logging.Formatter().formatException(record.exc_info)
    return line
