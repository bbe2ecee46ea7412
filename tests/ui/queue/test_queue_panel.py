"""The queue as cards: in place, few widgets for many jobs, and every way out of every state."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QProgressBar, QToolButton
from pytestqt.qtbot import QtBot

from sdstudio.core.errors import OutOfMemory
from sdstudio.core.request import GenerationRequest
from sdstudio.core.result import GenerationResult, Progress
from sdstudio.jobs.job import Job
from sdstudio.ui.queue.card import JobCard
from sdstudio.ui.queue.panel import QueuePanel

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ERROR = OutOfMemory(
    "The endpoint ran out of graphics memory",
    "It tried to allocate 2.50 GiB.",
    "Make the picture smaller, or the batch.",
    raw="CUDA out of memory <b>2.50 GiB</b>",
)


def job(prompt: str = "a house", **fields: object) -> Job:
    return replace(Job.new(GenerationRequest(prompt=prompt, seed=7)), **fields)


@pytest.fixture
def panel(qtbot: QtBot) -> QueuePanel:
    made = QueuePanel()
    qtbot.addWidget(made)
    made.resize(330, 600)
    made.show()
    qtbot.waitExposed(made)
    return made


def card(panel: QueuePanel, of: Job) -> JobCard:
    found = panel.cards.card(of.id)
    assert found is not None
    return found


def seen_texts(card: JobCard) -> list[str]:
    return [label.text() for label in card.findChildren(QLabel) if label.isVisible() and label.text()]


def buttons(card: JobCard) -> list[str]:
    return [button.text() for button in card.findChildren(QToolButton) if button.isVisible()]


def press(card: JobCard, text: str) -> None:
    button = next(button for button in card.findChildren(QToolButton) if button.text() == text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def shown_order(panel: QueuePanel) -> list[str]:
    cards = [card for card in panel.cards.viewport().findChildren(JobCard) if card.isVisible()]
    return [card.accessibleName() for card in sorted(cards, key=lambda card: card.y())]


@pytest.mark.parametrize(
    ("shown", "state", "offers"),
    [
        (job(), "Waiting", ["Cancel"]),
        (job(state="running"), "Making", ["Interrupt"]),
        (job(state="running", interrupting=True), "Interrupting…", ["Interrupt"]),
        (job(state="done", picture_ids=(1,)), "Done", ["Show", "Remove"]),
        (job(state="done", picture_ids=(1, 2)), "Done · 2 pictures", ["Show", "Remove"]),
        (job(state="cancelled"), "Cancelled", ["Make again", "Remove"]),
        (
            job(state="cancelled", picture_ids=(3,)),
            "Interrupted · 1 kept",
            ["Show", "Make again", "Remove"],
        ),
        (job(state="failed", error=ERROR), "Failed", ["Details", "Make again", "Remove"]),
        (
            job(state="failed", error=ERROR, kept=GenerationResult(images=())),
            "Failed",
            ["Details", "Store again", "Remove"],
        ),
        (job(state="unknown"), "Not known", ["Make again", "Remove"]),
    ],
)
def test_every_state_says_what_it_is_and_what_can_be_done(
    panel: QueuePanel, shown: Job, state: str, offers: list[str]
) -> None:
    panel.set_jobs([shown])

    assert state in seen_texts(card(panel, shown))
    assert buttons(card(panel, shown)) == offers


@pytest.mark.parametrize(
    ("shown", "button", "signal", "carried"),
    [
        (job(), "Cancel", "cancel_requested", "id"),
        (job(state="running"), "Interrupt", "cancel_requested", "id"),
        (job(state="failed", error=ERROR), "Make again", "retry_requested", "id"),
        (job(state="failed", error=ERROR), "Remove", "remove_requested", "id"),
        (job(state="done", picture_ids=(4, 5)), "Show", "pictures_chosen", (4, 5)),
    ],
)
def test_buttons_ask_for_the_job_they_are_on(
    panel: QueuePanel, shown: Job, button: str, signal: str, carried: object, qtbot: QtBot
) -> None:
    panel.set_jobs([job("another"), shown])
    with qtbot.waitSignal(getattr(panel, signal), timeout=1000) as asked:
        press(card(panel, shown), button)

    assert asked.args == [shown.id if carried == "id" else carried]


def test_a_job_being_interrupted_is_not_interrupted_twice(panel: QueuePanel) -> None:
    shown = job(state="running", interrupting=True)
    panel.set_jobs([shown])
    asked: list[str] = []
    panel.cancel_requested.connect(asked.append)
    press(card(panel, shown), "Interrupt")

    assert asked == []


def test_progress_is_a_bar_with_step_and_time_left(panel: QueuePanel) -> None:
    shown = job(state="running", progress=Progress(fraction=0.48, step=12, steps=25, eta_seconds=8.2))
    panel.set_jobs([shown])
    bar = card(panel, shown).findChild(QProgressBar)

    assert bar.isVisible()
    assert (bar.value(), bar.maximum()) == (480, 1000)
    assert "step 12 of 25 · 8 s left" in seen_texts(card(panel, shown))


def test_progress_nobody_knows_is_shown_as_such(panel: QueuePanel) -> None:
    shown = job(state="running")
    panel.set_jobs([shown])

    assert card(panel, shown).findChild(QProgressBar).maximum() == 0
    assert "working" in seen_texts(card(panel, shown))


def test_a_failure_says_what_and_what_to_do_with_the_raw_text_one_click_away(panel: QueuePanel) -> None:
    shown = job(state="failed", error=ERROR)
    panel.set_jobs([shown])
    raw = card(panel, shown).findChild(QPlainTextEdit)

    assert ERROR.title in seen_texts(card(panel, shown))
    assert f"{ERROR.message} {ERROR.remedy}" in seen_texts(card(panel, shown))
    assert not raw.isVisible()

    low = card(panel, shown).height()
    press(card(panel, shown), "Details")
    assert raw.isVisible()
    assert raw.toPlainText() == ERROR.raw
    assert card(panel, shown).height() > low

    press(card(panel, shown), "Hide details")
    assert not raw.isVisible()
    assert card(panel, shown).height() == low


def test_nothing_foreign_is_read_as_rich_text(panel: QueuePanel) -> None:
    shown = job("<b>bold</b> & <i>", state="failed", error=ERROR)
    panel.set_jobs([shown])

    labels = card(panel, shown).findChildren(QLabel)
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in labels)
    title = next(label for label in labels if label.text() == "<b>bold</b> & <i>")
    assert "<b>" not in title.toolTip()
    assert "&lt;b&gt;bold" in title.toolTip()


def test_the_first_line_of_the_prompt_is_the_title(panel: QueuePanel) -> None:
    shown, untitled = job("\n a house  by\tthe sea,\nat night"), job("  ")
    panel.set_jobs([shown, untitled])

    assert "a house by the sea," in seen_texts(card(panel, shown))
    assert "(no prompt)" in seen_texts(card(panel, untitled))


def test_what_is_asked_and_how_long_it_took(panel: QueuePanel) -> None:
    request = GenerationRequest(prompt="x", batch_size=2, n_iter=2, width=768, steps=30, sampler_name="Heun")
    shown = job(state="done", request=request, started=NOON, finished=NOON + timedelta(seconds=65))
    panel.set_jobs([shown])

    assert "4 × 768×512 · 30 steps · Heun · took 1:05 min" in seen_texts(card(panel, shown))


def test_a_change_is_shown_on_the_card_that_is_there(panel: QueuePanel) -> None:
    waiting, other = job("one"), job("two")
    panel.set_jobs([waiting, other])
    cards = card(panel, waiting), card(panel, other)
    panel.update_job(running := replace(waiting, state="running"))
    panel.update_job(replace(running, progress=Progress(fraction=0.5)))

    assert (card(panel, waiting), card(panel, other)) == cards
    assert cards[0].findChild(QProgressBar).value() == 500


def test_a_job_not_listed_yet_waits_for_the_list(panel: QueuePanel) -> None:
    panel.update_job(stranger := job())

    assert panel.cards.card(stranger.id) is None


def test_cards_stand_in_the_order_of_what_they_want_of_a_person(panel: QueuePanel) -> None:
    panel.resize(330, 900)
    panel.set_jobs(
        [
            job("done first", state="done"),
            job("failed first", state="failed"),
            job("failed last", state="failed"),
            job("done last", state="done"),
            job("runs", state="running"),
            job("next", state="queued"),
            job("then", state="queued"),
        ]
    )

    assert [name.split(": ")[1] for name in shown_order(panel)] == [
        "runs",
        "failed last",
        "failed first",
        "next",
        "then",
        "done last",
        "done first",
    ]


def test_thousands_of_jobs_need_a_handful_of_cards(panel: QueuePanel) -> None:
    jobs = [job(f"number {n}") for n in range(5000)]
    panel.set_jobs(jobs)
    bar = panel.cards.verticalScrollBar()
    for share in (0.5, 1.0, 0.2):
        bar.setValue(round(bar.maximum() * share))

    assert len(panel.cards.viewport().findChildren(JobCard)) < 25
    bar.setValue(bar.maximum())
    assert shown_order(panel)[-1] == "Waiting: number 4999"
    last = card(panel, jobs[-1])
    assert last.geometry().bottom() <= panel.cards.viewport().height()


def test_no_card_overlaps_the_next_at_any_width(panel: QueuePanel) -> None:
    jobs = [job(f"{n}", state="failed", error=ERROR) for n in range(3)] + [job() for _ in range(3)]
    panel.set_jobs(jobs)
    for width in (500, 240, 330):
        panel.resize(width, 700)
        cards = sorted(
            (card for card in panel.cards.viewport().findChildren(JobCard) if card.isVisible()),
            key=lambda card: card.y(),
        )
        assert len(cards) >= 3
        for upper, lower in pairwise(cards):
            assert lower.y() > upper.geometry().bottom()
            assert upper.height() >= upper.height_for(upper.width())


def test_ended_jobs_are_cleared_away_together_but_failures_stay(panel: QueuePanel) -> None:
    done, gone, failed = job(state="done"), job(state="cancelled"), job(state="failed")
    panel.set_jobs([done, gone, failed, job()])
    asked: list[str] = []
    panel.remove_requested.connect(asked.append)
    QTest.mouseClick(panel.clear, Qt.MouseButton.LeftButton)

    assert asked == [done.id, gone.id]


def test_the_summary_counts(panel: QueuePanel) -> None:
    assert not panel.clear.isVisible()
    panel.set_jobs([job(state="running"), job(), job(), job(state="unknown"), job(state="done")])

    assert panel.summary.text() == "1 making · 2 waiting · 1 failed · 1 ended"
    panel.update_job(replace(panel.cards.job(panel.cards.job_ids[0]), state="done"))
    assert panel.summary.text() == "2 waiting · 1 failed · 2 ended"


def test_an_empty_queue_says_what_fills_it(panel: QueuePanel) -> None:
    image = panel.cards.grab().toImage()
    ink = {image.pixel(x, y) for x in range(60, 260) for y in range(200, 400, 3)}

    assert len(ink) > 2


def test_all_buttons_are_reached_by_keyboard(panel: QueuePanel, qtbot: QtBot) -> None:
    panel.set_jobs([first := job("one"), second := job("two")])
    panel.activateWindow()
    buttons = [
        next(b for b in card(panel, j).findChildren(QToolButton) if b.isVisible()) for j in (first, second)
    ]
    buttons[0].setFocus()
    qtbot.keyClick(buttons[0], Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: panel.focusWidget() is buttons[1])

    with qtbot.waitSignal(panel.cancel_requested) as asked:
        qtbot.keyClick(buttons[1], Qt.Key.Key_Space)
    assert asked.args == [second.id]
