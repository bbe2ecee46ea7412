"""The endpoint chip and dialog over the studio's endpoint session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdstudio.core.errors import KeyringUnavailable, SecretHeldBack
from sdstudio.studio import Studio
from sdstudio.ui import chips
from sdstudio.ui.endpoints.chip_menu import EndpointMenu
from sdstudio.ui.endpoints.traffic_window import TrafficWindow
from sdstudio.ui.main_window import MainWindow
from sdstudio.ui.tasks import Tasks

if TYPE_CHECKING:
    from sdstudio.ui.endpoints.dialog import EndpointDialog


class Connecting:
    """Joins chip, dialog and form lists to the endpoint session. UI thread."""

    def __init__(self, window: MainWindow, studio: Studio, tasks: Tasks) -> None:
        self._window, self._studio, self._tasks = window, studio, tasks
        actions = window.actions_
        self.menu = EndpointMenu((actions["choose_endpoint"], actions["reconnect"]), window)
        self.menu.chosen.connect(self.use_profile)
        studio.session.changed.connect(self._show)
        window.endpoint_chip.clicked.connect(self._open_menu)
        window.welcome.connect_endpoint.connect(self.connect_first)
        actions.connect_all(
            {"choose_endpoint": self.open_dialog, "reconnect": self._reconnect, "traffic": self._show_traffic}
        )
        self._told: tuple[str, str] = ("", "")
        self._show()

    def use_profile(self, profile_id: str) -> None:
        """Make pictures there from now on."""
        self._tasks.start(self._studio.use_profile(profile_id), name="use endpoint")

    def open_dialog(self) -> EndpointDialog:
        """Set endpoints up, try them out, choose where pictures are to be made."""
        from sdstudio.ui.endpoints.dialog import EndpointDialog  # noqa: PLC0415 - the start has no need of it

        dialog = EndpointDialog(self._studio, self._tasks, parent=self._window)
        dialog.keyring_failed.connect(self._tell_keyring)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def connect_first(self) -> None:
        """The same for someone who may have none yet: then with the fields for one at once."""
        dialog = self.open_dialog()
        if len(self._studio.profiles.all) == 1:
            dialog.add_new()

    def _tell_keyring(self, trouble: KeyringUnavailable) -> None:
        text = f"{trouble.message} What you entered is remembered until you quit."
        self._window.banner.show_notice(trouble.title, text.strip(), "warning")

    def _open_menu(self) -> None:
        used, known = self._studio.session.profile, self._studio.profiles.all
        for_now = () if self._studio.profiles.get(used.id) else (used,)
        self.menu.show_under(self._window.endpoint_chip, (*known, *for_now), used.id)

    def _show_traffic(self) -> None:
        opened = self._window.findChild(TrafficWindow) or TrafficWindow(self._studio.traffic, self._window)
        opened.show()
        opened.raise_()

    def _reconnect(self) -> None:
        self._studio.session.try_now()

    def _show(self) -> None:
        session = self._studio.session
        words = chips.endpoint_words(session.name, session.state)
        self._window.endpoint_chip.say(f"{words}  ▾", self._tip())
        self._window.panel.set_offer(session.offer)
        self._window.actions_["reconnect"].setEnabled(session.state != "ready")
        self._tell_trouble()

    def _tell_trouble(self) -> None:
        """Say once why an endpoint cannot be used, and take it back when it can; offline jobs just wait."""
        session, banner = self._studio.session, self._window.banner
        trouble = (session.profile.id, session.state)
        if session.state == "ready":
            for name in ("choose_endpoint", "reconnect"):
                banner.withdraw(name)
        elif session.error and trouble != self._told:
            if session.state == "needs token":
                action = "Settle it…" if isinstance(session.error, SecretHeldBack) else "Enter a token…"
                banner.show_error(session.error, action=action, action_name="choose_endpoint")
            else:
                banner.show_error(session.error, action="Try now", action_name="reconnect")
        if session.state != "connecting":  # which it is between any two tries
            self._told = trouble

    def _tip(self) -> str:
        session = self._studio.session
        lines = [session.url or "Built in: no neural network, for trying everything out", *session.notes]
        if session.error:
            lines += [session.error.title, session.error.remedy]
        return "\n".join(line for line in lines if line)
