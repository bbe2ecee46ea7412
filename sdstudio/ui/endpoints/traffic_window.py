"""What leaves this computer: a table of every request, without contents and without secrets."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QLocale, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QHeaderView, QPushButton, QTableView, QVBoxLayout, QWidget

from sdstudio.api.traffic import Exchange, Traffic
from sdstudio.ui import theme
from sdstudio.ui.labels import hint_label

COLUMNS = ("When", "Endpoint", "Host", "Request", "Bytes up", "Bytes down", "Seconds", "Answer")
NUMBERS = (4, 5, 6)
WORDS = "Every request since the start, the newest first: no contents, no secrets. Nothing of it is kept."
Index = QModelIndex | QPersistentModelIndex


class TrafficModel(QAbstractTableModel):
    """The exchanges, newest first. UI thread; hears of new ones until `close`."""

    def __init__(self, traffic: Traffic) -> None:
        super().__init__()
        self._traffic = traffic
        self._shown = list(traffic.exchanges)
        self._disconnect = (traffic.added.connect(self._add), traffic.cleared.connect(self._clear))

    def close(self) -> None:
        """Hear of nothing any more."""
        for disconnect in self._disconnect:
            disconnect()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        across = orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return COLUMNS[section] if across else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return _cells(self._shown[len(self._shown) - 1 - index.row()])[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _add(self, exchange: Exchange) -> None:
        self.beginInsertRows(QModelIndex(), 0, 0)
        self._shown.append(exchange)
        self.endInsertRows()
        surplus = len(self._shown) - len(self._traffic.exchanges)
        if surplus > 0:
            self._drop_oldest(surplus)

    def _drop_oldest(self, surplus: int) -> None:
        rows = len(self._shown)
        self.beginRemoveRows(QModelIndex(), rows - surplus, rows - 1)
        del self._shown[:surplus]
        self.endRemoveRows()

    def _clear(self) -> None:
        self.beginResetModel()
        self._shown.clear()
        self.endResetModel()


class TrafficWindow(QDialog):
    """The table and a button that empties it. Shown with `show()`; deletes itself when closed."""

    def __init__(self, traffic: Traffic, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("What leaves this computer")
        self.model = TrafficModel(traffic)
        self.model.setParent(self)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName("Requests")
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        for column, letters in enumerate((10, 16, 20, 30, 12, 12, 9)):
            self.table.setColumnWidth(column, letters * self.fontMetrics().averageCharWidth())
        self.clear_button = QPushButton("C&lear")
        self.clear_button.setAutoDefault(False)  # Enter is not to empty the table
        close_button = QPushButton("Close")
        self.clear_button.clicked.connect(traffic.clear)
        close_button.clicked.connect(self.reject)
        self._lay_out(close_button)

    def done(self, result: int) -> None:
        """The model hears of nothing once the window is gone."""
        self.model.close()
        super().done(result)

    def _lay_out(self, close_button: QPushButton) -> None:
        foot = QHBoxLayout()
        foot.addWidget(self.clear_button)
        foot.addStretch(1)
        foot.addWidget(close_button)
        column = QVBoxLayout(self)
        column.setSpacing(theme.SPACE)
        column.addWidget(hint_label(WORDS))
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        self.resize(920, 480)


def _cells(exchange: Exchange) -> tuple[str, ...]:
    locale = QLocale()
    return (
        exchange.when.astimezone().strftime("%H:%M:%S"),
        exchange.endpoint,
        exchange.host,
        f"{exchange.method} {exchange.route}",
        locale.toString(exchange.bytes_up),
        locale.toString(exchange.bytes_down),
        locale.toString(exchange.seconds, "f", 2),
        exchange.error if exchange.status is None else str(exchange.status),
    )
