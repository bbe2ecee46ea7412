"""Joins the window to the studio: makes the presenters, keeps drafts and layout, tells errors nobody else did."""

from __future__ import annotations

import logging

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from sdstudio.core.errors import StudioError
from sdstudio.studio import Studio
from sdstudio.ui.help import AboutBox, KeySheet
from sdstudio.ui.imaging import Decoder
from sdstudio.ui.main_window import MainWindow
from sdstudio.ui.presenters.connecting import Connecting
from sdstudio.ui.presenters.making import Making
from sdstudio.ui.presenters.reviewing import Reviewing
from sdstudio.ui.presenters.sharing import Sharing
from sdstudio.ui.tasks import Tasks, described

log = logging.getLogger(__name__)


class Presenter:
    """Everything between one window and one studio; owned by the application, on the UI thread."""

    def __init__(self, window: MainWindow, studio: Studio) -> None:
        self._window, self._studio = window, studio
        self._tasks = Tasks(self._tell)
        self._decoder = Decoder()
        self._restore()
        self.reviewing = Reviewing(window, studio, self._decoder, self._tasks)
        self.making = Making(window, studio, self.reviewing, self._decoder, self._tasks)
        self.connecting = Connecting(window, studio, self._tasks)
        self.sharing = Sharing(window, studio, self.reviewing, self._decoder, self._tasks)
        self._connect()

    async def start(self) -> None:
        """Show the history, then what was found amiss while opening."""
        await self.reviewing.start()
        for notice in self._studio.notices:
            self._window.banner.show_error(notice)

    async def close(self) -> None:
        """Keep what was typed and how the window stood; end everything the window had begun."""
        self._window.say("Closing – a picture being made is stopped and kept…")
        self._window.setEnabled(False)
        self._keep_draft()
        geometry, state = self._window.saved_layout()
        self._studio.settings.update(window_geometry=geometry, window_state=state)
        await self._tasks.close()
        await self._decoder.aclose()

    def _restore(self) -> None:
        window, values = self._window, self._studio.settings.values
        window.mark_look(values.theme)
        if values.window_geometry:
            window.restore_layout(values.window_geometry, values.window_state)
        window.panel.attach(self._studio.library, self._decoder, self._tasks)
        window.panel.restore(self._studio.drafts.state)
        window.panel.setEnabled(True)
        window.panel.prompts.prompt.setFocus()

    def _connect(self) -> None:
        window = self._window
        window.panel.changed.connect(self._keep_draft)
        window.theme_chosen.connect(self._choose_look)
        window.banner.action_chosen.connect(self._act)
        for failed in (self._studio.drafts.failed, self._studio.settings.failed):
            failed.connect(self._tell)
        window.actions_.connect_all(
            {
                "quit": window.close,
                "open_source": window.panel.open_source,
                "undo_form": window.panel.undo,
                "redo_form": window.panel.redo,
                "zoom_in": window.viewer.zoom_in,
                "zoom_out": window.viewer.zoom_out,
                "zoom_fit": window.viewer.fit,
                "zoom_full": window.viewer.actual_pixels,
                "full_screen": self._toggle_full_screen,
                "keys": lambda: KeySheet(window).open(),
                "about": lambda: AboutBox(window).open(),
                "show_log": self._show_log,
            }
        )

    def _keep_draft(self) -> None:
        self._studio.drafts.keep(self._window.panel.state())

    def _choose_look(self, choice: str) -> None:
        self._studio.settings.update(theme=choice)  # the application hears of it and repaints everything

    def _toggle_full_screen(self) -> None:
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()

    def _show_log(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._studio.data_dir.log_file)))

    def _act(self, name: str) -> None:
        if name == "resume":
            self._studio.queue.resume()
        else:
            self._window.actions_[name].trigger()
        self._window.banner.hide()

    def _tell(self, error: BaseException) -> None:
        if not isinstance(error, StudioError):
            log.error("a task of the window met a bug", exc_info=error)
        self._window.banner.show_error(described(error))
