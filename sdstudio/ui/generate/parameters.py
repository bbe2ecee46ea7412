"""The parameters that both tabs share: size, steps, sampler, seed, how many, and what model makes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSpinBox, QWidget

from sdstudio.api.offer import Offer
from sdstudio.core.geometry import LARGEST, SMALLEST, snap
from sdstudio.core.request import MAX_COUNT
from sdstudio.ui import theme
from sdstudio.ui.generate import fits
from sdstudio.ui.generate.choice_box import ChoiceBox
from sdstudio.ui.generate.form import FormField
from sdstudio.ui.generate.precise_spin import PreciseSpin
from sdstudio.ui.generate.seed_field import SeedField, is_seed_text
from sdstudio.ui.generate.size_fields import SizeFields
from sdstudio.ui.generate.wheel_guard import WheelGuard
from sdstudio.ui.labels import ErrorLabel, name_label

LONGEST_NAME = 1000  # characters of a sampler's or model's name in a draft


class ParameterFields(QWidget):
    """A grid of labelled fields, each with room for an error below it; `changed` for every edit."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.size_fields = SizeFields()
        self.steps = _count_spin(1, 1000)
        self.cfg_scale = PreciseSpin(0, 100, 0.5)
        self.sampler = ChoiceBox("as the endpoint likes", any_spelling=True)
        self.scheduler = ChoiceBox("as the endpoint likes", any_spelling=True)
        self.seed = SeedField()
        self.batch_size = _count_spin(1, 64)
        self.n_iter = _count_spin(1, MAX_COUNT)
        self.checkpoint = ChoiceBox("the one loaded there", with_unset=True)
        self.vae = ChoiceBox("as set there", with_unset=True)
        self._errors: dict[str, ErrorLabel] = {}
        self._rows: dict[ChoiceBox, QLabel] = {}
        self._guard_and_connect()
        self._lay_out()
        self._even_heights()
        self._show_models()

    def set_offer(self, offer: Offer) -> None:
        """List what the endpoint has; what is chosen stays chosen."""
        for name, box in (
            ("samplers", self.sampler),
            ("schedulers", self.scheduler),
            ("checkpoints", self.checkpoint),
            ("vaes", self.vae),
        ):
            box.set_offered(getattr(offer, name), is_complete=name not in offer.missing)
        self._show_models()

    def commit(self) -> None:
        """Take what is half typed as finished."""
        self.size_fields.commit()
        for spin in (self.steps, self.cfg_scale, self.batch_size, self.n_iter):
            spin.interpretText()

    def fields(self) -> list[FormField]:
        """All of them by the names of `GenerationRequest`; the seed as text, since it may be half typed."""
        side = fits.whole_number(SMALLEST, LARGEST)
        name = fits.text(LONGEST_NAME)
        size = self.size_fields
        return [
            self._side("width", size.width_spin, side),
            self._side("height", size.height_spin, side),
            self._number("steps", self.steps, fits.whole_number(1, 1000)),
            self._number("cfg_scale", self.cfg_scale, fits.number(0, 100)),
            self._choice("sampler_name", self.sampler, name),
            self._choice("scheduler", self.scheduler, name),
            FormField(
                "seed",
                self.seed.edit,
                self.seed.text,
                self.seed.set_text,
                lambda value: isinstance(value, str) and is_seed_text(value),
                self._errors["seed"],
            ),
            FormField(
                "last_seed", self.seed.reuse, self.seed.last_seed, self.seed.set_last_seed, _is_last_seed
            ),
            self._number("batch_size", self.batch_size, fits.whole_number(1, 64)),
            self._number("n_iter", self.n_iter, fits.whole_number(1, MAX_COUNT)),
            self._choice("checkpoint", self.checkpoint, name),
            self._choice("vae", self.vae, name),
        ]

    def _side(self, name: str, spin: QSpinBox, judge: fits.Judge) -> FormField:
        return FormField(
            name, spin, spin.value, lambda value: spin.setValue(snap(value)), judge, self._errors[name]
        )

    def _number(self, name: str, spin: QSpinBox | PreciseSpin, judge: fits.Judge) -> FormField:
        return FormField(name, spin, spin.value, spin.setValue, judge, self._errors[name])

    def _choice(self, name: str, box: ChoiceBox, judge: fits.Judge) -> FormField:
        return FormField(name, box, box.value, box.set_value, judge, self._errors[name])

    def _guard_and_connect(self) -> None:
        size = self.size_fields
        spins = (self.steps, self.cfg_scale, self.batch_size, self.n_iter)
        boxes = (self.sampler, self.scheduler, self.checkpoint, self.vae)
        WheelGuard(self).guard(size.width_spin, size.height_spin, *spins, *boxes)
        for spin in spins:
            spin.valueChanged.connect(lambda _value: self.changed.emit())
        for box in boxes:
            box.changed.connect(self.changed)
        for part in (size, self.seed):
            part.changed.connect(self.changed)
        for box in (self.checkpoint, self.vae):
            box.changed.connect(self._show_models)

    def _show_models(self) -> None:
        """A list with nothing to choose from is left out, unless it holds a choice made elsewhere."""
        for box in (self.checkpoint, self.vae):
            wanted = box.offers_a_choice or bool(box.value())
            box.setVisible(wanted)
            self._rows[box].setVisible(wanted)

    def _even_heights(self) -> None:
        """All fields as high as the square buttons: easier to hit, and rows that line up."""
        size = self.size_fields
        spins = (size.width_spin, size.height_spin, self.steps, self.cfg_scale, self.batch_size, self.n_iter)
        for widget in (*spins, self.seed.edit, self.sampler, self.scheduler, self.checkpoint, self.vae):
            widget.setMinimumHeight(size.swap_button.sizeHint().height())

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.SPACE)
        grid.setVerticalSpacing(theme.SPACE // 2)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        self._add_row(grid, ("Si&ze", self.size_fields, ("width", "height")))
        self._add_row(grid, ("&Steps", self.steps, ("steps",)), ("&CFG scale", self.cfg_scale, ("cfg_scale",)))
        self._add_row(grid, ("Samp&ler", self.sampler, ("sampler_name",)))
        self._add_row(grid, ("Schedule&r", self.scheduler, ("scheduler",)))
        self._add_row(grid, ("See&d", self.seed, ("seed",)))
        self._add_row(
            grid, ("&Batch size", self.batch_size, ("batch_size",)), ("Co&unt", self.n_iter, ("n_iter",))
        )
        self._add_row(grid, ("Chec&kpoint", self.checkpoint, ("checkpoint",)))
        self._add_row(grid, ("V&AE", self.vae, ("vae",)))

    def _add_row(self, grid: QGridLayout, *cells: tuple[str, QWidget, Sequence[str]]) -> None:
        row = grid.rowCount()
        for index, (words, widget, names) in enumerate(cells):
            label = name_label(words, _first_field(widget))
            if isinstance(widget, ChoiceBox):
                self._rows[widget] = label
            column = index * 2
            grid.addWidget(label, row, column)
            grid.addWidget(widget, row, column + 1, 1, 1 if len(cells) > 1 else 3)
            for below, name in enumerate(names, start=1):
                self._errors[name] = ErrorLabel()
                grid.addWidget(self._errors[name], row + index * 2 + below, 1, 1, 3)


class _CountSpin(QSpinBox):
    """A whole number whose width does not grow with its limits."""

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance("0000") + 40, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


def _count_spin(low: int, high: int) -> QSpinBox:
    spin = _CountSpin()
    spin.setRange(low, high)
    return spin


def _first_field(widget: QWidget) -> QWidget:
    """What a label leads to: of several fields in a row the first.

    A focus proxy on the row itself would do as well, were it not that Qt then loses the order of Tab.
    """
    if isinstance(widget, SizeFields):
        return widget.width_spin
    return widget.edit if isinstance(widget, SeedField) else widget


def _is_last_seed(value: Any) -> bool:
    return value is None or fits.whole_number(0, 2**63 - 1)(value)
