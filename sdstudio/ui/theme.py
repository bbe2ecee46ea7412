"""The look: one palette for dark, one for light, and the few style rules the Fusion style cannot express.

Widgets take their colours from the palette or from `colours()`; none names a colour of its own. A widget asks
for a part in the style sheet by a dynamic property: `role` = "primary" (the one main button), "hint", "error",
"heading", "chip", "card", "banner".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

Choice = Literal["system", "dark", "light"]

SPACE = 8  # the grid all margins and gaps are multiples or halves of, in device-independent pixels


@dataclass(frozen=True, slots=True)
class Colours:
    """Named colours of one look, as #rrggbb. Text on its ground has a contrast of at least 4.5:1."""

    window: str
    panel: str
    field: str
    raised: str
    border: str
    outline_base: str  # Fusion draws outlines 1.4 times darker than this
    text: str
    hint: str
    disabled: str
    accent: str
    accent_hover: str
    on_accent: str
    error: str
    warning: str
    good: str
    surround: str  # around pictures: neutral, so that colours are judged fairly


DARK = Colours(
    window="#1e1e1e",
    panel="#262626",
    field="#181818",
    raised="#353535",
    border="#454545",
    outline_base="#8c8c8c",
    text="#e6e6e6",
    hint="#a8a8a8",
    disabled="#6f6f6f",
    accent="#3d7be0",
    accent_hover="#5590f0",
    on_accent="#ffffff",
    error="#ff8a80",
    warning="#f2c14e",
    good="#7fcf8a",
    surround="#2b2b2b",
)

LIGHT = Colours(
    window="#f2f2f2",
    panel="#fafafa",
    field="#ffffff",
    raised="#e6e6e6",
    border="#bdbdbd",
    outline_base="#c8c8c8",
    text="#1c1c1c",
    hint="#5c5c5c",
    disabled="#9a9a9a",
    accent="#2563c9",
    accent_hover="#1d52aa",
    on_accent="#ffffff",
    error="#b3261e",
    warning="#7a5600",
    good="#1d6b2c",
    surround="#8c8c8c",
)


def apply(app: QApplication, choice: Choice) -> None:
    """Give the whole application the chosen look; "system" follows the desktop's dark or light setting."""
    look = DARK if _dark_wanted(choice) else LIGHT
    sheet = _style_sheet(look)
    if app.styleSheet() == sheet:
        return  # polishing every widget anew takes a tenth of a second
    app.setStyle("Fusion")
    palette = _palette(look)
    app.setPalette(palette)
    for kind in OUTLINED:
        app.setPalette(_outlined(palette, look), kind)  # pyright: ignore[reportArgumentType] - a str it wants
    app.setStyleSheet(sheet)


# Fusion outlines these in a darker shade of Window, which on a dark window cannot be seen. They do not paint Window
# themselves, so theirs may be a lighter one.
OUTLINED = (
    "QCheckBox", "QRadioButton", "QLineEdit", "QPlainTextEdit", "QAbstractSpinBox", "QComboBox", "QSlider",
    "QAbstractButton", "QGroupBox",
)  # fmt: skip


def colours() -> Colours:
    """The colours in force, told from the application's palette."""
    ground = QGuiApplication.palette().color(QPalette.ColorRole.Window)
    return DARK if ground.lightness() < 128 else LIGHT


def set_role(widget: QWidget, role: str) -> None:
    """Give a widget its part in the style sheet, also after it was first shown."""
    widget.setProperty("role", role)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def _dark_wanted(choice: Choice) -> bool:
    if choice != "system":
        return choice == "dark"
    # "Unknown" is what most bare X servers say; the studio is dark there, as its peers are.
    return QGuiApplication.styleHints().colorScheme() != Qt.ColorScheme.Light


def _palette(look: Colours) -> QPalette:
    role = QPalette.ColorRole
    active = {
        role.Window: look.window,
        role.WindowText: look.text,
        role.Base: look.field,
        role.AlternateBase: look.panel,
        role.Text: look.text,
        role.Button: look.raised,
        role.ButtonText: look.text,
        role.BrightText: look.error,
        role.ToolTipBase: look.raised,
        role.ToolTipText: look.text,
        role.PlaceholderText: look.hint,
        role.Highlight: look.accent,
        role.HighlightedText: look.on_accent,
        role.Link: look.accent_hover,
        role.Accent: look.accent,
        role.Light: look.raised,
        role.Midlight: look.raised,
        role.Mid: look.border,
        role.Dark: look.border,
        role.Shadow: look.field,
    }
    palette = QPalette()
    for part, colour in active.items():
        palette.setColor(part, QColor(colour))
    for part in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText):
        palette.setColor(QPalette.ColorGroup.Disabled, part, QColor(look.disabled))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(look.border))
    return palette


def _outlined(palette: QPalette, look: Colours) -> QPalette:
    outlined = QPalette(palette)
    outlined.setColor(QPalette.ColorRole.Window, QColor(look.outline_base))
    return outlined


def _style_sheet(look: Colours) -> str:
    return f"""
    QToolTip {{ color: {look.text}; background: {look.raised}; border: 1px solid {look.border}; padding: 4px; }}
    QMainWindow::separator {{ background: {look.window}; width: 5px; height: 5px; }}
    QMainWindow::separator:hover {{ background: {look.accent}; }}
    QDockWidget {{ color: {look.hint}; }}
    QDockWidget::title {{ background: {look.window}; padding: 6px 8px; text-align: left; }}
    QToolBar {{ spacing: {SPACE}px; padding: {SPACE // 2}px {SPACE}px; border: none; }}
    QStatusBar {{ color: {look.hint}; }}
    QStatusBar::item {{ border: none; }}
    QListView::item {{ padding: {SPACE // 2}px; }}
    QScrollArea {{ border: none; background: transparent; }}
    QLabel[role="hint"] {{ color: {look.hint}; }}
    QLabel[role="error"] {{ color: {look.error}; }}
    QLabel[role="warning"] {{ color: {look.warning}; }}
    QLabel[role="good"] {{ color: {look.good}; }}
    QLabel[role="heading"] {{ font-weight: 600; }}
    QLabel[role="title"] {{ font-size: 17pt; font-weight: 600; }}
    QPushButton {{ padding: 5px 12px; }}
    QPushButton[role="primary"] {{
        background: {look.accent}; color: {look.on_accent}; border: 1px solid {look.accent};
        border-radius: 5px; padding: 8px 16px; font-weight: 600;
    }}
    QPushButton[role="primary"]:hover, QPushButton[role="primary"]:focus {{ background: {look.accent_hover}; }}
    QPushButton[role="primary"]:focus {{ border: 1px solid {look.text}; }}
    QPushButton[role="primary"]:disabled {{
        background: {look.raised}; color: {look.disabled}; border-color: {look.border};
    }}
    QToolButton[role="chip"] {{
        background: {look.raised}; border: 1px solid {look.border}; border-radius: 12px; padding: 4px 12px;
    }}
    QToolButton[role="chip"]:hover, QToolButton[role="chip"]:focus {{ border-color: {look.accent}; }}
    QFrame[role="card"] {{
        background: {look.panel}; border: 1px solid {look.border}; border-radius: 6px;
    }}
    QFrame[role="banner"] {{
        background: {look.raised}; border: none; border-left: 4px solid {look.warning};
    }}
    QFrame[role="banner"][severity="error"] {{ border-left-color: {look.error}; }}
    QFrame[role="banner"][severity="good"] {{ border-left-color: {look.good}; }}
    """
