"""The prompt's box: plain text, exactly; it grows, Tab leaves it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from sdstudio.ui.generate.panel import GeneratePanel
from sdstudio.ui.generate.prompt_edit import PromptEdit


@pytest.fixture
def edit(panel: GeneratePanel) -> PromptEdit:
    return panel.prompts.prompt


@pytest.fixture
def clipboard() -> Iterator[QMimeData]:
    data = QMimeData()
    yield data
    QGuiApplication.clipboard().clear()


def paste(edit: PromptEdit, data: QMimeData) -> None:
    QGuiApplication.clipboard().setMimeData(data)
    edit.setFocus()
    QTest.keyClick(edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def test_rich_text_is_pasted_plain(edit: PromptEdit, clipboard: QMimeData) -> None:
    clipboard.setHtml("<b>bold</b>")
    clipboard.setText("<b>not a tag</b>")
    paste(edit, clipboard)
    assert edit.prompt() == "<b>not a tag</b>"


def test_shift_enter_is_a_line_end_like_any_other(edit: PromptEdit, qtbot: QtBot) -> None:
    qtbot.keyClicks(edit, "a")
    qtbot.keyClick(edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(edit, "b")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert edit.prompt() == "a\nb\n"


@pytest.mark.parametrize("text", ["a\u00a0b", "\x00", "日本語 (x:1.2)", "tab\there", "  spaces  ", "😀\n\n"])
def test_text_comes_back_to_the_letter(edit: PromptEdit, text: str) -> None:
    edit.replace_prompt(text)
    assert edit.prompt() == text


def test_line_ends_become_one_kind(edit: PromptEdit) -> None:
    edit.replace_prompt("a\r\nb\rc\u2028d\u2029e\ufdd0f")
    assert edit.prompt() == "a\nb\nc\nd\ne\nf"


def test_it_grows_and_then_scrolls(edit: PromptEdit, qtbot: QtBot) -> None:
    small = edit.height()
    edit.replace_prompt("\n" * 6)
    qtbot.waitUntil(lambda: edit.height() > small)
    grown = edit.height()
    edit.replace_prompt("\n" * 500)
    qtbot.waitUntil(lambda: edit.height() > grown)
    assert edit.height() < 400
    edit.replace_prompt("")
    qtbot.waitUntil(lambda: edit.height() == small)


def test_long_lines_count_as_they_wrap(edit: PromptEdit, qtbot: QtBot) -> None:
    small = edit.height()
    edit.replace_prompt("a lighthouse above a stormy sea, " * 12)
    qtbot.waitUntil(lambda: edit.height() > small)


def test_a_file_pasted_is_a_picture_not_its_path(
    edit: PromptEdit, panel: GeneratePanel, clipboard: QMimeData
) -> None:
    clipboard.setUrls([QUrl.fromLocalFile("/pictures/fox.png")])
    clipboard.setText("/pictures/fox.png")
    paste(edit, clipboard)
    assert edit.prompt() == ""
    assert panel.tab() == "img2img"


def test_pixels_pasted_are_a_picture(edit: PromptEdit, panel: GeneratePanel, clipboard: QMimeData) -> None:
    clipboard.setImageData(QImage(8, 8, QImage.Format.Format_RGB32))
    paste(edit, clipboard)
    assert edit.prompt() == ""
    assert panel.tab() == "img2img"
    assert "still being opened" in panel.img2img.source.error.text()


def test_text_with_a_picture_is_text(edit: PromptEdit, panel: GeneratePanel, clipboard: QMimeData) -> None:
    clipboard.setImageData(QImage(8, 8, QImage.Format.Format_RGB32))
    clipboard.setText("words from a word processor")
    paste(edit, clipboard)
    assert edit.prompt() == "words from a word processor"
    assert panel.tab() == "txt2img"
