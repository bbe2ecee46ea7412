"""The prompt and the negative prompt, with their names and errors."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sdstudio.core.request import MAX_PROMPT_CHARACTERS
from sdstudio.ui import theme
from sdstudio.ui.generate import fits
from sdstudio.ui.generate.form import FormField
from sdstudio.ui.generate.prompt_edit import PromptEdit
from sdstudio.ui.labels import ErrorLabel, name_label

LONGEST_DRAFT = 100 * MAX_PROMPT_CHARACTERS  # too long to send is still worth keeping


class PromptFields(QWidget):
    """Two boxes for text. A picture pasted into either is no text and passed on."""

    changed = Signal()
    picture_pasted = Signal(QMimeData)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.prompt = PromptEdit(4, 14)
        self.prompt.setPlaceholderText("What the picture shows")
        self.prompt.setAccessibleName("Prompt")
        self.negative = PromptEdit(2, 8)
        self.negative.setPlaceholderText("What it should not show")
        self.negative.setAccessibleName("Negative prompt")
        self._errors = {"prompt": ErrorLabel(), "negative_prompt": ErrorLabel()}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE // 2)
        self._add(column, "Promp&t", self.prompt, "prompt")
        self._add(column, "Negative pr&ompt", self.negative, "negative_prompt")

    def forget_edits(self) -> None:
        """Make what is written the beginning: nothing before it can be undone."""
        for edit in (self.prompt, self.negative):
            edit.document().clearUndoRedoStacks()

    def fields(self) -> list[FormField]:
        """Both texts; written as edits that Ctrl+Z takes back."""
        return [self._field("prompt", self.prompt), self._field("negative_prompt", self.negative)]

    def _field(self, name: str, edit: PromptEdit) -> FormField:
        return FormField(
            name, edit, edit.prompt, edit.replace_prompt, fits.text(LONGEST_DRAFT), self._errors[name]
        )

    def _add(self, column: QVBoxLayout, words: str, edit: PromptEdit, name: str) -> None:
        column.addWidget(name_label(words, edit))
        column.addWidget(edit)
        column.addWidget(self._errors[name])
        edit.textChanged.connect(self.changed)
        edit.picture_pasted.connect(self.picture_pasted)
