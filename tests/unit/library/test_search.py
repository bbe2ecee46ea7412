"""Searching: words as a person types them, any text at all, and every kept picture found."""

import sqlite3
from array import array
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdstudio.library import query
from sdstudio.library.database import open_writer
from tests.fakes.answers import MARK, REQUEST, answer

PROMPTS = ["a lighthouse in the fog", "Café at night, neon light", "the light house by the sea", "猫 on a roof"]


@pytest.fixture
async def find(library, data_dir):
    """The prompts that a query finds, newest first."""
    for number, prompt in enumerate(PROMPTS):
        request = replace(REQUEST, prompt=prompt, seed=number)
        result = answer(data_dir.spool, request, name=f"{number}")
        await library.add(result, request, endpoint=MARK, started=datetime.now(UTC), job_id=f"{number}")

    async def find(words: str) -> list[str]:
        return [row.prompt for row in await library.rows(await library.ids(words))]

    return find


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", [3, 2, 1, 0]),
        ("   ", [3, 2, 1, 0]),
        ("light", [2, 1, 0]),
        ("light ", [2, 1]),
        ("light* ", [2, 1, 0]),
        ("light house", [2]),
        ("house light", [2, 0][:1]),
        ("LIGHTHOUSE", [0]),
        ("cafe", [1]),
        ("café NIGHT", [1]),
        ("猫", [3]),
        ("fog", [0]),
        ("nothing like it", []),
        ('"lighthouse"', [0]),
        ("light AND OR NOT NEAR(", []),
        ("lighthouse -", [0]),
        ("prompt:lighthouse", []),
        ("--", [3, 2, 1, 0]),
    ],
)
async def test_words_find_the_prompts_that_have_them_all(find, words, found):
    assert await find(words) == [PROMPTS[number] for number in found]


async def test_the_negative_prompt_is_not_searched_and_removed_pictures_are_not_found(find, library):
    assert await find("fog") == [PROMPTS[0]], "every one has fog in its negative prompt"
    await library.remove(await library.ids("fog"))
    assert await find("fog") == []
    assert await find("roof") == [PROMPTS[3]]


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    folder = tmp_path_factory.mktemp("search")
    with closing(open_writer(folder / "library.db", folder)) as connection:
        yield connection


@given(st.text(st.characters()) | st.text('ab"*-+^:(){} ,.\0', max_size=60))
def test_any_text_is_a_query(database, words):
    assert query.ids(database, words) == array("q")


def test_all_ids_come_from_an_index_and_not_from_the_rows(database: sqlite3.Connection):
    steps = database.execute(
        "EXPLAIN QUERY PLAN SELECT id FROM pictures WHERE removed_ms IS NULL ORDER BY id DESC"
    )
    assert [step[3] for step in steps] == [
        "SEARCH pictures USING COVERING INDEX pictures_by_removal (removed_ms=?)"
    ]
