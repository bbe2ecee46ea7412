"""What few endpoints need, folded away: extra headers, proxy, certificates, limits, and what a form begins with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)

from sdstudio.core.endpoint import PRACTICE_ID, EndpointDefaults, EndpointProfile
from sdstudio.ui import theme
from sdstudio.ui.endpoints.header_rows import HeaderRows
from sdstudio.ui.endpoints.sign_in_fields import align
from sdstudio.ui.endpoints.trust_fields import TrustFields
from sdstudio.ui.generate.wheel_guard import WheelGuard
from sdstudio.ui.labels import ErrorLabel, hint_label

PROXIES = (("system", "As this system says"), ("none", "None"), ("own", "A proxy of its own"))
NO_LIMIT = "not known"
AS_THE_FORM = "as the form has it"


class MoreFields(QWidget):
    """Fields for the rarer parts of a profile. `edited` for every change."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.headers = HeaderRows()
        self.headers_error = ErrorLabel()
        self.proxy = QComboBox()
        for kind, words in PROXIES:
            self.proxy.addItem(words, kind)
        self.proxy_url = QLineEdit()
        self.proxy_url.setPlaceholderText("http://proxy.example:3128")
        self.proxy_url.setAccessibleName("Address of the proxy")
        self.proxy_error = ErrorLabel()
        self.trust = TrustFields()
        self.seconds = QDoubleSpinBox(maximum=86_400, decimals=1, suffix=" s")
        self.body_bytes = QSpinBox(maximum=2**31 - 1, suffix=" bytes", singleStep=2**20)
        self.body_bytes.setGroupSeparatorShown(True)
        self.steps = QSpinBox(maximum=150)
        self.width_ = QSpinBox(maximum=8192, singleStep=64)
        self.height_ = QSpinBox(maximum=8192, singleStep=64)
        self.sampler = QLineEdit()
        self.negative = QPlainTextEdit()
        self.negative.setTabChangesFocus(True)
        self.negative.setFixedHeight(3 * self.fontMetrics().lineSpacing() + theme.SPACE)
        self._name_parts()
        self._lay_out()
        self._connect()

    def show_profile(self, profile: EndpointProfile) -> None:
        """Show what the profile says."""
        self.headers.show_headers(profile.extra_headers)
        self.proxy.setCurrentIndex(self.proxy.findData(profile.proxy))
        self.proxy_url.setText(profile.proxy_url)
        self.trust.show_profile(profile)
        self.seconds.setValue(profile.answer_limit_s or 0)
        self.body_bytes.setValue(min(profile.body_limit_bytes or 0, self.body_bytes.maximum()))
        defaults = profile.defaults
        self.steps.setValue(defaults.steps or 0)
        self.width_.setValue(defaults.width or 0)
        self.height_.setValue(defaults.height or 0)
        self.sampler.setText(defaults.sampler_name or "")
        self.negative.setPlainText(defaults.negative_prompt or "")
        for part in self._connection_parts:
            self._form.setRowVisible(part, profile.id != PRACTICE_ID)

    def added_to(self, profile: EndpointProfile) -> EndpointProfile:
        """The profile with what these fields say."""
        trust = self.trust
        return replace(
            profile,
            extra_headers=self.headers.headers(),
            proxy=self.proxy.currentData(),
            proxy_url=self.proxy_url.text().strip(),
            trust=trust.value(),
            ca_file=trust.ca_file.text().strip(),
            fingerprint=trust.fingerprint.text().strip(),
            unverified_allowed=trust.value() == "unverified" and trust.send_anyway.isChecked(),
            answer_limit_s=self.seconds.value() or None,
            body_limit_bytes=self.body_bytes.value() or None,
            defaults=self._defaults(),
        )

    def clear_errors(self) -> None:
        """Take back what was said about bad values."""
        for label in (self.headers_error, self.proxy_error, self.trust.error):
            label.say("")

    def _defaults(self) -> EndpointDefaults:
        return EndpointDefaults(
            steps=self.steps.value() or None,
            width=self.width_.value() or None,
            height=self.height_.value() or None,
            sampler_name=self.sampler.text().strip() or None,
            negative_prompt=self.negative.toPlainText().strip() or None,
        )

    def _name_parts(self) -> None:
        names = {
            self.proxy: "Proxy",
            self.seconds: "Waits for an answer at most",
            self.body_bytes: "Takes requests up to",
            self.steps: "Sampling steps",
            self.width_: "Width",
            self.height_: "Height",
            self.sampler: "Sampler",
            self.negative: "Negative prompt",
        }
        for widget, name in names.items():
            widget.setAccessibleName(name)
        for box in (self.seconds, self.body_bytes):
            box.setSpecialValueText(NO_LIMIT)
        for box in (self.steps, self.width_, self.height_):
            box.setSpecialValueText("–")
        self.sampler.setPlaceholderText(AS_THE_FORM)
        self.negative.setPlaceholderText(AS_THE_FORM)
        self._guard = WheelGuard(self)
        self._guard.guard(self.proxy, self.trust.kind, self.seconds, self.body_bytes)
        self._guard.guard(self.steps, self.width_, self.height_)

    def _connect(self) -> None:
        signals: tuple[Any, ...] = (
            self.headers.edited,
            self.proxy.currentIndexChanged,
            self.proxy_url.textChanged,
            self.trust.edited,
            self.seconds.valueChanged,
            self.body_bytes.valueChanged,
            self.steps.valueChanged,
            self.width_.valueChanged,
            self.height_.valueChanged,
            self.sampler.textChanged,
            self.negative.textChanged,
        )
        for signal in signals:
            signal.connect(lambda *_: self.edited.emit())
        self.proxy.currentIndexChanged.connect(self._proxy_chosen)
        self._proxy_chosen()

    def _proxy_chosen(self) -> None:
        self.proxy_url.setVisible(self.proxy.currentData() == "own")

    def _lay_out(self) -> None:
        self._form = form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(theme.SPACE // 2)
        form.setVerticalSpacing(theme.SPACE)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        headers = _column(self.headers, self.headers_error)
        proxy = _column(self.proxy, self.proxy_url, self.proxy_error)
        note = hint_label("What the machine in front of it allows, as far as it is known.")
        form.addRow("Extra headers", headers)
        form.addRow("Proxy", proxy)
        form.addRow("Certificates", self.trust)
        form.addRow("Waits at most", self.seconds)
        form.addRow("Takes up to", self.body_bytes)
        form.addRow("", note)
        self._connection_parts = (headers, proxy, self.trust, self.seconds, self.body_bytes, note)
        heading = QLabel("A fresh form begins with")
        theme.set_role(heading, "heading")
        form.addRow(heading)
        form.addRow("Steps", self.steps)
        size = QWidget()
        row = QHBoxLayout(size)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.width_, 1)
        row.addWidget(QLabel("×"))
        row.addWidget(self.height_, 1)
        form.addRow("Size", size)
        form.addRow("Sampler", self.sampler)
        form.addRow("Negative prompt", self.negative)
        align(form, self.negative)


def _column(*parts: QWidget) -> QWidget:
    whole = QWidget()
    form = QFormLayout(whole)
    form.setContentsMargins(0, 0, 0, 0)
    form.setSpacing(theme.SPACE // 2)
    for part in parts:
        form.addRow(part)
    return whole
