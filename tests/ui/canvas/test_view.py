"""The arithmetic of zooming and panning, held to what a hand expects of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QSizeF

from sdstudio.ui.canvas.view import LARGEST_ZOOM, View

sides = st.integers(1, 9000)
sizes = st.builds(QSizeF, sides, sides)
viewports = st.builds(QSizeF, st.integers(50, 4000), st.integers(50, 4000))


def view(picture: tuple[int, int], viewport: tuple[int, int] = (800, 600)) -> View:
    made = View(QSizeF(), QSizeF())
    made.set_viewport(QSizeF(*viewport))
    made.set_picture(QSizeF(*picture))
    return made


@given(sizes, viewports)
def test_a_fitted_picture_touches_two_edges_and_lies_in_the_middle(picture: QSizeF, viewport: QSizeF) -> None:
    seen = View(picture, viewport)
    seen.fit()
    target = seen.target

    assert target.width() <= viewport.width() + 1
    assert target.height() <= viewport.height() + 1
    assert (
        target.width() == pytest.approx(viewport.width(), abs=1)
        or target.height() == pytest.approx(viewport.height(), abs=1)
        or seen.zoom == LARGEST_ZOOM
    )
    assert target.center().x() == pytest.approx(viewport.width() / 2, abs=1)
    assert target.center().y() == pytest.approx(viewport.height() / 2, abs=1)


@given(
    sizes,
    viewports,
    st.lists(
        st.tuples(st.sampled_from(["zoom", "pan"]), st.floats(-900, 900), st.floats(-900, 900)), max_size=12
    ),
)
def test_no_gap_opens_on_one_side_while_the_picture_overhangs_the_other(
    picture: QSizeF, viewport: QSizeF, moves: list[tuple[str, float, float]]
) -> None:
    seen = View(picture, viewport)
    seen.fit()
    for move, x, y in moves:
        if move == "pan":
            seen.pan(QPointF(x, y))
        else:
            seen.zoom_by(2 ** (x / 300), QPointF(abs(y) % viewport.width(), abs(x) % viewport.height()))

    target = seen.target
    for start, end, room in (
        (target.left(), target.right(), viewport.width()),
        (target.top(), target.bottom(), viewport.height()),
    ):
        if end - start > room + 1:
            assert start <= 0.51
            assert end >= room - 0.51
        else:
            assert (start + end) / 2 == pytest.approx(room / 2, abs=1.1)


def test_zooming_holds_what_is_under_the_cursor() -> None:
    seen = view((2000, 1600))
    seen.zoom_to(1.0)
    cursor = QPointF(200, 450)
    held = seen.picture_point(cursor)

    for factor in (1.25, 1.25, 1.25, 0.8, 1.25):
        seen.zoom_by(factor, cursor)

    now = seen.picture_point(cursor)
    assert (now.x(), now.y()) == (pytest.approx(held.x(), abs=0.01), pytest.approx(held.y(), abs=0.01))
    assert seen.zoom == pytest.approx(1.25**3)


def test_wheel_zooming_rests_at_actual_pixels() -> None:
    seen = view((2000, 1600))
    seen.zoom_to(0.9)
    seen.zoom_by(1.25)
    assert seen.zoom == 1.0
    seen.zoom_by(1.25)
    assert seen.zoom == 1.25
    seen.zoom_by(0.7)
    assert seen.zoom == 1.0


def test_steps_in_and_out_meet_the_same_round_zooms() -> None:
    seen = view((2000, 1600))
    seen.zoom_to(0.5)
    up = []
    for _ in range(5):
        seen.step(+1)
        up.append(seen.zoom)
    down = []
    for _ in range(5):
        seen.step(-1)
        down.append(seen.zoom)

    assert up == [0.667, 1.0, 1.5, 2.0, 3.0]
    assert down == [2.0, 1.5, 1.0, 0.667, 0.5]


@pytest.mark.parametrize("direction", [+1, -1])
def test_stepping_ends_at_the_limits(direction: int) -> None:
    seen = view((2000, 1600))
    for _ in range(80):
        seen.step(direction)

    assert seen.zoom == (LARGEST_ZOOM if direction > 0 else seen.smallest_zoom)


def test_a_fitted_picture_follows_the_viewport() -> None:
    seen = view((1000, 1000))
    seen.set_viewport(QSizeF(300, 300))

    assert seen.zoom == pytest.approx(0.3)


def test_a_zoomed_picture_keeps_its_middle_when_the_viewport_changes() -> None:
    seen = view((4000, 4000))
    seen.zoom_to(1.0)
    seen.pan(QPointF(-300, 200))
    middle = seen.picture_point(QPointF(400, 300))
    seen.set_viewport(QSizeF(1000, 500))

    now = seen.picture_point(QPointF(500, 250))
    assert (now.x(), now.y()) == (pytest.approx(middle.x()), pytest.approx(middle.y()))


def test_the_next_picture_of_the_same_size_is_seen_at_the_same_place() -> None:
    seen = view((4000, 4000))
    seen.zoom_to(3.0, QPointF(10, 10))
    before = seen.target
    seen.set_picture(QSizeF(4000, 4000))
    assert seen.target == before
    seen.set_picture(QSizeF(4000, 3000))
    assert seen.fitted


def test_a_picture_that_fits_is_not_panned() -> None:
    seen = view((400, 300))
    before = seen.target
    seen.pan(QPointF(50, 50))

    assert seen.fitted
    assert seen.target == before


def test_only_the_visible_part_is_asked_for() -> None:
    seen = view((4000, 4000), (100, 100))
    seen.zoom_to(10.0, QPointF(0, 0))
    visible = seen.visible()

    assert visible.width() <= 11
    assert visible.height() <= 11
    assert seen.place_of(visible.toRectF()).contains(QPointF(50, 50))
