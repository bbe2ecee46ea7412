"""How one signs in: the kind, its name, and a secret that is typed here and kept elsewhere."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QWidget

from sdstudio.core.endpoint import SignInKind
from sdstudio.ui import glyph_button, theme
from sdstudio.ui.glyph_button import GlyphButton
from sdstudio.ui.labels import hint_label

SIGN_IN = "sign-in"  # the secret's name
KINDS: tuple[tuple[SignInKind, str], ...] = (
    ("none", "No sign-in"),
    ("bearer", "Bearer token"),
    ("basic", "User name and password (Basic)"),
    ("header", "A header of its own"),
)
SECRET_WORDS = {"none": "", "bearer": "&Token", "basic": "&Password", "header": "&Value"}
KEEPING_WORDS = "Kept in this system's keyring, never in a file."
KEPT_WORDS = "one is kept – leave empty to go on using it"
MISSING_WORDS = {
    "bearer": "paste it here",
    "basic": "the password",
    "header": "the header's whole value",
}


class SignInFields(QWidget):
    """A choice and the fields it needs. `edited` for every change."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = QComboBox()
        for kind, words in KINDS:
            self.kind.addItem(words, kind)
        self.kind.setAccessibleName("Sign-in")
        self.user = QLineEdit()
        self.user.setAccessibleName("User name")
        self.header_name = QLineEdit()
        self.header_name.setAccessibleName("Header name")
        self.header_name.setPlaceholderText("X-Api-Key")
        self.secret = QLineEdit()
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret.setAccessibleDescription(KEEPING_WORDS)
        self.show_button = GlyphButton(glyph_button.eye, "Show the secret")
        self.show_button.setCheckable(True)
        self.keeping = hint_label(KEEPING_WORDS)
        self._kept: SignInKind = "none"
        self._lay_out()
        self.kind.currentIndexChanged.connect(self._kind_changed)
        for field in (self.user, self.header_name, self.secret):
            field.textChanged.connect(self.edited)
        self.show_button.toggled.connect(self._show_secret)
        self._kind_changed()

    def value(self) -> SignInKind:
        """The kind chosen."""
        return self.kind.currentData()

    def choose(self, kind: SignInKind) -> None:
        """Choose a kind."""
        self.kind.setCurrentIndex(self.kind.findData(kind))

    def typed(self) -> dict[str, str | None]:
        """The secret by its name; None if none was typed, empty where none is needed."""
        return {} if self.value() == "none" else {SIGN_IN: self.secret.text().strip() or None}

    def show_kept(self, kind: SignInKind) -> None:
        """Say for which kind of sign-in there is a secret already, "none" for none."""
        self._kept = kind
        self._say_placeholder()

    def forget(self) -> None:
        """Leave no secret behind in a field that is out of sight."""
        self.secret.clear()
        self.show_button.setChecked(False)

    def focus_on(self, field: str) -> None:
        """Lead the user to what is wrong."""
        at = {"user": self.user, "header_name": self.header_name, "none": self.kind}
        at.get("none" if self.value() == "none" else field, self.secret).setFocus()

    def _kind_changed(self) -> None:
        kind = self.value()
        self._secret_name.setText(SECRET_WORDS[kind])
        self.secret.setAccessibleName(SECRET_WORDS[kind].replace("&", ""))
        for field, wanted in (
            (self.user, kind == "basic"),
            (self.header_name, kind == "header"),
            (self._secret_row, kind != "none"),
            (self.keeping, kind != "none"),
        ):
            self._form.setRowVisible(field, wanted)
        self._say_placeholder()
        self.edited.emit()

    def _say_placeholder(self) -> None:
        kept = KEPT_WORDS if self._kept == self.value() else MISSING_WORDS.get(self.value(), "")
        self.secret.setPlaceholderText(kept)

    def _show_secret(self, shown: bool) -> None:  # noqa: FBT001 - Qt's signal
        self.secret.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)

    def _lay_out(self) -> None:
        self._secret_row = QWidget()
        row = QHBoxLayout(self._secret_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE // 2)
        row.addWidget(self.secret, 1)
        row.addWidget(self.show_button)
        self._secret_name = QLabel()
        self._secret_name.setBuddy(self.secret)
        self._form = form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(theme.SPACE // 2)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.addRow("Si&gn-in", self.kind)
        form.addRow("User na&me", self.user)
        form.addRow("Header na&me", self.header_name)
        form.addRow(self._secret_name, self._secret_row)
        form.addRow("", self.keeping)
        align(form, self.kind)


def align(form: QFormLayout, field: QWidget) -> None:
    """Give a form's names the width that those of the forms above and below it have."""
    label = form.labelForField(field)
    label.setMinimumWidth(label.fontMetrics().horizontalAdvance("Negative prompt") + theme.SPACE)
