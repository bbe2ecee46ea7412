"""Thumbnails: newest wish first, nothing fetched in vain, bounded, told once a frame."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QColor

from sdstudio.ui.history.thumbnails import ThumbnailLoader
from tests.ui.history.conftest import Making
from tests.ui.history.shelf import SIDE, Shelf, colour_of
from tests.ui.history.waiting import until

BYTES_EACH = SIDE * SIDE * 4


async def test_a_wanted_thumbnail_comes(make_history: Making) -> None:
    history = make_history(Shelf(5))
    heard: list[list[int]] = []
    history.thumbnails.ready.connect(heard.append)
    assert history.thumbnails.image(3) is None
    history.thumbnails.want(QObject(), [3, 4])
    await until(lambda: sum(map(len, heard)) == 2)
    image = history.thumbnails.image(3)

    assert image is not None
    assert image.pixelColor(5, 5) == QColor(*colour_of(3))
    assert sorted(picture for ids in heard for picture in ids) == [3, 4]


async def test_the_newest_wish_comes_first_and_what_was_scrolled_past_never(make_history: Making) -> None:
    history = make_history(Shelf(1000))
    view = QObject()
    history.shelf.open_.clear()
    history.thumbnails.want(view, range(1, 100))
    await until(lambda: len(history.shelf.thumbnails_asked) == 2)
    history.thumbnails.want(view, range(500, 510))
    history.thumbnails.want(view, range(900, 905))
    history.shelf.open_.set()
    await history.tasks.finished()

    assert history.shelf.thumbnails_asked == [1, 2, 900, 901, 902, 903, 904]


async def test_two_views_are_both_served_the_last_to_speak_first(make_history: Making) -> None:
    history = make_history(Shelf(1000))
    strip, grid = QObject(), QObject()
    history.shelf.open_.clear()
    history.thumbnails.want(strip, [1, 2, 3, 4])
    await until(lambda: len(history.shelf.thumbnails_asked) == 2)
    history.thumbnails.want(grid, [10, 3, 11])
    history.shelf.open_.set()
    await history.tasks.finished()

    assert history.shelf.thumbnails_asked == [1, 2, 10, 3, 11, 4]


async def test_what_is_here_or_under_way_is_not_fetched_again(make_history: Making) -> None:
    history = make_history(Shelf(10))
    view = QObject()
    history.shelf.open_.clear()
    history.thumbnails.want(view, [1, 2])
    await until(lambda: len(history.shelf.thumbnails_asked) == 2)
    history.thumbnails.want(view, [1, 2, 3])
    history.shelf.open_.set()
    await history.tasks.finished()
    history.thumbnails.want(view, [1, 2, 3])
    await history.tasks.finished()

    assert history.shelf.thumbnails_asked == [1, 2, 3]


async def test_memory_is_bounded_and_the_last_seen_stay(make_history: Making) -> None:
    history = make_history(Shelf(100))
    loader = ThumbnailLoader(
        history.shelf, history.decoder, history.tasks, budget_bytes=3 * BYTES_EACH, parent=history.strip
    )
    view = QObject()
    for picture in (1, 2, 3):
        loader.want(view, [picture])
        await history.tasks.finished()
    assert loader.image(1) is not None
    loader.want(view, [4])
    await history.tasks.finished()

    assert [loader.image(n) is not None for n in (1, 2, 3, 4)] == [True, False, True, True]
    assert loader.bytes_held == 3 * BYTES_EACH


async def test_what_cannot_be_had_is_known_as_absent_and_not_asked_for_again(make_history: Making) -> None:
    history = make_history(Shelf(10, without_thumbnail={2}, broken={3}))
    view = QObject()
    for _ in range(2):
        history.thumbnails.want(view, [1, 2, 3])
        await history.tasks.finished()

    assert [history.thumbnails.is_absent(n) for n in (1, 2, 3)] == [False, True, True]
    assert sorted(history.shelf.thumbnails_asked) == [1, 2, 3]


async def test_what_has_changed_is_fetched_again(make_history: Making) -> None:
    history = make_history(Shelf(10, without_thumbnail={2}))
    view = QObject()
    history.thumbnails.want(view, [1, 2])
    await history.tasks.finished()
    history.shelf.without_thumbnail.clear()
    history.thumbnails.forget([1, 2])
    assert history.thumbnails.image(1) is None
    history.thumbnails.want(view, [1, 2])
    await history.tasks.finished()

    assert history.thumbnails.image(2) is not None
    assert history.thumbnails.bytes_held == 2 * BYTES_EACH


async def test_arrivals_are_told_together_not_one_by_one(make_history: Making) -> None:
    history = make_history(Shelf(200))
    heard: list[list[int]] = []
    history.thumbnails.ready.connect(heard.append)
    history.thumbnails.want(QObject(), range(1, 121))
    await history.tasks.finished()
    await until(lambda: sum(map(len, heard)) == 120)

    assert len(heard) < 60
