"""A form comes back as it was, whatever was typed; a broken draft does no harm."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from sdstudio.core.errors import InvalidRequest
from sdstudio.core.request import GenerationRequest
from sdstudio.ui.generate.panel import GeneratePanel
from sdstudio.ui.generate.prompt_edit import printable

SHA = "0123456789abcdef" * 4
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
pictures = st.fixed_dictionaries(
    {"sha256": st.just(SHA), "width": st.integers(1, 9000), "height": st.integers(1, 9000)}
)
sides = st.integers(8, 1024).map(lambda eighths: eighths * 8)
drafts = st.fixed_dictionaries(
    {
        "tab": st.sampled_from(["txt2img", "img2img"]),
        "prompt": texts,
        "negative_prompt": texts,
        "width": sides,
        "height": sides,
        "follow_picture": st.just(value=False),
        "steps": st.integers(1, 1000),
        "cfg_scale": st.integers(0, 100_000).map(lambda thousandths: thousandths / 1000),
        "sampler_name": st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
        "scheduler": st.sampled_from(["", "Automatic", "Karras", "none such"]),
        "seed": st.integers(-1, 2**63 - 1).map(str) | st.just("") | st.just("-"),
        "last_seed": st.none() | st.integers(0, 2**63 - 1),
        "batch_size": st.integers(1, 64),
        "n_iter": st.integers(1, 10_000),
        "checkpoint": st.text("abc.[]& <>", max_size=40),
        "vae": st.text("abc", max_size=8),
        "source": st.none() | pictures,
        "mask": st.none() | pictures,
        "denoising_strength": st.integers(0, 1000).map(lambda thousandths: thousandths / 1000),
        "resize_mode": st.integers(0, 3),
    }
)
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
one_panel = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)


@given(draft=drafts)
@one_panel
def test_everything_typed_comes_back(panel: GeneratePanel, draft: dict[str, Any]) -> None:
    panel.restore(json.loads(json.dumps(draft)))
    state = panel.state()
    for name, value in draft.items():
        wanted = printable(value) if name in ("prompt", "negative_prompt") else value
        assert state[name] == wanted, name
    again = GeneratePanel()
    try:
        again.restore(json.loads(json.dumps(state)))
        assert again.state() == state
    finally:
        again.deleteLater()


@given(broken=junk)
@one_panel
def test_a_draft_of_another_shape_is_ignored(panel: GeneratePanel, broken: object) -> None:
    before = panel.state()
    panel.restore(broken)
    assert panel.state() == before


@given(data=st.data())
@one_panel
def test_broken_values_leave_the_form_usable(panel: GeneratePanel, data: st.DataObject) -> None:
    names = sorted(panel.state())
    panel.restore({name: data.draw(junk, label=name) for name in names})
    assert json.loads(json.dumps(panel.state())) == panel.state()
    panel.restore({"tab": "txt2img", "seed": "-1"})
    assert panel.request().checked()


def test_what_does_not_fit_leaves_its_neighbours_alone(panel: GeneratePanel) -> None:
    panel.restore(
        {
            "prompt": "kept",
            "steps": True,
            "cfg_scale": float("nan"),
            "width": 2**70,
            "seed": "12 monkeys",
            "batch_size": "4",
            "n_iter": 10**9,
            "source": {"sha256": "../../etc/passwd", "width": 1, "height": 1},
            "resize_mode": 4,
            "from a later version": 1,
        }
    )
    assert panel.request() == GenerationRequest(prompt="kept")
    assert panel.state()["source"] is None


def test_a_lone_surrogate_is_replaced(panel: GeneratePanel) -> None:
    panel.restore(json.loads('{"prompt": "a\\ud800b", "negative_prompt": "\\ud83d\\ude00"}'))
    assert panel.request().prompt == "a\ufffdb"
    assert panel.request().negative_prompt == "😀"
    json.dumps(panel.state()).encode()


def test_half_typed_things_are_part_of_the_draft(panel: GeneratePanel, qtbot: QtBot) -> None:
    panel.parameters.seed.edit.clear()
    qtbot.keyClicks(panel.parameters.seed.edit, "12")
    panel.parameters.steps.setFocus()
    panel.parameters.steps.selectAll()
    qtbot.keyClicks(panel.parameters.steps, "3")
    state = panel.state()
    assert (state["seed"], state["steps"]) == ("12", 3)


def test_a_restored_form_has_nothing_to_undo(panel: GeneratePanel) -> None:
    panel.restore({"prompt": "from the draft"})
    panel.prompts.prompt.undo()
    panel.undo()
    assert panel.state()["prompt"] == "from the draft"


def test_a_source_that_is_not_attached_yet_is_kept_for_later(panel: GeneratePanel) -> None:
    picture = {"sha256": SHA, "width": 640, "height": 480}
    panel.restore({"tab": "img2img", "source": picture, "width": 640, "height": 480})
    assert panel.state()["source"] == picture
    request = panel.request()
    assert request.img2img is not None
    assert request.img2img.source.sha256 == SHA


def test_a_mask_of_another_size_is_refused(panel: GeneratePanel) -> None:
    panel.restore(
        {
            "tab": "img2img",
            "source": {"sha256": SHA, "width": 640, "height": 480},
            "mask": {"sha256": SHA, "width": 64, "height": 64},
        }
    )
    with pytest.raises(InvalidRequest, match="64×64") as caught:
        panel.request()
    assert caught.value.field == "mask"
    assert panel.img2img.mask_field.error.isVisible()
