"""From prompt to theme."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sdstudio.practice.words import Theme, read_prompt


def test_the_seed_page_s_prompt() -> None:
    theme = read_prompt("portrait of a young women, blue eyes, cinematic")
    assert (theme.motif, theme.subject, theme.style) == ("portrait", "woman", "cinematic")
    assert theme.colour("eyes") == "blue"
    assert theme.salt == 0


def test_a_colour_belongs_to_the_noun_after_it() -> None:
    theme = read_prompt("blonde girl with green eyes, red lips and a black dress, grey background")
    assert {owner: theme.colour(owner) for owner in ("hair", "eyes", "lips", "cloth", "backdrop")} == {
        "hair": "blonde",
        "eyes": "green",
        "lips": "red",
        "cloth": "black",
        "backdrop": "grey",
    }


@pytest.mark.parametrize(
    ("prompt", "motif", "subject"),
    [
        ("a red apple on a table", "still life", "apple"),
        ("misty mountains at dawn", "landscape", "mountain"),
        ("a lighthouse on a cliff, storm", "sea", ""),
        ("Cyberpunk street, neon", "city", "street"),
        ("(sunflowers:1.3) <lora:vangogh:0.8>", "flower", "sunflower"),
        ("two kittens", "animal", "cat"),
        ("abstract swirls", "abstract", ""),
    ],
)
def test_motifs_and_subjects(prompt, motif, subject) -> None:
    theme = read_prompt(prompt)
    assert (theme.motif, theme.subject) == (motif, subject)


def test_adjectives_may_stand_between_a_colour_and_its_noun() -> None:
    assert read_prompt("girl, red curly hair").colour("hair") == "red"
    assert read_prompt("old man with a white beard").colour("hair") == "white"


def test_a_pause_ends_what_a_colour_may_belong_to() -> None:
    theme = read_prompt("red, cat")
    assert theme.colour("") == "red"
    assert not theme.colour("subject")


def test_plurals_are_known() -> None:
    assert {read_prompt(word).subject for word in ("poppy", "poppies", "poppys")} == {"poppy"}


def test_a_second_motif_is_the_setting() -> None:
    theme = read_prompt("portrait of an old man in a winter forest at night")
    assert (theme.motif, theme.setting, theme.season, theme.time) == ("portrait", "forest", "winter", "night")
    assert "old" in theme.extras


def test_phrases_mean_more_than_their_words() -> None:
    assert read_prompt("harbour, golden hour").time == "sunset"


def test_weights_tags_and_punctuation_change_nothing() -> None:
    assert read_prompt("(cat:1.2), [blue] eyes!! <lora:x:1>") == read_prompt("cat blue eyes")


def test_unknown_words_count_whatever_their_order() -> None:
    one, other = read_prompt("cat zyzzyva quux"), read_prompt("quux cat zyzzyva")
    assert one == other
    assert one.salt != read_prompt("cat zyzzyva").salt != 0
    assert read_prompt("кошка 猫").salt != 0


def test_nothing_asked_is_an_empty_theme() -> None:
    assert read_prompt("") == Theme()
    assert read_prompt(" , ").plain
    assert not read_prompt("blurry").plain


def test_unknown_words_mean_the_same_in_every_process() -> None:
    code = "from sdstudio.practice.words import read_prompt; print(read_prompt('xylograph gnomon').salt)"
    answers = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert answers == {str(read_prompt("xylograph gnomon").salt)}
