"""A form as named values: one list for drafts, recall, undo and errors. What the names mean is not known here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from sdstudio.ui.labels import ErrorLabel


@dataclass(frozen=True, slots=True)
class FormField:
    """One value under its name, and how to reach it.

    `read` and `write` speak plain JSON values; `fits` judges a foreign value before it is written. `widget`
    takes the focus, and `error` the words, when the value cannot be used; without `error` it has no place of
    its own on screen.
    """

    name: str
    widget: QWidget
    read: Callable[[], Any]
    write: Callable[[Any], None]
    fits: Callable[[Any], bool]
    error: ErrorLabel | None = None


class Form(QObject):
    """Owns the list of fields. Lives on the UI thread.

    `changed` fires for every edit by a person, and once for all that `write` brought.
    """

    changed = Signal()
    written = Signal()  # by `write`, before `changed`

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fields: dict[str, FormField] = {}
        self._writing = 0
        self._told: dict[str, str] = {}  # what the field was described as before an error

    def add(self, fields: Iterable[FormField]) -> None:
        """Take fields in; they are written in this order."""
        self._fields.update({field.name: field for field in fields})

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def __getitem__(self, name: str) -> FormField:
        return self._fields[name]

    @property
    def is_writing(self) -> bool:
        """True while values are being written by the program, not by a person."""
        return self._writing > 0

    def values(self) -> dict[str, Any]:
        """Everything typed, as plain JSON values by name."""
        return {name: field.read() for name, field in self._fields.items()}

    def misfits(self, values: Mapping[str, Any]) -> list[str]:
        """Names of the values that `write` would leave out."""
        return [name for name, value in values.items() if name not in self or not self[name].fits(value)]

    def write(self, values: Mapping[str, Any]) -> None:
        """Set the fields named in `values`; unknown names and values that don't fit leave things as they are."""
        with self._held():
            for name, field in self._fields.items():
                if name in values and field.fits(values[name]):
                    field.write(values[name])
            self.written.emit()
        self.changed.emit()

    def touched(self) -> None:
        """To be called by whoever hears that a person changed something."""
        if not self.is_writing:
            self.changed.emit()

    def show_error(self, name: str, words: str) -> None:
        """Say beside the field what is wrong with it, and go there."""
        field = self._fields[name]
        if field.error:
            field.error.say(words)
        self._told.setdefault(name, field.widget.accessibleDescription())
        field.widget.setAccessibleDescription(words)
        field.widget.setFocus()

    def clear_errors(self) -> None:
        """Take back everything `show_error` said."""
        for field in self._fields.values():
            if field.error and field.error.text():
                field.error.say("")
        for name, description in self._told.items():
            self._fields[name].widget.setAccessibleDescription(description)
        self._told.clear()

    @contextmanager
    def _held(self) -> Iterator[None]:
        self._writing += 1
        try:
            yield
        finally:
            self._writing -= 1
