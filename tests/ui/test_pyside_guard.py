"""The Qt binding must keep its references to None: 6.12.0 loses them on Python 3.10 and 3.11, and aborts."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject


def test_void_calls_leave_the_reference_count_of_none_alone() -> None:
    thing = QObject()
    name = "name"
    thing.setObjectName(name)
    before = sys.getrefcount(None)
    for _ in range(1_000):
        thing.setObjectName(name)
    drift = sys.getrefcount(None) - before
    assert abs(drift) < 50, f"1,000 void calls moved the count of references to None by {drift}"
