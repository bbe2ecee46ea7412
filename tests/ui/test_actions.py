"""The table of actions makes sense as a whole."""

from collections import Counter

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from sdstudio.ui.actions import SPECS, Actions, key_sheet


def test_no_key_means_two_things() -> None:
    keys = Counter(QKeySequence(key).toString() for spec in SPECS for key in spec.keys)
    assert all(keys), "a key Qt does not know"
    assert [key for key, count in keys.items() if count > 1] == []


def test_no_mnemonic_means_two_things_in_a_menu() -> None:
    marks = Counter(
        (spec.menu, spec.text[spec.text.index("&") + 1].lower()) for spec in SPECS if "&" in spec.text
    )
    assert [mark for mark, count in marks.items() if count > 1] == []


def test_every_action_is_in_its_menu_and_can_be_connected(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = Actions(window)
    menus = actions.fill(window.menuBar())
    called: list[str] = []
    actions.connect_all({spec.name: lambda name=spec.name: called.append(name) for spec in SPECS})
    for spec in SPECS:
        assert actions[spec.name] in menus[spec.menu].actions()
        actions[spec.name].trigger()
    assert called == [spec.name for spec in SPECS]


def test_the_key_sheet_is_plain_text() -> None:
    sheet = {words: keys for keys, words in key_sheet()}
    assert sheet["Generate"] == "Ctrl+Return"
    assert not any("&" in words or "…" in words for words in sheet)
