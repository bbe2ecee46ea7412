"""The dialog that asks where pictures are to be made: here for practice, or at an address of one's own.

Not here: keeping the choice and the token, and how a test is done; both are the caller's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from sdstudio.core.errors import InvalidRequest, StudioError
from sdstudio.ui import theme
from sdstudio.ui.endpoints.own_endpoint import Entered, OwnEndpointFields
from sdstudio.ui.endpoints.result_view import ResultView
from sdstudio.ui.labels import hint_label
from sdstudio.ui.tasks import Tasks

PRACTICE_URL = ""  # what the settings keep for the practice endpoint
PRACTICE_WORDS = "Runs on this computer, without a neural network: for trying everything out."
AskEndpoint = Callable[[str, str | None], Awaitable[str]]


class EndpointDialog(QDialog):
    """Shown with `open()`. `chosen(url, token)`: url "" is the practice endpoint; token None if none was typed.

    `test(url, token)` answers one sentence to show, or raises a `StudioError`.
    """

    chosen = Signal(str, object)

    def __init__(
        self, test: AskEndpoint, tasks: Tasks, *, url: str = PRACTICE_URL, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Choose an endpoint")
        self._test, self._tasks = test, tasks
        self._ticket: object | None = None  # of the test whose answer is awaited
        self._testing: asyncio.Task[None] | None = None
        self.practice = QRadioButton("&Practice endpoint (built in)")
        self.own = QRadioButton("An endpoint of your &own")
        self.fields = OwnEndpointFields()
        self.test_button = QPushButton("T&est")
        self.result_view = ResultView()
        self.use_button = QPushButton("&Use this endpoint")
        self._lay_out()
        self._connect()
        self.fields.address.setText(url)
        (self.own if url else self.practice).setChecked(True)
        self._kind_changed()

    @property
    def is_testing(self) -> bool:
        """Whether an answer is awaited."""
        return self._ticket is not None

    def run_test(self) -> None:
        """Ask the endpoint in the background; a test under way is stopped first."""
        self.stop_test()
        try:
            entered = self.fields.entered()
        except InvalidRequest:
            return
        self.result_view.show_busy()
        self._scroll_to_result()
        self.test_button.setEnabled(False)
        self._ticket = object()
        self._tasks.start(self._tested(entered, self._ticket), name="test of an endpoint")

    def stop_test(self) -> None:
        """No longer wait for an answer."""
        if self._testing:
            self._testing.cancel()
        self._test_ended()
        self.result_view.show_nothing()

    def use(self) -> None:
        """Take what is chosen and close, or show what is wrong with it."""
        if self.practice.isChecked():
            self.chosen.emit(PRACTICE_URL, None)
        else:
            try:
                entered = self.fields.entered()
            except InvalidRequest:
                return
            self.chosen.emit(entered.url, entered.token)
        self.accept()

    def done(self, result: int) -> None:
        """However it closes: nothing goes on behind it, and the token is not kept in it."""
        self.stop_test()
        super().done(result)
        self.fields.forget_token()

    async def _tested(self, entered: Entered, ticket: object) -> None:
        if ticket is not self._ticket:
            return  # stopped before it began
        self._testing = asyncio.current_task()
        try:
            words = await self._test(entered.url, entered.token)
        except StudioError as error:
            if ticket is self._ticket:
                self.result_view.show_error(error)
        else:
            if ticket is self._ticket:
                self.result_view.show_good(words)
        finally:
            if ticket is self._ticket:
                self._test_ended()

    def _test_ended(self) -> None:
        self._ticket = self._testing = None
        self.test_button.setEnabled(True)
        self._scroll_to_result()

    def _scroll_to_result(self) -> None:
        self._content.activate()  # so that its place is known
        self._area.ensureWidgetVisible(self.result_view)

    def _kind_changed(self) -> None:
        own = self.own.isChecked()
        self.stop_test()
        self.fields.setVisible(own)
        self.test_button.setVisible(own)
        if own:
            self.fields.address.setFocus()

    def _connect(self) -> None:
        self.own.toggled.connect(lambda _on: self._kind_changed())
        self.fields.edited.connect(self.stop_test)
        self.test_button.clicked.connect(self.run_test)
        self.result_view.stop_asked.connect(self.stop_test)

    def _lay_out(self) -> None:
        self.use_button.setDefault(True)
        theme.set_role(self.use_button, "primary")
        self.test_button.setAutoDefault(False)
        self.result_view.stop_button.setAutoDefault(False)
        self.result_view.details_button.setAutoDefault(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.use_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        self.use_button.clicked.connect(self.use)
        foot = QWidget()
        QVBoxLayout(foot).addWidget(buttons)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._scrolled(), 1)
        outer.addWidget(foot)
        self.resize(480, 420)

    def _scrolled(self) -> QScrollArea:
        content = QWidget()
        self._content = column = QVBoxLayout(content)
        column.setContentsMargins(theme.SPACE * 2, theme.SPACE * 2, theme.SPACE * 2, 0)
        column.setSpacing(theme.SPACE)
        for part in (self.practice, hint_label(PRACTICE_WORDS), self.own, self.fields):
            column.addWidget(part)
        column.addWidget(self.test_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.result_view)
        column.addStretch(1)
        self._area = area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(content)
        return area
