"""Choosing an endpoint: by keyboard, with a test that answers, fails, hangs or is stopped. The token is hidden."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from sdstudio.core.errors import NotAuthorised
from sdstudio.ui import theme
from sdstudio.ui.endpoints.dialog import EndpointDialog
from sdstudio.ui.tasks import Tasks

LEFT = Qt.MouseButton.LeftButton
HOSTED = "https://abc.app.example.org"
Chosen = list[tuple[str, str | None]]


class Endpoint:
    """Answers tests as told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: Chosen = []
        self.answer: str | Exception = "AUTOMATIC1111 1.10.1 answers"
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.cancelled = 0

    async def test(self, url: str, token: str | None) -> str:
        self.asked.append((url, token))
        try:
            await self.may_answer.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


Open = Callable[[str], EndpointDialog]


@pytest_asyncio.fixture
async def endpoint() -> Endpoint:
    return Endpoint()


@pytest_asyncio.fixture
async def tasks() -> AsyncIterator[Tasks]:
    errors: list[BaseException] = []
    running = Tasks(errors.append)
    yield running
    await running.close()
    assert errors == []


@pytest_asyncio.fixture
async def opened(qapp: QApplication, endpoint: Endpoint, tasks: Tasks) -> AsyncIterator[Open]:
    theme.apply(qapp, "dark")
    dialogs: list[EndpointDialog] = []

    def open_(url: str = "") -> EndpointDialog:
        dialog = EndpointDialog(endpoint.test, tasks, url=url)
        dialogs.append(dialog)
        dialog.open()
        dialog.activateWindow()
        return dialog

    yield open_
    for dialog in dialogs:
        dialog.done(0)
        dialog.deleteLater()
    qapp.setStyleSheet("")


def choices(dialog: EndpointDialog) -> Chosen:
    chosen: Chosen = []
    dialog.chosen.connect(lambda url, token: chosen.append((url, token)))
    return chosen


def visible_texts(dialog: EndpointDialog, role: str) -> list[str]:
    labels = dialog.findChildren(QLabel)
    return [
        each.text() for each in labels if each.property("role") == role and each.isVisible() and each.text()
    ]


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0)


async def test_the_practice_endpoint_is_one_key_away(opened: Open) -> None:
    dialog = opened("")
    chosen = choices(dialog)
    assert dialog.practice.isChecked()
    assert not dialog.fields.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert chosen == [("", None)]
    assert not dialog.isVisible()


async def test_an_endpoint_of_one_s_own_by_keyboard_alone(
    opened: Open, endpoint: Endpoint, tasks: Tasks
) -> None:
    dialog = opened("")
    await until(dialog.isActiveWindow)
    chosen = choices(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_O, Qt.KeyboardModifier.AltModifier)
    await until(dialog.own.isChecked)  # Qt shows a button pressed for a moment first
    assert focused() is dialog.fields.address
    QTest.keyClicks(dialog.fields.address, "localhost:7860/sdapi/v1/txt2img")
    assert dialog.fields.address_note.text() == "Asked at http://localhost:7860"
    QTest.keyClick(dialog, Qt.Key.Key_T, Qt.KeyboardModifier.AltModifier)
    assert focused() is dialog.fields.token
    QTest.keyClicks(dialog.fields.token, "s3cret")
    QTest.keyClick(dialog, Qt.Key.Key_E, Qt.KeyboardModifier.AltModifier)
    await until(lambda: bool(endpoint.asked))
    await tasks.finished()
    assert endpoint.asked == [("http://localhost:7860", "s3cret")]
    assert visible_texts(dialog, "good") == ["✓ AUTOMATIC1111 1.10.1 answers"]
    QTest.keyClick(dialog.fields.token, Qt.Key.Key_Return)
    assert chosen == [("http://localhost:7860", "s3cret")]


async def test_a_token_that_was_not_typed_is_none(opened: Open) -> None:
    dialog = opened(HOSTED)
    chosen = choices(dialog)
    assert dialog.own.isChecked()
    dialog.fields.token.setText("   ")
    QTest.mouseClick(dialog.use_button, LEFT)
    assert chosen == [(HOSTED, None)]


@pytest.mark.parametrize(
    "address", ["", "https://{id}.example.org", "ftp://example.org", "https://a:b@example.org"]
)
async def test_a_bad_address_is_said_beside_it(opened: Open, endpoint: Endpoint, address: str) -> None:
    dialog = opened(HOSTED)
    await until(dialog.isActiveWindow)
    chosen = choices(dialog)
    dialog.fields.address.setText(address)
    dialog.fields.token.setFocus()
    for button in (dialog.use_button, dialog.test_button):
        QTest.mouseClick(button, LEFT)
        assert dialog.fields.address_error.isVisible()
        assert focused() is dialog.fields.address
    assert (chosen, endpoint.asked, dialog.isVisible()) == ([], [], True)
    dialog.fields.address.setText(HOSTED)
    assert not dialog.fields.address_error.isVisible()


async def test_a_token_no_header_can_carry(opened: Open) -> None:
    dialog = opened(HOSTED)
    await until(dialog.isActiveWindow)
    dialog.fields.token.setText("two words")
    QTest.mouseClick(dialog.use_button, LEFT)
    assert "cannot be sent" in dialog.fields.token_error.text()
    assert "two words" not in " ".join(visible_texts(dialog, "error"))
    assert focused() is dialog.fields.token


async def test_a_token_over_plain_http_waits_for_a_tick(opened: Open, endpoint: Endpoint, tasks: Tasks) -> None:
    dialog = opened("http://gpu.example:7860")
    chosen = choices(dialog)
    fields = dialog.fields
    assert not fields.warning.isVisible(), "no token, no danger"
    QTest.keyClicks(fields.token, "s3cret")
    assert "gpu.example:7860" in fields.warning.text()
    QTest.mouseClick(dialog.test_button, LEFT)
    QTest.mouseClick(dialog.use_button, LEFT)
    assert (endpoint.asked, chosen) == ([], [])
    assert fields.warning_error.isVisible()
    QTest.mouseClick(fields.send_anyway, LEFT, pos=fields.send_anyway.rect().center() * 0.2)
    assert fields.send_anyway.isChecked()
    fields.address.setText("http://other.example")
    assert not fields.send_anyway.isChecked(), "the tick was for another address"
    fields.send_anyway.setChecked(True)
    QTest.mouseClick(dialog.use_button, LEFT)
    assert chosen == [("http://other.example", "s3cret")]


@pytest.mark.parametrize("address", ["http://localhost:7860", "http://127.0.0.1:7860", "http://[::1]", HOSTED])
async def test_no_warning_where_nobody_can_listen(opened: Open, address: str) -> None:
    dialog = opened(address)
    dialog.fields.token.setText("s3cret")
    assert not dialog.fields.warning.isVisible()
    assert dialog.fields.entered().token == "s3cret"


async def test_a_failure_says_why_what_to_do_and_the_raw_text_as_text(
    opened: Open, endpoint: Endpoint, tasks: Tasks
) -> None:
    hostile = '<img src="http://example.org/x"><b>detail</b>'
    endpoint.answer = NotAuthorised(
        "The token <b>was</b> refused", "It said 401.", "Paste a new one.", raw=hostile
    )
    dialog = opened(HOSTED)
    QTest.mouseClick(dialog.test_button, LEFT)
    assert dialog.is_testing
    await tasks.finished()
    view = dialog.result_view
    assert visible_texts(dialog, "error") == ["✗ The token <b>was</b> refused"]
    assert view.text.text() == "It said 401. Paste a new one."
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in (view.title, view.text))
    assert not view.raw.isVisible()
    QTest.mouseClick(view.details_button, LEFT)
    assert view.raw.isVisible()
    assert view.raw.toPlainText() == hostile
    dialog.fields.token.setText("new")
    assert not view.title.isVisible(), "an old result says nothing about a new token"


async def test_the_result_is_scrolled_into_view(opened: Open, endpoint: Endpoint, tasks: Tasks) -> None:
    dialog = opened(HOSTED)
    dialog.resize(480, 200)
    QTest.mouseClick(dialog.test_button, LEFT)
    await tasks.finished()
    await until(lambda: not dialog.result_view.title.visibleRegion().isEmpty())


async def test_a_test_can_be_stopped(opened: Open, endpoint: Endpoint, tasks: Tasks) -> None:
    endpoint.may_answer.clear()
    dialog = opened(HOSTED)
    QTest.mouseClick(dialog.test_button, LEFT)
    assert dialog.result_view.bar.isVisible()
    assert not dialog.test_button.isEnabled()
    await until(lambda: bool(endpoint.asked))
    QTest.mouseClick(dialog.result_view.stop_button, LEFT)
    await tasks.finished()
    assert endpoint.cancelled == 1
    assert not dialog.result_view.bar.isVisible()
    assert dialog.test_button.isEnabled()


async def test_a_test_stopped_before_it_began_asks_nobody(
    opened: Open, endpoint: Endpoint, tasks: Tasks
) -> None:
    dialog = opened(HOSTED)
    QTest.mouseClick(dialog.test_button, LEFT)
    QTest.mouseClick(dialog.result_view.stop_button, LEFT)
    await tasks.finished()
    assert endpoint.asked == []


@pytest.mark.parametrize("end", ["edit", "escape", "use", "practice"])
async def test_a_test_ends_with_what_it_was_about(
    opened: Open, endpoint: Endpoint, tasks: Tasks, end: str
) -> None:
    endpoint.may_answer.clear()
    dialog = opened(HOSTED)
    QTest.mouseClick(dialog.test_button, LEFT)
    await until(lambda: bool(endpoint.asked))
    ends: dict[str, Callable[[], object]] = {
        "edit": lambda: QTest.keyClicks(dialog.fields.address, "/base"),
        "escape": lambda: QTest.keyClick(dialog, Qt.Key.Key_Escape),
        "use": lambda: QTest.mouseClick(dialog.use_button, LEFT),
        "practice": dialog.practice.click,
    }
    ends[end]()
    await tasks.finished()
    assert endpoint.cancelled == 1
    assert not dialog.is_testing


async def test_an_answer_after_a_second_test_began_is_not_shown(
    opened: Open, endpoint: Endpoint, tasks: Tasks
) -> None:
    endpoint.may_answer.clear()
    dialog = opened(HOSTED)
    dialog.run_test()
    await until(lambda: len(endpoint.asked) == 1)
    dialog.run_test()
    await until(lambda: len(endpoint.asked) == 2)
    endpoint.may_answer.set()
    await tasks.finished()
    assert endpoint.cancelled == 1
    assert visible_texts(dialog, "good") == ["✓ AUTOMATIC1111 1.10.1 answers"]


async def test_the_token_is_hidden_and_forgotten(opened: Open) -> None:
    dialog = opened(HOSTED)
    token = dialog.fields.token
    token.setText("s3cret")
    assert token.echoMode() is QLineEdit.EchoMode.Password
    QTest.mouseClick(dialog.fields.show_button, LEFT)
    assert token.echoMode() is QLineEdit.EchoMode.Normal
    assert "s3cret" not in repr(dialog.fields.entered())
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert token.text() == ""
    assert token.echoMode() is QLineEdit.EchoMode.Password


async def test_it_fits_a_small_screen_at_twice_the_size(opened: Open) -> None:
    dialog = opened(HOSTED)
    hint = dialog.minimumSizeHint()
    assert hint.width() <= 400
    assert hint.height() <= 300


def focused() -> QWidget | None:
    return QApplication.focusWidget()
