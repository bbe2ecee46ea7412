"""Help shown in the window: the key sheet and what this program is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from sdstudio import __version__
from sdstudio.ui import theme
from sdstudio.ui.actions import key_sheet

ABOUT = (
    "Iterate visually with Stable Diffusion through any AUTOMATIC1111-compatible endpoint. Pictures, recipes and "
    "the queue stay on this computer; nothing is sent anywhere but to the endpoint you choose.\n\n"
    "Free software under the GNU General Public License, version 3 or later. "
    "Qt and PySide6 are used under the LGPL, version 3."
)


class KeySheet(QDialog):
    """What each key does, from the table of actions. Shown with `open()`; deletes itself when closed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Keys")
        rows = key_sheet()
        table = QTableWidget(len(rows), 2)
        table.setHorizontalHeaderLabels(["Key", "What it does"])
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.verticalHeader().hide()
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        table.horizontalHeader().setStretchLastSection(True)
        table.setShowGrid(False)
        table.setAccessibleName("Keys")
        for number, pair in enumerate(rows):
            for column, text in enumerate(pair):
                table.setItem(number, column, QTableWidgetItem(text))
        column_of_parts = QVBoxLayout(self)
        column_of_parts.addWidget(table)
        column_of_parts.addWidget(_close_button(self))
        self.resize(460, 560)


class AboutBox(QDialog):
    """Name, version and licence. Shown with `open()`; deletes itself when closed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("About SD Studio")
        title = QLabel(f"SD Studio {__version__}")
        theme.set_role(title, "title")
        words = QLabel(ABOUT)
        words.setWordWrap(True)
        words.setMinimumWidth(420)
        grid = QGridLayout(self)
        grid.setSpacing(theme.SPACE * 2)
        grid.addWidget(title, 0, 0)
        grid.addWidget(words, 1, 0)
        grid.addWidget(_close_button(self), 2, 0)


def _close_button(dialog: QDialog) -> QDialogButtonBox:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    return buttons
