"""The one window: where its parts stand. What they do together is the presenter's business."""

from __future__ import annotations

import base64

from PySide6.QtCore import QByteArray, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QIcon
from PySide6.QtWidgets import (
    QDockWidget,
    QMainWindow,
    QMenu,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from sdstudio.config import resources
from sdstudio.ui.actions import Actions
from sdstudio.ui.canvas.viewer import Viewer
from sdstudio.ui.chips import Chip
from sdstudio.ui.generate.panel import GeneratePanel
from sdstudio.ui.history.details import DetailsPanel
from sdstudio.ui.history.strip import HistoryStrip
from sdstudio.ui.notices import Banner
from sdstudio.ui.queue.panel import QueuePanel
from sdstudio.ui.welcome import Welcome

LAYOUT_VERSION = 1  # raised when docks change, so that an old saved layout is not forced on new ones
PANEL_WIDTH = 372
SIDE_WIDTH = 320
STRIP_HEIGHT = 150


class MainWindow(QMainWindow):
    """Owns the widgets and their places. Closing asks first: `close_requested`, then `close_for_good`."""

    close_requested = Signal()
    theme_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("SD Studio")
        self.setWindowIcon(QIcon(str(resources.path("icons/sdstudio.svg"))))
        self.setAcceptDrops(True)
        self.actions_ = Actions(self)
        self.panel = GeneratePanel()
        self.panel.setEnabled(False)  # until it holds what was being typed: earlier words would be overwritten
        self.viewer = Viewer()
        self.strip = HistoryStrip()
        self.details = DetailsPanel()
        self.queue = QueuePanel()
        self.banner = Banner()
        self.welcome = Welcome()
        self.endpoint_chip = Chip("Endpoint")
        self.queue_chip = Chip("Queue")
        self.actions_.bind_to_pictures(self.viewer, self.strip, self.details)
        self._may_close = False
        self.copy_form_menu = QMenu("&Copy the form as", self)
        self.copy_recipe_menu = QMenu("&Copy the recipe as", self)
        self._looks: dict[str, QAction] = {}
        self._stack = QStackedWidget()
        self._build()

    def show_welcome(self, wanted: bool) -> None:  # noqa: FBT001 - a setter with one plain meaning
        """The welcome page in place of the viewer, or the viewer."""
        self._stack.setCurrentWidget(self.welcome if wanted else self.viewer)

    def say(self, text: str) -> None:
        """What just happened, in the status bar; stays until the next."""
        self.statusBar().showMessage(text)

    def tell_of_mistake(self, words: str) -> None:
        """Say that the program made a mistake of its own, without standing in the way."""
        self.banner.show_notice("Something went wrong inside SD Studio", words, "error")

    def saved_layout(self) -> tuple[str, str]:
        """Geometry and docks, each as base64 text for the settings."""
        return _as_text(self.saveGeometry()), _as_text(self.saveState(LAYOUT_VERSION))

    def restore_layout(self, geometry: str, state: str) -> None:
        """The inverse of `saved_layout`; what does not fit is ignored by Qt."""
        self.restoreGeometry(_as_bytes(geometry))
        self.restoreState(_as_bytes(state), LAYOUT_VERSION)

    def mark_look(self, choice: str) -> None:
        """Tick the look in force in its menu."""
        self._looks[choice].setChecked(True)

    def close_for_good(self) -> None:
        """Close without asking any more."""
        self._may_close = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask for an ordered shutdown; the application closes the window when it is done."""
        if self._may_close:
            event.accept()
            return
        event.ignore()
        self.close_requested.emit()

    def _build(self) -> None:
        self.setCentralWidget(self._centre())
        generate = self._add_dock("Generate", "generate_dock", self.panel, Qt.DockWidgetArea.LeftDockWidgetArea)
        right = Qt.DockWidgetArea.RightDockWidgetArea
        details = self._add_dock("Details", "details_dock", self.details, right)
        queue = self._add_dock("Queue", "queue_dock", self.queue, right)
        self.queue_chip.clicked.connect(queue.show)
        self.queue_chip.clicked.connect(queue.raise_)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, right)
        self.resize(QSize(1440, 900).boundedTo(self.screen().availableSize()))
        self.resizeDocks([generate, details], [PANEL_WIDTH, SIDE_WIDTH], Qt.Orientation.Horizontal)
        self.resizeDocks([details, queue], [3, 2], Qt.Orientation.Vertical)
        self._build_menus()
        self.addToolBar(self._top_row())
        self.say("Ready")

    def _centre(self) -> QWidget:
        self._stack.addWidget(self.viewer)
        self._stack.addWidget(self.welcome)
        upper = QWidget()
        column = QVBoxLayout(upper)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self._stack, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(upper)
        split.addWidget(self.strip)
        split.setStretchFactor(0, 1)
        split.setSizes([700, STRIP_HEIGHT])
        return split

    def _add_dock(self, title: str, name: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        dock.setWidget(widget)
        self.addDockWidget(area, dock)
        return dock

    def _top_row(self) -> QToolBar:
        bar = QToolBar("Endpoint and queue")
        bar.setObjectName("top_row")
        bar.setMovable(False)
        bar.toggleViewAction().setEnabled(False)
        gap = QWidget()
        gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        stop = QToolButton()
        stop.setDefaultAction(self.actions_["interrupt"])
        for part in (self.endpoint_chip, gap, stop, self.queue_chip):
            bar.addWidget(part)
        return bar

    def _build_menus(self) -> None:
        menus = self.actions_.fill(self.menuBar())
        view = menus["&View"]
        view.addSeparator()
        for dock in self.findChildren(QDockWidget):
            view.addAction(dock.toggleViewAction())
        menus["&Edit"].addMenu(self.copy_form_menu)
        menus["&Picture"].addMenu(self.copy_recipe_menu)
        looks = view.addMenu("&Look")
        group = QActionGroup(self)
        for choice, text in (("system", "As the &system"), ("dark", "&Dark"), ("light", "&Light")):
            action = looks.addAction(text)
            action.setCheckable(True)
            action.triggered.connect(lambda _checked=False, chosen=choice: self.theme_chosen.emit(chosen))
            group.addAction(action)
            self._looks[choice] = action


def _as_text(saved: QByteArray) -> str:
    return base64.b64encode(saved.data()).decode("ascii")


def _as_bytes(text: str) -> QByteArray:
    return QByteArray.fromBase64(text.encode("ascii", "replace"))
