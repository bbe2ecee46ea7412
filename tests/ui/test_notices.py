"""The banner says what an error says, in plain text, and gets out of the way."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from sdstudio.core.errors import EndpointUnreachable
from sdstudio.ui.notices import Banner


def button(banner: Banner, text: str) -> QPushButton:
    return next(found for found in banner.findChildren(QPushButton) if found.text() == text)


def test_an_error_with_raw_text(qtbot: QtBot) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    assert not banner.isVisible()
    hostile = "<b>bold</b><img src='http://example.org/x'>"
    banner.show_error(EndpointUnreachable("No answer", hostile, "Look at the address.", raw=hostile))
    labels = banner.findChildren(QLabel)
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in labels)
    assert [label.text() for label in labels] == ["No answer", f"{hostile} Look at the address."]
    raw = banner.findChild(QPlainTextEdit)
    assert raw is not None
    assert not raw.isVisible()
    qtbot.mouseClick(button(banner, "Details"), Qt.MouseButton.LeftButton)
    assert raw.isVisible()
    assert raw.toPlainText() == hostile
    qtbot.mouseClick(button(banner, "Dismiss"), Qt.MouseButton.LeftButton)
    assert not banner.isVisible()


def test_an_action_is_offered_and_told(qtbot: QtBot) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    banner.show_notice("Removed 1 picture", "", "good", action="Put back", name="undo")
    with qtbot.waitSignal(banner.action_chosen) as chosen:
        qtbot.mouseClick(button(banner, "Put back"), Qt.MouseButton.LeftButton)
    assert chosen.args == ["undo"]
    banner.show_notice("Saved", "", "good")
    assert not button(banner, "").isVisible()
