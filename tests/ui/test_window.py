"""The whole window over a live practice endpoint: from Generate to file, row, thumbnail and viewer, and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from sdstudio.config.paths import DataDir
from sdstudio.core.request import GenerationRequest
from tests.fakes.practice import start_practice
from tests.fakes.window import OpenWindow, open_window

SMALL = GenerationRequest(prompt="a red lighthouse", steps=2, width=64, height=64, seed=42)
SLOW = "slow=0.2"  # seconds a step: long enough to be interrupted in the middle


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with start_practice() as url:
        yield url


@pytest.fixture(scope="module")
def slow_endpoint() -> Iterator[str]:
    with start_practice("--behave", SLOW) as url:
        yield url


async def shown(opened: OpenWindow, picture: int) -> QImage:
    """What the viewer shows once it shows this picture."""
    await opened.until(lambda: opened.window.viewer.key == picture and opened.window.viewer.picture)
    return opened.window.viewer.grab().toImage()


async def test_from_generate_to_file_row_thumbnail_and_viewer(tmp_path: Path, endpoint: str) -> None:
    async with open_window(tmp_path, endpoint=endpoint) as opened:
        job = await opened.make(SMALL)
        assert job.state == "done"
        (picture,) = job.picture_ids
        record = await opened.studio.library.picture(picture)
        assert record is not None
        assert record.request == job.request
        with Image.open(record.path) as file:
            assert file.size == (64, 64)
            assert "a red lighthouse" in file.info["parameters"]
        assert await opened.studio.library.thumbnail(picture)
        await shown(opened, picture)
        assert opened.window.strip.current == picture
        assert opened.window.statusBar().currentMessage() == "Made 1 picture, kept in the history"


async def test_ctrl_enter_in_the_prompt_queues_what_is_typed(tmp_path: Path, endpoint: str) -> None:
    async with open_window(tmp_path, endpoint=endpoint) as opened:
        opened.window.panel.apply_request(SMALL, {"steps", "width", "height"})
        prompt = opened.window.panel.prompts.prompt
        prompt.setFocus()
        QTest.keyClicks(prompt, "autumn forest")
        QTest.keyClick(prompt, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await opened.until(lambda: [job.state for job in opened.studio.queue.jobs] == ["done"])
        assert opened.studio.queue.jobs[0].request.prompt == "autumn forest"


async def test_everything_is_there_after_a_restart_with_no_endpoint(tmp_path: Path, endpoint: str) -> None:
    async with open_window(tmp_path, endpoint=endpoint) as opened:
        first = await opened.make(SMALL)
        await opened.make(GenerationRequest(prompt="second", steps=2, width=64, height=64, seed=1))
        opened.window.panel.prompts.prompt.setPlainText("half a thought")
        state = opened.window.panel.state()
    async with open_window(tmp_path, endpoint="http://127.0.0.1:9") as opened:
        assert opened.window.panel.state() == state
        assert len(opened.presenter.reviewing.model) == 2
        opened.window.strip.go_to(1)
        await shown(opened, first.picture_ids[0])
        await opened.until(lambda: opened.studio.session.state == "offline")
        assert "offline" in opened.window.endpoint_chip.text()


async def test_recall_changes_only_what_it_says_in_one_step(tmp_path: Path, endpoint: str) -> None:
    async with open_window(tmp_path, endpoint=endpoint) as opened:
        job = await opened.make(SMALL)
        await shown(opened, job.picture_ids[0])
        other = GenerationRequest(
            prompt="other", negative_prompt="text", steps=9, width=128, height=128, seed=5
        )
        opened.window.panel.apply_request(other)
        before = opened.window.panel.state()
        opened.window.actions_["recall_seed"].trigger()
        assert opened.window.panel.state() == before | {"seed": "42"}
        opened.window.actions_["undo_form"].trigger()
        assert opened.window.panel.state() == before
        opened.window.actions_["recall_remix"].trigger()
        assert opened.window.panel.request() == GenerationRequest(
            prompt="a red lighthouse", steps=2, width=64, height=64, seed=5
        )


async def test_remove_and_put_back(tmp_path: Path, endpoint: str) -> None:
    async with open_window(tmp_path, endpoint=endpoint) as opened:
        job = await opened.make(SMALL)
        record = await opened.studio.library.picture(job.picture_ids[0])
        assert record is not None
        opened.window.actions_["remove"].trigger()
        await opened.until(lambda: len(opened.presenter.reviewing.model) == 0)
        assert record.path.exists()
        opened.window.actions_["undo_remove"].trigger()
        await opened.until(lambda: len(opened.presenter.reviewing.model) == 1)


async def test_interrupt_keeps_what_came(tmp_path: Path, slow_endpoint: str) -> None:
    async with open_window(tmp_path, endpoint=slow_endpoint) as opened:
        opened.window.panel.apply_request(
            GenerationRequest(prompt="sea", steps=50, width=64, height=64, seed=1)
        )
        opened.window.panel.generate()
        await opened.until(lambda: any(job.progress.step >= 2 for job in opened.studio.queue.jobs))
        assert opened.window.viewer.previewing
        assert opened.window.queue_chip.text().startswith("Making 1 of 1")
        opened.window.actions_["interrupt"].trigger()
        await opened.until(lambda: opened.studio.queue.jobs[0].has_ended)
        (job,) = opened.studio.queue.jobs
        assert (job.state, len(job.picture_ids)) == ("cancelled", 1)
        assert not opened.window.viewer.previewing
        await shown(opened, job.picture_ids[0])


async def test_closing_with_a_job_in_flight_loses_nothing(tmp_path: Path, slow_endpoint: str) -> None:
    async with open_window(tmp_path, endpoint=slow_endpoint) as opened:
        for seed in (1, 2):
            opened.window.panel.apply_request(
                GenerationRequest(prompt="sea", steps=50, width=64, height=64, seed=seed)
            )
            opened.window.panel.generate()
        await opened.until(lambda: any(job.progress.step >= 1 for job in opened.studio.queue.jobs))
    async with open_window(tmp_path, endpoint="http://127.0.0.1:9") as opened:
        states = {job.request.seed: job.state for job in opened.studio.queue.jobs}
        assert states == {1: "cancelled", 2: "queued"}
        assert len(opened.presenter.reviewing.model) == 1
    assert not list(DataDir(tmp_path).spool.iterdir())


async def test_the_look_is_chosen_and_kept(tmp_path: Path) -> None:
    async with open_window(tmp_path, endpoint="http://127.0.0.1:9") as opened:
        opened.window.theme_chosen.emit("light")
        assert opened.studio.settings.values.theme == "light"
    async with open_window(tmp_path, endpoint="http://127.0.0.1:9") as opened:
        assert opened.studio.settings.values.theme == "light"


async def test_looking_at_an_older_picture_is_not_disturbed(tmp_path: Path, slow_endpoint: str) -> None:
    quick = GenerationRequest(prompt="first", steps=1, width=64, height=64, seed=1)
    async with open_window(tmp_path, endpoint=slow_endpoint) as opened:
        older = await opened.make(quick)
        await opened.make(quick.with_seed(2))
        opened.window.panel.apply_request(GenerationRequest(prompt="sea", steps=8, width=64, height=64, seed=3))
        opened.window.panel.generate()
        await opened.until(lambda: opened.studio.queue.jobs[-1].progress.preview)
        opened.window.strip.set_current(older.picture_ids[0])
        await shown(opened, older.picture_ids[0])
        await opened.until(lambda: opened.studio.queue.jobs[-1].has_ended)
        await opened.until(lambda: len(opened.presenter.reviewing.model) == 3)
        assert opened.window.strip.current == older.picture_ids[0]
        assert opened.window.viewer.key == older.picture_ids[0]
        newest = await opened.make(quick.with_seed(4))  # whoever presses Generate wants to see it
        await shown(opened, newest.picture_ids[0])


async def test_letters_recall_on_pictures_only(tmp_path: Path, endpoint: str) -> None:
    async with open_window(tmp_path, endpoint=endpoint) as opened:
        window = opened.window
        job = await opened.make(SMALL)
        await shown(opened, job.picture_ids[0])
        window.activateWindow()
        await opened.until(window.isActiveWindow)
        window.panel.apply_request(GenerationRequest(prompt="other", width=768, height=768))
        before = window.panel.state()
        window.panel.parameters.sampler.setFocus()
        QTest.keyClicks(window.panel.parameters.sampler, "d")
        assert {**window.panel.state(), "sampler_name": ""} == {**before, "sampler_name": ""}
        window.actions_["focus_history"].trigger()
        QTest.keyClicks(window.strip, "d")
        assert window.panel.request().size == SMALL.size


async def test_removals_are_put_back_one_by_one(tmp_path: Path, endpoint: str) -> None:
    async with open_window(tmp_path, endpoint=endpoint) as opened:
        made = [(await opened.make(SMALL.with_seed(seed))).picture_ids[0] for seed in (1, 2)]
        model = opened.presenter.reviewing.model
        for left in (1, 0):
            opened.window.actions_["remove"].trigger()
            await opened.until(lambda left=left: len(model) == left)
        for back in (1, 2):
            opened.window.actions_["undo_remove"].trigger()
            await opened.until(lambda back=back: len(model) == back)
        assert sorted(model.ids_between(0, 2)) == sorted(made)
        assert not opened.window.actions_["undo_remove"].isEnabled()


async def test_the_queue_chip_brings_the_queue_back(tmp_path: Path) -> None:
    async with open_window(tmp_path, endpoint="http://127.0.0.1:9") as opened:
        dock = opened.window.queue.parentWidget()
        assert dock is not None
        dock.hide()
        opened.window.queue_chip.click()
        assert opened.window.queue.isVisible()


async def test_trouble_with_an_endpoint_is_said_once_and_taken_back(tmp_path: Path, endpoint: str) -> None:
    async with open_window(tmp_path, endpoint=endpoint) as opened:
        banner = opened.window.banner
        await opened.until(lambda: opened.studio.session.state == "ready")
        await opened.studio.use_endpoint("http://127.0.0.1:9")
        await opened.until(banner.isVisible)
        assert "Nothing answers" in banner.words()
        banner.hide()
        opened.window.actions_["reconnect"].trigger()
        await opened.until(lambda: opened.studio.session.state == "offline")
        assert not banner.isVisible()
        with start_practice("--token", "secret") as guarded:
            await opened.studio.use_endpoint(guarded)
            await opened.until(lambda: opened.studio.session.state == "needs token")
            assert banner.isVisible()
            await opened.studio.use_endpoint(endpoint)
            await opened.until(lambda: opened.studio.session.state == "ready")
            assert not banner.isVisible()
