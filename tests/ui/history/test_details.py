"""The details panel shows the whole recipe, as plain text, every part of it to be copied."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from sdstudio.ui.history.details import DetailsPanel
from sdstudio.ui.history.section import Section
from sdstudio.ui.history.text_block import TextBlock
from tests.ui.history.records import INFOTEXT, RECORD, REQUEST, record

HOSTILE = "<b>bold</b> <img src='file:///etc/passwd'> &amp;"


@pytest.fixture
def shown_in_folder() -> list[Path]:
    return []


@pytest.fixture
def panel(qtbot: QtBot, shown_in_folder: list[Path]) -> DetailsPanel:
    made = DetailsPanel(show_in_folder=shown_in_folder.append)
    qtbot.addWidget(made)
    made.resize(320, 700)
    made.show()
    qtbot.waitExposed(made)
    return made


def seen_labels(panel: DetailsPanel) -> list[str]:
    return [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]


def click(button: QWidget) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_with_no_picture_it_says_what_to_do(panel: DetailsPanel) -> None:
    assert seen_labels(panel) == ["Choose a picture in the history to read how it was made."]
    panel.show_record(RECORD)
    panel.show_record(None)
    assert seen_labels(panel) == ["Choose a picture in the history to read how it was made."]


def test_the_recipe_is_shown(panel: DetailsPanel) -> None:
    panel.show_record(RECORD)

    assert panel.prompt.text.toPlainText() == "a house by the sea"
    assert panel.negative.text.toPlainText() == "fog"
    assert panel.table.rows()["Seed"] == "44"
    assert panel.file.text() == str(RECORD.path)
    assert panel.origin.text().endswith("studio-gpu (forge) · 12 s")
    assert "http://10.0.0.5:7860" in panel.origin.toolTip()


def test_what_is_not_there_takes_no_room(panel: DetailsPanel) -> None:
    panel.show_record(record(negative_prompt="", infotext=""))

    assert not panel.negative.isVisible()
    assert not panel.raw.isVisible()


def test_rows_of_the_last_picture_do_not_stay(panel: DetailsPanel) -> None:
    panel.show_record(RECORD)
    panel.show_record(record(infotext="", request=None, seed=3))

    assert panel.table.rows() == {"Seed": "3", "Size": "512×512"}
    assert sum(label.isVisible() for label in panel.table.findChildren(QLabel)) == 4


def test_what_went_otherwise_than_asked_is_said(panel: DetailsPanel) -> None:
    panel.show_record(record(notes=("The server used “Euler” instead of “Heun”.",), missing=True))

    words = seen_labels(panel)
    assert "The server used “Euler” instead of “Heun”." in words
    assert any(text.startswith("The file is missing") for text in words)


def test_the_raw_text_is_folded_away(panel: DetailsPanel) -> None:
    panel.show_record(RECORD)
    assert not panel.raw.text.isVisible()

    click(panel.raw.fold)
    assert panel.raw.text.isVisible()
    assert panel.raw.text.toPlainText() == INFOTEXT
    panel.show_record(record(id=8))
    assert panel.raw.text.isVisible()

    click(panel.raw.fold)
    assert not panel.raw.text.isVisible()


def test_every_part_is_copied_as_it_is(panel: DetailsPanel) -> None:
    panel.show_record(record(prompt=HOSTILE))
    for button, text in (
        (panel.prompt.copy, HOSTILE),
        (panel.negative.copy, "fog"),
        (panel.raw.copy, INFOTEXT),
        (panel.copy_path, str(RECORD.path)),
        (panel.table.copy_button("Seed"), "44"),
        (panel.table.copy_button("Model"), "meadow"),
    ):
        click(button)
        assert QGuiApplication.clipboard().text() == text
        assert not QGuiApplication.clipboard().mimeData().hasHtml()


def test_the_file_is_shown_in_its_folder(panel: DetailsPanel, shown_in_folder: list[Path]) -> None:
    panel.show_record(RECORD)
    click(panel.show_file)

    assert shown_in_folder == [RECORD.path]


def test_the_recipe_is_recalled_with_the_pictures_own_seed(panel: DetailsPanel, qtbot: QtBot) -> None:
    panel.show_record(RECORD)
    with qtbot.waitSignal(panel.recall, timeout=1000) as recalled:
        click(panel.use)

    assert recalled.args == [replace(REQUEST, seed=44)]


def test_what_cannot_be_remade_offers_nothing(panel: DetailsPanel) -> None:
    panel.show_record(record(request=None, infotext=""))

    assert not panel.use.isEnabled()


def test_nothing_foreign_is_read_as_rich_text(panel: DetailsPanel) -> None:
    told = INFOTEXT.replace("Model: meadow", "Model: <b>x</b>")
    panel.show_record(record(prompt=HOSTILE, infotext=told, notes=(HOSTILE,), path=Path("/<b>/p.png")))

    assert panel.prompt.text.toPlainText() == HOSTILE
    assert panel.table.rows()["Model"] == "<b>x</b>"
    foreign = [label for label in panel.findChildren(QLabel) if "<" in label.text()]
    assert len(foreign) == 3
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in foreign)
    assert "<b>" not in panel.file.toolTip()


def test_showing_the_same_picture_again_keeps_the_place(panel: DetailsPanel, qtbot: QtBot) -> None:
    panel.resize(320, 200)
    panel.show_record(RECORD)
    qtbot.waitUntil(lambda: panel.verticalScrollBar().maximum() > 100)
    panel.verticalScrollBar().setValue(50)
    panel.show_record(record(missing=True))
    assert panel.verticalScrollBar().value() == 50
    panel.show_record(record(id=8))
    assert panel.verticalScrollBar().value() == 0


@pytest.mark.parametrize("width", [200, 320, 500])
def test_a_text_is_as_high_as_its_lines_up_to_a_limit(qtbot: QtBot, width: int) -> None:
    block = TextBlock("Prompt", most_lines=6)
    qtbot.addWidget(block)
    line = block.fontMetrics().lineSpacing()
    block.resize(width, 40)
    block.show()
    heights = []
    for words in (1, 18, 1000):
        block.say("word " * words)
        heights.append(block.height())

    assert line < heights[0] < 2 * line + 12
    assert heights[0] < heights[1] < heights[2] < 7 * line + 12
    assert block.verticalScrollBar().maximum() > 0
    block.say("a\nb\nc")
    assert block.verticalScrollBar().maximum() == 0


def test_a_folded_text_has_its_whole_height_when_opened(qtbot: QtBot) -> None:
    section = Section("Text", 16, folded=True)
    qtbot.addWidget(section)
    section.resize(300, 40)
    section.show()
    section.say("one\ntwo\n" + "words " * 60)
    click(section.fold)
    qtbot.waitUntil(lambda: section.text.isVisible() and section.text.width() < 320)
    block = section.text.document().lastBlock()

    assert section.text.verticalScrollBar().maximum() == 0
    assert section.text.height() >= (2 + block.layout().lineCount()) * section.fontMetrics().lineSpacing()
