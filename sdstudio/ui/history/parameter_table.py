"""Names and values, one a line, each value with a button that copies it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from sdstudio.ui import theme
from sdstudio.ui.history.copying import CopyButton
from sdstudio.ui.labels import hint_label


class ParameterTable(QWidget):
    """Shows rows of foreign text, plain; its labels are kept and filled anew for every picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[QLabel, QLabel, CopyButton]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(2)
        self._grid.setHorizontalSpacing(theme.SPACE)
        self._grid.setColumnStretch(0, 2)
        self._grid.setColumnStretch(1, 3)

    def show_rows(self, rows: Mapping[str, str]) -> None:
        """Show these and no others."""
        while len(self._rows) < len(rows):
            self._rows.append(self._new_row())
        for (name, value, copy), (words, text) in zip(self._rows, rows.items(), strict=False):
            name.setText(words)
            value.setText(text)
            copy.text_to_copy = text
            copy.setAccessibleName(f"Copy {words.lower()}")
            copy.setToolTip(f"Copy {words.lower()}")
        for number, row in enumerate(self._rows):
            for part in row:
                part.setVisible(number < len(rows))

    def rows(self) -> dict[str, str]:
        """What is shown."""
        return {name.text(): value.text() for name, value, _ in self._rows if not name.isHidden()}

    def copy_button(self, name: str) -> CopyButton:
        """The button beside a value; raises LookupError."""
        for label, _, button in self._rows:
            if label.text() == name and not label.isHidden():
                return button
        raise LookupError(name)

    def _new_row(self) -> tuple[QLabel, QLabel, CopyButton]:
        name, value, copy = hint_label(), hint_label(role=""), CopyButton("Copy")
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for label in (name, value):
            label.setContentsMargins(0, 3, 0, 3)  # its first line level with the button
        line = len(self._rows)
        for column, part in enumerate((name, value, copy)):
            self._grid.addWidget(part, line, column, Qt.AlignmentFlag.AlignTop)
        return name, value, copy
