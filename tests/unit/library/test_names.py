"""File names: readable, and possible on every system whatever the prompt is."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdstudio.library.names import DEFAULT_PATTERN, NameFacts, numbered, prompt_words, relative_path, safe_part

MOMENT = datetime(2026, 3, 4, 5, 6, 7)  # noqa: DTZ001 - names are in local time


def facts(prompt: str = "", seed: int | None = 42) -> NameFacts:
    return NameFacts(MOMENT, seed, prompt, 512, 768)


def test_the_default_is_a_folder_a_day_and_says_what_is_in_it():
    name = relative_path(DEFAULT_PATTERN, facts("A (lighthouse:1.2), <lora:wax:0.7> at dusk"), ".png")
    assert name == "2026-03-04/050607-42-A-lighthouse-1-2-at-dusk.png"


def test_what_is_not_known_leaves_no_gap():
    assert relative_path(DEFAULT_PATTERN, facts("", None), ".jpg") == "2026-03-04/050607.jpg"


def test_other_keys_and_unknown_ones():
    assert relative_path("[width]x[height]/[seed] [nosuch]", facts(), ".png") == "512x768/42 [nosuch].png"


def test_letters_of_all_scripts_stay():
    assert prompt_words("café 猫 на море") == "café-猫-на-море"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("CON", "_CON"),
        ("aux.txt", "_aux.txt"),
        ("com1", "_com1"),
        ("lpt².x", "_lpt².x"),
        ("console", "console"),
        ("..", "_"),
        (".", "_"),
        ("", "_"),
        ("a. . ", "a"),
        ("a/b\\c:d", "a b c d"),
        ("\u202etxt.exe\u202c", "txt.exe"),
        ("tab\tnul\0line\n", "tab nul line"),
        ("~user", "~user"),
    ],
)
def test_dangerous_names_are_made_harmless(text, name):
    assert safe_part(text) == name


@given(st.text(st.characters(), max_size=300) | st.text(" -.猫é/\\:", max_size=300), st.integers(0, 2**64 - 1))
def test_any_prompt_makes_a_name_that_every_system_takes(prompt, seed):
    name = relative_path(DEFAULT_PATTERN, facts(prompt, seed), ".png")
    folder, file = name.split("/")
    assert folder == "2026-03-04"
    assert file.startswith(f"050607-{seed}")
    assert len(file.encode()) <= 124
    assert file.isprintable()
    assert not set(file) & set('<>:"/\\|?*')
    assert not file.removesuffix(".png").endswith((".", " "))


@given(st.text(st.characters(), max_size=300))
def test_any_pattern_stays_below_its_folder(pattern):
    parts = relative_path(pattern, facts("../../x"), ".png").split("/")
    assert all(part not in {"", ".", ".."} for part in parts)


def test_numbers_stand_before_the_extension():
    assert [numbered("a.b/c.png", number) for number in (1, 2, 10)] == [
        "a.b/c.png",
        "a.b/c-2.png",
        "a.b/c-10.png",
    ]
