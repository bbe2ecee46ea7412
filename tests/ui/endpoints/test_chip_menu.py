"""Switching endpoints from the chip, in the program's own window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from sdstudio.core.endpoint import EndpointProfile
from tests.fakes.window import open_window

DEAD = EndpointProfile("dead", "Studio GPU & friends\t<b>", "http://127.0.0.1:9")


async def test_the_chip_switches_by_keyboard(tmp_path: Path) -> None:
    async with open_window(tmp_path) as opened:
        await opened.studio.save_profile(DEAD, {})
        menu = opened.presenter.connecting.menu
        QTest.keyClick(opened.window.endpoint_chip, Qt.Key.Key_Space)
        await opened.until(menu.isVisible)
        texts = [(action.text(), action.isChecked()) for action in menu.actions()]
        assert texts == [
            ("Practice", True),
            ("Studio GPU && friends <b>", False),
            ("", False),
            ("&Choose or edit endpoints…", False),
            ("&Try the connection now", False),
        ]
        QTest.keyClick(menu, Qt.Key.Key_Down)
        QTest.keyClick(menu, Qt.Key.Key_Return)
        await opened.until(lambda: opened.studio.session.profile.id == "dead")
        await opened.until(lambda: opened.studio.session.state == "offline")
        assert opened.studio.settings.values.endpoint_id == "dead"
        assert "Studio GPU" in opened.window.endpoint_chip.text()


async def test_choosing_the_endpoint_in_use_does_not_connect_anew(tmp_path: Path) -> None:
    async with open_window(tmp_path) as opened:
        await opened.until(lambda: opened.studio.session.state == "ready")
        chosen: list[str] = []
        menu = opened.presenter.connecting.menu
        menu.chosen.connect(chosen.append)
        menu.fill(opened.studio.profiles.all, "practice")
        menu.actions()[0].trigger()
        assert chosen == []
        assert opened.studio.session.state == "ready"
