"""The strip: what is seen, walked to, selected, told and dragged, from nothing to a million pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QHelpEvent, QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from sdstudio.ui.history import drag_out
from sdstudio.ui.history.strip import HistoryStrip
from tests.ui.history.conftest import History, Making
from tests.ui.history.shelf import Shelf, colour_of
from tests.ui.history.waiting import until

_SHIFT, _CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
NO_MODIFIER = Qt.KeyboardModifier.NoModifier


async def shown(make_history: Making, shelf: Shelf, width: int = 700) -> History:
    """The strip over a shelf on screen, everything in sight loaded."""
    history = make_history(shelf)
    history.strip.resize(width, 130)
    history.strip.show()
    history.strip.set_history(history.model, history.thumbnails)
    await history.model.load()
    await settled(history)
    return history


async def settled(history: History) -> None:
    """Until all that is in sight has come and been painted."""
    strip = history.strip

    def all_here() -> bool:
        strip.viewport().repaint()
        seen = history.model.ids_between(strip.in_sight().start, strip.in_sight().stop)
        absent = history.thumbnails.is_absent
        loaded = all(history.thumbnails.image(n) or absent(n) for n in seen) and all(
            map(history.model.row, seen)
        )
        return loaded and not strip._ask_soon.isActive()

    await until(all_here)
    await history.tasks.finished()


def pixel(strip: HistoryStrip, position: int, *, at: tuple[float, float] = (0.5, 0.5)) -> QColor:
    """The colour seen in a cell, at fractions of its width and height."""
    box = strip.rect_of(position)
    image = strip.viewport().grab().toImage()
    return image.pixelColor(int(box.x() + box.width() * at[0]), int(box.y() + box.height() * at[1]))


def click(strip: HistoryStrip, position: int, modifier: Qt.KeyboardModifier = NO_MODIFIER) -> None:
    QTest.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, modifier, strip.rect_of(position).center())


def hover(strip: HistoryStrip, position: int) -> None:
    at = QPointF(strip.rect_of(position).center())
    where = strip.viewport().mapToGlobal(at)
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(QMouseEvent.Type.MouseMove, at, where, none, none, NO_MODIFIER)
    QApplication.sendEvent(strip.viewport(), event)


def press_keys(strip: HistoryStrip, *keys: Qt.Key, modifier: Qt.KeyboardModifier = NO_MODIFIER) -> None:
    for key in keys:
        QTest.keyClick(strip, key, modifier)


def ink(image: QImage) -> set[int]:
    return {image.pixel(x, y) for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)}


async def test_an_empty_history_says_what_to_do(make_history: Making) -> None:
    history = make_history(Shelf(0))
    history.strip.resize(500, 130)
    history.strip.show()
    opening = ink(history.strip.viewport().grab().toImage())
    history.strip.set_history(history.model, history.thumbnails)
    assert ink(history.strip.viewport().grab().toImage()) == opening
    await history.model.load()
    history.strip.viewport().update()

    image = history.strip.viewport().grab().toImage()
    assert len(ink(image)) > 2
    assert history.strip.current is None
    press_keys(history.strip, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_A)
    await settled(history)


async def test_pictures_are_painted_newest_first(make_history: Making) -> None:
    history = await shown(make_history, Shelf(5))

    assert [pixel(history.strip, position) for position in range(5)] == [
        QColor(*colour_of(n)) for n in (5, 4, 3, 2, 1)
    ]
    assert history.strip.rect_of(0).x() < history.strip.rect_of(1).x()
    await settled(history)


async def test_only_what_is_in_sight_and_its_surroundings_is_loaded(make_history: Making) -> None:
    history = await shown(make_history, Shelf(10_000))
    seen = len(history.strip.in_sight())

    assert len(history.shelf.thumbnails_asked) <= 3 * seen
    assert min(history.shelf.thumbnails_asked) > 10_000 - 3 * seen
    assert {n for asked in history.shelf.rows_asked for n in asked} >= set(range(10_000, 10_000 - seen, -1))
    await settled(history)


async def test_standing_at_the_newest_from_the_start(make_history: Making) -> None:
    history = make_history(Shelf(3))
    heard: list[object] = []
    history.strip.current_changed.connect(heard.append)
    history.strip.set_history(history.model, history.thumbnails)
    await history.model.load()

    assert heard == [3]
    assert history.strip.current == 3
    assert list(history.strip.selected) == [3]
    await settled(history)


async def test_keys_walk(make_history: Making) -> None:
    history = await shown(make_history, Shelf(100))
    strip = history.strip
    heard: list[int] = []
    strip.current_changed.connect(heard.append)
    page = strip.viewport().width() // strip.pitch - 1
    press_keys(strip, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_PageDown)
    press_keys(strip, Qt.Key.Key_End, Qt.Key.Key_Right, Qt.Key.Key_PageUp, Qt.Key.Key_Home, Qt.Key.Key_Left)

    assert heard == [99, 98, 99, 99 - page, 1, 1 + page, 100]
    await settled(history)


async def test_the_current_picture_is_scrolled_into_sight(make_history: Making) -> None:
    history = await shown(make_history, Shelf(100))
    strip = history.strip
    for key in (Qt.Key.Key_End, Qt.Key.Key_Home):
        press_keys(strip, key)
        assert strip.cursor_.current is not None
        box = strip.rect_of(strip.cursor_.current)
        assert strip.viewport().rect().contains(box)
    await settled(history)


async def test_a_click_stands_there_and_a_double_click_or_enter_activates(make_history: Making) -> None:
    history = await shown(make_history, Shelf(9))
    strip = history.strip
    heard: list[int] = []
    strip.activated.connect(heard.append)
    click(strip, 3)
    assert (strip.current, heard) == (6, [])
    QTest.mouseDClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=strip.rect_of(3).center())
    press_keys(strip, Qt.Key.Key_Return)
    assert heard == [6, 6]
    await settled(history)


async def test_selecting_with_shift_and_control(make_history: Making) -> None:
    history = await shown(make_history, Shelf(9), width=1200)
    strip = history.strip
    click(strip, 1)
    click(strip, 3, _SHIFT)
    click(strip, 6, _CTRL)
    assert list(strip.selected) == [8, 7, 6, 3]
    click(strip, 2, _CTRL)
    assert list(strip.selected) == [8, 6, 3]
    press_keys(strip, Qt.Key.Key_Right, modifier=_SHIFT)
    assert list(strip.selected) == [7, 6]
    press_keys(strip, Qt.Key.Key_A, modifier=_CTRL)
    assert len(strip.selected) == 9
    click(strip, 0)
    assert list(strip.selected) == [9]
    await settled(history)


async def test_a_click_in_a_gap_changes_nothing(make_history: Making) -> None:
    history = await shown(make_history, Shelf(9))
    strip = history.strip
    click(strip, 2)
    gap = QPoint(strip.rect_of(4).right() + 2, strip.rect_of(4).center().y())
    QTest.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=gap)

    assert strip.current == 7
    await settled(history)


async def test_current_selected_and_hovered_look_different(make_history: Making) -> None:
    history = await shown(make_history, Shelf(6))
    strip = history.strip
    click(strip, 1)
    click(strip, 3, _SHIFT)
    hover(strip, 5)
    accent = strip.palette().highlight().color()
    image = strip.viewport().grab().toImage()

    def line(position: int) -> int:
        """How thick the line around a cell is."""
        box = strip.rect_of(position)
        return sum(image.pixelColor(box.x() + n, box.center().y()) == accent for n in range(5))

    assert [line(n) for n in (0, 2, 5)] == [0, 2, 1]
    assert line(3) >= 2
    await settled(history)


async def test_a_missing_file_has_a_badge(make_history: Making) -> None:
    history = await shown(make_history, Shelf(4, missing={3}))
    strip = history.strip
    corner = (0.86, 0.19)

    assert pixel(strip, 0, at=corner) == QColor(*colour_of(4))
    assert pixel(strip, 1, at=corner) != QColor(*colour_of(3))
    await settled(history)


async def test_no_thumbnail_says_so(make_history: Making) -> None:
    history = await shown(make_history, Shelf(4, without_thumbnail={3}))
    box = history.strip.rect_of(1)

    assert len(ink(history.strip.viewport().grab(box.adjusted(8, 8, -8, -8)).toImage())) > 2
    await settled(history)


async def test_new_pictures_are_seen_at_the_front(make_history: Making) -> None:
    history = await shown(make_history, Shelf(50))
    history.shelf.count = 51
    history.model.insert_newest([51])
    await settled(history)

    assert pixel(history.strip, 0) == QColor(*colour_of(51))
    assert history.strip.current == 50
    assert history.strip.cursor_.current == 1
    await settled(history)


async def test_new_pictures_do_not_push_away_what_one_looks_at(make_history: Making) -> None:
    history = await shown(make_history, Shelf(500))
    strip = history.strip
    strip.horizontalScrollBar().setValue(3333)
    await settled(history)
    before = strip.viewport().grab().toImage()
    history.shelf.count = 503
    history.model.insert_newest([501, 502, 503])
    await settled(history)

    assert strip.viewport().grab().toImage() == before
    await settled(history)


async def test_removing_the_current_picture_stands_at_the_next_older(make_history: Making) -> None:
    history = await shown(make_history, Shelf(9))
    strip = history.strip
    click(strip, 2)
    heard: list[object] = []
    strip.current_changed.connect(heard.append)
    history.model.remove([7, 6])
    assert (strip.current, heard) == (5, [5])
    history.model.remove(range(1, 10))
    assert (strip.current, heard) == (None, [5, None])
    history.model.insert_newest([10])
    assert heard == [5, None, 10]
    await settled(history)


async def test_pictures_that_come_back_do_not_move_the_current_one(make_history: Making) -> None:
    history = await shown(make_history, Shelf(9))
    history.model.remove([8, 2])
    history.strip.set_current(5)
    history.model.insert_newest([2, 8])

    assert history.strip.current == 5
    assert history.strip.cursor_.current == 4
    assert list(history.strip.selected) == [5]
    await settled(history)


async def test_a_reload_keeps_the_place_if_it_is_still_there(make_history: Making) -> None:
    history = await shown(make_history, Shelf(9))
    history.strip.set_current(4)
    heard: list[object] = []
    history.strip.current_changed.connect(heard.append)
    history.shelf.count = 12
    await history.model.load()
    assert (history.strip.current, heard) == (4, [])
    history.shelf.count = 3
    await history.model.load()
    assert (history.strip.current, heard) == (3, [3])
    await settled(history)


async def test_a_picture_not_in_this_history_cannot_be_stood_at(make_history: Making) -> None:
    history = await shown(make_history, Shelf(9))

    assert history.strip.set_current(2)
    assert not history.strip.set_current(77)
    assert history.strip.current == 2
    await settled(history)


async def test_neighbours_are_those_beside_the_older_first(make_history: Making) -> None:
    history = await shown(make_history, Shelf(9))
    strip = history.strip
    assert [row.id for row in strip.neighbours()] == [8]
    strip.go_to(3)
    assert [row.id for row in strip.neighbours()] == [5, 7]
    strip.step(-1)
    assert strip.current == 7
    await settled(history)


@pytest.mark.parametrize(
    ("pixels", "angle", "expected"), [((0, 0), (0, -240), 3.0), ((-30, 0), (-60, 0), None)]
)
async def test_the_wheel_scrolls_sideways(
    make_history: Making, pixels: tuple[int, int], angle: tuple[int, int], expected: float | None
) -> None:
    history = await shown(make_history, Shelf(100))
    strip = history.strip
    event = QWheelEvent(
        QPointF(50, 50),
        strip.viewport().mapToGlobal(QPointF(50, 50)),
        QPoint(*pixels),
        QPoint(*angle),
        Qt.MouseButton.NoButton,
        NO_MODIFIER,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(strip.viewport(), event)

    assert strip.horizontalScrollBar().value() == (30 if expected is None else round(expected * strip.pitch))
    await settled(history)


async def test_resizing_keeps_the_picture_at_the_left_edge(make_history: Making) -> None:
    history = await shown(make_history, Shelf(300))
    strip = history.strip
    strip.horizontalScrollBar().setValue(100 * strip.pitch)
    strip.resize(700, 220)

    assert strip.in_sight().start in (99, 100)
    assert strip.side > 150
    await settled(history)


async def test_a_million_are_walked_selected_and_grown_like_ten(make_history: Making) -> None:
    history = await shown(make_history, Shelf(1_000_000))
    strip = history.strip
    press_keys(strip, Qt.Key.Key_End)
    await settled(history)
    assert strip.current == 1
    assert pixel(strip, 999_999) == QColor(*colour_of(1))
    assert strip.in_sight().stop == 1_000_000

    strip.go_to(500_000)
    await settled(history)
    assert strip.position_at(strip.rect_of(500_000).center()) == 500_000
    assert strip.rect_of(500_000).x() == strip.rect_of(499_999).x() + strip.pitch
    strip.select_all()
    history.model.insert_newest([1_000_001])
    assert strip.cursor_.current == 500_001
    assert strip.cursor_.selected.spans() == ((1, 1_000_001),)
    assert len(history.shelf.thumbnails_asked) < 200
    await settled(history)


def mouse_drag(strip: HistoryStrip, position: int, by: int) -> None:
    start = strip.rect_of(position).center()
    QTest.mousePress(strip.viewport(), Qt.MouseButton.LeftButton, NO_MODIFIER, start)
    QTest.mouseMove(strip.viewport(), start + QPoint(by // 2, 0))
    QTest.mouseMove(strip.viewport(), start + QPoint(by, 0))
    QTest.mouseRelease(strip.viewport(), Qt.MouseButton.LeftButton, NO_MODIFIER, start + QPoint(by, 0))


@pytest.fixture
def drags(monkeypatch: pytest.MonkeyPatch) -> list[QMimeData]:
    """What was dragged; offscreen there is nowhere to drag to."""
    begun: list[QMimeData] = []
    monkeypatch.setattr(drag_out, "begin", lambda _source, carried, _image: begun.append(carried))
    return begun


async def test_dragging_carries_the_real_file(
    make_history: Making, drags: list[QMimeData], tmp_path: Path
) -> None:
    history = await shown(make_history, Shelf(9, folder=tmp_path / "ä b#c"))
    mouse_drag(history.strip, 2, 80)

    assert len(drags) == 1
    assert [url.toLocalFile() for url in drags[0].urls()] == [str(tmp_path / "ä b#c" / "7.png")]
    assert list(drag_out.ids_in(drags[0])) == [7]
    await settled(history)


async def test_a_trembling_hand_does_not_drag(make_history: Making, drags: list[QMimeData]) -> None:
    history = await shown(make_history, Shelf(9))
    mouse_drag(history.strip, 2, QApplication.startDragDistance() - 2)

    assert drags == []
    assert history.strip.current == 7
    await settled(history)


async def test_dragging_one_of_several_selected_carries_all(
    make_history: Making, drags: list[QMimeData]
) -> None:
    history = await shown(make_history, Shelf(9))
    click(history.strip, 1)
    click(history.strip, 3, _SHIFT)
    mouse_drag(history.strip, 2, 80)

    assert list(drag_out.ids_in(drags[0])) == [8, 7, 6]
    assert list(history.strip.selected) == [8, 7, 6]
    await settled(history)


async def test_clicking_one_of_several_selected_selects_it_alone(make_history: Making) -> None:
    history = await shown(make_history, Shelf(9))
    click(history.strip, 1)
    click(history.strip, 3, _SHIFT)
    click(history.strip, 2)

    assert list(history.strip.selected) == [7]
    await settled(history)


async def test_a_missing_file_is_not_dragged(make_history: Making, drags: list[QMimeData]) -> None:
    history = await shown(make_history, Shelf(9, missing={7}))
    mouse_drag(history.strip, 2, 80)
    assert drags == []
    press_keys(history.strip, Qt.Key.Key_A, modifier=_CTRL)
    await settled(history)
    mouse_drag(history.strip, 3, 80)
    assert 7 not in drag_out.ids_in(drags[0])
    assert len(drags[0].urls()) == 8
    await settled(history)


async def test_copying_puts_the_files_on_the_clipboard(make_history: Making, tmp_path: Path) -> None:
    history = await shown(make_history, Shelf(9, folder=tmp_path))
    click(history.strip, 1)
    press_keys(history.strip, Qt.Key.Key_C, modifier=_CTRL)
    carried = QGuiApplication.clipboard().mimeData()

    assert [url.toLocalFile() for url in carried.urls()] == [str(tmp_path / "8.png")]
    await settled(history)


async def test_ids_are_read_only_from_what_we_put_in() -> None:
    carried = QMimeData()
    carried.setData(drag_out.IDS_FORMAT, b"7\nrm -rf\n-3\n\xff\n8")

    assert list(drag_out.ids_in(carried)) == [7, 8]
    assert list(drag_out.ids_in(QMimeData())) == []


async def test_the_tooltip_is_plain_text(make_history: Making, monkeypatch: pytest.MonkeyPatch) -> None:
    history = await shown(make_history, Shelf(9))
    strip = history.strip
    tips: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _at, text, _widget: tips.append(text))
    for point in (strip.rect_of(2).center(), QPoint(strip.viewport().width() - 1, 1)):
        event = QHelpEvent(QHelpEvent.Type.ToolTip, point, strip.viewport().mapToGlobal(point))
        QApplication.sendEvent(strip.viewport(), event)

    assert "number 7" in tips[0]
    assert "512×768 · seed 1007" in tips[0]
    assert tips[1] == ""
    await settled(history)
