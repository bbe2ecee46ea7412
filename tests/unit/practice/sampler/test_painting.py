"""The painter: one picture at any size, every motif in every style."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from sdstudio.practice.painting.grading import STYLES
from sdstudio.practice.painting.motifs import MOTIFS
from sdstudio.practice.painting.picture_set import opposite_set, paint, picture_set, seamless
from sdstudio.practice.words import Theme, read_prompt

SUBJECTS = [
    "woman",
    "old bald man with a beard",
    "mountain lake with a house",
    "desert",
    "castle in winter",
    "forest path",
]
SUBJECTS += [
    "sea with a boat",
    "beach",
    "lighthouse, storm",
    "skyline at night",
    "street, rain",
    "cyberpunk city",
    "owl",
]
SUBJECTS += [
    "rose",
    "tulip",
    "daisy",
    "sunflower",
    "poppy",
    "cat",
    "dog",
    "fox",
    "bird",
    "fish",
    "apple",
    "bottle",
    "cup",
]
SUBJECTS += ["abstract red", "girl with a bun in a garden, snow", "portrait of a woman, curly hair, sad"]


def brightness(pixels) -> float:
    return float(pixels.mean())


@pytest.mark.parametrize("words", SUBJECTS)
def test_small_and_large_are_the_same_picture(words) -> None:
    theme = read_prompt(words)
    small, large = paint(theme, 1, 48, 48, 1.0), paint(theme, 1, 192, 192, 1.0)
    reduced = np.asarray(Image.fromarray(large).reduce(4), float)
    other = np.asarray(paint(theme, 2 + len(words) % 3, 48, 48, 1.0), float)
    apart = np.abs(reduced - small).mean()
    assert apart < 14
    assert apart < np.abs(reduced - other).mean()


@pytest.mark.parametrize("size", [(64, 96), (120, 50), (33, 41)])
@pytest.mark.parametrize("motif", sorted(MOTIFS))
def test_any_shape_of_canvas(motif: str, size: tuple[int, int]) -> None:
    width, height = size
    pixels = paint(Theme(motif=motif), 0, width, height, width / height)
    assert pixels.shape == (height, width, 3)
    assert pixels.std() > 8


@pytest.mark.parametrize("style", sorted(STYLES))
def test_styles_change_the_picture(style) -> None:
    plain, styled = (
        paint(Theme(motif="flower", style=name), 0, 64, 64, 1.0).astype(float) for name in ("", style)
    )
    assert np.abs(plain - styled).mean() > 3


def test_noir_is_grey_and_words_of_light_act() -> None:
    noir = paint(read_prompt("cat, noir"), 0, 48, 48, 1.0).astype(int)
    assert np.abs(noir - noir[..., :1]).max() <= 1
    levels = [
        brightness(paint(read_prompt(f"landscape {word}"), 0, 48, 48, 1.0)) for word in ("dark", "", "bright")
    ]
    assert levels == sorted(levels)


@pytest.mark.parametrize(("time", "darker"), [("night", "day"), ("dusk", "day")])
def test_the_time_of_day_lights_a_landscape(time, darker) -> None:
    light = {
        word: brightness(paint(read_prompt(f"landscape {word}"), 0, 48, 48, 1.0)) for word in (time, darker)
    }
    assert light[time] < light[darker] - 20


def test_a_set_is_its_families_and_their_mirror_images() -> None:
    made = picture_set(read_prompt("cat"), 24, 24, 1.0)
    half = len(made.pictures) // 2
    assert (np.diff(made.families) >= 0).all()
    assert np.array_equal(made.pictures[:half], made.pictures[half:, ..., ::-1])
    assert np.array_equal(made.large(half, 40, 40), made.large(0, 40, 40)[:, ::-1])


def test_a_thinned_set_still_has_every_family() -> None:
    made = picture_set(read_prompt("cat"), 24, 24, 1.0)
    thin = made.thinned(0.7, np.random.default_rng(1))
    assert len(thin.pictures) < len(made.pictures)
    assert set(thin.families) == set(made.families)
    assert np.array_equal(
        thin.large(1, 32, 32), made.large(int(np.flatnonzero(made.numbers == thin.numbers[1])[0]), 32, 32)
    )


def test_what_guidance_moves_away_from() -> None:
    cat = read_prompt("a cat")
    assert opposite_set(cat, read_prompt("dog"), 24, 24, 1.0).theme.subject == "dog"
    dark = opposite_set(cat, read_prompt("dark"), 24, 24, 1.0)
    assert (dark.theme.motif, dark.theme.subject) == ("animal", "cat")
    assert dark.pictures.mean() < picture_set(cat, 24, 24, 1.0).pictures.mean()
    anything = opposite_set(cat, read_prompt(""), 24, 24, 1.0)
    assert len(anything.pictures) == 2 * len(MOTIFS)


def test_a_seamless_picture_meets_itself_at_its_edges() -> None:
    pixels = paint(read_prompt("landscape"), 0, 64, 64, 1.0)

    def jump(picture) -> float:
        rows = np.abs(picture[0].astype(float) - picture[-1]).mean()
        return rows + np.abs(picture[:, 0].astype(float) - picture[:, -1]).mean()

    assert jump(seamless(pixels)) < jump(pixels) / 2
