"""Both looks can be read: contrast is computed, not judged."""

from dataclasses import asdict

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from sdstudio.ui import theme


def luminance(colour: str) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    qcolour = QColor(colour)
    red, green, blue = (linear(part) for part in (qcolour.redF(), qcolour.greenF(), qcolour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast ratio, 1…21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("look", [theme.DARK, theme.LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("words", ["text", "hint", "error", "warning", "good"])
@pytest.mark.parametrize("ground", ["window", "panel", "field"])
def test_words_can_be_read(look: theme.Colours, words: str, ground: str) -> None:
    assert contrast(asdict(look)[words], asdict(look)[ground]) >= 4.5


@pytest.mark.parametrize("look", [theme.DARK, theme.LIGHT], ids=["dark", "light"])
def test_the_main_button_can_be_read(look: theme.Colours) -> None:
    assert contrast(look.on_accent, look.accent) >= 4
    assert contrast(look.text, look.raised) >= 4.5


@pytest.mark.parametrize(("choice", "look"), [("dark", theme.DARK), ("light", theme.LIGHT)])
def test_apply_sets_the_palette(qapp: QApplication, choice: theme.Choice, look: theme.Colours) -> None:
    theme.apply(qapp, choice)
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(look.window)
    assert theme.colours() == look


@pytest.mark.parametrize("look", [theme.DARK, theme.LIGHT], ids=["dark", "light"])
def test_the_surround_is_neutral(look: theme.Colours) -> None:
    colour = QColor(look.surround)
    assert colour.red() == colour.green() == colour.blue()
