"""The panel on which a request is put together, for txt2img and img2img.

Its parts are in the modules beside it; here they become one form. Not here: what happens to a request once it
is asked for, and where drafts are kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QMimeData, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QUndoStack
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from sdstudio.api.offer import FALLBACK_OFFER, Offer
from sdstudio.core.errors import InvalidRequest
from sdstudio.core.request import GenerationRequest
from sdstudio.ui import theme
from sdstudio.ui.generate import fits, form_undo, form_values
from sdstudio.ui.generate.form import Form, FormField
from sdstudio.ui.generate.form_values import TABS
from sdstudio.ui.generate.img2img_fields import Img2ImgFields
from sdstudio.ui.generate.incoming import Incoming
from sdstudio.ui.generate.input_slot import InputStore, Supply
from sdstudio.ui.generate.kind_tabs import KindTabs
from sdstudio.ui.generate.parameters import ParameterFields
from sdstudio.ui.generate.prompts import PromptFields
from sdstudio.ui.generate.size_following import SizeFollowing
from sdstudio.ui.imaging import Decoder
from sdstudio.ui.tasks import Tasks

CHANGED_EVERY_MS = 100
# The values that a hosted endpoint's own page recommends, by tab.
PRESETS: dict[str, tuple[str, dict[str, Any]]] = {
    "txt2img": ("25 steps, 512×512", {"steps": 25, "width": 512, "height": 512}),
    "img2img": (
        "30 steps, strength 0.2, CFG 7",
        {"steps": 30, "denoising_strength": 0.2, "cfg_scale": 7.0},
    ),
}


class GeneratePanel(QWidget):
    """Owns the text and knobs being edited. Lives on the UI thread.

    `changed` follows edits at most ten times a second. `undo_stack` holds what the program wrote (recalled
    recipes, presets); texts can be undone by Ctrl+Z in their boxes as well.
    """

    generate_requested = Signal(GenerationRequest, bool)  # the second: before everything that waits
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tabs = KindTabs()
        self.prompts = PromptFields()
        self.img2img = Img2ImgFields()
        self.parameters = ParameterFields()
        self.preset_button = QPushButton()
        self.generate_button = QPushButton()
        self.undo_stack = QUndoStack(self)
        self._form = Form(self)
        self._announcement = QTimer(self, singleShot=True, interval=CHANGED_EVERY_MS)
        self._lay_out()
        self._following = SizeFollowing(
            self._form, self.img2img.source, self.parameters.size_fields, lambda: self.tab() == "img2img"
        )
        self._gather_fields()
        self._connect()
        self.set_offer(FALLBACK_OFFER)
        self.restore(form_values.from_request(form_values.DEFAULTS))
        self._show_tab()
        self._show_values()

    def attach(self, store: InputStore, decoder: Decoder, tasks: Tasks) -> None:
        """Give the panel the places that input pictures are kept and decoded, as soon as they are there."""
        supply = Supply(store, decoder, tasks)
        self.img2img.source.slot.attach(supply)
        self.img2img.mask_field.slot.attach(supply)

    def set_offer(self, offer: Offer) -> None:
        """List what the endpoint offers; no value changes, what it lacks is marked."""
        self.parameters.set_offer(offer)

    def set_last_seed(self, seed: int) -> None:
        """The seed of the picture made last, for the reuse button."""
        self.parameters.seed.set_last_seed(seed)
        self._announce()

    def tab(self) -> str:
        """Which tab is in front: "txt2img" or "img2img"."""
        return self.tabs.kind()

    def request(self) -> GenerationRequest:
        """What the form asks for; a bad value is shown beside its field and raised as `InvalidRequest`."""
        self.parameters.commit()
        self.img2img.strength.spin.interpretText()
        self._form.clear_errors()
        try:
            if self.tab() == "img2img":
                self.img2img.check_pictures()
            return form_values.to_request(self._form.values())
        except InvalidRequest as error:
            self._show_error(error)
            raise

    def generate(self, *, front: bool = False) -> None:
        """Ask for what the form says, or show why that is not possible."""
        try:
            request = self.request()
        except InvalidRequest:
            return
        self.generate_requested.emit(request, front)

    def state(self) -> dict[str, Any]:
        """Everything typed, as plain JSON values."""
        return self._form.values()

    def restore(self, state: object) -> None:
        """Bring back a `state`; whatever in it is broken or unknown is left out. Nothing before can be undone."""
        if isinstance(state, Mapping):
            self._form.write(cast("Mapping[str, Any]", state))
        self._following.settle()
        self.prompts.forget_edits()
        self.undo_stack.clear()

    def apply_request(
        self, request: GenerationRequest, fields: Collection[str] | None = None, *, text: str = "Use a recipe"
    ) -> list[str]:
        """Fill the form from `request`, or only these fields of it, as one undo step named `text`.

        Returns the names of what the form cannot hold: values out of bounds, or without a field for them.
        """
        values = form_values.from_request(request, fields)
        self._change(values, text)
        beyond = form_values.not_shown(request) if fields is None else []
        return beyond + self._form.misfits(values)

    def apply_values(self, values: Mapping[str, Any], *, text: str) -> None:
        """Write values by the names of `state` as one undo step; names that the form does not have are left out."""
        known = {name: value for name, value in values.items() if name in self._form}
        if "seed" in known:
            known["seed"] = str(known["seed"])
        self._change(known, text)

    def undo(self) -> None:
        """Take back the last recalled recipe or preset."""
        self.undo_stack.undo()

    def redo(self) -> None:
        """Do again what `undo` took back."""
        self.undo_stack.redo()

    def take_source(self, source: QMimeData) -> None:
        """Use a dropped or pasted picture as img2img source, and show that."""
        self._bring_source_forward()
        self.img2img.source.slot.take(source)

    def use_source_file(self, path: Path) -> None:
        """Use a picture file as img2img source, and show that."""
        self._bring_source_forward()
        self.img2img.source.slot.load(Incoming(file=path))

    def open_source(self) -> None:
        """Ask for a file to use as img2img source."""
        self._bring_source_forward()
        self.img2img.source.ask_for_file()

    def minimumSizeHint(self) -> QSize:
        bar = self._scroll.verticalScrollBar().sizeHint().width()
        width = self._content.minimumSizeHint().width() + bar
        return QSize(max(width, super().minimumSizeHint().width()), super().minimumSizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter for whoever shows the panel without the window's actions."""
        control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
        pressed = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and pressed in (control, control | shift):
            self.generate(front=bool(pressed & shift))
        else:
            super().keyPressEvent(event)

    def _change(self, values: Mapping[str, Any], text: str) -> None:
        form_undo.change(self.undo_stack, self._form, text, values)

    def _use_preset(self) -> None:
        words, values = PRESETS[self.tab()]
        self._change(values, words)

    def _bring_source_forward(self) -> None:
        self.tabs.show_kind("img2img")
        self._scroll.ensureWidgetVisible(self.img2img.source.well)

    def _tab_changed(self) -> None:
        self._show_tab()
        self._following.look()
        self._form.touched()

    def _show_tab(self) -> None:
        self.img2img.setVisible(self.tab() == "img2img")
        words, _values = PRESETS[self.tab()]
        self.preset_button.setText(words)
        self._form.clear_errors()

    def _form_changed(self) -> None:
        self._form.clear_errors()
        self._show_values()
        self._announce()

    def _show_values(self) -> None:
        self.img2img.show_real_steps(self.parameters.steps.value())
        size = self.parameters.size_fields.size_asked()
        count = self.parameters.batch_size.value() * self.parameters.n_iter.value()
        self.generate_button.setText(f"Generate {count:,} × {size}" if count > 1 else f"Generate {size}")

    def _announce(self) -> None:
        if not self._announcement.isActive():
            self._announcement.start()

    def _show_error(self, error: InvalidRequest) -> None:
        self._form.show_error(error.field, " ".join(filter(None, (f"{error.title}.", error.remedy))))
        self._column.activate()
        self._scroll.ensureWidgetVisible(self._form[error.field].widget, 0, theme.SPACE * 6)

    def _gather_fields(self) -> None:
        tab = FormField("tab", self.tabs, self.tab, self.tabs.show_kind, fits.one_of(TABS))
        self._form.add([tab, *self.img2img.fields(), *self.parameters.fields()])
        self._form.add([self._following.field(), *self.prompts.fields()])

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(lambda _index: self._tab_changed())
        for part in (self.prompts, self.img2img, self.parameters):
            part.changed.connect(self._form.touched)
        self.prompts.picture_pasted.connect(self.take_source)
        self._form.written.connect(self._following.settle)
        self._form.changed.connect(self._form_changed)
        self._announcement.timeout.connect(self.changed)
        self.preset_button.clicked.connect(self._use_preset)
        self.generate_button.clicked.connect(lambda _checked: self.generate())

    def _lay_out(self) -> None:
        theme.set_role(self.generate_button, "primary")
        self.generate_button.setToolTip("Ctrl+Enter; with Shift it goes before everything that waits")
        self.preset_button.setToolTip("The values that hosted endpoints recommend")
        self._content = QWidget()
        self._column = column = QVBoxLayout(self._content)
        column.setContentsMargins(theme.SPACE, theme.SPACE, theme.SPACE, theme.SPACE)
        column.setSpacing(theme.SPACE)
        for part in (self.prompts, self.img2img):
            column.addWidget(part)
        column.addLayout(self._preset_row())
        column.addWidget(self.parameters)
        column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._content)
        self._stack_up()

    def _preset_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        label = QLabel("Apply preset")
        theme.set_role(label, "hint")
        self.preset_button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row.addWidget(label)
        row.addWidget(self.preset_button, 1)
        return row

    def _stack_up(self) -> None:
        foot = QVBoxLayout()
        foot.setContentsMargins(theme.SPACE, theme.SPACE, theme.SPACE, theme.SPACE)
        foot.addWidget(self.generate_button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.tabs)
        outer.addWidget(self._scroll, 1)
        outer.addLayout(foot)
