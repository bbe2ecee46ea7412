"""The two chips of the top row: where pictures are made, and how far the queue is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from sdstudio.ui import theme, wording

DOTS = {"ready": "●", "connecting": "◌", "offline": "○", "needs token": "▲"}
WORDS = {
    "ready": "ready",
    "connecting": "connecting…",
    "offline": "offline – jobs wait",
    "needs token": "needs a token",
}


class Chip(QToolButton):
    """A rounded button that says one thing; foreign text in it stays plain."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        theme.set_role(self, "chip")

    def say(self, text: str, tip: str = "") -> None:
        """Show `text`; `&` is no mnemonic here, and `tip` is shown as plain text."""
        self.setText(text.replace("&", "&&"))
        self.setToolTip(tip.replace("<", "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}"))


def endpoint_words(name: str, state: str) -> str:
    """The endpoint chip's text: a mark that does not rely on colour, the name, the state."""
    return f"{DOTS.get(state, '○')}  {name} · {WORDS.get(state, state)}"


def queue_words(running: int, waiting: int, eta_seconds: float | None, *, paused: bool) -> str:
    """The queue chip's text, e.g. "Making 1 of 3 · 40 s left", "3 waiting · paused", "queue empty"."""
    if not running and not waiting:
        return "Queue empty" + (" · paused" if paused else "")
    parts = [f"Making 1 of {running + waiting}" if running else f"{waiting} waiting"]
    if running and eta_seconds is not None:
        parts.append(f"{wording.duration(eta_seconds)} left")
    if paused:
        parts.append("paused")
    return " · ".join(parts)
