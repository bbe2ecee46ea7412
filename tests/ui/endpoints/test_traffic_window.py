"""The window that tells every request, fed by the program's own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication

from sdstudio.api.traffic import Exchange, Traffic
from sdstudio.ui.endpoints.traffic_window import TrafficModel, TrafficWindow
from tests.fakes.window import open_window


def exchange(route: str) -> Exchange:
    return Exchange(datetime.now(UTC), "<b>GPU</b>", "gpu:1", "GET", route, 0, 12, 0.25, None, "no answer")


def column(model: TrafficModel, number: int) -> list[str]:
    return [model.index(row, number).data() for row in range(model.rowCount())]


async def test_it_tells_what_the_program_asks(tmp_path: Path) -> None:
    async with open_window(tmp_path) as opened:
        await opened.until(lambda: opened.studio.session.state == "ready")
        opened.window.actions_["traffic"].trigger()
        window = opened.window.findChild(TrafficWindow)
        assert window is not None
        before = column(window.model, 3)
        assert "GET /sdapi/v1/samplers" in before
        opened.studio.session.try_now()
        await opened.until(lambda: opened.studio.session.state == "ready")
        assert sorted(column(window.model, 3)) == sorted(before * 2)
        QTest.mouseClick(window.clear_button, Qt.MouseButton.LeftButton)
        assert len(opened.studio.traffic.exchanges) == window.model.rowCount() == 0
        window.reject()
        opened.studio.traffic.add(exchange("/after"))


def test_the_newest_comes_first_and_the_oldest_goes(qapp: QApplication) -> None:
    traffic = Traffic()
    traffic.add(exchange("/first"))
    model = TrafficModel(traffic)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    traffic.add(exchange("/second"))
    assert column(model, 3) == ["GET /second", "GET /first"]
    assert column(model, 1)[0] == "<b>GPU</b>"
    assert column(model, 7)[0] == "no answer"
    traffic.exchanges.popleft()
    traffic.add(exchange("/last"))
    assert column(model, 3) == ["GET /last", "GET /second"]
    traffic.clear()
    assert model.rowCount() == 0
    model.close()
    traffic.add(exchange("/unheard"))
    assert model.rowCount() == 0
    tester.deleteLater()
