"""One endpoint's fields: name, address, sign-in, and the rarer parts folded away. Asks nothing of the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from sdstudio.api import address
from sdstudio.core.endpoint import PRACTICE, EndpointProfile
from sdstudio.core.errors import InvalidRequest
from sdstudio.ui import theme
from sdstudio.ui.endpoints.more_fields import MoreFields
from sdstudio.ui.endpoints.sign_in_fields import SIGN_IN, SignInFields, align
from sdstudio.ui.labels import ErrorLabel, hint_label

PRACTICE_WORDS = "Runs on this computer, without a neural network: for trying everything out."
PLAIN_HTTP_WORDS = (
    "This address is plain http: anyone on the way to {host} can read the secret. https would hide it."
)
Secrets = Mapping[str, str | None]


class ProfileForm(QWidget):
    """Shows one profile at a time; `edited` for every change a user makes to it."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._profile = PRACTICE
        self._showing = False
        self._last_address = ""
        self.practice_hint = hint_label(PRACTICE_WORDS)
        self.name = QLineEdit()
        self.name_error = ErrorLabel()
        self.address = QLineEdit()
        self.address.setPlaceholderText("http://localhost:7860 or https://host.example/base")
        self.address_note = hint_label()
        self.address_error = ErrorLabel()
        self.sign_in = SignInFields()
        self.sign_in_error = ErrorLabel()
        self.warning = hint_label(role="warning")
        self.send_anyway = QCheckBox("Send the secret all the same")
        self.warning_error = ErrorLabel()
        self.more_button = QToolButton()
        self.more = MoreFields()
        self._lay_out()
        self._connect()

    def show_profile(self, profile: EndpointProfile, secrets: Secrets) -> None:
        """Show a profile and what was typed of its secrets; nothing is known of those kept until `show_kept`."""
        self._showing = True
        self._profile, self._last_address = profile, profile.url
        self.name.setText(profile.name)
        self.address.setText(profile.url)
        self.sign_in.choose(profile.sign_in)
        self.sign_in.user.setText(profile.user)
        self.sign_in.header_name.setText(profile.header_name)
        self.sign_in.forget()
        self.sign_in.secret.setText(secrets.get(SIGN_IN) or "")
        self.send_anyway.setChecked(profile.plain_http_allowed)
        self.more.show_profile(profile)
        for row in self.more.headers.rows:
            if row.secret.isChecked():
                row.value.setText(secrets.get(row.secret_name) or "")
        self.show_kept(frozenset())
        self._showing = False
        self._show_practice(is_practice=profile.is_practice and profile.id == PRACTICE.id)
        self.more_button.setChecked(_has_more(profile))
        self._weigh()
        self.clear_errors()

    def show_kept(self, names: frozenset[str]) -> None:
        """Say which secrets there are already, by their names."""
        self.sign_in.show_kept(self._profile.sign_in if SIGN_IN in names else "none")
        self.more.headers.show_kept(names)

    def profile(self) -> EndpointProfile:
        """What the fields say, unchecked."""
        if self._profile.id == PRACTICE.id:
            return replace(self.more.added_to(self._profile), extra_headers=())
        kind = self.sign_in.value()
        return self.more.added_to(
            replace(
                self._profile,
                name=self.name.text().strip(),
                url=self.address.text().strip(),
                sign_in=kind,
                user=self.sign_in.user.text().strip() if kind == "basic" else "",
                header_name=self.sign_in.header_name.text().strip() if kind == "header" else "",
                plain_http_allowed=self.send_anyway.isChecked() and not self.send_anyway.isHidden(),
            )
        )

    def secrets(self) -> dict[str, str | None]:
        """The secrets by their names; None for one that was not typed."""
        return {**self.sign_in.typed(), **self.more.headers.typed()}

    def entered(self) -> tuple[EndpointProfile, dict[str, str | None]]:
        """The profile, its address normal, and its secrets; a bad value is shown at its field and raises
        `InvalidRequest`."""
        self._take_user_info()
        self.clear_errors()
        profile, secrets = self.profile(), self.secrets()
        if profile.id == PRACTICE.id:
            return profile, {}
        try:
            _check(profile, secrets)
            profile = replace(profile, url=address.normalised(profile.url))
            self._check_ticks(profile)
        except InvalidRequest as error:
            self.show_error(error)
            raise
        return profile, secrets

    def show_error(self, error: InvalidRequest) -> None:
        """Say what is wrong beside its field and lead the user there."""
        label, field = {
            "name": (self.name_error, self.name),
            "endpoint_url": (self.address_error, self.address),
            "plain_http_allowed": (self.warning_error, self.send_anyway),
            "extra_headers": (self.more.headers_error, self.more.headers.add_button),
            "proxy_url": (self.more.proxy_error, self.more.proxy_url),
            "ca_file": (self.more.trust.error, None),
            "fingerprint": (self.more.trust.error, None),
            "unverified_allowed": (self.more.trust.error, None),
        }.get(error.field, (self.sign_in_error, None))
        label.say(" ".join(filter(None, (f"{error.title}.", error.message, error.remedy))))
        if self.more.isAncestorOf(label):
            self.more_button.setChecked(True)
        if field:
            field.setFocus()
        elif label is self.sign_in_error:
            self.sign_in.focus_on(error.field)
        else:
            self.more.trust.focus_on_what_is_wrong()

    def clear_errors(self) -> None:
        """Take back what was said about bad values."""
        for label in (self.name_error, self.address_error, self.sign_in_error, self.warning_error):
            label.say("")
        self.more.clear_errors()

    def forget_secrets(self) -> None:
        """Leave no secret behind in a field that is out of sight."""
        self._showing = True
        self.sign_in.forget()
        self.more.headers.forget()
        self._showing = False

    def use_address(self, url: str) -> None:
        """Take another address for this endpoint."""
        self.address.setText(url)
        self.address.setFocus()

    def pin(self, fingerprint: str) -> None:
        """Trust one certificate by its fingerprint, for the user to compare."""
        self.more_button.setChecked(True)
        self.more.trust.pin(fingerprint)
        self.more.trust.fingerprint.setFocus()

    def _check_ticks(self, profile: EndpointProfile) -> None:
        if self._is_exposed(profile) and not profile.plain_http_allowed:
            raise InvalidRequest("plain_http_allowed", "Tick this first, or use https")
        unverified = profile.url.startswith("https:") and profile.trust == "unverified"
        if unverified and profile.secret_names and not profile.unverified_allowed:
            raise InvalidRequest("unverified_allowed", "Tick this first, or have the certificate checked")

    def _is_exposed(self, profile: EndpointProfile) -> bool:
        far = not address.is_loopback(profile.url) or _has_far_proxy(profile)
        return bool(profile.secret_names) and profile.url.startswith("http:") and far

    def _edited(self) -> None:
        if self._showing:
            return
        self._weigh()
        self.clear_errors()
        self.edited.emit()

    def _address_edited(self, text: str) -> None:
        if self._showing:
            return
        if _host(text) != _host(self._last_address):
            self.send_anyway.setChecked(False)  # said for one host only
        was_pasted = len(text) - len(self._last_address) > 1
        self._last_address = text
        if was_pasted:
            self._take_user_info()
        self._edited()

    def _take_user_info(self) -> None:
        """Move a user name and password out of the address to where they are kept from showing."""
        try:
            parsed = address.parse(self.address.text())
        except InvalidRequest:
            return
        if not (parsed.user or parsed.password):
            return
        self._last_address = parsed.url
        self.address.setText(parsed.url)
        self.sign_in.choose("basic")
        self.sign_in.user.setText(parsed.user)
        self.sign_in.secret.setText(parsed.password)

    def _weigh(self) -> None:
        """Notes and warnings that follow from what is typed."""
        url = _normal(self.address.text())
        different = bool(url) and url != self.address.text().strip()
        self.address_note.setText(f"Asked at {url}" if different else "")
        self.address_note.setVisible(different)
        self.name.setPlaceholderText(address.host_of(url))
        profile = self.more.added_to(replace(self._profile, url=url, sign_in=self.sign_in.value()))
        exposed = bool(url) and self._is_exposed(profile)
        self.warning.setText(PLAIN_HTTP_WORDS.format(host=address.host_of(url)) if exposed else "")
        self.warning.setVisible(exposed)
        self.send_anyway.setVisible(exposed)
        self.more.trust.weigh(has_secret=bool(profile.secret_names))

    def _show_practice(self, *, is_practice: bool) -> None:
        self.practice_hint.setVisible(is_practice)
        for part in (self._names, self.sign_in, self.sign_in_error, self.warning, self.send_anyway):
            part.setVisible(not is_practice)

    def _connect(self) -> None:
        self.address.textChanged.connect(self._address_edited)
        self.address.editingFinished.connect(self._take_user_info)
        for signal in (self.name.textChanged, self.sign_in.edited, self.more.edited, self.send_anyway.toggled):
            signal.connect(lambda *_: self._edited())
        self.more_button.toggled.connect(self._fold)

    def _fold(self, unfolded: bool) -> None:  # noqa: FBT001 - Qt's signal
        self.more.setVisible(unfolded)
        self.more_button.setArrowType(Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow)

    def _lay_out(self) -> None:
        self.more_button.setText("M&ore settings")
        self.more_button.setCheckable(True)
        self.more_button.setAutoRaise(True)
        self.more_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.more_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more_button.setAccessibleName("More settings")
        self._names = QWidget()
        form = QFormLayout(self._names)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(theme.SPACE // 2)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.addRow("&Address", self.address)
        form.addRow("", self.address_error)
        form.addRow("", self.address_note)
        form.addRow("&Name", self.name)
        form.addRow("", self.name_error)
        align(form, self.address)
        self.address.setAccessibleName("Address")
        self.name.setAccessibleName("Name")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE)
        for part in (
            self.practice_hint, self._names, self.sign_in, self.sign_in_error, self.warning, self.send_anyway,
            self.warning_error,
        ):  # fmt: skip
            column.addWidget(part)
        column.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.more)
        self._fold(unfolded=False)


def _check(profile: EndpointProfile, secrets: Secrets) -> None:
    """All that every request will be held to; ticks that are missing are said apart."""
    from sdstudio.api.access import Access  # noqa: PLC0415 - brings what TLS needs, which the first start does not

    typed = {name: secret for name, secret in secrets.items() if secret}
    Access.of(replace(profile, plain_http_allowed=True, unverified_allowed=True), typed)


def _has_more(profile: EndpointProfile) -> bool:
    """Whether the folded part says anything."""
    plain = EndpointProfile(profile.id, profile.name, profile.url)
    more = ("extra_headers", "proxy", "trust", "answer_limit_s", "body_limit_bytes", "defaults")
    return any(getattr(profile, name) != getattr(plain, name) for name in more)


def _has_far_proxy(profile: EndpointProfile) -> bool:
    return profile.proxy == "own" and not address.is_loopback(_normal(profile.proxy_url))


def _normal(text: str) -> str:
    """The address in its normal form, "" while it is none."""
    try:
        return address.parse(text).url
    except InvalidRequest:
        return ""


def _host(text: str) -> str:
    return address.host_of(_normal(text))
