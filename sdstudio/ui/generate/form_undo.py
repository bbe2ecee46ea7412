"""Undo for what the program writes into a form. What a person types is undone by the field itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtGui import QUndoCommand, QUndoStack

from sdstudio.ui.generate.form import Form


def change(stack: QUndoStack, form: Form, text: str, values: Mapping[str, Any]) -> bool:
    """Write `values` as one step that `stack` can take back; False if they were all there already."""
    before = form.values()
    form.write(values)
    after = form.values()
    replaced = {name: value for name, value in before.items() if value != after[name]}
    if replaced:
        stack.push(_Exchange(form, text, replaced))
    return bool(replaced)


class _Exchange(QUndoCommand):
    """Swaps a few values with those in the form, so that an edit made in between comes back by redo."""

    def __init__(self, form: Form, text: str, values: dict[str, Any]) -> None:
        super().__init__(text)
        self._form = form
        self._values = values
        self._is_done = True  # QUndoStack.push calls redo, and the values are written already

    def undo(self) -> None:
        self._exchange()
        self._is_done = False

    def redo(self) -> None:
        if not self._is_done:
            self._exchange()
        self._is_done = True

    def _exchange(self) -> None:
        now = self._form.values()
        self._form.write(self._values)
        self._values = {name: now[name] for name in self._values}
