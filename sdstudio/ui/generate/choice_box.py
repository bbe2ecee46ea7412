"""A drop-down list of what the endpoint offers that never loses a choice the endpoint lacks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from sdstudio.core import names


class ChoiceBox(QComboBox):
    """Holds a name; one that isn't in the list stays chosen, marked "not offered here".

    The name "" stands for leaving the choice to the endpoint and reads `unset_words`; it is in the list if
    `with_unset`, else only while it is the value. With `any_spelling` a name that the endpoint spells otherwise is
    shown as the endpoint does, and stays as it was chosen: what is sent is spelt for each endpoint.
    """

    changed = Signal()

    def __init__(
        self,
        unset_words: str,
        *,
        with_unset: bool = False,
        any_spelling: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._unset_words = unset_words
        self._with_unset = with_unset
        self._any_spelling = any_spelling
        self._offered: tuple[str, ...] = ()
        self._is_complete = False
        self._value = ""
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.activated.connect(self._chosen)
        self._fill()

    def value(self) -> str:
        """The chosen name."""
        return self._value

    def set_value(self, name: str) -> None:
        """Choose `name`, offered or not."""
        if name != self._value:
            self._value = name
            self._fill()
            self.changed.emit()

    def set_offered(self, names: Sequence[str], *, is_complete: bool = True) -> None:
        """List `names` in their order; the value stays what it is.

        Not complete: the endpoint doesn't tell, `names` are a guess, and what is missing may well be there.
        """
        self._offered = tuple(dict.fromkeys(names))
        self._is_complete = is_complete
        self._fill()

    @property
    def offers_a_choice(self) -> bool:
        """Whether there is more than one name to choose from."""
        return len(self._offered) > 1

    def _shown(self) -> str:
        """The chosen name as the endpoint spells it, itself if it is not there."""
        told = self._any_spelling and self._is_complete and self._value
        return (names.spelt(self._value, self._offered) if told else None) or self._value

    def _fill(self) -> None:
        with QSignalBlocker(self):
            self.clear()
            if self._with_unset or not self._value:
                self.addItem(self._unset_words, "")
            shown = self._shown()
            if shown and shown not in self._offered:
                mark = " (not offered here)" if self._is_complete else ""
                self.addItem(f"{shown}{mark}", shown)
            for name in self._offered:
                self.addItem(name, name)
            self.setCurrentIndex(self.findData(shown, flags=Qt.MatchFlag.MatchExactly))

    def _chosen(self, index: int) -> None:
        name = self.itemData(index)
        if isinstance(name, str) and name != self._value:
            self._value = name
            self._fill()
            self.changed.emit()
