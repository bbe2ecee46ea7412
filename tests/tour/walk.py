"""One walk through the window in one look and scale. Started by `tests.tour.__main__`, in a process of its own."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

import qasync  # isort: skip - it picks its Qt by what is imported already

from sdstudio.config.paths import DataDir
from sdstudio.core.errors import EndpointUnreachable
from sdstudio.core.request import GenerationRequest
from sdstudio.studio import Studio
from sdstudio.ui import theme
from sdstudio.ui.endpoints.dialog import EndpointDialog
from sdstudio.ui.help import KeySheet
from sdstudio.ui.main_window import MainWindow
from sdstudio.ui.presenter import Presenter

PATIENCE_S = 60
PROMPTS = (
    "a lighthouse above a stormy sea, evening light",
    "autumn forest with a small lake, mist",
    "city at night in the rain, neon",
    "portrait of a young women, blue eyes, cinematic",
)
Scene = Callable[["Walk"], Awaitable[None]]


class Walk:
    """The window being walked through, and where its pictures go."""

    def __init__(self, folder: Path, look: str, scale: int, home: Path) -> None:
        self._folder, self._look, self._scale = folder, look, scale
        self._data_dir = DataDir(home / "studio")

    async def run(self, app: QApplication, wanted: list[str]) -> None:
        """Every scene in order: later ones build on what earlier ones made."""
        self.window = MainWindow()
        self.window.resize(1440, 900)
        self.window.show()
        self.studio = await Studio.open(self._data_dir)
        self.studio.settings.update(theme=self._look)
        theme.apply(app, self.studio.settings.values.theme)
        presenter = Presenter(self.window, self.studio)
        await presenter.start()
        await self.until(lambda: self.studio.session.state == "ready")
        for scene in SCENES:
            self._name = scene.__name__.replace("_", "-")
            self._shoot = not wanted or self._name in wanted
            await scene(self)
        await presenter.close()
        await self.studio.close()
        self.window.close_for_good()

    async def shoot(self, widget: QWidget | None = None, suffix: str = "") -> None:
        """Write the window, or one dialog, as it is once everything has settled."""
        await asyncio.sleep(0.4)
        if self._shoot:
            name = f"{self._name}{suffix}-{self._look}-{self._scale}.png"
            (widget or self.window).grab().save(str(self._folder / name))

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait for something to come true; a walk that gets stuck fails."""
        async with asyncio.timeout(PATIENCE_S):
            while not happened():
                await asyncio.sleep(0.02)

    async def make(self, prompt: str, **values: object) -> None:
        """Make one picture by the form, to its end."""
        before = len(self.studio.queue.jobs)
        self.window.panel.apply_request(GenerationRequest(prompt=prompt, **values), {"prompt", *values})  # pyright: ignore[reportArgumentType]
        self.window.panel.generate()
        await self.until(lambda: len(self.studio.queue.jobs) > before)
        await self.until(lambda: all(job.has_ended for job in self.studio.queue.jobs))


async def welcome(walk: Walk) -> None:
    await walk.shoot()


async def a_value_that_cannot_be_sent(walk: Walk) -> None:
    walk.window.panel.tabs.setCurrentIndex(1)
    walk.window.panel.generate()
    await walk.shoot()
    walk.window.panel.tabs.setCurrentIndex(0)


async def making(walk: Walk) -> None:
    panel = walk.window.panel
    request = GenerationRequest(prompt=PROMPTS[0], negative_prompt="text, frame", steps=60, n_iter=3, seed=7)
    panel.apply_request(request)
    panel.generate()
    await walk.until(lambda: any(job.progress.preview for job in walk.studio.queue.jobs))
    await walk.shoot()
    await walk.until(lambda: all(job.has_ended for job in walk.studio.queue.jobs))


async def result(walk: Walk) -> None:
    for prompt in PROMPTS[1:]:
        await walk.make(prompt, steps=25, n_iter=1, seed=11)
    await walk.shoot()


async def an_older_picture(walk: Walk) -> None:
    walk.window.strip.go_to(3)
    walk.window.viewer.actual_pixels()
    await walk.shoot()
    walk.window.viewer.fit()


async def img2img(walk: Walk) -> None:
    walk.window.actions_["use_as_source"].trigger()
    await walk.until(lambda: walk.window.panel.state()["source"] is not None)
    await walk.shoot()
    walk.window.panel.tabs.setCurrentIndex(0)


async def small_window(walk: Walk) -> None:
    walk.window.resize(1280, 720)
    await walk.shoot()
    walk.window.resize(1440, 900)


async def endpoint_dialog(walk: Walk) -> None:
    walk.window.actions_["choose_endpoint"].trigger()
    dialog = walk.window.findChild(EndpointDialog)
    assert dialog is not None
    await walk.shoot(dialog)
    dialog.profiles.new_button.click()
    dialog.form.address.setText("http://127.0.0.1:9")
    dialog.form.sign_in.choose("bearer")
    await walk.shoot(dialog, "-own")
    dialog.run_test()
    await walk.until(lambda: not dialog.is_testing)
    await walk.shoot(dialog, "-failed")
    dialog.form.more_button.click()
    dialog.form.more.trust.kind.setCurrentIndex(3)
    dialog.form.more.headers.add_button.click()
    await walk.shoot(dialog, "-more")
    dialog.profiles.list.setCurrentRow(0)
    dialog.run_test()
    await walk.until(lambda: not dialog.is_testing)
    await walk.shoot(dialog, "-good")
    dialog.reject()


async def a_notice(walk: Walk) -> None:
    walk.window.banner.show_error(
        EndpointUnreachable(
            "Nothing answers at studio-gpu:7860",
            "The connection was refused.",
            "Start the web UI there with --api, or choose another endpoint.",
            raw="[Errno 111] Connection refused",
        )
    )
    await walk.shoot()
    walk.window.banner.hide()


async def keys(walk: Walk) -> None:
    walk.window.actions_["keys"].trigger()
    sheet = walk.window.findChild(KeySheet)
    assert sheet is not None
    await walk.shoot(sheet)
    sheet.close()


async def offline(walk: Walk) -> None:
    await walk.studio.use_endpoint("http://127.0.0.1:9", None)
    await walk.until(lambda: walk.studio.session.state == "offline")
    walk.window.panel.generate()
    await walk.until(lambda: any(job.state == "queued" for job in walk.studio.queue.jobs))
    await walk.shoot()


SCENES: tuple[Scene, ...] = (
    welcome,
    a_value_that_cannot_be_sent,
    making,
    result,
    an_older_picture,
    img2img,
    small_window,
    endpoint_dialog,
    a_notice,
    keys,
    offline,
)


def main() -> int:
    """Arguments: folder, look, scale in per cent, a fresh home folder, then the scenes wanted (none: all)."""
    folder, look, scale, home, *wanted = sys.argv[1:]
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    walk = Walk(Path(folder), look, int(scale), Path(home))
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        runner.run(walk.run(app, wanted))
    return 0


if __name__ == "__main__":
    sys.exit(main())
