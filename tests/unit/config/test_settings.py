"""Settings and drafts: kept over restarts, never lost by a broken file, never the reason not to start."""

import asyncio
import json
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sdstudio.config.drafts import Drafts
from sdstudio.config.json_file import JsonFile
from sdstudio.config.settings import Settings, SettingsValues
from sdstudio.core.errors import DiskFull, LibraryError


async def test_settings_outlive_a_restart(tmp_path):
    path = tmp_path / "settings.json"
    first, notice = Settings.load(path)
    assert (first.values, notice) == (SettingsValues(), None)
    heard = []
    first.changed.connect(heard.append)
    first.update(theme="dark", thumbnail_size=200)
    first.update(theme="dark")
    await first.close()

    second, notice = Settings.load(path)
    assert notice is None
    assert second.values == SettingsValues(theme="dark", thumbnail_size=200)
    assert heard == ["theme", "thumbnail_size"]
    await second.close()


async def test_a_later_versions_setting_survives(tmp_path):
    path = tmp_path / "settings.json"
    path.write_text('{"theme": "light", "from_the_future": {"a": [1, 2.5]}}')
    settings_now, _ = Settings.load(path)
    settings_now.update(theme="dark")
    await settings_now.close()
    assert json.loads(path.read_text())["from_the_future"] == {"a": [1, 2.5]}


@pytest.mark.parametrize(
    "change",
    [{"theme": "pink"}, {"thumbnail_size": True}, {"thumbnail_size": 9_999}, {"endpoint_url": None}, {"no": 1}],
)
async def test_a_wrong_value_is_the_callers_mistake(tmp_path, change):
    settings_now = Settings(tmp_path / "settings.json")
    with pytest.raises(ValueError, match="no setting"):
        settings_now.update(**change)
    assert settings_now.values == SettingsValues()
    await settings_now.close()


async def test_one_bad_value_costs_only_itself(tmp_path):
    path = tmp_path / "settings.json"
    path.write_text('{"theme": 7, "thumbnail_size": 200, "window_geometry": ["x"]}')
    loaded, notice = Settings.load(path)
    assert notice is None
    assert loaded.values == SettingsValues(thumbnail_size=200)
    await loaded.close()


BROKEN = {
    "empty": b"",
    "cut": b'{"theme": "da',
    "a list": b"[1, 2]",
    "not text": b"\xff\xfe\x00\x01",
    "too deep": b'{"a":' * 100_000,
    "infinite": b'{"thumbnail_size": 1e999}',
    "not a number": b'{"thumbnail_size": NaN}',
    "many digits": b'{"thumbnail_size": ' + b"9" * 10_000 + b"}",
    "huge": b'{"theme": "' + b"x" * 9_000_000 + b'"}',
}


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("what", [Settings, Drafts])
async def test_a_broken_file_is_set_aside_and_told_about(tmp_path, kind, what):
    path = tmp_path / "file.json"
    path.write_bytes(BROKEN[kind])
    loaded, notice = what.load(path)
    assert notice is not None
    assert "file.json.broken-" in notice.message
    assert not path.exists()
    [kept] = tmp_path.iterdir()
    assert kept.read_bytes() == BROKEN[kind]
    await loaded.close()


async def test_a_folder_or_a_pipe_in_the_files_place_does_not_stop_the_start(tmp_path):
    (tmp_path / "settings.json").mkdir()
    loaded, notice = Settings.load(tmp_path / "settings.json")
    assert notice is not None
    await loaded.close()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "drafts.json")
        drafts, notice = Drafts.load(tmp_path / "drafts.json")
        assert notice is not None
        await drafts.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.binary(max_size=200) | st.recursive(st.none() | st.text() | st.floats(), st.lists).map(json.dumps))
def test_no_file_keeps_the_program_from_starting(tmp_path, content):
    path = tmp_path / "settings.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    loaded, _ = Settings.load(path)
    assert isinstance(loaded.values, SettingsValues)
    path.unlink(missing_ok=True)
    asyncio.run(loaded.close())


async def test_typing_is_on_disk_soon_without_a_write_per_key(tmp_path, monkeypatch):
    written = []
    monkeypatch.setattr("sdstudio.config.json_file.write_atomically", lambda _, data: written.append(data))
    drafts, _ = Drafts.load(tmp_path / "drafts.json")
    for length in range(100):
        drafts.keep({"prompt": "x" * length})
    assert written == []
    await drafts.save()
    assert [json.loads(data) for data in written] == [{"prompt": "x" * 99}]
    drafts.keep({"prompt": "x" * 99})
    await drafts.close()
    assert len(written) == 1


async def test_steady_typing_cannot_put_the_write_off(tmp_path):
    file = JsonFile(tmp_path / "drafts.json", delay_s=0.05)
    number = 0
    async with asyncio.timeout(10):
        while not file.path.exists():
            number += 1
            file.write_soon({"number": number})
            await asyncio.sleep(0.01)
    await file.close()
    assert json.loads(file.path.read_bytes()) == {"number": number}


async def test_text_that_no_file_can_hold_is_kept_as_far_as_it_can(tmp_path):
    drafts, _ = Drafts.load(tmp_path / "drafts.json")
    drafts.keep({"prompt": "half a \ud83d pair, café 猫"})
    await drafts.close()
    again, notice = Drafts.load(tmp_path / "drafts.json")
    assert notice is None
    assert again.state == {"prompt": "half a ? pair, café 猫"}
    await again.close()


async def test_a_write_that_fails_is_told_and_tried_again(tmp_path, expect_logs):
    expect_logs("was not written")
    folder = tmp_path / "gone"
    file = JsonFile(folder / "drafts.json", delay_s=0)
    told = asyncio.get_running_loop().create_future()
    file.failed.connect(told.set_result)
    file.write_soon({"prompt": "precious"})
    assert isinstance(await asyncio.wait_for(told, 10), LibraryError)
    with pytest.raises(LibraryError):
        await file.flush()
    folder.mkdir()
    await file.close()
    assert json.loads(file.path.read_bytes()) == {"prompt": "precious"}


async def test_a_full_disk_at_the_end_is_an_error_and_no_leftover(tmp_path, monkeypatch):
    def full(*_):
        raise DiskFull("The disk is full")

    monkeypatch.setattr("sdstudio.config.json_file.write_atomically", full)
    drafts, _ = Drafts.load(tmp_path / "drafts.json")
    drafts.keep({"prompt": "x"})
    with pytest.raises(DiskFull):
        await drafts.close()
