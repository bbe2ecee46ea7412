"""The recipe of the picture shown, for reading and copying; it never touches the form by itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from sdstudio.library.records import PictureRecord
from sdstudio.ui import theme
from sdstudio.ui.elided_label import ElidedLabel
from sdstudio.ui.history import recipe
from sdstudio.ui.history.copying import CopyButton
from sdstudio.ui.history.parameter_table import ParameterTable
from sdstudio.ui.history.reveal import reveal
from sdstudio.ui.history.section import Section
from sdstudio.ui.history.words import moment
from sdstudio.ui.labels import hint_label

PROMPT_LINES, RAW_LINES = 8, 16
NOTHING = "Choose a picture in the history to read how it was made."


class DetailsPanel(QScrollArea):
    """Shows one `PictureRecord`. UI thread.

    `recall` carries the `GenerationRequest` that makes this very picture again.
    """

    recall = Signal(object)

    def __init__(
        self, parent: QWidget | None = None, *, show_in_folder: Callable[[Path], None] = reveal
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName("Details")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._record: PictureRecord | None = None
        self._show_in_folder = show_in_folder
        self._nothing = hint_label(NOTHING)
        self.use = QPushButton("&Use this recipe")
        self.use.setToolTip("Fill the form with it, this picture's own seed included; one undo takes it back")
        self.origin = ElidedLabel()
        self._missing, self._notes = hint_label(role="warning"), hint_label(role="warning")
        self.prompt = Section("Prompt", PROMPT_LINES)
        self.negative = Section("Negative prompt", PROMPT_LINES)
        self.table = ParameterTable()
        self.file = ElidedLabel(where=Qt.TextElideMode.ElideMiddle)
        self.copy_path = CopyButton("Copy the file's path")
        self.show_file = QToolButton()
        self.show_file.setText("Show in folder")
        self.raw = Section("Text in the picture", RAW_LINES, folded=True)
        self._recipe = QWidget()
        self._lay_out()
        self.use.clicked.connect(self._use)
        self.show_file.clicked.connect(self._reveal)
        self.show_record(None)

    def show_record(self, record: PictureRecord | None) -> None:
        """Show how a picture was made; None: that none is chosen."""
        same = record is not None and self._record is not None and record.id == self._record.id
        self._record = record
        self._nothing.setVisible(record is None)
        self._recipe.setVisible(record is not None)
        if record is None:
            return
        self._show_origin(record)
        self.prompt.say(record.prompt)
        self.negative.say(record.negative_prompt)
        self.table.show_rows(recipe.parameters(record))
        self.raw.say(record.infotext)
        self.file.say(str(record.path))
        self.copy_path.text_to_copy = str(record.path)
        if not same:
            self.verticalScrollBar().setValue(0)

    def sizeHint(self) -> QSize:
        return QSize(320, 420)

    def _show_origin(self, record: PictureRecord) -> None:
        origin = f"{moment(record.created)} · {recipe.origin(record)}"
        self.origin.say(origin, f"{origin}\n{record.endpoint.url}")
        self._missing.setText(
            "The file is missing: it was moved, renamed or deleted. The recipe is still here."
        )
        self._missing.setVisible(record.missing)
        self._notes.setText("\n".join(record.notes))
        self._notes.setVisible(bool(record.notes))
        self.use.setEnabled(recipe.remaking(record) is not None)

    def _use(self) -> None:
        if self._record and (request := recipe.remaking(self._record)):
            self.recall.emit(request)

    def _reveal(self) -> None:
        if self._record:
            self._show_in_folder(self._record.path)

    def _lay_out(self) -> None:
        for line in (self.origin, self.file):
            theme.set_role(line, "hint")
        file_row = QHBoxLayout()
        for part, stretch in ((self.file, 1), (self.copy_path, 0), (self.show_file, 0)):
            file_row.addWidget(part, stretch)
        column = QVBoxLayout(self._recipe)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE)
        for part in (self.use, self.origin, self._missing, self._notes, self.prompt, self.negative, self.table):
            column.addWidget(part)
        column.addLayout(file_row)
        column.addWidget(self.raw)
        whole = QWidget()
        outer = QVBoxLayout(whole)
        outer.setContentsMargins(*(theme.SPACE,) * 4)
        outer.addWidget(self._nothing)
        outer.addWidget(self._recipe)
        outer.addStretch(1)
        self.setWidget(whole)
