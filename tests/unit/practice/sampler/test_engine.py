"""txt2img by the engine: parameters mean what they mean."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from sdstudio.practice.engine import SAMPLERS, HiresRecipe, Recipe, paint, pass_steps, sampling_steps

from .conftest import Watching, distance

SMALL = Recipe(prompt="landscape", width=64, height=64, steps=8, seed=5)


def made(watch: Watching | None = None, **changes) -> Image.Image:
    values = {field: getattr(SMALL, field) for field in Recipe.__slots__} | changes
    return paint(Recipe(**values), watch or Watching())


def test_the_same_recipe_gives_the_same_bytes_in_another_process() -> None:
    code = (
        "import hashlib; from sdstudio.practice.engine import Recipe, paint\n"
        "class Watching:\n    def step(self, *_): return True\n"
        "picture = paint(Recipe(prompt='landscape', width=64, height=64, steps=8, seed=5), Watching())\n"
        "print(hashlib.sha256(picture.tobytes()).hexdigest())"
    )
    there = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert there == hashlib.sha256(made().tobytes()).hexdigest()


def test_another_seed_is_another_picture() -> None:
    pictures = [made(seed=seed) for seed in range(4)]
    apart = [distance(one, other) for i, one in enumerate(pictures) for other in pictures[:i]]
    assert min(apart) > 4


@pytest.mark.parametrize("size", [(64, 64), (128, 64), (72, 136), (515, 66)])
def test_sizes_are_floored_to_multiples_of_eight(size) -> None:
    assert made(width=size[0], height=size[1], steps=2).size == (size[0] // 8 * 8, size[1] // 8 * 8)


@pytest.mark.parametrize("sampler", [entry.name for entry in SAMPLERS])
def test_every_sampler_paints_and_is_watched(sampler) -> None:
    watch = Watching()
    picture = made(watch, sampler=sampler, steps=6)
    assert np.asarray(picture).std() > 15
    if sampler != "DPM adaptive":
        assert watch.seen == [(step, 6) for step in range(1, 7)]


def test_samplers_and_schedules_do_not_all_paint_alike() -> None:
    chosen = [("Euler", "Automatic"), ("Euler", "Karras"), ("Heun", "Automatic"), ("Euler a", "Automatic")]
    pictures = {made(sampler=name, scheduler=schedule).tobytes() for name, schedule in chosen}
    assert len(pictures) == 4


def test_solvers_of_one_equation_end_near_each_other() -> None:
    euler, heun = (made(sampler=name, steps=40, cfg_scale=1) for name in ("Euler", "Heun"))
    assert distance(euler, heun) < distance(euler, made(sampler="Euler", steps=40, cfg_scale=1, seed=6)) / 2


def test_guidance_moves_the_picture_the_further_the_higher_it_is() -> None:
    plain = made(cfg_scale=1, sampler="Euler", steps=20)
    apart = [distance(plain, made(cfg_scale=cfg, sampler="Euler", steps=20)) for cfg in (1, 3, 30)]
    assert apart[0] == 0
    assert 0.5 < apart[1] < apart[2]


def test_guidance_stays_in_range() -> None:
    picture = np.asarray(made(cfg_scale=30, steps=20))
    assert ((picture == 0) | (picture == 255)).mean() < 0.2


@pytest.mark.parametrize(("word", "band"), [("red", 0), ("blue", 2)])
def test_a_negative_colour_leaves_the_picture(word, band) -> None:
    def share(picture: Image.Image) -> float:
        pixels = np.asarray(picture, float)
        return float(pixels[..., band].mean() / pixels.mean())

    recipes = [{"prompt": "abstract", "seed": seed, "steps": 16} for seed in range(4)]
    usual = np.mean([share(made(**recipe)) for recipe in recipes])
    without = np.mean([share(made(**recipe, negative_prompt=word, cfg_scale=15)) for recipe in recipes])
    assert without < usual - 0.02


def test_the_variation_seed_leads_from_one_picture_to_another() -> None:
    def mixed(strength: float) -> Image.Image:
        return made(sampler="Euler", seed=5, subseed=9, subseed_strength=strength)

    start, end = made(sampler="Euler"), made(sampler="Euler", seed=9)
    assert mixed(0.0).tobytes() == start.tobytes()
    assert distance(mixed(1.0), end) < 3  # but for the paper's grain, which is the seed's
    away = [distance(start, mixed(strength)) for strength in (0.0, 0.02, 1.0)]
    assert away == sorted(away)
    assert distance(mixed(0.05), start) < distance(mixed(0.05), end)


@pytest.mark.parametrize("stop", [1, 4])
def test_an_interrupt_ends_within_one_step_and_returns_what_there_is(stop) -> None:
    watch = Watching(stop_after=stop)
    early = made(watch, steps=40)
    assert watch.seen == [(step, 40) for step in range(1, stop + 1)]
    assert early.size == (64, 64)
    assert distance(early, made(steps=40)) > 1


def test_previews_come_closer_to_the_picture() -> None:
    watch = Watching(look=True)
    picture = made(watch, steps=12)
    assert len(watch.previews) == 12
    away = [distance(preview, picture) for preview in watch.previews]
    assert away[-1] < away[0] / 2


def test_tiles_meet_at_their_edges() -> None:
    def seam(picture: Image.Image) -> float:
        pixels = np.asarray(picture, float)
        across = np.abs(pixels[:, 0] - pixels[:, -1]).mean() + np.abs(pixels[0] - pixels[-1]).mean()
        inside = np.abs(np.diff(pixels, axis=1)).mean() + np.abs(np.diff(pixels, axis=0)).mean()
        return float(across / inside)

    recipe = {"prompt": "landscape", "width": 128, "height": 128, "steps": 12}
    assert seam(made(**recipe, tiling=True)) < 2
    assert seam(made(**recipe)) > 4


def test_the_hires_pass_enlarges_what_was_there() -> None:
    watch = Watching()
    hires = HiresRecipe(128, 128, denoising_strength=0.3, steps=5, upscaler="Lanczos")
    large = made(watch, hires=hires)
    assert large.size == (128, 128)
    assert watch.seen[-1] == (13, 13)
    assert distance(large.resize((64, 64), Image.Resampling.BOX), made()) < 12


def test_the_steps_of_each_pass_are_known_beforehand() -> None:
    hires = HiresRecipe(128, 128, denoising_strength=0.5)
    assert pass_steps(Recipe(steps=20)) == (20,)
    assert pass_steps(Recipe(steps=20, hires=hires)) == (20, 20)
    assert sampling_steps(Recipe(steps=20, hires=HiresRecipe(128, 128, steps=7))) == 27


@pytest.mark.parametrize("prompt", ["portrait of a young women, blue eyes, cinematic", "woman with blue eyes"])
def test_a_portrait_with_blue_eyes_has_them_where_eyes_are(prompt) -> None:
    def blue_in_the_eyes(colour: str, seed: int) -> tuple[int, int]:
        """Blue pixels about the left and the right eye."""
        recipe = Recipe(prompt=prompt.replace("blue", colour), width=256, height=256, steps=12, seed=seed)
        pixels = np.asarray(paint(recipe, Watching()), float)
        red, blue = pixels[..., 0], pixels[..., 2]
        blues = (blue > 1.35 * red) & (blue > 70)
        return int(blues[98:128, 86:122].sum()), int(blues[98:128, 134:170].sum())

    for seed in (1, 2, 3):
        assert min(blue_in_the_eyes("blue", seed)) > 25
        assert max(blue_in_the_eyes("brown", seed)) < 10
