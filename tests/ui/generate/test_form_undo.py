"""What the program writes into the form is taken back in one step, and nothing typed is lost by it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from sdstudio.core.request import GenerationRequest, Hires, Img2Img, Inpaint, InputImage
from sdstudio.ui.generate.panel import GeneratePanel

SOURCE = InputImage("a" * 64, 768, 512)
RECIPE = GenerationRequest(
    prompt="a fox",
    negative_prompt="blurry",
    width=768,
    height=512,
    steps=30,
    sampler_name="DPM++ 2M",
    scheduler="Karras",
    cfg_scale=6.5,
    seed=2**40,
    batch_size=2,
    n_iter=3,
    checkpoint="v1-5.safetensors",
    vae="some.vae",
    img2img=Img2Img(SOURCE, 0.123, 2, Inpaint(InputImage("b" * 64, 768, 512))),
)


def test_a_recipe_comes_back_whole(panel: GeneratePanel) -> None:
    assert panel.apply_request(RECIPE) == []
    assert panel.request() == RECIPE
    assert panel.tab() == "img2img"


def test_one_step_takes_a_recipe_back(panel: GeneratePanel, qtbot: QtBot) -> None:
    qtbot.keyClicks(panel.prompts.prompt, "my own words")
    before = panel.state()
    panel.apply_request(RECIPE, text="Use a fox")
    after = panel.state()
    assert panel.undo_stack.undoText() == "Use a fox"
    panel.undo()
    assert panel.state() == before
    panel.redo()
    assert panel.state() == after


def test_ctrl_z_in_the_prompt_takes_its_text_back(panel: GeneratePanel, qtbot: QtBot) -> None:
    prompt = panel.prompts.prompt
    qtbot.keyClicks(prompt, "my own words")
    panel.apply_request(RECIPE, {"prompt"})
    _press(prompt, QKeySequence.StandardKey.Undo)
    assert prompt.prompt() == "my own words"
    _press(prompt, QKeySequence.StandardKey.Redo)
    assert prompt.prompt() == "a fox"
    _press(prompt, QKeySequence.StandardKey.Undo)
    _press(prompt, QKeySequence.StandardKey.Undo)
    assert prompt.prompt() == ""


def test_an_edit_after_the_recipe_comes_back_by_redo(panel: GeneratePanel, qtbot: QtBot) -> None:
    qtbot.keyClicks(panel.prompts.prompt, "first")
    panel.apply_request(RECIPE, {"prompt"})
    panel.prompts.prompt.moveCursor(panel.prompts.prompt.textCursor().MoveOperation.End)
    qtbot.keyClicks(panel.prompts.prompt, " in snow")
    panel.undo()
    assert panel.state()["prompt"] == "first"
    panel.redo()
    assert panel.state()["prompt"] == "a fox in snow"


def test_undo_leaves_fields_alone_that_the_recipe_did_not_touch(panel: GeneratePanel) -> None:
    panel.apply_request(RECIPE, {"seed"})
    panel.parameters.steps.setValue(77)
    panel.undo()
    assert (panel.state()["seed"], panel.state()["steps"]) == ("-1", 77)


def test_only_the_chosen_fields_are_taken(panel: GeneratePanel) -> None:
    panel.apply_request(RECIPE, {"width", "height"})
    assert panel.request() == GenerationRequest(width=768, height=512)
    panel.apply_request(RECIPE, {"prompt", "negative_prompt"})
    assert panel.request().negative_prompt == "blurry"
    assert panel.tab() == "txt2img"


def test_a_txt2img_recipe_keeps_the_source_for_later(panel: GeneratePanel) -> None:
    panel.apply_request(RECIPE)
    panel.apply_request(GenerationRequest(prompt="text only"))
    assert panel.request().img2img is None
    panel.tabs.setCurrentIndex(1)
    part = panel.request().img2img
    assert part is not None
    assert part.source == SOURCE


def test_what_was_there_already_is_no_step(panel: GeneratePanel) -> None:
    panel.apply_request(GenerationRequest())
    assert panel.undo_stack.count() == 0


def test_what_the_form_cannot_show_is_told(panel: GeneratePanel) -> None:
    request = replace(RECIPE, tiling=True, subseed_strength=0.5, hires=Hires())
    assert RECIPE.img2img
    soft = Inpaint(InputImage("b" * 64, 768, 512), blur=9)
    request = replace(request, img2img=replace(RECIPE.img2img, inpaint=soft))
    assert panel.apply_request(request) == ["subseed_strength", "tiling", "hires", "inpaint"]


def test_a_value_the_form_cannot_hold_leaves_the_rest(panel: GeneratePanel) -> None:
    assert panel.apply_request(replace(RECIPE, width=515, steps=5000, img2img=None)) == ["steps"]
    request = panel.request()
    assert (request.width, request.steps, request.prompt) == (512, 25, "a fox")


def _press(widget: QWidget, key: QKeySequence.StandardKey) -> None:
    QTest.keySequence(widget, QKeySequence(key))
