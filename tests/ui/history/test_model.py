"""The order of ids, and rows fetched only for what is looked at."""

from __future__ import annotations

import pytest

from tests.ui.history.conftest import Making
from tests.ui.history.shelf import Shelf


def told(history) -> list[tuple]:
    """Everything the model tells from now on."""
    heard: list[tuple] = []
    history.model.reset.connect(lambda: heard.append(("reset",)))
    history.model.inserted.connect(lambda at, count: heard.append(("inserted", at, count)))
    history.model.removed.connect(lambda spans: heard.append(("removed", *spans)))
    return heard


async def test_loading_takes_over_all_ids_newest_first(make_history: Making) -> None:
    history = make_history(Shelf(5))
    heard = told(history)
    assert not history.model.loaded
    await history.model.load()

    assert history.model.loaded
    assert list(history.model.ids_between(0, 99)) == [5, 4, 3, 2, 1]
    assert [history.model.position_of(n) for n in (5, 1, 6, 0)] == [0, 4, None, None]
    assert heard == [("reset",)]


async def test_new_pictures_stand_in_front_the_last_first(make_history: Making) -> None:
    history = make_history(Shelf(2))
    await history.model.load()
    heard = told(history)
    history.model.insert_newest([3, 4])

    assert list(history.model.ids_between(0, 9)) == [4, 3, 2, 1]
    assert heard == [("inserted", 0, 2)]


async def test_pictures_that_come_back_take_their_old_places(make_history: Making) -> None:
    history = make_history(Shelf(9))
    await history.model.load()
    history.model.remove([2, 3, 7, 9])
    heard = told(history)
    history.model.insert_newest([7, 3, 2, 9, 5])

    assert list(history.model.ids_between(0, 9)) == [9, 8, 7, 6, 5, 4, 3, 2, 1]
    assert heard == [("inserted", 4, 2), ("inserted", 1, 1), ("inserted", 0, 1)]


async def test_removing_tells_what_lay_together_last_first(make_history: Making) -> None:
    history = make_history(Shelf(9))
    await history.model.load()
    heard = told(history)
    history.model.remove([8, 7, 3, 1, 77])

    assert list(history.model.ids_between(0, 9)) == [9, 6, 5, 4, 2]
    assert heard == [("removed", (8, 1), (6, 1), (1, 2))]
    history.model.remove([77])
    assert len(heard) == 1


async def test_rows_are_fetched_once_and_in_the_order_of_interest(make_history: Making) -> None:
    history = make_history(Shelf(9))
    await history.model.load()
    assert history.model.row(5) is None
    history.model.want([5, 6])
    await history.tasks.finished()
    history.model.want([7, 6, 5, 4])
    await history.tasks.finished()

    assert history.shelf.rows_asked == [[5, 6], [7, 4]]
    row = history.model.row(5)
    assert row is not None
    assert row.prompt == "number 5"


async def test_what_was_passed_over_is_never_fetched(make_history: Making) -> None:
    history = make_history(Shelf(5000))
    await history.model.load()
    history.model.want(range(1, 2001))
    history.model.want([4000])
    await history.tasks.finished()

    assert history.shelf.rows_asked == [[4000]]


async def test_rows_kept_are_bounded_and_those_last_wanted_stay(make_history: Making) -> None:
    history = make_history(Shelf(20_000))
    await history.model.load()
    for start in range(1, 10_001, 500):
        history.model.want([1, *range(start, start + 500)])
        await history.tasks.finished()

    kept = [picture for picture in range(1, 20_001) if history.model.row(picture)]
    assert len(kept) == 4000
    assert kept[0] == 1
    assert kept[-1] == 10_000


async def test_a_changed_row_is_fetched_again(make_history: Making) -> None:
    history = make_history(Shelf(3))
    await history.model.load()
    history.model.want([2])
    await history.tasks.finished()
    history.shelf.missing.add(2)
    history.model.forget_rows([2])
    history.model.want([2])
    await history.tasks.finished()

    row = history.model.row(2)
    assert row is not None
    assert row.missing


@pytest.mark.parametrize("at", [0, 500_000, 999_999])
async def test_a_million_are_found_inserted_and_removed_without_a_search(make_history: Making, at: int) -> None:
    history = make_history(Shelf(1_000_000))
    await history.model.load()
    picture = history.model.id_at(at)
    history.model.remove([picture])
    assert history.model.position_of(picture) is None
    history.model.insert_newest([picture])

    assert history.model.position_of(picture) == at
    assert len(history.model) == 1_000_000
