"""Endpoints set up, tried out, chosen and deleted in the program's own window, over its own studio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from sdstudio.api.checks import Check
from sdstudio.api.trust import plain_fingerprint
from sdstudio.config.paths import DataDir
from sdstudio.core.endpoint import EndpointProfile, ExtraHeader
from sdstudio.core.errors import BadAnswer, KeyringUnavailable
from sdstudio.studio import Studio
from sdstudio.ui import theme
from sdstudio.ui.endpoints.dialog import EndpointDialog
from sdstudio.ui.tasks import Tasks
from tests.fakes import certificates
from tests.fakes.practice import start_practice
from tests.fakes.replay import Replay, Reply, Request
from tests.fakes.window import PATIENCE_S, open_window

LEFT = Qt.MouseButton.LeftButton
ALT = Qt.KeyboardModifier.AltModifier
TOKEN = "MARKER-token-5d1c"
HOSTED = "https://abc.app.example.org"
NOWHERE = EndpointProfile("nowhere", "Nowhere", "https://nowhere.example", trust="pinned")  # asks nobody


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    with start_practice("--token", TOKEN) as url:
        yield url


@dataclass(frozen=True, slots=True)
class Bench:
    """A studio of its own, whose endpoint is not there, and what goes on in the background."""

    studio: Studio
    tasks: Tasks

    async def until(self, happened: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not happened():
                await asyncio.sleep(0.01)


@pytest_asyncio.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Bench]:
    errors: list[BaseException] = []
    studio, tasks = await Studio.open(DataDir(tmp_path), endpoint=NOWHERE), Tasks(errors.append)
    bench = Bench(studio, tasks)
    await bench.until(lambda: studio.session.state == "needs token")
    yield bench
    await tasks.close()
    await studio.close()
    assert errors == []


@pytest_asyncio.fixture
async def dialog(qapp: QApplication, opened: Bench) -> AsyncIterator[EndpointDialog]:
    theme.apply(qapp, "dark")
    shown = EndpointDialog(opened.studio, opened.tasks)
    shown.open()
    shown.activateWindow()
    yield shown
    shown.done(0)
    shown.deleteLater()
    qapp.setStyleSheet("")


def shown_errors(dialog: EndpointDialog) -> list[str]:
    labels = dialog.form.findChildren(QLabel)
    return [each.text() for each in labels if each.property("role") == "error" and each.isVisible()]


def listed(dialog: EndpointDialog) -> list[str]:
    return [dialog.profiles.list.item(row).text().strip() for row in range(dialog.profiles.list.count())]


async def try_out(opened: Bench, dialog: EndpointDialog) -> None:
    QTest.mouseClick(dialog.test_button, LEFT)
    await opened.until(lambda: not dialog.is_testing)


async def test_an_endpoint_by_keyboard_alone(opened: Bench, dialog: EndpointDialog, guarded: str) -> None:
    await opened.until(dialog.isActiveWindow)
    QTest.keyClick(dialog, Qt.Key.Key_W, ALT)
    await opened.until(lambda: focused() is dialog.form.address)
    QTest.keyClicks(dialog.form.address, f"{guarded}/sdapi/v1/txt2img")
    assert dialog.form.address_note.text() == f"Asked at {guarded}"
    QTest.keyClick(dialog, Qt.Key.Key_N, ALT)
    QTest.keyClicks(dialog.form.name, "studio-gpu")
    QTest.keyClick(dialog, Qt.Key.Key_G, ALT)
    assert focused() is dialog.form.sign_in.kind
    QTest.keyClick(dialog.form.sign_in.kind, Qt.Key.Key_Down)
    assert dialog.form.sign_in.value() == "bearer"
    QTest.keyClick(dialog, Qt.Key.Key_T, ALT)
    assert focused() is dialog.form.sign_in.secret
    QTest.keyClicks(dialog.form.sign_in.secret, TOKEN)
    QTest.keyClick(dialog, Qt.Key.Key_E, ALT)
    await opened.until(lambda: dialog.is_testing)
    await opened.until(lambda: not dialog.is_testing)
    assert dialog.checklist.summary.text() == "✓ This endpoint can be used."
    assert dialog.checklist.rows["sign-in"].text.text() == "Accepted"
    QTest.keyClick(dialog.form.sign_in.secret, Qt.Key.Key_Return)
    await opened.until(lambda: opened.studio.session.state == "ready" and opened.studio.session.url == guarded)
    profile = opened.studio.session.profile
    assert (profile.name, profile.sign_in) == ("studio-gpu", "bearer")
    assert dialog.isHidden()


async def test_a_name_is_not_needed(opened: Bench, dialog: EndpointDialog) -> None:
    dialog.add_new()
    dialog.form.address.setText(HOSTED)
    QTest.mouseClick(dialog.save_button, LEFT)
    await opened.until(lambda: opened.studio.profiles.named("abc.app.example.org"))
    await opened.until(lambda: listed(dialog) == ["Practice", "abc.app.example.org", "● Nowhere *"])
    assert opened.studio.session.profile == NOWHERE, "saved, but not used"
    assert dialog.isVisible()


@pytest.mark.parametrize("address", ["", "https://{id}.example.org", "ftp://example.org"])
async def test_a_bad_address_is_said_beside_it(opened: Bench, dialog: EndpointDialog, address: str) -> None:
    await opened.until(dialog.isActiveWindow)
    dialog.add_new()
    dialog.form.address.setText(address)
    for button in (dialog.use_button, dialog.save_button, dialog.test_button):
        dialog.form.name.setFocus()
        QTest.mouseClick(button, LEFT)
        assert dialog.form.address_error.isVisible()
        assert focused() is dialog.form.address
    assert not dialog.is_testing
    assert len(opened.studio.profiles.all) == 1
    dialog.form.address.setText(HOSTED)
    assert not dialog.form.address_error.isVisible()


async def test_a_name_that_is_taken(opened: Bench, dialog: EndpointDialog) -> None:
    dialog.add_new()
    dialog.form.address.setText(HOSTED)
    dialog.form.name.setText("practice")
    QTest.mouseClick(dialog.save_button, LEFT)
    assert "already" in dialog.form.name_error.text()
    assert len(opened.studio.profiles.all) == 1


async def test_user_info_moves_out_of_a_pasted_address(opened: Bench, dialog: EndpointDialog) -> None:
    dialog.add_new()
    QApplication.clipboard().setText(f"https://ann:{TOKEN}@gpu.example.org/base/")
    dialog.form.address.paste()
    form = dialog.form
    assert form.address.text() == "https://gpu.example.org/base"
    assert form.sign_in.value() == "basic"
    assert (form.sign_in.user.text(), form.sign_in.secret.text()) == ("ann", TOKEN)
    assert form.sign_in.secret.echoMode() is QLineEdit.EchoMode.Password


async def test_user_info_that_is_typed_waits_for_the_whole_address(dialog: EndpointDialog) -> None:
    dialog.add_new()
    QTest.keyClicks(dialog.form.address, "https://ann:pass@gpu.example.org")
    assert dialog.form.address.text() == "https://ann:pass@gpu.example.org"
    profile, secrets = dialog.form.entered()
    assert (profile.url, profile.user, secrets) == ("https://gpu.example.org", "ann", {"sign-in": "pass"})


async def test_a_token_no_header_can_carry(dialog: EndpointDialog) -> None:
    dialog.add_new()
    dialog.form.address.setText(HOSTED)
    dialog.form.sign_in.choose("bearer")
    dialog.form.sign_in.secret.setText("two words")
    QTest.mouseClick(dialog.use_button, LEFT)
    assert "cannot be sent" in dialog.form.sign_in_error.text()
    assert "two words" not in " ".join(shown_errors(dialog))
    assert dialog.isVisible()


async def test_a_secret_over_plain_http_waits_for_a_tick(opened: Bench, dialog: EndpointDialog) -> None:
    form = dialog.form
    dialog.add_new()
    form.address.setText("http://gpu.example:7860")
    assert not form.warning.isVisible(), "no secret, no danger"
    form.sign_in.choose("bearer")
    assert "gpu.example:7860" in form.warning.text()
    form.sign_in.secret.setText(TOKEN)
    QTest.mouseClick(dialog.test_button, LEFT)
    QTest.mouseClick(dialog.use_button, LEFT)
    assert not dialog.is_testing
    assert form.warning_error.isVisible()
    form.send_anyway.setChecked(True)
    form.address.setText("http://gpu.example:7861/base")
    assert not form.send_anyway.isChecked(), "the tick was for another host"
    form.send_anyway.setChecked(True)
    QTest.mouseClick(dialog.save_button, LEFT)
    await opened.until(lambda: len(opened.studio.profiles.all) == 2)
    assert opened.studio.profiles.all[1].plain_http_allowed
    await opened.until(dialog.save_button.isEnabled)


@pytest.mark.parametrize("address", ["http://localhost:7860", "http://127.0.0.1:7860", "http://[::1]", HOSTED])
async def test_no_warning_where_nobody_can_listen(dialog: EndpointDialog, address: str) -> None:
    dialog.add_new()
    dialog.form.address.setText(address)
    dialog.form.sign_in.choose("bearer")
    dialog.form.sign_in.secret.setText(TOKEN)
    assert not dialog.form.warning.isVisible()
    assert dialog.form.entered()[1] == {"sign-in": TOKEN}


async def test_not_verifying_is_said_loudly_and_needs_a_second_tick(dialog: EndpointDialog) -> None:
    dialog.add_new()
    form, trust = dialog.form, dialog.form.more.trust
    form.address.setText(HOSTED)
    QTest.mouseClick(form.more_button, LEFT)
    trust.kind.setCurrentIndex(trust.kind.findData("unverified"))
    assert any("Nobody checks who answers" in text for text in shown_errors(dialog))
    assert not trust.send_anyway.isVisible()
    assert form.entered()[0].trust == "unverified"
    form.sign_in.choose("bearer")
    form.sign_in.secret.setText(TOKEN)
    assert trust.send_anyway.isVisible()
    QTest.mouseClick(dialog.test_button, LEFT)
    assert not dialog.is_testing
    assert trust.error.isVisible()
    trust.send_anyway.setChecked(True)
    assert form.entered()[0].unverified_allowed
    trust.kind.setCurrentIndex(trust.kind.findData("system"))
    assert not form.entered()[0].unverified_allowed


async def test_everything_rare_is_kept_as_entered(opened: Bench, dialog: EndpointDialog) -> None:
    dialog.add_new()
    form, more = dialog.form, dialog.form.more
    form.address.setText(HOSTED)
    QTest.mouseClick(form.more_button, LEFT)
    QTest.mouseClick(more.headers.add_button, LEFT)
    QTest.mouseClick(more.headers.add_button, LEFT)
    QTest.mouseClick(more.headers.add_button, LEFT)
    plain, secret, surplus = more.headers.rows
    plain.name.setText("X-Team")
    plain.value.setText("ann & co")
    secret.name.setText("X-Key")
    secret.secret.setChecked(True)
    secret.value.setText(TOKEN)
    assert secret.value.echoMode() is QLineEdit.EchoMode.Password
    QTest.mouseClick(surplus.remove_button, LEFT)
    more.proxy.setCurrentIndex(more.proxy.findData("own"))
    more.proxy_url.setText("http://proxy.example:3128")
    more.seconds.setValue(99.5)
    more.body_bytes.setValue(1_500_000)
    more.steps.setValue(12)
    more.negative.setPlainText("text, frame")
    QTest.mouseClick(dialog.save_button, LEFT)
    await opened.until(lambda: len(opened.studio.profiles.all) == 2)
    await opened.until(dialog.save_button.isEnabled)
    kept = opened.studio.profiles.all[1]
    assert kept.extra_headers == (ExtraHeader("X-Team", "ann & co"), ExtraHeader("X-Key", "", secret=True))
    assert (kept.proxy, kept.proxy_url) == ("own", "http://proxy.example:3128")
    assert (kept.answer_limit_s, kept.body_limit_bytes) == (99.5, 1_500_000)
    assert (kept.defaults.steps, kept.defaults.negative_prompt) == (12, "text, frame")
    assert (kept.defaults.width, kept.defaults.sampler_name) == (None, None)
    assert opened.studio.credentials.secrets_at_hand(kept) == {"header:x-key": TOKEN}
    dialog.look_at("practice")
    dialog.look_at(kept.id)
    assert form.profile() == kept
    assert [row.value.text() for row in more.headers.rows] == ["ann & co", ""]


@pytest.mark.parametrize(
    ("field", "spoil"),
    [
        ("extra_headers", lambda more: more.headers.add(ExtraHeader("Host", "example.org"))),
        ("proxy_url", lambda more: more.proxy.setCurrentIndex(2)),
        ("fingerprint", lambda more: more.trust.pin("12:34")),
        ("ca_file", lambda more: more.trust.kind.setCurrentIndex(1)),
    ],
)
async def test_what_is_wrong_in_the_folded_part_unfolds_it(
    dialog: EndpointDialog, field: str, spoil: Callable[[object], object]
) -> None:
    dialog.add_new()
    dialog.form.address.setText(HOSTED)
    spoil(dialog.form.more)
    assert not dialog.form.more.isVisible()
    QTest.mouseClick(dialog.save_button, LEFT)
    assert dialog.form.more.isVisible()
    assert len(shown_errors(dialog)) == 1, field


async def test_a_kept_secret_is_said_and_not_shown(opened: Bench, dialog: EndpointDialog, guarded: str) -> None:
    profile = EndpointProfile("gpu", "GPU", guarded, sign_in="bearer")
    await opened.studio.save_profile(profile, {"sign-in": TOKEN})
    dialog.look_at("gpu")
    secret = dialog.form.sign_in.secret
    await opened.until(lambda: "kept" in secret.placeholderText())
    assert secret.text() == ""
    assert dialog.form.entered()[1] == {"sign-in": None}
    await try_out(opened, dialog)
    assert dialog.checklist.summary.text().startswith("✓")
    dialog.form.sign_in.choose("basic")
    assert "kept" not in secret.placeholderText(), "a token is no password"


async def test_a_keyring_that_cannot_be_had_is_said(opened: Bench, dialog: EndpointDialog) -> None:
    await opened.studio.save_profile(EndpointProfile("gpu", "GPU", HOSTED, sign_in="bearer"), {})
    dialog.look_at("gpu")
    await opened.until(dialog.keyring_hint.isVisible)
    assert "kept" not in dialog.form.sign_in.secret.placeholderText()


async def test_without_a_keyring_the_window_is_told(
    opened: Bench, dialog: EndpointDialog, guarded: str
) -> None:
    failed: list[KeyringUnavailable] = []
    dialog.keyring_failed.connect(failed.append)
    dialog.add_new()
    dialog.form.address.setText(guarded)
    dialog.form.sign_in.choose("bearer")
    dialog.form.sign_in.secret.setText(TOKEN)
    QTest.mouseClick(dialog.use_button, LEFT)
    await opened.until(lambda: opened.studio.session.url == guarded)
    assert len(failed) == 1


async def test_a_failing_line_says_why(opened: Bench, dialog: EndpointDialog) -> None:
    dialog.add_new()
    dialog.form.address.setText("http://127.0.0.1:9")
    await try_out(opened, dialog)
    row = dialog.checklist.rows["connection"]
    assert (row.mark.text(), dialog.checklist.rows["routes"].mark.text()) == ("✗", "–")
    assert row.remedy.isVisible()
    assert row.accessibleName() == "Connection: failed"
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in (row.text, row.remedy))
    dialog.form.address.setText("http://127.0.0.1:10")
    assert not dialog.checklist.isVisible(), "an old result says nothing about a new address"


async def test_foreign_words_are_text(dialog: EndpointDialog) -> None:
    hostile = '<img src="http://example.org/x"><b>detail</b>'
    dialog.checklist.begin()
    error = BadAnswer("The answer <b>was</b> none", "It said no.", "Ask again.", raw=hostile)
    dialog.checklist.show_check(Check("routes", "failed", error.title, error))
    row = dialog.checklist.rows["routes"]
    assert (row.text.text(), row.remedy.text()) == ("The answer <b>was</b> none", "It said no. Ask again.")
    assert not row.raw.isVisible()
    QTest.mouseClick(row.details_button, LEFT)
    assert row.raw.isVisible()
    assert row.raw.toPlainText() == hostile


async def test_the_new_address_of_one_that_moved(opened: Bench, dialog: EndpointDialog) -> None:
    def moved(request: Request) -> Reply:
        return Reply(301, {"location": f"https://new.example/base{request.path}"})

    async with Replay(moved) as server:
        dialog.add_new()
        dialog.form.address.setText(server.url)
        await try_out(opened, dialog)
    row = dialog.checklist.rows["address"]
    assert row.remedy_button.text() == "Use the new address"
    QTest.mouseClick(row.remedy_button, LEFT)
    assert dialog.form.address.text() == "https://new.example/base"
    assert not dialog.checklist.isVisible()


async def test_a_certificate_of_its_own_is_pinned(
    opened: Bench, dialog: EndpointDialog, tmp_path: Path
) -> None:
    made = certificates.make(tmp_path, "own")
    async with Replay(lambda _: None, tls=made.server) as server:
        dialog.add_new()
        dialog.form.address.setText(server.url)
        await try_out(opened, dialog)
        row = dialog.checklist.rows["trust"]
        assert row.remedy_button.text() == "Trust this certificate"
        QTest.mouseClick(row.remedy_button, LEFT)
        assert dialog.form.more.trust.fingerprint.isVisible()
        profile, _ = dialog.form.entered()
        assert (profile.trust, plain_fingerprint(profile.fingerprint)) == ("pinned", made.fingerprint)
        await try_out(opened, dialog)
        assert row.text.text() == "It shows the certificate you trust"


async def test_a_refused_token_is_said_at_its_line(opened: Bench, dialog: EndpointDialog, guarded: str) -> None:
    dialog.add_new()
    dialog.form.address.setText(guarded)
    dialog.form.sign_in.choose("bearer")
    dialog.form.sign_in.secret.setText("wrong")
    await try_out(opened, dialog)
    assert "401" in dialog.checklist.rows["sign-in"].text.text()
    assert dialog.checklist.summary.property("role") == "error"


async def test_one_small_picture_if_asked_for(opened: Bench, dialog: EndpointDialog) -> None:
    dialog.look_at("practice")
    dialog.picture_box.setChecked(True)
    await try_out(opened, dialog)
    assert "64 × 64" in dialog.checklist.rows["picture"].text.text()


@pytest.mark.parametrize("end", ["edit", "escape", "stop", "other", "again"])
async def test_a_test_ends_with_what_it_was_about(
    opened: Bench, dialog: EndpointDialog, silent: str, end: str
) -> None:
    dialog.add_new()
    dialog.form.address.setText(silent)
    QTest.mouseClick(dialog.test_button, LEFT)
    running = dialog.checklist.rows["connection"].mark
    await opened.until(lambda: running.text() == "…")
    ends: dict[str, Callable[[], object]] = {
        "edit": lambda: QTest.keyClicks(dialog.form.address, "/base"),
        "escape": lambda: QTest.keyClick(dialog, Qt.Key.Key_Escape),
        "stop": lambda: QTest.mouseClick(dialog.checklist.stop_button, LEFT),
        "other": lambda: dialog.profiles.list.setCurrentRow(0),
        "again": dialog.run_test,
    }
    ends[end]()
    if end == "again":
        assert dialog.is_testing
        dialog.stop_test()
    assert not dialog.is_testing
    assert not dialog.checklist.isVisible()
    async with asyncio.timeout(PATIENCE_S):
        await opened.tasks.finished()


async def test_what_is_typed_survives_a_look_at_another_one(dialog: EndpointDialog) -> None:
    dialog.add_new()
    QTest.keyClicks(dialog.form.address, "gpu.example.org")
    dialog.form.sign_in.choose("bearer")
    dialog.form.sign_in.secret.setText(TOKEN)
    dialog.profiles.list.setCurrentRow(0)
    assert not dialog.form.address.isVisible()
    assert listed(dialog) == ["Practice", "● Nowhere *", "gpu.example.org *"]
    dialog.profiles.list.setCurrentRow(2)
    assert dialog.form.address.text() == "gpu.example.org"
    assert dialog.form.sign_in.secret.text() == TOKEN


async def test_a_duplicate_takes_no_secret_along(opened: Bench, dialog: EndpointDialog) -> None:
    profile = EndpointProfile("gpu", "GPU", HOSTED, sign_in="bearer")
    await opened.studio.save_profile(profile, {"sign-in": TOKEN})
    dialog.look_at("gpu")
    QTest.mouseClick(dialog.profiles.duplicate_button, LEFT)
    QTest.mouseClick(dialog.save_button, LEFT)
    await opened.until(lambda: len(opened.studio.profiles.all) == 3)
    await opened.until(dialog.save_button.isEnabled)
    copy = opened.studio.profiles.all[2]
    assert (copy.name, copy.url, copy.sign_in) == ("GPU (2)", HOSTED, "bearer")
    assert opened.studio.credentials.secrets_at_hand(copy) == {}


async def test_deleting_asks_in_place(opened: Bench, dialog: EndpointDialog) -> None:
    dialog.look_at("practice")
    assert not dialog.profiles.delete_button.isEnabled(), "it is part of the program"
    await opened.studio.save_profile(replace(NOWHERE, id="gpu", name="GPU"), {})
    await opened.studio.use_profile("gpu")
    dialog.look_at("gpu")
    QTest.mouseClick(dialog.profiles.delete_button, LEFT)
    assert "“GPU”" in dialog.profiles.question.text()
    QTest.mouseClick(dialog.profiles.keep_button, LEFT)
    assert opened.studio.profiles.get("gpu")
    QTest.mouseClick(dialog.profiles.delete_button, LEFT)
    QTest.mouseClick(dialog.profiles.really_button, LEFT)
    await opened.until(lambda: opened.studio.profiles.get("gpu") is None)
    await opened.until(lambda: listed(dialog) == ["● Practice", "Nowhere *"])
    assert opened.studio.session.profile.is_practice


async def test_a_refused_secret_is_asked_for_at_once(opened: Bench, guarded: str) -> None:
    await opened.studio.save_profile(EndpointProfile("gpu", "GPU", guarded, sign_in="bearer"), {})
    await opened.studio.use_profile("gpu")
    await opened.until(lambda: opened.studio.session.state == "needs token")
    dialog = EndpointDialog(opened.studio, opened.tasks)
    dialog.open()
    dialog.activateWindow()
    await opened.until(lambda: focused() is dialog.form.sign_in.secret)
    dialog.reject()
    dialog.deleteLater()


async def test_secrets_are_hidden_and_forgotten(dialog: EndpointDialog) -> None:
    dialog.add_new()
    sign_in, headers = dialog.form.sign_in, dialog.form.more.headers
    sign_in.choose("header")
    sign_in.secret.setText(TOKEN)
    row = headers.add(ExtraHeader("X-Key", "", secret=True))
    row.value.setText(TOKEN)
    QTest.mouseClick(sign_in.show_button, LEFT)
    assert sign_in.secret.echoMode() is QLineEdit.EchoMode.Normal
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert (sign_in.secret.text(), row.value.text()) == ("", "")
    assert sign_in.secret.echoMode() is QLineEdit.EchoMode.Password


async def test_connecting_from_the_welcome_page_begins_with_an_address(tmp_path: Path) -> None:
    async with open_window(tmp_path) as opened:
        opened.window.welcome.connect_endpoint.emit()
        dialog = opened.window.findChild(EndpointDialog)
        assert dialog is not None
        assert dialog.form.address.isVisible()
        dialog.reject()


async def test_it_fits_a_small_screen_at_twice_the_size(dialog: EndpointDialog) -> None:
    dialog.add_new()
    hint = dialog.minimumSizeHint()
    assert hint.width() <= 640
    assert hint.height() <= 330


@pytest_asyncio.fixture
async def silent() -> AsyncIterator[str]:
    """A host that takes connections and says nothing."""
    gone = asyncio.Event()

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)
        writer.close()
        gone.set()

    server = await asyncio.start_server(wait, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


def focused() -> QWidget | None:
    return QApplication.focusWidget()
