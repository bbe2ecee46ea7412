"""The two tabs over the form, txt2img and img2img: which is in front is plain to see, dark or light."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QTabBar, QWidget

from sdstudio.ui import theme
from sdstudio.ui.generate.form_values import TABS
from sdstudio.ui.generate.wheel_guard import WheelGuard

MARK_HEIGHT = 3


class KindTabs(QTabBar):
    """One tab for each of `TABS`; the one in front is underlined in the palette's highlight."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        for name in TABS:
            self.addTab(name)
        self.setAccessibleName("Kind of generation")
        self.setExpanding(True)
        self.setDrawBase(False)
        WheelGuard(self).guard(self)

    def kind(self) -> str:
        """The name of the tab in front."""
        return TABS[self.currentIndex()]

    def show_kind(self, name: str) -> None:
        """Bring the tab of this name to the front."""
        self.setCurrentIndex(TABS.index(name))

    def tabSizeHint(self, index: int) -> QSize:
        hint = super().tabSizeHint(index)
        return QSize(hint.width(), hint.height() + theme.SPACE)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        tab = self.tabRect(self.currentIndex())
        mark = QRect(tab.left() + 2, tab.bottom() - MARK_HEIGHT + 1, tab.width() - 4, MARK_HEIGHT)
        painter = QPainter(self)
        painter.fillRect(mark, self.palette().color(QPalette.ColorRole.Highlight))
        painter.end()
