"""Where one stands and what is selected, while pictures come and go around it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sdstudio.ui.history.cursor import Cursor


def cursor(count: int, at: int) -> Cursor:
    made = Cursor()
    made.reset(count, at)
    return made


def test_an_empty_history_has_no_place_to_stand() -> None:
    made = cursor(0, 0)
    made.move(3)

    assert made.current is None
    assert not made.selected


def test_moving_stays_within_and_selects_where_one_stands() -> None:
    made = cursor(5, 2)
    made.move(99)
    assert (made.current, list(made.selected)) == (4, [4])
    made.move(-1)
    assert (made.current, list(made.selected)) == (0, [0])


def test_extending_selects_from_where_it_began_and_shrinks_again() -> None:
    made = cursor(9, 4)
    made.move(7, extend=True)
    assert list(made.selected) == [4, 5, 6, 7]
    made.move(2, extend=True)
    assert list(made.selected) == [2, 3, 4]
    assert made.current == 2


def test_toggling_adds_and_takes_away() -> None:
    made = cursor(9, 4)
    made.toggle(6)
    made.toggle(1)
    made.toggle(6)
    assert list(made.selected) == [1, 4]
    assert made.current == 6


def test_keeping_moves_without_selecting() -> None:
    made = cursor(9, 4)
    made.toggle(6)
    made.move(4, keep=True)

    assert (made.current, list(made.selected)) == (4, [4, 6])


def test_new_pictures_move_nothing_away_from_under_one() -> None:
    made = cursor(9, 0)
    made.move(2, extend=True)
    made.make_room(0, 3)
    assert (made.current, list(made.selected)) == (5, [3, 4, 5])
    made.move(7, extend=True)
    assert list(made.selected) == [3, 4, 5, 6, 7]


def test_when_the_current_one_goes_one_stands_at_the_next_older() -> None:
    made = cursor(9, 4)
    assert made.close_up(4, 1)
    assert (made.current, list(made.selected)) == (4, [4])


def test_when_the_oldest_goes_one_stands_at_the_new_oldest() -> None:
    made = cursor(9, 8)
    assert made.close_up(7, 2)
    assert (made.current, list(made.selected)) == (6, [6])


def test_when_all_go_there_is_nothing() -> None:
    made = cursor(3, 1)
    made.close_up(0, 3)
    assert made.current is None
    made.make_room(0, 2)
    assert made.current is None


def test_what_goes_elsewhere_is_not_felt() -> None:
    made = cursor(9, 4)
    assert not made.close_up(0, 2)
    assert (made.current, list(made.selected)) == (2, [2])
    assert not made.close_up(5, 2)
    assert made.current == 2


@given(
    st.integers(1, 12),
    st.lists(
        st.tuples(st.sampled_from(["room", "close", "move", "extend"]), st.integers(0, 12), st.integers(1, 6))
    ),
)
def test_one_always_stands_within(count: int, steps: list[tuple[str, int, int]]) -> None:
    made = cursor(count, 0)
    for step, at, size in steps:
        if step == "room":
            made.make_room(min(at, count), size)
            count += size
        elif step == "close" and count:
            gone = range(min(at, count - 1), count)[:size]
            made.close_up(gone.start, len(gone))
            count -= len(gone)
        else:
            made.move(at, extend=step == "extend")
        assert made.current is None or 0 <= made.current < count
        assert all(0 <= position < count for position in made.selected)
