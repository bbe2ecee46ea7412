"""Giving pictures to other programs: the real files, with whatever is written in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QImage, QPixmap
from PySide6.QtWidgets import QWidget

from sdstudio.library.records import PictureRow

IDS_FORMAT = "application/x-sdstudio-picture-ids"  # decimal, one a line: so that our own wells know them again
PIXMAP_SIDE = 96


def contents(rows: Iterable[PictureRow]) -> QMimeData | None:
    """The files of these pictures as `text/uri-list`, and their ids; None if there is no file at all."""
    there = [row for row in rows if not row.missing]
    if not there:
        return None
    carried = QMimeData()
    carried.setUrls([QUrl.fromLocalFile(str(row.path)) for row in there])
    carried.setData(IDS_FORMAT, "\n".join(str(row.id) for row in there).encode())
    return carried


def ids_in(carried: QMimeData) -> Sequence[int]:
    """The ids put in by `contents`; empty for anything from elsewhere."""
    text = bytes(carried.data(IDS_FORMAT).data()).decode("ascii", "replace")
    return [int(line) for line in text.splitlines() if line.isdecimal()]


def begin(source: QWidget, carried: QMimeData, image: QImage | None) -> None:
    """Start a drag. Only to be called from a mouse event: it runs a loop of its own until the drop."""
    drag = QDrag(source)
    drag.setMimeData(carried)
    if image is not None:
        keep = Qt.AspectRatioMode.KeepAspectRatio
        smooth = Qt.TransformationMode.SmoothTransformation
        drag.setPixmap(QPixmap.fromImage(image.scaled(PIXMAP_SIDE, PIXMAP_SIDE, keep, smooth)))
    drag.exec(Qt.DropAction.CopyAction)
