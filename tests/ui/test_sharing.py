"""Requests as code through the clipboard: out of the form, and the seed page's own samples back onto it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu

from sdstudio.core.request import GenerationRequest
from tests.fakes.window import open_window

NOWHERE = "http://127.0.0.1:9"
BROKEN_SAMPLE = """
import requests

r = requests.post(
    "https://{address}/sdapi/v1/imgt2img",
    headers={"Content-Type": "application/json", "Authorization": "Bearer X"},
    data={
        "prompt": "a dog sitting on a bench",
        "init_images": [encoded_base64_image],
        "steps": 30,
        "width": 512,
        "height": 512,
        "denoising_strength": 0.2,
        "cfg_scale": 7,
    },
)
"""


def action(menu: QMenu, text: str) -> QAction:
    return next(found for found in menu.actions() if found.text() == text)


@pytest.mark.parametrize(
    "form", ["curl", "Python (requests)", "Python (httpx)", "JavaScript (fetch)", "JSON payload"]
)
async def test_copied_and_pasted_the_form_says_the_same(tmp_path: Path, form: str) -> None:
    request = GenerationRequest(
        prompt='a "quoted" $word\nnext line', negative_prompt="it's", steps=7, seed=2**40
    )
    async with open_window(tmp_path, endpoint=NOWHERE) as opened:
        await opened.until(
            opened.window.banner.isVisible
        )  # that nothing answers there, which takes the place of words
        panel, clipboard = opened.window.panel, QGuiApplication.clipboard()
        panel.apply_request(request)
        clipboard.clear()
        action(opened.window.copy_form_menu, form).trigger()
        await opened.until(clipboard.text)
        panel.apply_request(GenerationRequest())
        opened.window.actions_["paste_request"].trigger()
        await opened.until(lambda: "Read a request" in opened.window.banner.words())
        assert panel.request() == request
        panel.undo()
        assert panel.request() == GenerationRequest()


async def test_a_broken_sample_is_corrected_and_said(tmp_path: Path) -> None:
    async with open_window(tmp_path, endpoint=NOWHERE) as opened:
        await opened.until(
            opened.window.banner.isVisible
        )  # that nothing answers there, which takes the place of words
        QGuiApplication.clipboard().setText(BROKEN_SAMPLE)
        opened.window.actions_["paste_request"].trigger()
        await opened.until(lambda: "Read a request" in opened.window.banner.words())
        state = opened.window.panel.state()
        assert (state["tab"], state["prompt"]) == ("img2img", "a dog sitting on a bench")
        assert (state["steps"], state["denoising_strength"], state["cfg_scale"]) == (30, 0.2, 7)
        said = opened.window.banner.words()
        assert "imgt2img" in said
        assert "data=" in said
        assert "Choose the picture" in said


async def test_a_text_without_a_request_changes_nothing(tmp_path: Path) -> None:
    async with open_window(tmp_path, endpoint=NOWHERE) as opened:
        await opened.until(
            opened.window.banner.isVisible
        )  # that nothing answers there, which takes the place of words
        before = opened.window.panel.state()
        QGuiApplication.clipboard().setText("just words")
        opened.window.actions_["paste_request"].trigger()
        await opened.until(lambda: "no request" in opened.window.banner.words())
        assert opened.window.panel.state() == before
