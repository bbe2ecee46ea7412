"""The menu under the endpoint chip: every endpoint by name, the one in use ticked, then what else can be done."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from sdstudio.core.endpoint import EndpointProfile

LONGEST_NAME = 60  # characters; a menu as wide as the screen helps nobody


class EndpointMenu(QMenu):
    """Filled anew before it is shown. `chosen(profile id)` for another endpoint than the one in use."""

    chosen = Signal(str)

    def __init__(self, others: Iterable[QAction], parent: QWidget | None = None) -> None:
        super().__init__("Endpoints", parent)
        self._others = tuple(others)
        self._group = QActionGroup(self)

    def show_under(self, chip: QWidget, profiles: Iterable[EndpointProfile], used_id: str) -> None:
        """Fill the menu and show it below `chip`; the tick is on the endpoint in use."""
        self.fill(profiles, used_id)
        self.popup(chip.mapToGlobal(QPoint(0, chip.height())))  # popup() has no event loop of its own
        self.setActiveAction(self._group.checkedAction() or self.actions()[0])

    def fill(self, profiles: Iterable[EndpointProfile], used_id: str) -> None:
        """One entry for each profile, then the other actions."""
        self.clear()
        self._group = QActionGroup(self)
        for profile in profiles:
            action = self.addAction(_shown(profile.name))
            action.setCheckable(True)
            action.setChecked(profile.id == used_id)
            action.setData(profile.id)
            if profile.id != used_id:
                action.triggered.connect(lambda _on=False, chosen=profile.id: self.chosen.emit(chosen))
            self._group.addAction(action)
        self.addSeparator()
        self.addActions(self._others)


def _shown(name: str) -> str:
    """A name as a menu shows it: no mnemonic from its &, no column from its tabs."""
    plain = " ".join(name.split())
    cut = plain if len(plain) <= LONGEST_NAME else plain[: LONGEST_NAME - 1] + "…"
    return cut.replace("&", "&&")
