"""The single fields: sizes, seeds, choices, strength."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from sdstudio.core.geometry import Size
from sdstudio.ui.generate.choice_box import ChoiceBox
from sdstudio.ui.generate.precise_spin import PreciseSpin
from sdstudio.ui.generate.seed_field import SeedField, is_seed_text
from sdstudio.ui.generate.size_fields import SizeFields
from sdstudio.ui.generate.source_field import followed
from sdstudio.ui.generate.strength_field import StrengthField, real_steps


@pytest.mark.parametrize(
    ("typed", "width"), [("515", 512), ("516", 520), ("63", 64), ("5", 64), ("8192", 8192), ("9000", 904)]
)
def test_a_typed_size_becomes_a_multiple_of_eight(qtbot: QtBot, typed: str, width: int) -> None:
    size = SizeFields()
    qtbot.addWidget(size)
    size.show()
    size.width_spin.setFocus()
    size.width_spin.selectAll()
    qtbot.keyClicks(size.width_spin, typed)  # the last 0 of 9000 is not taken: it would be too large
    qtbot.keyClick(size.width_spin, Qt.Key.Key_Return)
    assert (size.size_asked().width, size.width_spin.text()) == (width, str(width))


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("1 234,567", "1234567"),
        ("-1", "-1"),
        ("  42\n", "42"),
        ("12a", ""),
        ("-2", ""),
        ("9" * 20, ""),
        ("٣", ""),
    ],
)
def test_a_pasted_seed(qtbot: QtBot, pasted: str, kept: str) -> None:
    seed = SeedField()
    qtbot.addWidget(seed)
    seed.edit.clear()
    QGuiApplication.clipboard().setText(pasted)
    seed.edit.paste()
    QGuiApplication.clipboard().clear()
    assert seed.text() == kept


@given(st.text("0123456789-+ ٣a", max_size=22))
def test_seed_texts_are_numbers_or_their_beginnings(text: str) -> None:
    if is_seed_text(text) and text not in ("", "-"):
        assert -1 <= int(text) < 10**19


def test_a_choice_is_never_lost(qtbot: QtBot) -> None:
    box = ChoiceBox("as it likes")
    qtbot.addWidget(box)
    told: list[str] = []
    box.changed.connect(lambda: told.append(box.value()))
    assert box.currentText() == "as it likes"
    box.set_value("Euler")
    box.set_offered(("DDIM", "LMS", "DDIM"))
    assert [box.itemText(i) for i in range(box.count())] == ["Euler (not offered here)", "DDIM", "LMS"]
    box.show()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert (box.value(), told) == ("DDIM", ["Euler", "DDIM"])
    assert [box.itemText(i) for i in range(box.count())] == ["DDIM", "LMS"]
    box.set_offered(())
    assert box.value() == "DDIM"


@pytest.mark.parametrize(
    ("value", "text"), [(7, "7"), (7.5, "7.5"), (0.123456, "0.123456"), (6.300001, "6.300001")]
)
def test_numbers_are_shown_as_they_are(qtbot: QtBot, value: float, text: str) -> None:
    spin = PreciseSpin(0, 100, 0.5)
    qtbot.addWidget(spin)
    spin.setValue(value)
    assert (spin.value(), spin.text()) == (value, text)


def test_a_decimal_comma_is_understood_where_it_is_written(qtbot: QtBot) -> None:
    spin = PreciseSpin(0, 100, 0.5)
    qtbot.addWidget(spin)
    spin.setLocale(QLocale("de_DE"))
    spin.selectAll()
    qtbot.keyClicks(spin, "6,5")
    assert (spin.value(), spin.text()) == (6.5, "6,5")


def test_the_slider_does_not_round_the_number(qtbot: QtBot) -> None:
    strength = StrengthField()
    qtbot.addWidget(strength)
    strength.set_value(0.333)
    assert (strength.value(), strength.slider.value()) == (0.333, 33)
    strength.slider.setFocus()
    QTest.keyClick(strength.slider, Qt.Key.Key_Right)
    assert strength.value() == 0.34


@pytest.mark.parametrize(("steps", "strength", "real"), [(30, 0.2, 7), (30, 0, 1), (20, 1, 20), (25, 0.75, 19)])
def test_real_steps(steps: int, strength: float, real: int) -> None:
    assert real_steps(steps, strength) == real


@pytest.mark.parametrize(
    ("picture", "asked"),
    [
        (Size(512, 512), Size(512, 512)),
        (Size(515, 333), Size(512, 336)),
        (Size(4000, 3000), Size(2048, 1536)),
        (Size(20, 6000), Size(64, 2048)),
    ],
)
def test_the_size_asked_for_a_picture(picture: Size, asked: Size) -> None:
    assert followed(picture) == asked
