"""`sdstudio generate` end to end against stable-diffusion.cpp's server: a process, a queue, a history on disk."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest
from PIL import Image

from sdstudio.config.paths import DataDir
from sdstudio.core import infotext
from sdstudio.library.library import Library
from sdstudio.library.records import PictureRecord
from tests.fakes.program import run
from tests.real.sd_server import CHECKPOINT, SdServer

pytestmark = pytest.mark.real

SMALL = ("--width", "64", "--height", "64", "--steps", "2", "--cfg", "1")


def history(folder: Path) -> list[PictureRecord]:
    """Everything in the history, newest first."""

    async def read() -> list[PictureRecord]:
        library = await Library.open(DataDir(folder), read_only=True)
        try:
            records = [await library.picture(picture) for picture in await library.ids()]
        finally:
            await library.close()
        return [record for record in records if record]

    return asyncio.run(read())


def test_a_picture_and_another_made_from_it(sd_server: SdServer, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    common = ("--endpoint", sd_server.url, "--data-dir", folder)
    prompt = "portrait of a young women, blue eyes, cinematic"
    first = run("generate", prompt, *SMALL, "--sampler", "Euler a", "--scheduler", "Karras", *common)
    assert (first.status, first.errors) == (0, "")
    [source] = first.paths
    second = run(
        "generate", "girl with red eyes", "--init", source, "--denoise", "0.5", "--steps", "2", *common
    )
    assert (second.status, second.errors) == (0, "")
    with Image.open(second.paths[0]) as picture:
        assert picture.size == (64, 64)

    made_from, made = history(folder)
    assert (made.path, made_from.path) == (source, second.paths[0])
    assert [(parent.role, parent.sha256) for parent in made_from.parents] == [
        ("source", hashlib.sha256(source.read_bytes()).hexdigest())
    ]
    assert (made.endpoint.dialect, made.endpoint.url, made.notes) == ("sdcpp", sd_server.url, ())
    recipe = infotext.parse(made.infotext)
    assert made.request
    assert (recipe.prompt, recipe.seed, recipe.sampler) == (prompt, made.request.seed, "euler_a karras")
    assert recipe.model == f"{CHECKPOINT}.safetensors"


def test_as_many_as_were_asked_for(sd_server: SdServer, tmp_path: Path) -> None:
    done = run(
        "generate", "a boat", *SMALL, "--count", "2", "--endpoint", sd_server.url, "--data-dir", tmp_path
    )
    assert (done.status, done.errors) == (0, "")
    assert len(done.paths) == 2
    seeds = [record.seed for record in history(tmp_path)]
    assert seeds[0] == (seeds[1] or 0) + 1


def test_no_prompt_is_refused_and_says_so(sd_server: SdServer, tmp_path: Path) -> None:
    done = run("generate", "", *SMALL, "--endpoint", sd_server.url, "--data-dir", tmp_path)
    assert (done.status, done.out) == (5, "")
    assert done.errors.startswith("sdstudio: This endpoint wants a prompt\n")
