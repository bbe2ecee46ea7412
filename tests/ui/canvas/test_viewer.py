"""What the viewer paints and how it answers to mouse, wheel and keys, on real (offscreen) windows."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sdstudio.core.result import Progress
from sdstudio.ui.canvas.viewer import Viewer

GREY = QColor(90, 90, 90)


def quarters(width: int, height: int) -> QImage:
    """Red, green / blue, white."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.fillRect(0, 0, width // 2, height // 2, Qt.GlobalColor.red)
    painter.fillRect(width // 2, 0, width - width // 2, height // 2, Qt.GlobalColor.green)
    painter.fillRect(0, height // 2, width // 2, height - height // 2, Qt.GlobalColor.blue)
    painter.end()
    return image


@pytest.fixture
def viewer(qtbot: QtBot) -> Viewer:
    made = Viewer()
    qtbot.addWidget(made)
    made.surround = GREY
    made.resize(400, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


def seen(viewer: Viewer, x: int, y: int) -> QColor:
    return viewer.grab().toImage().pixelColor(x, y)


def wheel(viewer: Viewer, at: QPoint, notches: int) -> None:
    event = QWheelEvent(
        QPointF(at),
        viewer.mapToGlobal(QPointF(at)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewer, event)


def fingers(viewer: Viewer, by: QPoint) -> None:
    event = QWheelEvent(
        QPointF(200, 150),
        viewer.mapToGlobal(QPointF(200, 150)),
        by,
        by * 4,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.ScrollUpdate,
        False,
    )
    QApplication.sendEvent(viewer, event)


def drag(viewer: Viewer, button: Qt.MouseButton, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(viewer, button, pos=start)
    QTest.mouseMove(viewer, (start + end) / 2)
    QTest.mouseMove(viewer, end)
    QTest.mouseRelease(viewer, button, pos=end)


def test_a_picture_is_fitted_into_the_neutral_surround(viewer: Viewer) -> None:
    viewer.show_image(quarters(100, 100), key=7)

    assert viewer.key == 7
    assert seen(viewer, 20, 150) == GREY
    assert seen(viewer, 80, 30) == Qt.GlobalColor.red
    assert seen(viewer, 320, 30) == Qt.GlobalColor.green
    assert seen(viewer, 80, 270) == Qt.GlobalColor.blue
    assert viewer.view.zoom == 3.0


def test_the_wheel_zooms_to_the_cursor(viewer: Viewer) -> None:
    viewer.show_image(quarters(800, 600))
    at = QPoint(100, 60)
    held = viewer.view.picture_point(QPointF(at))
    wheel(viewer, at, 3)

    now = viewer.view.picture_point(QPointF(at))
    assert viewer.view.zoom == pytest.approx(0.5 * 1.25**3)
    assert (now.x(), now.y()) == (pytest.approx(held.x(), abs=0.1), pytest.approx(held.y(), abs=0.1))


def test_two_fingers_pan(viewer: Viewer) -> None:
    viewer.show_image(quarters(800, 600))
    viewer.actual_pixels()
    corner = viewer.view.corner
    fingers(viewer, QPoint(30, -20))

    assert viewer.view.corner - corner == QPointF(30, -20)


@pytest.mark.parametrize("button", [Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton])
def test_dragging_pans(viewer: Viewer, button: Qt.MouseButton) -> None:
    viewer.show_image(quarters(800, 600))
    viewer.actual_pixels()
    corner = viewer.view.corner
    drag(viewer, button, QPoint(200, 150), QPoint(160, 190))

    assert viewer.view.corner - corner == QPointF(-40, 40)


def test_dragging_with_the_space_bar_held_pans_too(viewer: Viewer) -> None:
    viewer.show_image(quarters(800, 600))
    viewer.actual_pixels()
    corner = viewer.view.corner
    QTest.keyPress(viewer, Qt.Key.Key_Space)
    drag(viewer, Qt.MouseButton.LeftButton, QPoint(200, 150), QPoint(190, 140))
    QTest.keyRelease(viewer, Qt.Key.Key_Space)

    assert viewer.view.corner - corner == QPointF(-10, -10)


def test_the_cursor_says_that_a_picture_can_be_moved(viewer: Viewer) -> None:
    viewer.show_image(quarters(800, 600))
    assert viewer.cursor().shape() == Qt.CursorShape.ArrowCursor
    viewer.actual_pixels()
    assert viewer.cursor().shape() == Qt.CursorShape.OpenHandCursor
    QTest.mousePress(viewer, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    assert viewer.cursor().shape() == Qt.CursorShape.ClosedHandCursor
    QTest.mouseRelease(viewer, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    assert viewer.cursor().shape() == Qt.CursorShape.OpenHandCursor


def test_a_double_click_goes_to_actual_pixels_there_and_back(viewer: Viewer) -> None:
    viewer.show_image(quarters(800, 600))
    QTest.mouseDClick(viewer, Qt.MouseButton.LeftButton, pos=QPoint(100, 75))
    assert viewer.view.zoom == 1.0
    at = viewer.view.picture_point(QPointF(100, 75))
    assert (at.x(), at.y()) == (pytest.approx(200), pytest.approx(150))

    QTest.mouseDClick(viewer, Qt.MouseButton.LeftButton, pos=QPoint(100, 75))
    assert viewer.view.fitted


def test_keys_zoom(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.show_image(quarters(800, 600))
    zooms = []
    viewer.zoom_changed.connect(zooms.append)
    for key in (Qt.Key.Key_1, Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_Minus, Qt.Key.Key_0):
        qtbot.keyClick(viewer, key)

    assert zooms == [1.0, 1.5, 1.0, 0.667, 0.5]
    assert viewer.view.fitted


def test_arrows_ask_for_the_neighbours_and_pan_with_shift(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.show_image(quarters(800, 600))
    viewer.actual_pixels()
    asked = []
    viewer.previous_requested.connect(lambda: asked.append("previous"))
    viewer.next_requested.connect(lambda: asked.append("next"))
    corner = viewer.view.corner
    qtbot.keyClick(viewer, Qt.Key.Key_Right)
    qtbot.keyClick(viewer, Qt.Key.Key_Left)
    assert asked == ["next", "previous"]
    assert viewer.view.corner == corner

    qtbot.keyClick(viewer, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert asked == ["next", "previous"]
    assert viewer.view.corner - corner == QPointF(-40, 0)


def test_keys_with_control_or_alt_are_left_to_the_window(viewer: Viewer) -> None:
    viewer.show_image(quarters(800, 600))
    event = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    QApplication.sendEvent(viewer, event)

    assert not event.isAccepted()
    assert viewer.view.fitted


def chequered(side: int) -> QImage:
    """Black and white pixels by turns; `side` is even."""
    black, white = b"\0\0\0\xff", b"\xff\xff\xff\xff"
    two_rows = (black + white) * (side // 2) + (white + black) * (side // 2)
    return QImage(two_rows * (side // 2), side, side, side * 4, QImage.Format.Format_RGB32).copy()


def greys(viewer: Viewer) -> set[int]:
    image = viewer.grab().toImage()
    return {image.pixelColor(x, 150).green() for x in range(150, 250)}


@pytest.mark.parametrize(
    ("zoom", "sharp"), [(1.0, True), (1.5, False), (1.99, False), (2.0, True), (5.3, True), (64.0, True)]
)
def test_pixels_are_smooth_below_and_sharp_above_twice_their_size(
    viewer: Viewer, zoom: float, *, sharp: bool
) -> None:
    viewer.show_image(chequered(600))
    viewer.view.zoom_to(zoom)

    assert (greys(viewer) == {0, 255}) is sharp


def test_a_fitted_small_picture_is_smooth_however_much_it_is_enlarged(viewer: Viewer) -> None:
    viewer.show_image(chequered(40))

    assert viewer.view.zoom > 2
    assert greys(viewer) - {0, 255}


def test_transparency_is_shown_as_chequers(viewer: Viewer) -> None:
    image = QImage(100, 100, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    viewer.show_image(image)

    assert len(greys(viewer)) > 1


def test_nothing_to_show_says_what_to_do(viewer: Viewer) -> None:
    viewer.show_image(None)

    image = viewer.grab().toImage()
    ink = {image.pixel(x, y) for x in range(60, 340, 2) for y in range(100, 200, 2)}
    assert len(ink) > 2
    wheel(viewer, QPoint(10, 10), 1)
    drag(viewer, Qt.MouseButton.LeftButton, QPoint(9, 9), QPoint(50, 50))


def test_words_instead_of_a_picture_are_told_to_screen_readers(viewer: Viewer) -> None:
    viewer.show_words("The file is missing", "It was moved.", key=3)

    assert viewer.picture is None
    assert viewer.accessibleDescription() == "The file is missing. It was moved."


def lit(viewer: Viewer) -> float:
    """How much of the lower edge is in the accent colour."""
    image = viewer.grab().toImage()
    accent = viewer.palette().highlight().color()
    return sum(image.pixelColor(x, 298) == accent for x in range(400)) / 400


def test_a_preview_is_shown_at_the_size_the_picture_will_have(viewer: Viewer) -> None:
    viewer.show_image(quarters(100, 100), key=1)
    viewer.show_preview(quarters(8, 8), Progress(fraction=0.48, step=12, steps=25), QSize(800, 600))

    assert viewer.previewing
    assert viewer.view.zoom == 0.5
    assert seen(viewer, 20, 20) == Qt.GlobalColor.red
    assert lit(viewer) == pytest.approx(0.48, abs=0.01)
    assert "step 12 of 25" in viewer.accessibleDescription()


def test_progress_without_a_new_preview_keeps_the_last_one(viewer: Viewer) -> None:
    viewer.show_preview(quarters(8, 8), Progress(fraction=0.2, step=5, steps=25), QSize(800, 600))
    viewer.show_preview(None, Progress(fraction=0.8, step=20, steps=25))

    assert seen(viewer, 20, 20) == Qt.GlobalColor.red
    assert lit(viewer) == pytest.approx(0.8, abs=0.01)


def test_zoom_and_place_hold_from_preview_to_picture(viewer: Viewer) -> None:
    viewer.show_preview(quarters(8, 8), Progress(fraction=0.2), QSize(800, 600))
    viewer.view.zoom_to(3.0, QPointF(30, 40))
    before = viewer.view.target
    viewer.show_image(quarters(800, 600))

    assert viewer.view.target == before
    assert lit(viewer) == 0


def test_a_preview_that_ends_without_a_picture_gives_the_last_one_back(viewer: Viewer) -> None:
    viewer.show_image(quarters(100, 100), key=1)
    viewer.show_preview(chequered(16), Progress(fraction=0.2), QSize(800, 600))
    viewer.end_preview()

    assert viewer.key == 1
    assert seen(viewer, 80, 30) == Qt.GlobalColor.red
    assert not viewer.previewing


def test_focus_by_keyboard_is_seen(viewer: Viewer) -> None:
    viewer.show_image(quarters(100, 100))
    viewer.setFocus(Qt.FocusReason.MouseFocusReason)
    assert seen(viewer, 0, 0) == GREY
    viewer.clearFocus()
    viewer.setFocus(Qt.FocusReason.TabFocusReason)
    assert seen(viewer, 0, 0) == viewer.palette().highlight().color()


def test_the_zoom_is_said_for_a_moment(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.show_image(quarters(800, 600))
    calm = viewer.grab().toImage()
    viewer.zoom_changed.emit(0.5)
    assert viewer.grab().toImage() != calm
    qtbot.waitUntil(lambda: viewer.grab().toImage() == calm, timeout=3000)
