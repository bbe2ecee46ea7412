"""Address and token of an endpoint of one's own, checked as far as that goes without asking it."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLineEdit, QWidget

from sdstudio.api import address
from sdstudio.api.sign_in import SignIn
from sdstudio.core.errors import InvalidRequest
from sdstudio.ui import glyph_button, theme
from sdstudio.ui.glyph_button import GlyphButton
from sdstudio.ui.labels import ErrorLabel, hint_label, name_label

KEEPING_WORDS = "Kept in this system's keyring, never in a file. Leave it empty to use the one kept there."
PLAIN_HTTP_WORDS = (
    "This address is plain http: anyone on the way to {host} can read the token. https would hide it."
)


@dataclass(frozen=True, slots=True)
class Entered:
    """A normalised address, and the token typed for it or None; the token is never shown in a repr."""

    url: str
    token: str | None = field(repr=False)


class OwnEndpointFields(QWidget):
    """Two fields and, for a token over plain http, a box that has to be ticked. `edited` for every change."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.address = QLineEdit()
        self.address.setPlaceholderText("http://localhost:7860 or https://host.example/base")
        self.address_note = hint_label()
        self.address_error = ErrorLabel()
        self.token = QLineEdit()
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token.setPlaceholderText("only if the endpoint asks for one")
        self.show_button = GlyphButton(glyph_button.eye, "Show the token")
        self.show_button.setCheckable(True)
        self.token_error = ErrorLabel()
        self.warning = hint_label(role="warning")
        self.send_anyway = QCheckBox("&Send the token all the same")
        self.warning_error = ErrorLabel()
        self.address.textChanged.connect(self._address_edited)
        self.token.textChanged.connect(self._token_edited)
        self.send_anyway.toggled.connect(self._ticked)
        self.show_button.toggled.connect(self._show_token)
        self._lay_out()
        self._address_edited()

    def entered(self) -> Entered:
        """What is typed; a bad value is shown beside its field, gets the focus and raises `InvalidRequest`."""
        self.clear_errors()
        url = self._checked_address()
        token = self._checked_token()
        if self._is_exposed() and not self.send_anyway.isChecked():
            self.warning_error.say("Tick this first, or use https.")
            self.send_anyway.setFocus()
            raise InvalidRequest("token", "The token would travel in the open")
        return Entered(url, token)

    def forget_token(self) -> None:
        """Leave no token behind in a field that is out of sight."""
        self.token.clear()
        self.show_button.setChecked(False)

    def clear_errors(self) -> None:
        """Take back what was said about bad values."""
        for label in (self.address_error, self.token_error, self.warning_error):
            label.say("")

    def _checked_address(self) -> str:
        try:
            return address.normalised(self.address.text())
        except InvalidRequest as error:
            self.address_error.say(_sentence(error))
            self.address.setFocus()
            raise

    def _checked_token(self) -> str | None:
        try:
            SignIn.from_token(self.token.text())
        except InvalidRequest as error:
            self.token_error.say(_sentence(error))
            self.token.setFocus()
            raise
        return self.token.text().strip() or None

    def _url(self) -> str:
        """The address in its normal form, "" while it is none."""
        try:
            return address.normalised(self.address.text())
        except InvalidRequest:
            return ""

    def _is_exposed(self) -> bool:
        url = self._url()
        return bool(self.token.text().strip()) and url.startswith("http://") and not address.is_loopback(url)

    def _address_edited(self) -> None:
        self.send_anyway.setChecked(False)  # said for one address only
        url = self._url()
        different = bool(url) and url != self.address.text().strip()
        self.address_note.setText(f"Asked at {url}" if different else "")
        self.address_note.setVisible(different)
        self._show_warning()

    def _token_edited(self) -> None:
        self._show_warning()

    def _show_warning(self) -> None:
        exposed = self._is_exposed()
        self.warning.setText(PLAIN_HTTP_WORDS.format(host=address.host_of(self._url())) if exposed else "")
        self.warning.setVisible(exposed)
        self.send_anyway.setVisible(exposed)
        self.clear_errors()
        self.edited.emit()

    def _ticked(self) -> None:
        self.warning_error.say("")

    def _show_token(self, shown: bool) -> None:  # noqa: FBT001 - Qt's signal
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.token.setEchoMode(mode)

    def _lay_out(self) -> None:
        token_row = QHBoxLayout()
        token_row.setSpacing(theme.SPACE // 2)
        token_row.addWidget(self.token, 1)
        token_row.addWidget(self.show_button)
        keeping = hint_label(KEEPING_WORDS)
        self.token.setAccessibleDescription(KEEPING_WORDS)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.SPACE)
        grid.setVerticalSpacing(theme.SPACE // 2)
        grid.setColumnStretch(1, 1)
        grid.addWidget(name_label("&Address", self.address), 0, 0)
        grid.addWidget(self.address, 0, 1)
        grid.addWidget(self.address_error, 1, 1)
        grid.addWidget(self.address_note, 2, 1)
        grid.addWidget(name_label("&Token", self.token), 3, 0)
        grid.addLayout(token_row, 3, 1)
        below = (self.token_error, keeping, self.warning, self.send_anyway, self.warning_error)
        for row, part in enumerate(below, start=4):
            grid.addWidget(part, row, 1)


def _sentence(error: InvalidRequest) -> str:
    return f"{error.title}. {error.remedy}".strip()
