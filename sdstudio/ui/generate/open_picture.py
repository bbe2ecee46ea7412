"""The dialog that asks for a picture file, opened without blocking the event loop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from sdstudio.ui.generate.incoming import SUFFIXES


def ask_for_picture(parent: QWidget, title: str, chosen: Callable[[Path], object]) -> QFileDialog:
    """Show the dialog; `chosen` is called with the file if there is one."""
    dialog = QFileDialog(parent, title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    patterns = " ".join(sorted(f"*{suffix}" for suffix in SUFFIXES))
    dialog.setNameFilters([f"Pictures ({patterns})", "All files (*)"])
    dialog.fileSelected.connect(lambda name: chosen(Path(name)))
    dialog.open()
    return dialog
