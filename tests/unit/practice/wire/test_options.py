"""The options: for good, for one request, and what is dropped or refused."""

from __future__ import annotations

import pytest

from sdstudio.practice.checkpoints import CHECKPOINTS, checkpoint_containing
from sdstudio.practice.options import Options, checkpoint_of, needs_the_lock
from sdstudio.practice.wire_errors import Broke

FIRST, SECOND = CHECKPOINTS[:2]


@pytest.mark.parametrize("alias", SECOND.aliases)
def test_a_checkpoint_is_switched_by_any_of_its_names(alias: str) -> None:
    options = Options()
    options.change({"sd_model_checkpoint": alias})
    assert checkpoint_of(options.current) is SECOND
    assert options.current["sd_model_checkpoint"] == SECOND.title
    assert options.current["sd_checkpoint_hash"] == SECOND.sha256


def test_an_unknown_checkpoint_changes_nothing_at_all() -> None:
    options = Options()
    with pytest.raises(Broke, match="model 'nonesuch' not found"):
        options.change({"jpeg_quality": 1, "sd_model_checkpoint": "nonesuch"})
    assert options.current["jpeg_quality"] == 80


def test_an_unknown_key_aborts_after_those_before_it() -> None:
    options = Options()
    with pytest.raises(Broke) as broke:
        options.change({"jpeg_quality": 1, "no_such": 2, "samples_format": "jpg"})
    assert (broke.value.name, broke.value.text) == ("KeyError", "'no_such'")
    assert (options.current["jpeg_quality"], options.current["samples_format"]) == (1, "png")


def test_an_unknown_key_with_null_is_nothing() -> None:
    options = Options()
    before = dict(options.current)
    options.change({"no_such": None})
    assert dict(options.current) == before


def test_an_override_is_seen_by_its_request_alone() -> None:
    options = Options()
    found = options.overridden({"jpeg_quality": 5, "sd_model_checkpoint": SECOND.name}, for_good=False)
    assert (found["jpeg_quality"], checkpoint_of(found)) == (5, SECOND)
    assert (options.current["jpeg_quality"], checkpoint_of(options.current)) == (80, FIRST)


def test_an_override_for_good_stays() -> None:
    options = Options()
    assert options.overridden({"jpeg_quality": 5}, for_good=True)["jpeg_quality"] == 5
    assert options.current["jpeg_quality"] == 5


def test_overrides_the_original_ignores() -> None:
    options = Options()
    found = options.overridden({"sd_model_checkpoint": "nonesuch", "api_useragent": "me"}, for_good=False)
    assert checkpoint_of(found) is FIRST
    assert found["api_useragent"] == ""


def test_what_loads_a_model_waits() -> None:
    assert needs_the_lock({"sd_vae": "None"})
    assert not needs_the_lock({"jpeg_quality": 5})


def test_every_checkpoint_says_what_it_is() -> None:
    assert all("no neural network" in each.title for each in CHECKPOINTS)
    assert checkpoint_containing("INK") is CHECKPOINTS[2]
