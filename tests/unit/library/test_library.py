"""The history from the outside: what goes in comes out, byte for byte, and outlives a restart."""

import asyncio
import json
import os
import stat
from array import array
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image

from sdstudio.core.errors import LibraryError
from sdstudio.core.geometry import Size
from sdstudio.core.request import Img2Img, Inpaint
from sdstudio.library.library import Library
from sdstudio.library.records import Child, Parent
from tests.fakes.answers import MARK, REQUEST, answer, png, spooled

STARTED = datetime(2026, 3, 4, 5, 6, 7, 89_000, tzinfo=UTC)


async def add(library, result, request=REQUEST, job_id="job"):
    return await library.add(result, request, endpoint=MARK, started=STARTED, job_id=job_id)


async def test_an_answer_is_kept_byte_for_byte_with_its_whole_recipe(library, data_dir):
    request = replace(REQUEST, batch_size=2)
    result = answer(data_dir.spool, request, notes=("The sampler was replaced.",), interrupted=True)
    contents = [image.path.read_bytes() for image in result.images]
    told = []
    library.added.connect(
        lambda ids: told.append((list(ids), [image.path.exists() for image in result.images]))
    )

    ids = await add(library, result, request)

    assert told == [(ids, [False, False])], "the spool is empty by the time anyone is told"
    records = [await library.picture(number) for number in ids]
    assert [record.path.read_bytes() for record in records] == contents
    first = records[0]
    assert first.path.is_relative_to(data_dir.pictures)
    assert first.path.name.endswith("-42-a-lighthouse-on-a-cliff.png")
    assert (first.request, first.endpoint, first.started, first.job_id) == (request, MARK, STARTED, "job")
    assert (first.seed, records[1].seed, first.size) == (42, 43, Size(64, 64))
    assert (first.prompt, first.negative_prompt) == ("a lighthouse on a cliff", "fog")
    assert (first.infotext, first.recipe.steps) == (result.images[0].infotext, 25)
    assert await library.ids_of_job("job") == ids
    assert await library.ids_of_job("another") == []
    assert (first.seconds, first.interrupted, first.notes) == (1.5, True, ("The sampler was replaced.",))
    assert (first.missing, first.removed, first.format, first.role) == (False, False, "png", "picture")
    assert (first.sha256, first.size_bytes) == (result.images[0].sha256, len(contents[0]))
    assert abs((datetime.now(UTC) - first.created).total_seconds()) < 60
    assert list(data_dir.spool.iterdir()) == []
    if os.name != "nt":
        assert not stat.S_IMODE(first.path.parent.stat().st_mode) & 0o077


async def test_the_history_outlives_a_restart(data_dir):
    library = await Library.open(data_dir)
    ids = await add(library, answer(data_dir.spool, replace(REQUEST, n_iter=3)), replace(REQUEST, n_iter=3))
    before = [await library.picture(number) for number in ids]
    await library.close()
    assert not data_dir.library_file.with_name("library.db-wal").exists()

    library = await Library.open(data_dir)
    assert await library.ids() == array("q", reversed(ids))
    assert [await library.picture(number) for number in ids] == before
    assert library.recovered == ()
    await library.close()


async def test_no_file_is_ever_replaced(library, data_dir):
    """Same second, same seed, same prompt: names collide, contents do not."""
    same = replace(REQUEST, n_iter=1)
    contents = {}
    for number in range(5):
        path = data_dir.spool / f"{number}.part"
        image = spooled(path, png(number, size=(8, 8)), seed=7, text="x\nSteps: 1, Seed: 7, Size: 8x8")
        [picture] = await add(library, replace(answer(data_dir.spool), images=(image,)), same, f"job {number}")
        contents[picture] = png(number, size=(8, 8))
    rows = await library.rows(contents)
    assert len({row.path for row in rows}) == 5
    assert [row.path.read_bytes() for row in rows] == list(contents.values())


async def test_a_strangers_file_of_the_same_name_is_left_alone(library, data_dir):
    [first] = await add(library, answer(data_dir.spool), job_id="one")
    path = (await library.picture(first)).path
    await library.remove([first])
    path.write_bytes(b"mine")
    for number in range(3):  # the clock may move on between two of them
        await add(library, answer(data_dir.spool, name=f"{number}"), job_id=f"later {number}")
    assert path.read_bytes() == b"mine"


async def test_twins_in_one_answer_are_two_pictures(library, data_dir):
    images = tuple(spooled(data_dir.spool / name, png(1), seed=5) for name in ("a", "b"))
    ids = await add(library, replace(answer(data_dir.spool), images=images))
    rows = await library.rows(ids)
    assert len(set(ids)) == 2
    assert len({row.path for row in rows}) == 2
    assert {row.path.read_bytes() for row in rows} == {png(1)}


async def test_the_same_answer_twice_is_history_once(library, data_dir):
    ids = await add(library, answer(data_dir.spool))
    again = answer(data_dir.spool)
    assert await add(library, again) == ids
    assert await add(library, again) == ids, "even when its spool files have gone"
    assert await library.ids() == array("q", ids)
    assert len([path for path in data_dir.pictures.rglob("*") if path.is_file()]) == 1
    assert list(data_dir.spool.iterdir()) == []
    assert await add(library, answer(data_dir.spool), job_id="another job") != ids


async def test_an_answer_without_pictures_adds_nothing(library):
    heard = []
    library.added.connect(heard.append)
    assert await add(library, replace(answer(library.data_dir.spool), images=())) == []
    assert heard in ([], [[]])


@pytest.mark.parametrize("seed", [0, 2**32 - 1, 2**63 - 1, 2**63, 2**64 - 1, None])
async def test_seeds_have_64_bits(library, data_dir, seed):
    image = replace(answer(data_dir.spool).images[0], seed=seed)
    [picture] = await add(library, replace(answer(data_dir.spool), images=(image,)))
    assert (await library.picture(picture)).seed == seed
    assert (await library.rows([picture]))[0].seed == seed


async def test_lineage_is_kept_from_birth(library, data_dir):
    [parent] = await add(library, answer(data_dir.spool), job_id="first")
    source = await library.store_input((await library.picture(parent)).path.read_bytes())
    mask = await library.store_input(png(0xFFFFFF))
    request = replace(REQUEST, img2img=Img2Img(source, inpaint=Inpaint(mask)))
    [child] = await add(library, answer(data_dir.spool, request), request, "second")

    assert (await library.picture(child)).parents == (
        Parent("source", source.sha256, parent),
        Parent("mask", mask.sha256, None),
    )
    assert (await library.picture(parent)).children == (Child("source", child),)
    assert await library.request_of(child) == request
    assert await library.read_input(source.sha256) == (await library.picture(parent)).path.read_bytes()
    await library.remove([child])
    assert (await library.picture(parent)).children == ()


async def test_grids_and_maps_keep_their_role(library, data_dir):
    request = replace(REQUEST, batch_size=2)
    grid, picture = answer(data_dir.spool, request).images
    result = replace(answer(data_dir.spool, request), images=(replace(grid, role="grid", infotext=""), picture))
    ids = await add(library, result, request)
    assert [row.role for row in await library.rows(ids)] == ["grid", "picture"]
    assert (await library.picture(ids[0])).prompt == REQUEST.prompt, "without a recipe, what was asked for"


async def test_a_file_that_has_gone_is_told_and_nothing_fails(library, data_dir):
    [picture] = await add(library, answer(data_dir.spool))
    thumbnail = await library.thumbnail(picture)
    (await library.picture(picture)).path.unlink()
    assert (await library.picture(picture)).missing
    assert (await library.rows([picture]))[0].missing
    assert await library.thumbnail(picture) == thumbnail
    (await library.picture(picture)).path.parent.rmdir()
    assert (await library.picture(picture)).missing


async def test_removed_pictures_are_out_of_sight_and_come_back(library, data_dir):
    ids = await add(library, answer(data_dir.spool, replace(REQUEST, n_iter=3)), replace(REQUEST, n_iter=3))
    removed, changed = [], []
    library.removed.connect(removed.append)
    library.changed.connect(changed.append)

    await library.remove(ids[:2])
    await library.remove(ids[:2])
    assert await library.ids() == array("q", ids[2:])
    assert (await library.picture(ids[0])).removed
    assert (await library.picture(ids[0])).path.exists()
    await library.restore([ids[0], ids[2], 999])

    assert (removed, changed) == ([ids[:2]], [ids[:1]])
    assert await library.ids() == array("q", [ids[2], ids[0]])


async def test_rows_come_in_the_order_asked_for(library, data_dir):
    request = replace(REQUEST, n_iter=600, width=8, height=8)
    ids = await add(library, answer(data_dir.spool, request), request)
    asked = [*ids[::-2], 10**9, ids[0]]
    assert [row.id for row in await library.rows(asked)] == [*ids[::-2], ids[0]]
    assert await library.rows([]) == []
    assert await library.picture(10**9) is None
    assert await library.request_of(10**9) is None
    assert await library.thumbnail(10**9) is None


async def test_a_cancelled_wait_does_not_lose_the_pictures(library, data_dir):
    heard = []
    library.added.connect(heard.append)
    waiting = asyncio.create_task(add(library, answer(data_dir.spool)))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await library.close()
    assert len(heard) == 1


async def test_a_listener_that_fails_does_not_unmake_the_picture(library, data_dir, expect_logs):
    expect_logs("a listener failed")

    def fail(_):
        raise ValueError("bug")

    library.added.connect(fail)
    assert await add(library, answer(data_dir.spool)) == list(await library.ids())


async def test_hostile_words_are_stored_as_far_as_they_can_be(library, data_dir):
    words = "half \ud83d, nul \0, 'quoted\"; DROP TABLE pictures; --"
    request = replace(REQUEST, prompt=words, negative_prompt="\udc00")
    image = replace(answer(data_dir.spool).images[0], infotext=f"{words}\nSteps: 1, Seed: 2, Size: 8x8")
    result = replace(answer(data_dir.spool), images=(image,), notes=("\ud83d",), info={"prompt": words})
    [picture] = await add(library, result, request)
    record = await library.picture(picture)
    assert record.prompt == "half ?, nul , 'quoted\"; DROP TABLE pictures; --"
    assert record.notes == ("?",)
    json.dumps(record.infotext).encode()


async def test_absurd_info_is_left_out_but_not_the_picture(library, data_dir):
    result = answer(data_dir.spool, info={"all_prompts": ["x" * 1000] * 2000})
    assert len(await add(library, result)) == 1


async def test_once_closed_it_says_so(data_dir):
    library = await Library.open(data_dir)
    await library.close()
    await library.close()
    for refused in (library.ids(), library.thumbnail(1), library.store_input(png()), library.remove([1])):
        with pytest.raises(LibraryError, match="closed"):
            await refused


async def test_closing_waits_for_what_is_being_written(data_dir):
    library = await Library.open(data_dir)
    adding = asyncio.create_task(add(library, answer(data_dir.spool)))
    await asyncio.sleep(0)
    await library.close()
    assert len(await adding) == 1


async def test_opening_can_be_called_off(data_dir):
    opening = asyncio.create_task(Library.open(data_dir))
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    async with asyncio.timeout(10):
        while True:
            try:
                library = await Library.open(data_dir)
            except LibraryError:
                await asyncio.sleep(0.01)  # the one called off is still closing
            else:
                break
    await library.close()


async def test_thumbnails_are_made_once_and_are_small(library, data_dir):
    request = replace(REQUEST, width=1024, height=512)
    [picture] = await add(library, answer(data_dir.spool, request), request)
    jpeg = await library.thumbnail(picture)
    with Image.open(BytesIO(jpeg)) as image:
        assert (image.format, image.size) == ("JPEG", (256, 128))
    assert (await asyncio.gather(*(library.thumbnail(picture) for _ in range(5)))) == [jpeg] * 5
