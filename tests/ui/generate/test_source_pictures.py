"""Pictures on their way into the form: dropped, pasted, opened, restored; good, broken, late and lost."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from sdstudio.core.errors import InvalidRequest
from sdstudio.ui.generate.picture_well import BUSY_WORDS, DROP_WORDS, EMPTY_WORDS
from tests.ui.generate.conftest import Desk, png

ACTIONS = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def text(words: str) -> QMimeData:
    data = QMimeData()
    data.setText(words)
    return data


def address(url: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl(url)])
    return data


def drop(target: QWidget, data: QMimeData) -> QDropEvent:
    enter = QDragEnterEvent(QPoint(5, 5), ACTIONS, data, LEFT, NO_KEY)
    QApplication.sendEvent(target, enter)
    event = QDropEvent(QPointF(5, 5), ACTIONS, data, LEFT, NO_KEY)
    if enter.isAccepted():
        QApplication.sendEvent(target, event)
    return event


@pytest.fixture
def fox(tmp_path: Path) -> Path:
    path = tmp_path / "fox.png"
    path.write_bytes(png(96, 64))
    return path


async def test_a_dropped_file_becomes_the_source(desk: Desk, fox: Path) -> None:
    desk.panel.tabs.setCurrentIndex(1)
    source = desk.panel.img2img.source
    assert source.well.words() == EMPTY_WORDS
    event = drop(source.well, files(fox))
    assert event.dropAction() is Qt.DropAction.CopyAction, "a move would delete the person's file"
    assert source.well.words() == BUSY_WORDS
    with pytest.raises(InvalidRequest, match="still being read"):
        desk.panel.request()
    await desk.settled()
    part = desk.panel.request().img2img
    assert part is not None
    assert desk.inputs.kept[part.source.sha256] == fox.read_bytes()
    assert source.well.words() == ""
    assert source.note.text() == "96×64 pixels"
    assert desk.panel.generate_button.text() == "Generate 96×64"


async def test_the_well_says_when_it_would_take_a_drop(desk: Desk, fox: Path) -> None:
    well, data = desk.panel.img2img.source.well, files(fox)  # Qt's event does not keep its data alive
    QApplication.sendEvent(well, QDragEnterEvent(QPoint(5, 5), ACTIONS, data, LEFT, NO_KEY))
    assert well.words() == DROP_WORDS
    QApplication.sendEvent(well, QDragLeaveEvent())
    assert well.words() == EMPTY_WORDS


async def test_several_files_the_first_is_taken_and_that_is_said(desk: Desk, fox: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.png"
    other.write_bytes(png(32, 32))
    drop(desk.panel.img2img.source.well, files(fox, other))
    await desk.settled()
    assert desk.panel.img2img.source.note.text() == "96×64 pixels. The first of 2 files was taken."


@pytest.mark.parametrize(
    "data",
    [
        text("data:image/png;base64," + base64.b64encode(png(96, 64)).decode()),
        address("data:image/png;base64," + base64.b64encode(png(96, 64)).decode()),
    ],
    ids=["as text", "as address"],
)
async def test_a_data_address(desk: Desk, data: QMimeData) -> None:
    drop(desk.panel.img2img.source.well, data)
    await desk.settled()
    assert list(desk.inputs.kept.values()) == [png(96, 64)]


async def test_pixels_are_kept_as_png(desk: Desk) -> None:
    image = QImage(40, 24, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    data = QMimeData()
    data.setImageData(image)
    drop(desk.panel.img2img.source.well, data)
    await desk.settled()
    (kept,) = desk.inputs.kept.values()
    assert kept.startswith(b"\x89PNG")
    assert desk.panel.state()["source"]["width"] == 40


async def test_the_picture_s_own_bytes_go_before_its_pixels(desk: Desk) -> None:
    data = QMimeData()
    data.setImageData(QImage(40, 24, QImage.Format.Format_RGB32))
    data.setData("image/png", png(96, 64))
    drop(desk.panel.img2img.source.well, data)
    await desk.settled()
    assert list(desk.inputs.kept.values()) == [png(96, 64)]


@pytest.mark.parametrize("url", ["http://example.org/a.png", "https://example.org/a.png"])
async def test_the_web_is_not_fetched(desk: Desk, url: str) -> None:
    for data in (address(url), text(url)):
        drop(desk.panel.img2img.source.well, data)
        assert "not fetched from the web" in desk.panel.img2img.source.error.text()
    assert desk.inputs.kept == {}


async def test_words_are_no_picture(desk: Desk) -> None:
    drop(desk.panel.img2img.source.well, text("just words"))
    assert "no picture" in desk.panel.img2img.source.error.text()


async def test_a_broken_file_leaves_the_picture_before_it(desk: Desk, fox: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(png(64, 64)[:40])
    source = desk.panel.img2img.source
    desk.panel.tabs.setCurrentIndex(1)
    drop(source.well, files(fox))
    await desk.settled()
    drop(source.well, files(broken))
    await desk.settled()
    assert source.error.text() == "This is not a picture. Its bytes are damaged."
    assert source.error.isVisible()
    assert desk.panel.state()["source"]["width"] == 96
    assert desk.panel.request().img2img


@pytest.mark.parametrize("body", ["", "base64", "image/png;base64,AAA*", "image/png;base64,"])
async def test_a_broken_data_address(desk: Desk, body: str) -> None:
    drop(desk.panel.img2img.source.well, text(f"data:{body}"))
    await desk.settled()
    assert desk.panel.img2img.source.error.text()
    assert desk.panel.state()["source"] is None


async def test_a_file_that_is_not_there(desk: Desk, tmp_path: Path) -> None:
    drop(desk.panel.img2img.source.well, files(tmp_path / "gone.png"))
    await desk.settled()
    assert desk.panel.img2img.source.error.text().startswith("gone.png cannot be read")


async def test_a_folder_is_no_picture(desk: Desk, tmp_path: Path) -> None:
    drop(desk.panel.img2img.source.well, files(tmp_path))
    await desk.settled()
    assert "cannot be read" in desk.panel.img2img.source.error.text()


async def test_ctrl_v_delete_and_enter_in_the_well(desk: Desk, fox: Path) -> None:
    desk.panel.tabs.setCurrentIndex(1)
    well = desk.panel.img2img.source.well
    QGuiApplication.clipboard().setMimeData(files(fox))
    QTest.keyClick(well, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    QGuiApplication.clipboard().clear()
    await desk.settled()
    assert desk.panel.state()["source"]["height"] == 64
    QTest.keyClick(well, Qt.Key.Key_Delete)
    assert desk.panel.state()["source"] is None
    QTest.keyClick(well, Qt.Key.Key_Return)
    dialog = desk.panel.findChild(QFileDialog)
    assert dialog is not None
    assert dialog.isVisible()
    dialog.fileSelected.emit(str(fox))
    dialog.done(0)
    await desk.settled()
    assert desk.panel.state()["source"]["width"] == 96


async def test_a_click_on_the_well_opens_a_file(desk: Desk) -> None:
    desk.panel.tabs.setCurrentIndex(1)
    QTest.mouseClick(desk.panel.img2img.source.well, LEFT)
    dialog = desk.panel.findChild(QFileDialog)
    assert dialog is not None
    dialog.reject()


async def test_the_newest_picture_wins(desk: Desk, tmp_path: Path) -> None:
    slow, quick = tmp_path / "slow.png", tmp_path / "quick.png"
    slow.write_bytes(png(200, 200))
    quick.write_bytes(png(100, 100))
    desk.inputs.gates[200] = asyncio.Event()
    source = desk.panel.img2img.source
    drop(source.well, files(slow))
    drop(source.well, files(quick))
    while desk.panel.state()["source"] is None:
        await asyncio.sleep(0)
    assert not source.slot.busy
    desk.inputs.gates[200].set()
    await desk.settled()
    assert desk.panel.state()["source"]["width"] == 100


async def test_clearing_drops_what_is_on_its_way(desk: Desk, fox: Path) -> None:
    source = desk.panel.img2img.source
    drop(source.well, files(fox))
    QTest.mouseClick(source.clear_button, LEFT)
    await desk.settled()
    assert desk.panel.state()["source"] is None
    assert not source.slot.busy


async def test_a_restored_source_is_read_back(desk: Desk) -> None:
    image = await desk.inputs.store_input(png(96, 64))
    picture = {"sha256": image.sha256, "width": 96, "height": 64}
    desk.panel.restore({"tab": "img2img", "source": picture, "width": 96, "height": 64})
    await desk.settled()
    preview = desk.panel.img2img.source.slot.preview
    assert preview is not None
    assert (preview.width(), preview.height()) == (96, 64)


async def test_a_source_whose_bytes_are_gone_is_said_and_not_sent(desk: Desk) -> None:
    picture = {"sha256": "c" * 64, "width": 96, "height": 64}
    desk.panel.restore({"tab": "img2img", "source": picture})
    await desk.settled()
    assert desk.panel.img2img.source.error.text() == "The picture is gone. Its file was deleted."
    with pytest.raises(InvalidRequest, match="could not be read back"):
        desk.panel.request()
    assert desk.panel.state()["source"] == picture, "it may come back"


async def test_a_mask_file_goes_with_the_request(desk: Desk, fox: Path, tmp_path: Path) -> None:
    mask = tmp_path / "mask.png"
    mask.write_bytes(png(96, 64, "white"))
    desk.panel.use_source_file(fox)
    field = desk.panel.img2img.mask_field
    QTest.mouseClick(field.choose_button, LEFT)
    dialog = field.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(mask))
    dialog.done(0)
    await desk.settled()
    part = desk.panel.request().img2img
    assert part is not None
    assert part.inpaint is not None
    assert desk.inputs.kept[part.inpaint.mask.sha256] == mask.read_bytes()
    assert field.words.text() == "96×64, white is repainted"
    QTest.mouseClick(field.clear_button, LEFT)
    assert desk.panel.request().img2img == type(part)(part.source, part.denoising_strength, part.resize_mode)


async def test_the_size_follows_and_comes_back(desk: Desk, fox: Path) -> None:
    desk.panel.restore({"width": 512, "height": 768})
    desk.panel.use_source_file(fox)
    await desk.settled()
    assert desk.panel.generate_button.text() == "Generate 96×64"
    state = desk.panel.state()
    desk.panel.tabs.setCurrentIndex(0)
    assert desk.panel.generate_button.text() == "Generate 512×768"
    desk.panel.tabs.setCurrentIndex(1)
    assert desk.panel.generate_button.text() == "Generate 96×64"
    desk.panel.restore(state)
    desk.panel.tabs.setCurrentIndex(0)
    assert desk.panel.generate_button.text() == "Generate 512×768", "also after a restart"


async def test_a_size_typed_by_hand_ends_the_following(desk: Desk, fox: Path) -> None:
    desk.panel.use_source_file(fox)
    await desk.settled()
    size, follow = desk.panel.parameters.size_fields, desk.panel.img2img.source.follow
    QTest.keyClick(size.width_spin, Qt.Key.Key_Up)
    assert not follow.isChecked()
    assert desk.panel.generate_button.text() == "Generate 104×64"
    desk.panel.tabs.setCurrentIndex(0)
    assert desk.panel.generate_button.text() == "Generate 104×64"
    desk.panel.tabs.setCurrentIndex(1)
    QTest.mouseClick(follow, LEFT, pos=QPoint(8, follow.height() // 2))
    assert desk.panel.generate_button.text() == "Generate 96×64"
    QTest.mouseClick(follow, LEFT, pos=QPoint(8, follow.height() // 2))
    assert desk.panel.generate_button.text() == "Generate 96×64"


async def test_clearing_the_source_gives_the_size_back(desk: Desk, fox: Path) -> None:
    desk.panel.use_source_file(fox)
    await desk.settled()
    QTest.mouseClick(desk.panel.img2img.source.clear_button, LEFT)
    assert desk.panel.generate_button.text() == "Generate 512×512"


async def test_a_large_picture_is_asked_for_smaller_and_that_is_said(desk: Desk, tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    large.write_bytes(png(3000, 1500))
    desk.panel.use_source_file(large)
    await desk.settled()
    assert desk.panel.img2img.source.note.text() == "3000×1500 pixels, made at 2048×1024"
    preview = desk.panel.img2img.source.slot.preview
    assert preview is not None
    assert preview.width() == 800, "the preview is read small, not whole"
