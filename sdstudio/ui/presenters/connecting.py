"""The endpoint chip and dialog over the studio's endpoint session."""

from __future__ import annotations

from sdstudio.api.offer import Offer
from sdstudio.studio import Studio
from sdstudio.ui import chips
from sdstudio.ui.endpoints.chip_menu import EndpointMenu
from sdstudio.ui.endpoints.dialog import EndpointDialog
from sdstudio.ui.main_window import MainWindow
from sdstudio.ui.tasks import Tasks


class Connecting:
    """Joins chip, dialog and form lists to the endpoint session. UI thread."""

    def __init__(self, window: MainWindow, studio: Studio, tasks: Tasks) -> None:
        self._window, self._studio, self._tasks = window, studio, tasks
        actions = window.actions_
        self.menu = EndpointMenu((actions["choose_endpoint"], actions["reconnect"]), window)
        self.menu.chosen.connect(self.use_profile)
        studio.session.changed.connect(self._show)
        window.endpoint_chip.clicked.connect(self._open_menu)
        window.welcome.connect_endpoint.connect(self.open_dialog)
        actions.connect_all({"choose_endpoint": self.open_dialog, "reconnect": self._reconnect})
        self._show()

    def use_profile(self, profile_id: str) -> None:
        """Make pictures there from now on."""
        self._tasks.start(self._studio.use_profile(profile_id), name="use endpoint")

    def open_dialog(self) -> None:
        """Ask where pictures are to be made."""
        dialog = EndpointDialog(self._test, self._tasks, url=self._studio.session.url, parent=self._window)
        dialog.chosen.connect(self._use)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    async def _test(self, url: str, token: str | None) -> str:
        return offer_words(await self._studio.ask_endpoint(url, token))

    def _use(self, url: str, token: str | None) -> None:
        self._tasks.start(self._use_now(url, token), name="use endpoint")

    async def _use_now(self, url: str, token: str | None) -> None:
        if trouble := await self._studio.use_endpoint(url, token):
            self._window.banner.show_notice(
                trouble.title, f"{trouble.message} The token is remembered until you quit.", "warning"
            )

    def _open_menu(self) -> None:
        used = self._studio.session.profile.id
        self.menu.show_under(self._window.endpoint_chip, self._studio.profiles.all, used)

    def _reconnect(self) -> None:
        self._studio.session.try_now()

    def _show(self) -> None:
        session = self._studio.session
        words = chips.endpoint_words(session.name, session.state)
        self._window.endpoint_chip.say(f"{words}  ▾", self._tip())
        self._window.panel.set_offer(session.offer)
        self._window.actions_["reconnect"].setEnabled(session.state != "ready")
        if session.state == "needs token" and session.error:
            self._window.banner.show_error(
                session.error, action="Enter a token…", action_name="choose_endpoint"
            )

    def _tip(self) -> str:
        session = self._studio.session
        lines = [session.url or "Built in: no neural network, for trying everything out", *session.offer.notes]
        if session.error:
            lines += [session.error.title, session.error.remedy]
        return "\n".join(line for line in lines if line)


def offer_words(offer: Offer) -> str:
    """What a tested endpoint is and can do, in one sentence."""
    who = " ".join(part for part in (offer.name, offer.version) if part)
    lists = [
        f"{len(names)} {what}"
        for names, what in ((offer.checkpoints, "checkpoints"), (offer.samplers, "samplers"))
        if names and what not in offer.missing
    ]
    told = ("progress", offer.can_progress), ("interrupt", offer.can_interrupt), ("skip", offer.can_skip)
    can = [name for name, offered in told if offered]
    return f"{who} answers. It offers " + ", ".join([*lists, *can] or ["txt2img and img2img"]) + "."
