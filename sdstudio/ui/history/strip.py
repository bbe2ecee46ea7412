"""The history as one row under the picture, newest first; only what is in sight is painted, loaded or known."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QHelpEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QToolTip, QWidget

from sdstudio.library.records import PictureRow
from sdstudio.ui.history import cell, drag_out, words
from sdstudio.ui.history.model import HistoryModel
from sdstudio.ui.history.picking import PickingRow
from sdstudio.ui.history.thumbnails import ThumbnailLoader

EMPTY_TEXT = "No pictures yet – press Generate"
OPENING_TEXT = "Opening the history…"
FILES_AT_MOST = 1000  # copied or dragged at once


class HistoryStrip(PickingRow):
    """Shows a `HistoryModel`; tells of the current picture and the selection by id. UI thread.

    `current_changed`: the id one stands at, None when there is none. `activated`: one double-clicked or entered.
    """

    current_changed = Signal(object)
    selection_changed = Signal()
    activated = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("History")
        self._model: HistoryModel | None = None
        self._thumbnails: ThumbnailLoader | None = None
        self._current: int | None = None
        self._asked_for = range(0)
        self._ask_soon = QTimer(self, singleShot=True, interval=0)
        self._ask_soon.timeout.connect(self._ask)

    def set_history(self, model: HistoryModel, thumbnails: ThumbnailLoader) -> None:
        """Show this history from now on."""
        self._model, self._thumbnails = model, thumbnails
        model.reset.connect(self._reset)
        model.inserted.connect(self._inserted)
        model.removed.connect(self._removed)
        model.rows_changed.connect(self.viewport().update)
        thumbnails.ready.connect(self._thumbnails_came)
        self._reset()

    @property
    def current(self) -> int | None:
        """The id one stands at."""
        return self._current

    @property
    def selected(self) -> Sequence[int]:
        """The selected ids, newest first."""
        return self._selected_ids(self.count)

    def set_current(self, picture: int) -> bool:
        """Stand at a picture and see it; False if it is not in this history."""
        position = self._model.position_of(picture) if self._model is not None else None
        if position is not None:
            self.go_to(position)
        return position is not None

    def step(self, by: int) -> None:
        """Stand so many pictures further; positive is older."""
        if self.cursor_.current is not None:
            self.go_to(self.cursor_.current + by)

    def neighbours(self) -> list[PictureRow]:
        """What is known of the pictures beside the current one, the older first: they may be looked at next."""
        at, model = self.cursor_.current, self._model
        if model is None or at is None:
            return []
        ids = [*model.ids_between(at + 1, at + 2), *model.ids_between(at - 1, at)]
        return [row for picture in ids if (row := model.row(picture))]

    def selected_rows(self) -> list[PictureRow]:
        """The rows of the first thousand selected, as far as they have come."""
        model = self._model
        rows = (
            [model.row(picture) for picture in self._selected_ids(FILES_AT_MOST)] if model is not None else []
        )
        return [row for row in rows if row]

    def copy_selected(self) -> None:
        """Put the selected files on the clipboard, as a file browser does."""
        if (carried := drag_out.contents(self.selected_rows())) is not None:
            QGuiApplication.clipboard().setMimeData(carried)

    def picked(self) -> None:
        self._tell_current()
        self.selection_changed.emit()
        self._ask_soon.start()
        self.viewport().update()

    def entered(self, position: int) -> None:
        if self._model is not None:
            self.activated.emit(self._model.id_at(position))

    def dragged(self, position: int) -> None:
        carried = drag_out.contents(self.selected_rows())
        if carried is not None and self._model is not None and self._thumbnails is not None:
            drag_out.begin(self, carried, self._thumbnails.image(self._model.id_at(position)))

    def sizeHint(self) -> QSize:
        return QSize(600, 150)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        if not self.count or self._model is None or self._thumbnails is None:
            self._paint_words(painter)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        seen = self.in_sight()
        for position in seen:
            box = self.rect_of(position)
            if box.intersects(event.rect()):
                shown = self._cell(position, self._model, self._thumbnails)
                cell.paint(painter, box, shown, self.palette())
        if seen != self._asked_for:
            self._ask_soon.start()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            position = self.position_at(event.pos())
            row = self._row(position) if position is not None else None
            QToolTip.showText(event.globalPos(), words.tip(row) if row else "", self.viewport())
            return True
        return super().viewportEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def _paint_words(self, painter: QPainter) -> None:
        text = EMPTY_TEXT if self._model is not None and self._model.loaded else OPENING_TEXT
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(self.viewport().rect(), flags, text)

    def _cell(self, position: int, model: HistoryModel, thumbnails: ThumbnailLoader) -> cell.Cell:
        picture = model.id_at(position)
        row = model.row(picture)
        return cell.Cell(
            thumbnails.image(picture),
            absent=thumbnails.is_absent(picture),
            missing_file=row is not None and row.missing,
            selected=position in self.cursor_.selected,
            current=position == self.cursor_.current,
            focused=self.hasFocus(),
            hovered=position == self.hovered,
        )

    def _row(self, position: int) -> PictureRow | None:
        return self._model.row(self._model.id_at(position)) if self._model is not None else None

    def _selected_ids(self, at_most: int) -> list[int]:
        ids: list[int] = []
        if self._model is not None:
            for start, stop in self.cursor_.selected.spans():
                ids += self._model.ids_between(start, min(stop, start + at_most - len(ids)))
        return ids

    def _ask(self) -> None:
        """Have loaded what is in sight, then a page on either side, then what may be dragged or copied."""
        if self._model is None or self._thumbnails is None:
            return
        seen = self._asked_for = self.in_sight()
        in_sight = self._model.ids_between(seen.start, seen.stop)
        older = self._model.ids_between(seen.stop, seen.stop + len(seen))
        newer = self._model.ids_between(seen.start - len(seen), seen.start)
        self._thumbnails.want(self, [*in_sight, *older, *newer])
        self._model.want([*in_sight, *older, *newer, *self._selected_ids(FILES_AT_MOST)])

    def _thumbnails_came(self, _ids: list[int]) -> None:
        self.viewport().update()

    def _reset(self) -> None:
        """Stand where one stood, if that is still there, else at the newest."""
        at = None
        if self._model is not None and self._current is not None:
            at = self._model.position_of(self._current)
        self.set_count(len(self._model) if self._model is not None else 0)
        self.cursor_.reset(self.count, at or 0)
        self._contents_changed()

    def _inserted(self, position: int, count: int) -> None:
        self.cursor_.make_room(position, count)
        self.make_room(position, count)
        if self.cursor_.current is None:
            self.cursor_.move(0)
        self._contents_changed()

    def _removed(self, spans: list[tuple[int, int]]) -> None:
        for position, count in spans:
            self.cursor_.close_up(position, count)
        self.set_count(len(self._model) if self._model is not None else 0)
        self._contents_changed()

    def _contents_changed(self) -> None:
        self.hovered = None
        self.picked()

    def _tell_current(self) -> None:
        at = self.cursor_.current
        now = self._model.id_at(at) if self._model is not None and at is not None else None
        if now != self._current:
            self._current = now
            self.current_changed.emit(now)
        where = f"Picture {at + 1} of {self.count}" if at is not None else ""
        self.setAccessibleDescription(where)
