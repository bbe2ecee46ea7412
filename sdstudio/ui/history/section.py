"""One text of a recipe under its heading."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from sdstudio.ui import theme
from sdstudio.ui.history.copying import CopyButton
from sdstudio.ui.history.text_block import TextBlock


class Section(QWidget):
    """A heading with a copy button over a text; gone without text. A folded one is opened by its heading."""

    def __init__(self, name: str, most_lines: int, *, folded: bool = False) -> None:
        super().__init__()
        self.text = TextBlock(name, most_lines=most_lines)
        self.copy = CopyButton(f"Copy {name.lower()}")
        self.fold = QToolButton()
        self.fold.setText(name)
        self.fold.setAutoRaise(True)
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.clicked.connect(lambda: self._set_open(opened=self.text.isHidden()))
        heading = QLabel(name)
        theme.set_role(heading, "heading")
        (heading if folded else self.fold).hide()
        rows = QGridLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setVerticalSpacing(theme.SPACE // 2)
        rows.addWidget(heading, 0, 0)
        rows.addWidget(self.fold, 0, 0, Qt.AlignmentFlag.AlignLeft)
        rows.addWidget(self.copy, 0, 1)
        rows.addWidget(self.text, 1, 0, 1, 2)
        rows.setColumnStretch(0, 1)
        self._set_open(opened=not folded)

    def say(self, text: str) -> None:
        """Show `text`, or go away for ""."""
        self.copy.text_to_copy = text
        self.text.say(text)
        self.setVisible(bool(text))

    def _set_open(self, *, opened: bool) -> None:
        self.text.setVisible(opened)
        self.fold.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)
