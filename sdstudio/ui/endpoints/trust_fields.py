"""Which certificate an endpoint may show, and a loud word where nobody would look at it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from sdstudio.core.endpoint import EndpointProfile, TrustKind
from sdstudio.ui import theme
from sdstudio.ui.labels import ErrorLabel, hint_label

KINDS: tuple[tuple[TrustKind, str], ...] = (
    ("system", "What this system trusts"),
    ("ca file", "A certificate authority's file"),
    ("pinned", "One certificate, by its fingerprint"),
    ("unverified", "Do not verify"),
)
UNVERIFIED_WORDS = (
    "Nobody checks who answers: any machine on the way can pose as this endpoint, read what is sent and change "
    "what comes back. One certificate by its fingerprint is as easy and safe – Test fills it in."
)


class TrustFields(QWidget):
    """A choice and what it needs. `edited` for every change."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = QComboBox()
        for kind, words in KINDS:
            self.kind.addItem(words, kind)
        self.kind.setAccessibleName("Certificates")
        self.ca_file = QLineEdit()
        self.ca_file.setPlaceholderText("a file with PEM certificates")
        self.ca_file.setAccessibleName("CA file")
        self.choose_button = QPushButton("Choose…")
        self.choose_button.setAutoDefault(False)
        self.fingerprint = QLineEdit()
        self.fingerprint.setPlaceholderText("SHA-256, 64 hexadecimal digits; Test can fill it in")
        self.fingerprint.setAccessibleName("Fingerprint of the certificate")
        self.warning = hint_label(UNVERIFIED_WORDS, role="error")
        self.send_anyway = QCheckBox("Send the secret there all the same")
        self.error = ErrorLabel()
        self._has_secret = False
        self._lay_out()
        self.kind.currentIndexChanged.connect(self._kind_changed)
        self.ca_file.textChanged.connect(self.edited)
        self.fingerprint.textChanged.connect(self.edited)
        self.send_anyway.toggled.connect(self.edited)
        self.choose_button.clicked.connect(self._choose_file)
        self._kind_changed()

    def value(self) -> TrustKind:
        """The kind chosen."""
        return self.kind.currentData()

    def show_profile(self, profile: EndpointProfile) -> None:
        """Show what the profile says."""
        self.kind.setCurrentIndex(self.kind.findData(profile.trust))
        self.ca_file.setText(profile.ca_file)
        self.fingerprint.setText(profile.fingerprint)
        self.send_anyway.setChecked(profile.unverified_allowed)

    def pin(self, fingerprint: str) -> None:
        """Trust this one certificate."""
        self.kind.setCurrentIndex(self.kind.findData("pinned"))
        self.fingerprint.setText(fingerprint)

    def weigh(self, *, has_secret: bool) -> None:
        """Whether a secret would be sent, which needs a second tick where nothing is verified."""
        self._has_secret = has_secret
        self.send_anyway.setVisible(self.value() == "unverified" and has_secret)

    def focus_on_what_is_wrong(self) -> None:
        """Lead the user to the field that the choice needs."""
        at = {"ca file": self.ca_file, "pinned": self.fingerprint, "unverified": self.send_anyway}
        at.get(self.value(), self.kind).setFocus()

    def _kind_changed(self) -> None:
        kind = self.value()
        self._file_row.setVisible(kind == "ca file")
        self.fingerprint.setVisible(kind == "pinned")
        self.warning.setVisible(kind == "unverified")
        self.send_anyway.setChecked(False)  # said once, for this choice
        self.weigh(has_secret=self._has_secret)
        self.edited.emit()

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, "Choose a certificate authority's file")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(["Certificates (*.pem *.crt *.cer)", "All files (*)"])
        dialog.fileSelected.connect(self.ca_file.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _lay_out(self) -> None:
        self._file_row = QWidget()
        row = QHBoxLayout(self._file_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.ca_file, 1)
        row.addWidget(self.choose_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE // 2)
        for part in (
            self.kind, self._file_row, self.fingerprint, self.warning, self.send_anyway, self.error,
        ):  # fmt: skip
            column.addWidget(part)
