"""Endpoints' profiles: kept over restarts, never lost by a broken file, never a secret among them."""

import asyncio
import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sdstudio.config.profiles import Profiles, new_id
from sdstudio.core.endpoint import PRACTICE, EndpointDefaults, EndpointProfile, ExtraHeader
from sdstudio.core.errors import InvalidRequest

BOX = EndpointProfile(
    "box",
    "GPU box",
    "https://box.example:8443/base",
    sign_in="basic",
    user="me",
    extra_headers=(ExtraHeader("X-Team", "art"), ExtraHeader("X-Key", secret=True)),
    trust="pinned",
    fingerprint="ab" * 32,
    answer_limit_s=100.0,
    defaults=EndpointDefaults(steps=30, sampler_name="DPM++ 2M"),
)
HOME = EndpointProfile("home", "Größe", "http://127.0.0.1:7860")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "endpoints.json"


async def test_profiles_outlive_a_restart_and_the_practice_endpoint_is_first(path):
    first, notice = Profiles.load(path)
    assert (first.all, notice) == ((PRACTICE,), None)
    heard = []
    first.changed.connect(lambda: heard.append(len(first.all)))
    for profile in (BOX, HOME, HOME):
        first.put(profile)
    first.put(replace(BOX, name="Box"))
    await first.close()
    assert heard == [2, 3, 3]

    second, notice = Profiles.load(path)
    assert notice is None
    assert second.all == (PRACTICE, replace(BOX, name="Box"), HOME)
    second.remove("box")
    second.remove("box")
    await second.close()
    third, _ = Profiles.load(path)
    assert third.all == (PRACTICE, HOME)
    await third.close()


async def test_the_practice_endpoint_keeps_defaults_of_its_own_and_cannot_be_removed(path):
    profiles, _ = Profiles.load(path)
    changed = replace(PRACTICE, defaults=EndpointDefaults(steps=8))
    profiles.put(HOME)
    profiles.put(changed)
    with pytest.raises(InvalidRequest):
        profiles.remove(PRACTICE.id)
    await profiles.close()
    again, _ = Profiles.load(path)
    assert again.all == (changed, HOME)
    await again.close()


async def test_they_are_found_by_id_name_and_address(path):
    profiles, _ = Profiles.load(path)
    profiles.put(BOX)
    profiles.put(HOME)
    assert [profiles.named(text) for text in ("gpu BOX", " größe ", "box", "practice", "nobody")] == [
        BOX,
        HOME,
        BOX,
        PRACTICE,
        None,
    ]
    assert (profiles.at(HOME.url), profiles.at(""), profiles.at("http://nobody")) == (HOME, PRACTICE, None)
    assert (profiles.get("home"), profiles.get("GPU box")) == (HOME, None)
    assert [profiles.free_name(name) for name in ("new", "größe")] == ["new", "größe (2)"]
    assert new_id() != new_id()
    await profiles.close()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (replace(HOME, url="https://me:marker@host"), "endpoint_url"),
        (replace(HOME, proxy_url="http://me:marker@proxy"), "endpoint_url"),
        (replace(HOME, url="http://[broken"), "endpoint_url"),
        (replace(HOME, url=""), "endpoint_url"),
        (replace(PRACTICE, url="http://elsewhere"), "endpoint_url"),
        (replace(HOME, name=" "), "name"),
        (replace(HOME, name="gpu BOX"), "name"),
        (replace(HOME, extra_headers=(ExtraHeader("X", "visible", secret=True),)), "endpoint"),
        (replace(HOME, answer_limit_s=-1), "endpoint"),
    ],
)
async def test_what_cannot_be_kept_is_refused_and_changes_nothing(path, wrong, field):
    profiles, _ = Profiles.load(path)
    profiles.put(BOX)
    with pytest.raises(InvalidRequest) as caught:
        profiles.put(wrong)
    assert caught.value.field == field
    assert "marker" not in str(caught.value)
    await profiles.close()
    assert [entry["id"] for entry in json.loads(path.read_text())["profiles"]] == ["box"]


@pytest.mark.parametrize("content", [b"", b"[]", b'{"profiles": [', b"\xff\x00", b'{"a":' * 100_000])
async def test_a_broken_file_is_set_aside_and_told_about(path, content):
    path.write_bytes(content)
    profiles, notice = Profiles.load(path)
    assert "endpoints.json.broken-" in notice.message
    assert profiles.all == (PRACTICE,)
    [kept] = path.parent.iterdir()
    assert kept.read_bytes() == content
    await profiles.close()


async def test_a_profile_that_cannot_be_read_costs_only_itself_and_is_not_lost(path):
    broken = [{"id": "x", "name": "x", "url": "http://x", "sign_in": "smoke signals"}, 7, None, ["id"], "id"]
    future = {"rooms": [1]}
    path.write_text(json.dumps({"profiles": [*broken, BOX.to_dict() | {"new": 1}], "future": future}))
    profiles, notice = Profiles.load(path)
    assert "5 of the endpoints" in notice.message
    assert profiles.all == (PRACTICE, BOX)
    profiles.put(HOME)
    await profiles.close()
    written = json.loads(path.read_text())
    assert written["profiles"][2:] == broken
    assert written["future"] == future


async def test_what_is_still_in_the_keyring_is_remembered(path):
    profiles, _ = Profiles.load(path)
    profiles.leave_behind(["box/sign-in", "box/header:x-key", "box/sign-in"])
    await profiles.close()
    again, _ = Profiles.load(path)
    assert again.left_behind == ("box/sign-in", "box/header:x-key")
    again.leave_behind([])
    await again.close()
    assert "left_behind" not in json.loads(path.read_text())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from([*BOX.to_dict(), "profiles", "left_behind", "steps", "secret"]),
                inner,
                max_size=6,
            )
        ),
    )
)
def test_no_file_keeps_the_program_from_starting(path, values):
    base = BOX.to_dict()
    mixed = [base | values] if isinstance(values, dict) else [values]
    path.write_text(json.dumps({"profiles": mixed, "left_behind": values}))
    profiles, _ = Profiles.load(path)
    assert profiles.all[0].is_practice
    path.unlink(missing_ok=True)
    asyncio.run(profiles.close())
