"""Sizes end where servers can make them."""

from hypothesis import given
from hypothesis import strategies as st

from sdstudio.core.geometry import LARGEST, SMALLEST, Size, snap


@given(st.integers(-(10**9), 10**9))
def test_snap_gives_the_nearest_multiple_within_limits(pixels: int) -> None:
    snapped = snap(pixels)
    assert snapped % 8 == 0
    assert SMALLEST <= snapped <= LARGEST
    if SMALLEST <= pixels <= LARGEST:
        assert abs(snapped - pixels) <= 4


@given(st.integers(1, 20_000), st.integers(1, 20_000), st.integers(1, 4096))
def test_fitted_keeps_the_limit_and_never_grows(width: int, height: int, longest: int) -> None:
    size = Size(width, height).fitted(longest)
    assert max(size.width, size.height) <= longest
    assert size.width <= width
    assert size.height <= height


def test_swapped_and_words() -> None:
    assert str(Size(512, 768).swapped()) == "768×512"
