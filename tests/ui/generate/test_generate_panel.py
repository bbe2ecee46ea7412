"""The panel as a person uses it: keys, mouse, bad values, presets, what the endpoint offers."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from sdstudio.api.offer import FALLBACK_SAMPLERS, Offer
from sdstudio.core.errors import InvalidRequest
from sdstudio.core.request import GenerationRequest
from sdstudio.ui.actions import SPECS, Actions
from sdstudio.ui.generate.panel import GeneratePanel

Key, Modifier = Qt.Key, Qt.KeyboardModifier


def asked(panel: GeneratePanel) -> list[tuple[GenerationRequest, bool]]:
    requests: list[tuple[GenerationRequest, bool]] = []
    panel.generate_requested.connect(lambda request, front: requests.append((request, front)))
    return requests


def test_an_untouched_form_asks_for_the_seed_page_s_values(panel: GeneratePanel) -> None:
    assert panel.request() == GenerationRequest()
    assert panel.generate_button.text() == "Generate 512×512"


def test_typing_and_ctrl_enter(panel: GeneratePanel, qtbot: QtBot) -> None:
    requests = asked(panel)
    qtbot.keyClicks(panel.prompts.prompt, "a lighthouse")
    qtbot.keyClick(panel.prompts.prompt, Key.Key_Return, Modifier.ControlModifier)
    qtbot.keyClick(panel.prompts.prompt, Key.Key_Enter, Modifier.ControlModifier | Modifier.KeypadModifier)
    qtbot.keyClick(panel.prompts.prompt, Key.Key_Return, Modifier.ControlModifier | Modifier.ShiftModifier)
    assert [(request.prompt, front) for request, front in requests] == [
        ("a lighthouse", False),
        ("a lighthouse", False),
        ("a lighthouse", True),
    ]


@pytest.mark.parametrize("field", ["steps", "cfg_scale", "n_iter", "sampler"])
def test_ctrl_enter_works_from_every_field(panel: GeneratePanel, qtbot: QtBot, field: str) -> None:
    requests = asked(panel)
    widget: QWidget = getattr(panel.parameters, field)
    widget.setFocus()
    qtbot.keyClick(widget, Key.Key_Return, Modifier.ControlModifier)
    assert len(requests) == 1


def test_the_window_s_own_shortcut_asks_once_only(qtbot: QtBot, look: None) -> None:
    window, panel = QMainWindow(), GeneratePanel()
    qtbot.addWidget(window)
    window.setCentralWidget(panel)
    actions = Actions(window)
    actions.connect_all({"generate": panel.generate, "generate_first": lambda: panel.generate(front=True)})
    requests = asked(panel)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    for widget in (panel.prompts.prompt, panel.parameters.steps, panel.parameters.seed.edit):
        widget.setFocus()
        QTest.keyClick(widget, Key.Key_Return, Modifier.ControlModifier)
    QTest.keyClick(panel.prompts.prompt, Key.Key_Return, Modifier.ControlModifier | Modifier.ShiftModifier)
    assert [front for _request, front in requests] == [False, False, False, True]


def test_single_letter_keys_of_the_window_are_letters_in_the_form(qtbot: QtBot, look: None) -> None:
    window, panel = QMainWindow(), GeneratePanel()
    qtbot.addWidget(window)
    window.setCentralWidget(panel)
    recalled: list[str] = []
    Actions(window).connect_all(
        {name: lambda name=name: recalled.append(name) for name in ("recall_all", "recall_prompt", "remove")}
    )
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    panel.prompts.prompt.setFocus()
    QTest.keyClicks(panel.prompts.prompt, "aprons")
    QTest.keyClick(panel.prompts.prompt, Key.Key_Home)
    QTest.keyClick(panel.prompts.prompt, Key.Key_Delete)
    assert (panel.prompts.prompt.prompt(), recalled) == ("prons", [])
    panel.tabs.setCurrentIndex(1)
    panel.img2img.source.well.setFocus()
    QTest.keyClick(panel.img2img.source.well, Key.Key_Delete)
    assert recalled == [], "Delete in the well must not remove a picture from the history"


def test_the_button_says_what_it_will_make(panel: GeneratePanel, qtbot: QtBot) -> None:
    requests = asked(panel)
    panel.parameters.batch_size.setFocus()
    panel.parameters.batch_size.selectAll()
    qtbot.keyClicks(panel.parameters.batch_size, "2")
    panel.parameters.n_iter.setFocus()
    qtbot.keyClick(panel.parameters.n_iter, Key.Key_Up)
    assert panel.generate_button.text() == "Generate 4 × 512×512"
    qtbot.mouseClick(panel.generate_button, Qt.MouseButton.LeftButton)
    assert (requests[0][0].batch_size, requests[0][0].n_iter) == (2, 2)


def test_what_is_half_typed_counts(panel: GeneratePanel, qtbot: QtBot) -> None:
    requests = asked(panel)
    width = panel.parameters.size_fields.width_spin
    width.setFocus()
    width.selectAll()
    qtbot.keyClicks(width, "515")
    assert panel.generate_button.text() == "Generate 512×512"
    qtbot.keyClick(width, Key.Key_Return, Modifier.ControlModifier)
    assert requests[0][0].width == 512
    assert width.text() == "512"


def test_a_bad_seed_is_shown_beside_its_field(panel: GeneratePanel, qtbot: QtBot) -> None:
    requests = asked(panel)
    seed = panel.parameters.seed.edit
    seed.setText("9" * 19)
    qtbot.keyClick(panel.prompts.prompt, Key.Key_Return, Modifier.ControlModifier)
    said = shown_errors(panel)
    assert requests == []
    assert len(said) == 1
    assert "Seed must be from -1" in said[0]
    assert QApplication.focusWidget() is seed
    assert seed.accessibleDescription() == said[0]
    qtbot.keyClick(seed, Key.Key_Backspace)
    assert shown_errors(panel) == []
    assert seed.accessibleDescription() == ""


def test_img2img_without_a_picture_says_so_at_the_well(panel: GeneratePanel, qtbot: QtBot) -> None:
    panel.resize(372, 240)
    panel.tabs.setCurrentIndex(1)
    panel.parameters.steps.setFocus()
    with pytest.raises(InvalidRequest, match="Choose a picture"):
        panel.request()
    error, well = panel.img2img.source.error, panel.img2img.source.well
    assert shown_errors(panel) == ["Choose a picture to start from. Drop, paste or open one."]
    assert QApplication.focusWidget() is well
    assert well.accessibleDescription() == error.text()
    assert not error.visibleRegion().isEmpty(), "scrolled out of sight"
    panel.restore({"prompt": "anything else"})
    assert "Ctrl+V" in well.accessibleDescription()


def test_a_prompt_beyond_the_limit(panel: GeneratePanel) -> None:
    panel.prompts.negative.replace_prompt("x" * 100_001)
    with pytest.raises(InvalidRequest) as caught:
        panel.request()
    assert caught.value.field == "negative_prompt"
    assert QApplication.focusWidget() is panel.prompts.negative


def test_presets_of_the_seed_page(panel: GeneratePanel, qtbot: QtBot) -> None:
    panel.restore({"steps": 99, "width": 1024, "height": 256, "cfg_scale": 3.0})
    assert panel.preset_button.text() == "25 steps, 512×512"
    qtbot.mouseClick(panel.preset_button, Qt.MouseButton.LeftButton)
    assert panel.request() == GenerationRequest(cfg_scale=3.0)
    panel.tabs.setCurrentIndex(1)
    assert panel.preset_button.text() == "30 steps, strength 0.2, CFG 7"
    qtbot.mouseClick(panel.preset_button, Qt.MouseButton.LeftButton)
    state = panel.state()
    assert (state["steps"], state["denoising_strength"], state["cfg_scale"]) == (30, 0.2, 7.0)
    assert panel.img2img.strength_hint.text() == "about 7 real steps at 0.2"
    panel.undo()
    panel.undo()
    assert (panel.state()["steps"], panel.state()["width"]) == (99, 1024)


def test_what_the_endpoint_offers_changes_no_choice(panel: GeneratePanel) -> None:
    boxes = panel.parameters
    assert [boxes.sampler.itemText(i) for i in range(boxes.sampler.count())] == list(FALLBACK_SAMPLERS)
    panel.set_offer(Offer(samplers=("euler", "lcm"), schedulers=("Karras",)))
    assert boxes.sampler.currentText() == "Euler a (not offered here)"
    assert (panel.request().sampler_name, panel.request().scheduler) == ("Euler a", "Automatic")
    panel.set_offer(Offer(samplers=("Euler", "Euler a")))
    assert boxes.sampler.currentText() == "Euler a"


def test_a_name_is_shown_as_the_endpoint_spells_it(panel: GeneratePanel) -> None:
    boxes = panel.parameters
    panel.restore({"scheduler": "Karras"})
    panel.set_offer(Offer(samplers=("euler", "euler_a"), schedulers=("default", "karras")))
    assert (boxes.sampler.currentText(), boxes.scheduler.currentText()) == ("euler_a", "karras")
    assert [boxes.sampler.itemText(i) for i in range(boxes.sampler.count())] == ["euler", "euler_a"]
    assert (panel.request().sampler_name, panel.request().scheduler) == ("Euler a", "Karras")


def test_an_endpoint_that_lists_nothing_marks_nothing(panel: GeneratePanel) -> None:
    panel.restore({"sampler_name": "My own sampler"})
    panel.set_offer(Offer(missing=frozenset({"samplers"})))
    assert panel.parameters.sampler.currentText() == "My own sampler"


def test_models_show_only_where_there_is_a_choice(panel: GeneratePanel) -> None:
    checkpoint, vae = panel.parameters.checkpoint, panel.parameters.vae
    assert not checkpoint.isVisible()
    panel.set_offer(Offer(checkpoints=("only one",)))
    assert not checkpoint.isVisible()
    panel.set_offer(Offer(checkpoints=("v1-5.safetensors", "xl.safetensors"), vaes=("a", "b")))
    assert checkpoint.isVisible()
    assert vae.isVisible()
    assert panel.request().checkpoint == "", "listing models chooses none"
    checkpoint.setFocus()
    QTest.keyClick(checkpoint, Key.Key_Down)
    assert panel.request().checkpoint == "v1-5.safetensors"
    panel.set_offer(Offer())
    assert checkpoint.isVisible(), "a choice that is sent must be seen"


def test_swap_presets_and_steps_of_eight(panel: GeneratePanel, qtbot: QtBot) -> None:
    size = panel.parameters.size_fields
    menu = size.presets_button.menu()
    action = next(action for action in menu.actions() if action.text() == "512×768")
    action.trigger()
    assert (panel.request().width, panel.request().height) == (512, 768)
    qtbot.mouseClick(size.swap_button, Qt.MouseButton.LeftButton)
    assert panel.generate_button.text() == "Generate 768×512"
    size.height_spin.setFocus()
    qtbot.keyClick(size.height_spin, Key.Key_Up)
    assert panel.request().height == 520


def test_the_die_and_the_last_seed(panel: GeneratePanel, qtbot: QtBot) -> None:
    seed = panel.parameters.seed
    assert not seed.reuse.isEnabled()
    panel.set_last_seed(2**40 + 1)
    qtbot.mouseClick(seed.reuse, Qt.MouseButton.LeftButton)
    assert panel.request().seed == 2**40 + 1
    qtbot.mouseClick(seed.dice, Qt.MouseButton.LeftButton)
    assert panel.request().seed == -1
    seed.edit.clear()
    assert panel.request().seed == -1


def test_the_wheel_scrolls_the_form_and_changes_nothing_without_focus(panel: GeneratePanel) -> None:
    steps = panel.parameters.steps
    panel.prompts.prompt.setFocus()
    before = panel.state()
    for widget in (steps, panel.parameters.sampler, panel.parameters.size_fields.width_spin, panel.tabs):
        _wheel(widget)
    assert panel.state() == before
    steps.setFocus()
    _wheel(steps)
    assert panel.state()["steps"] == before["steps"] - 1


def test_tab_walks_through_the_form_in_reading_order(panel: GeneratePanel) -> None:
    panel.set_offer(Offer(checkpoints=("a", "b")))
    panel.set_last_seed(1)
    walked = _walk(panel, panel.prompts.prompt)
    parameters, size = panel.parameters, panel.parameters.size_fields
    expected = [
        panel.prompts.prompt,
        panel.prompts.negative,
        panel.preset_button,
        size.width_spin,
        size.height_spin,
        size.swap_button,
        size.presets_button,
        parameters.steps,
        parameters.cfg_scale,
        parameters.sampler,
        parameters.scheduler,
        parameters.seed.edit,
        parameters.seed.dice,
        parameters.seed.reuse,
        parameters.batch_size,
        parameters.n_iter,
        parameters.checkpoint,
        panel.generate_button,
    ]
    assert walked[: len(expected)] == expected


def test_everything_that_takes_the_focus_has_a_name(panel: GeneratePanel) -> None:
    panel.set_offer(Offer(checkpoints=("a", "b"), vaes=("a", "b")))
    panel.set_last_seed(1)
    panel.tabs.setCurrentIndex(1)
    for widget in _walk(panel, panel.prompts.prompt):
        assert widget.accessibleName() or getattr(widget, "text", str)(), widget


def test_no_mnemonic_leads_to_two_places(panel: GeneratePanel) -> None:
    panel.set_offer(Offer(checkpoints=("a", "b"), vaes=("a", "b")))
    panel.tabs.setCurrentIndex(1)
    texts = [label.text() for label in panel.findChildren(QLabel) if label.buddy()]
    texts.append(panel.img2img.source.follow.text())
    letters = [text[text.index("&") + 1].lower() for text in texts if "&" in text]
    assert len(letters) >= 14
    assert len(set(letters)) == len(letters)
    menus = {spec.menu[spec.menu.index("&") + 1].lower() for spec in SPECS}
    assert not menus & set(letters), "taken by the menu bar"


def test_it_fits_a_narrow_dock_and_a_long_model_name_does_not_widen_it(panel: GeneratePanel) -> None:
    panel.set_offer(Offer(checkpoints=("m" * 300, "n"), samplers=("s" * 200,)))
    panel.restore({"checkpoint": "m" * 300, "sampler_name": "q" * 300})
    for tab in (0, 1):
        panel.tabs.setCurrentIndex(tab)
        assert panel.minimumSizeHint().width() <= 340
        assert panel.minimumSizeHint().height() <= 200


def test_edits_are_announced_but_not_one_by_one(panel: GeneratePanel, qtbot: QtBot) -> None:
    announced: list[str] = []
    panel.changed.connect(lambda: announced.append(panel.state()["prompt"]))
    with qtbot.waitSignal(panel.changed):
        qtbot.keyClicks(panel.prompts.prompt, "a red fox in the snow")
    assert announced == ["a red fox in the snow"]


@pytest.mark.parametrize("text", ["masterpiece, best quality, a lighthouse, " * 2_400, "x" * 99_000])
def test_a_hundred_kilobytes_of_prompt_stay_quick(panel: GeneratePanel, qtbot: QtBot, text: str) -> None:
    def took_s(what: Callable[[], object]) -> float:
        begun = time.perf_counter()
        what()
        QApplication.processEvents()
        return time.perf_counter() - begun

    prompt = panel.prompts.prompt
    written = took_s(lambda: prompt.replace_prompt(text))
    typed = [took_s(lambda: qtbot.keyClick(prompt, "a")) for _ in range(10)]
    # Far above what it takes (0.05 s a key on an idle machine), far below what an endless word took (1 s).
    assert written < 1.0
    assert sorted(typed)[5] < 0.3
    assert panel.request().prompt == text + "a" * 10


def shown_errors(panel: GeneratePanel) -> list[str]:
    labels = panel.findChildren(QLabel)
    return [label.text() for label in labels if label.property("role") == "error" and label.isVisible()]


def _walk(panel: GeneratePanel, first: QWidget) -> list[QWidget]:
    """The widgets Tab leads to from `first`, until it comes round."""
    first.setFocus()
    walked: list[QWidget] = []
    while (focused := QApplication.focusWidget()) not in walked:
        assert focused is not None
        walked.append(focused)
        QTest.keyClick(focused, Key.Key_Tab)
    return walked


def _wheel(widget: QWidget) -> None:
    centre = QPointF(widget.rect().center())
    event = QWheelEvent(
        centre,
        QPointF(widget.mapToGlobal(centre.toPoint())),
        QPoint(0, 0),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Modifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
