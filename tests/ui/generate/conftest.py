"""A panel on screen, and a place for its input pictures that works like the library's."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from io import BytesIO

import pytest
import pytest_asyncio
from PIL import Image
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sdstudio.core.errors import LibraryError, UnreadableImage
from sdstudio.core.request import InputImage
from sdstudio.ui import theme
from sdstudio.ui.generate.panel import GeneratePanel
from sdstudio.ui.imaging import Decoder
from sdstudio.ui.tasks import Tasks


def png(width: int, height: int, colour: str = "teal") -> bytes:
    """An encoded picture of this size."""
    buffer = BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "PNG")
    return buffer.getvalue()


@dataclass
class InputsInMemory:
    """Names pictures by content and refuses what is none. `gate` holds the storing of a picture of this width."""

    kept: dict[str, bytes] = field(default_factory=dict)
    gates: dict[int, asyncio.Event] = field(default_factory=dict)

    async def store_input(self, data: bytes) -> InputImage:
        try:
            with Image.open(BytesIO(data)) as opened:
                width, height = opened.size
        except OSError as error:
            raise UnreadableImage("This is not a picture", "Its bytes are damaged.") from error
        if gate := self.gates.get(width):
            await gate.wait()
        image = InputImage(hashlib.sha256(data).hexdigest(), width, height)
        self.kept[image.sha256] = data
        return image

    async def read_input(self, sha256: str) -> bytes:
        if sha256 not in self.kept:
            raise LibraryError("The picture is gone", "Its file was deleted.")
        return self.kept[sha256]


@pytest.fixture
def inputs() -> InputsInMemory:
    return InputsInMemory()


@pytest.fixture
def look(qapp: QApplication) -> Iterator[None]:
    """The program's own look, so that sizes and focus are those a person meets."""
    theme.apply(qapp, "dark")
    yield
    qapp.setStyleSheet("")


@pytest.fixture
def panel(qtbot: QtBot, look: None) -> GeneratePanel:
    """A panel in a window of its own, as wide as the dock, with the focus in the prompt."""
    shown = GeneratePanel()
    qtbot.addWidget(shown)
    shown.resize(372, 640)
    with qtbot.waitActive(shown):
        shown.show()
        shown.activateWindow()
    shown.prompts.prompt.setFocus()
    return shown


@dataclass
class Desk:
    """A panel joined to its inputs."""

    panel: GeneratePanel
    inputs: InputsInMemory
    tasks: Tasks

    async def settled(self) -> None:
        """Wait until every picture is in or refused."""
        await self.tasks.finished()


@pytest_asyncio.fixture
async def desk(look: None, inputs: InputsInMemory) -> AsyncIterator[Desk]:
    errors: list[BaseException] = []
    decoder, tasks = Decoder(), Tasks(errors.append)
    panel = GeneratePanel()
    panel.resize(372, 640)
    panel.attach(inputs, decoder, tasks)
    panel.show()
    yield Desk(panel, inputs, tasks)
    await tasks.close()
    decoder.close()
    panel.close()
    panel.deleteLater()
    assert errors == []
