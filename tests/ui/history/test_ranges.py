"""Ranges of positions behave as the plain set of them does."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sdstudio.ui.history.ranges import Ranges

small = st.integers(0, 30)
changes = st.lists(
    st.tuples(st.sampled_from(["add", "discard", "toggle", "make_room", "close_up"]), small, small), max_size=25
)


def applied(held: set[int], change: str, a: int, b: int) -> set[int]:
    """The same change to a plain set."""
    match change:
        case "add":
            return held | set(range(a, b))
        case "discard":
            return held - set(range(a, b))
        case "toggle":
            return held ^ {a}
        case "make_room":
            return {n if n < a else n + b for n in held}
        case _:
            return {n if n < a else n - b for n in held if not a <= n < a + b}


@given(changes)
def test_any_row_of_changes_gives_what_a_set_gives(steps: list[tuple[str, int, int]]) -> None:
    ranges, held = Ranges(), set[int]()
    for change, a, b in steps:
        getattr(ranges, change)(*((a,) if change == "toggle" else (a, b)))
        held = applied(held, change, a, b)

        assert list(ranges) == sorted(held)
        assert len(ranges) == len(held)
        assert [n for n in range(max(held, default=0) + 2) if n in ranges] == sorted(held)
        spans = ranges.spans()
        assert all(low < high for low, high in spans)
        assert all(first[1] < second[0] for first, second in pairwise(spans))


def test_a_million_are_one_range() -> None:
    ranges = Ranges([(0, 1_000_000)])
    ranges.toggle(500_000)

    assert len(ranges) == 999_999
    assert ranges.spans() == ((0, 500_000), (500_001, 1_000_000))
    assert ranges == Ranges([(500_001, 1_000_000), (0, 500_000)])
