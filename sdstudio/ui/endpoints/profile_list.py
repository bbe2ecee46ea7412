"""The endpoints by name, and what can be done to the list. Nothing is deleted that was not said twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from sdstudio.core.endpoint import PRACTICE_ID
from sdstudio.ui import theme
from sdstudio.ui.elided_label import plain_tip
from sdstudio.ui.labels import hint_label

NAME = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: an endpoint, whether it is the one in use, and whether what was typed is not saved yet."""

    id: str
    name: str
    is_used: bool = False
    is_unsaved: bool = False


class ProfileList(QWidget):
    """A list and its buttons; deleting asks in place. `selected(id)` when another one is looked at."""

    selected = Signal(str)
    new_asked = Signal()
    duplicate_asked = Signal()
    deleted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = QListWidget()
        self.list.setAccessibleName("Endpoints")
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.new_button = QPushButton("+ Ne&w")
        self.duplicate_button = QPushButton("Dupl&icate")
        self.delete_button = QPushButton("De&lete…")
        self.question = hint_label(role="warning")
        self.really_button = QPushButton("De&lete it")
        self.keep_button = QPushButton("&Keep it")
        self._buttons = QWidget()
        self._asking = QWidget()
        self._lay_out()
        self._connect()

    @property
    def current_id(self) -> str:
        """The endpoint looked at."""
        item = self.list.currentItem()
        return item.data(Qt.ItemDataRole.UserRole) if item else ""

    def show_entries(self, entries: Iterable[Entry], current: str) -> None:
        """Replace the list without saying that another one was selected."""
        with QSignalBlocker(self.list):
            self.list.clear()
            for entry in entries:
                item = QListWidgetItem(_words(entry))
                item.setData(Qt.ItemDataRole.UserRole, entry.id)
                item.setData(NAME, entry.name)
                item.setToolTip(plain_tip(entry.name))
                self.list.addItem(item)
                if entry.id == current:
                    self.list.setCurrentItem(item)
        self._follow()

    def mark(self, entry: Entry) -> None:
        """Renew one line."""
        for number in range(self.list.count()):
            item = self.list.item(number)
            if item.data(Qt.ItemDataRole.UserRole) == entry.id:
                item.setText(_words(entry))
                item.setData(NAME, entry.name)

    def _ask(self) -> None:
        name = self.list.currentItem().data(NAME)
        self.question.setText(f"Delete “{name}” and its secrets? Its pictures stay.")
        self._buttons.hide()
        self._asking.show()
        self.keep_button.setFocus()

    def _keep(self) -> None:
        self._follow()
        self.delete_button.setFocus()

    def _delete(self) -> None:
        chosen = self.current_id
        self._follow()
        self.list.setFocus()
        self.deleted.emit(chosen)

    def _follow(self) -> None:
        """Offer what can be done to the endpoint looked at; the practice endpoint is part of the program."""
        own = self.current_id not in ("", PRACTICE_ID)
        self.duplicate_button.setEnabled(own)
        self.delete_button.setEnabled(own)
        self._asking.hide()
        self._buttons.show()

    def _selection_changed(self) -> None:
        self._follow()
        if self.current_id:
            self.selected.emit(self.current_id)

    def _connect(self) -> None:
        self.list.currentItemChanged.connect(lambda *_: self._selection_changed())
        self.new_button.clicked.connect(self.new_asked)
        self.duplicate_button.clicked.connect(self.duplicate_asked)
        self.delete_button.clicked.connect(self._ask)
        self.keep_button.clicked.connect(self._keep)
        self.really_button.clicked.connect(self._delete)

    def _lay_out(self) -> None:
        buttons = (
            self.new_button,
            self.duplicate_button,
            self.delete_button,
            self.really_button,
            self.keep_button,
        )
        for button in buttons:
            button.setAutoDefault(False)
        column = QVBoxLayout(self._buttons)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE // 2)
        column.addWidget(self.new_button)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE // 2)
        row.addWidget(self.duplicate_button)
        row.addWidget(self.delete_button)
        column.addLayout(row)
        asking = QVBoxLayout(self._asking)
        asking.setContentsMargins(0, 0, 0, 0)
        asking.setSpacing(theme.SPACE // 2)
        asking.addWidget(self.question)
        answers = QHBoxLayout()
        answers.addWidget(self.really_button)
        answers.addWidget(self.keep_button)
        asking.addLayout(answers)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(theme.SPACE)
        whole.addWidget(self.list, 1)
        whole.addWidget(self._buttons)
        whole.addWidget(self._asking)
        self._asking.hide()


def _words(entry: Entry) -> str:
    mark = "● " if entry.is_used else "    "
    return f"{mark}{entry.name or 'New endpoint'}{' *' if entry.is_unsaved else ''}"
