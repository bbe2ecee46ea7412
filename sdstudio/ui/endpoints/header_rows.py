"""Headers sent with every request to an endpoint: a row each, a secret one's value never shown."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from sdstudio.core.endpoint import ExtraHeader
from sdstudio.ui import theme
from sdstudio.ui.endpoints.sign_in_fields import KEPT_WORDS


class HeaderRow(QWidget):
    """Name, value and whether the value is a secret."""

    edited = Signal()

    def __init__(self, header: ExtraHeader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QLineEdit(header.name)
        self.name.setPlaceholderText("Header")
        self.name.setAccessibleName("Header name")
        self.value = QLineEdit(header.value)
        self.value.setPlaceholderText("value")
        self.value.setAccessibleName("Header value")
        self.secret = QCheckBox("Secret")
        self.secret.setChecked(header.secret)
        self.remove_button = QPushButton("Remove")
        self.remove_button.setAutoDefault(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE // 2)
        row.addWidget(self.name, 2)
        row.addWidget(self.value, 3)
        row.addWidget(self.secret)
        row.addWidget(self.remove_button)
        self.secret.toggled.connect(self._hide_value)
        for field in (self.name, self.value):
            field.textChanged.connect(self.edited)
        self._hide_value()

    @property
    def secret_name(self) -> str:
        """The name under which a secret value is kept."""
        return f"header:{self.name.text().strip().lower()}"

    def header(self) -> ExtraHeader:
        """The header, without its value if that is a secret."""
        secret = self.secret.isChecked()
        return ExtraHeader(self.name.text().strip(), "" if secret else self.value.text().strip(), secret)

    def show_kept(self, names: frozenset[str]) -> None:
        """Say whether there is a value already."""
        kept = self.secret.isChecked() and self.secret_name in names
        self.value.setPlaceholderText(KEPT_WORDS if kept else "value")

    def _hide_value(self) -> None:
        secret = self.secret.isChecked()
        self.value.setEchoMode(QLineEdit.EchoMode.Password if secret else QLineEdit.EchoMode.Normal)
        self.edited.emit()


class HeaderRows(QWidget):
    """All rows and a button for one more. `edited` for every change."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[HeaderRow] = []
        self.add_button = QPushButton("Add a header")
        self.add_button.setAutoDefault(False)
        self.add_button.clicked.connect(self._add_by_hand)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.SPACE // 2)
        foot = QHBoxLayout()
        foot.addWidget(self.add_button)
        foot.addStretch(1)
        self._column.addLayout(foot)

    def show_headers(self, headers: tuple[ExtraHeader, ...]) -> None:
        """Replace all rows."""
        for row in tuple(self.rows):
            self._drop(row)
        for header in headers:
            self.add(header)

    def add(self, header: ExtraHeader) -> HeaderRow:
        """One more row."""
        row = HeaderRow(header)
        row.edited.connect(self.edited)
        row.remove_button.clicked.connect(lambda: self._remove(row))
        self.rows.append(row)
        self._column.insertWidget(len(self.rows) - 1, row)
        return row

    def headers(self) -> tuple[ExtraHeader, ...]:
        """Every row that has a name or a value."""
        return tuple(row.header() for row in self.rows if row.name.text().strip() or row.value.text().strip())

    def typed(self) -> dict[str, str | None]:
        """The secret values by their names, None where none was typed."""
        secret = (row for row in self.rows if row.secret.isChecked())
        return {row.secret_name: row.value.text().strip() or None for row in secret}

    def show_kept(self, names: frozenset[str]) -> None:
        """Say which secrets there are already."""
        for row in self.rows:
            row.show_kept(names)

    def forget(self) -> None:
        """Leave no secret behind."""
        for row in self.rows:
            if row.secret.isChecked():
                row.value.clear()

    def _add_by_hand(self) -> None:
        self.add(ExtraHeader("")).name.setFocus()
        self.edited.emit()

    def _remove(self, row: HeaderRow) -> None:
        self._drop(row)
        self.add_button.setFocus()
        self.edited.emit()

    def _drop(self, row: HeaderRow) -> None:
        self.rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()
