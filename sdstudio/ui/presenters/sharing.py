"""Requests as code, out and in: copied from the form or a picture, pasted onto the form."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu

from sdstudio.api import snippets
from sdstudio.core.errors import InvalidRequest, StudioError
from sdstudio.core.request import GenerationRequest, InputImage
from sdstudio.studio import Studio
from sdstudio.ui.imaging import Decoder
from sdstudio.ui.main_window import MainWindow
from sdstudio.ui.presenters.reviewing import Reviewing
from sdstudio.ui.tasks import Tasks

SERVED_URL = "http://127.0.0.1:7860"  # where `sdstudio serve` listens: the built-in one changes its port


class Sharing:
    """Joins clipboard and files to the form and the shown picture. UI thread; reads in a worker."""

    def __init__(
        self,
        window: MainWindow,
        studio: Studio,
        reviewing: Reviewing,
        decoder: Decoder,
        tasks: Tasks,
    ) -> None:
        self._window, self._studio, self._decoder, self._tasks = window, studio, decoder, tasks
        self._reviewing = reviewing
        for menu, copy in (
            (window.copy_form_menu, self.copy_form),
            (window.copy_recipe_menu, self.copy_recipe),
        ):
            _fill(menu, copy)
        window.copy_recipe_menu.aboutToShow.connect(self._enable_recipe)
        window.actions_.connect_all({"paste_request": self.paste})

    def copy_form(self, form: snippets.Form) -> None:
        """What the form asks for, as code on the clipboard (a notebook: in a file)."""
        try:
            request = self._window.panel.request()
        except InvalidRequest:
            return
        self._tasks.start(self._copy(form, request), name="copy as code")

    def copy_recipe(self, form: snippets.Form) -> None:
        """The shown picture's request, as code."""
        if (shown := self._reviewing.shown) and shown.request:
            self._tasks.start(self._copy(form, shown.request), name="copy as code")

    def paste(self) -> None:
        """Put the request in the clipboard's text onto the form."""
        self._tasks.start(self._paste(QGuiApplication.clipboard().text()), name="paste a request")

    async def _copy(self, form: snippets.Form, request: GenerationRequest) -> None:
        profile = self._studio.session.profile
        way = snippets.SignInWay.of(profile)
        pictures = {
            image.sha256: await self._studio.library.read_input(image.sha256)
            for image in request.inputs.values()
        }
        url = profile.url or SERVED_URL
        snippet = await self._decoder.run(snippets.write, form, request, url, way, pictures=pictures)
        if form == "notebook":
            self._save(snippet)
            return
        QGuiApplication.clipboard().setText(snippet.text)
        words = f"Copied as {snippets.LABELS[form]}"
        if snippet.files:
            words += f" · it reads {', '.join(snippet.files)}"
        self._window.say(words)

    def _save(self, snippet: snippets.Snippet) -> None:
        dialog = QFileDialog(self._window, "Save the notebook", snippet.file_name, "Notebooks (*.ipynb)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(snippet.file_name)
        dialog.fileSelected.connect(lambda name: self._write(Path(name), snippet.text))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _write(self, file: Path, text: str) -> None:
        self._tasks.start(self._write_now(file, text), name="save a notebook")

    async def _write_now(self, file: Path, text: str) -> None:
        try:
            await self._decoder.run(file.write_text, text, encoding="utf-8")
        except OSError as error:
            raise StudioError(
                f"{file.name} could not be saved", error.strerror or "", "Choose another folder."
            ) from error
        self._window.say(f"Saved {file.name}")

    async def _paste(self, text: str) -> None:
        found = await self._decoder.run(snippets.read, text)
        source = await self._kept(found.source)
        mask = await self._kept(found.mask)
        panel = self._window.panel
        if found.kind == "txt2img" or source:
            request = found.request(GenerationRequest(), source=source, mask=mask)
            panel.apply_request(request, found.fields, text="Paste a request")
        else:
            panel.apply_values({"tab": "img2img", **found.values, **found.img2img}, text="Paste a request")
        self._tell(found)

    async def _kept(self, picture: bytes | None) -> InputImage | None:
        return await self._studio.library.store_input(picture) if picture else None

    def _tell(self, found: snippets.Reading) -> None:
        said = [*found.corrections]
        if "source" in found.needs:
            said.append("Choose the picture to start from.")
        if found.token:
            said.append("A token stood in it; it was neither used nor kept.")
        if found.endpoint_url:
            said.append(f"It was for {found.endpoint_url}: Endpoint ▸ Choose or edit endpoints… connects that.")
        self._window.banner.show_notice(
            f"Read a request from {found.form}",
            " ".join(said) or "Nothing had to be corrected.",
            "good",
        )

    def _enable_recipe(self) -> None:
        shown = self._reviewing.shown
        for action in self._window.copy_recipe_menu.actions():
            action.setEnabled(bool(shown and shown.request))


def _fill(menu: QMenu, copy: Callable[[snippets.Form], None]) -> None:
    for form, label in snippets.LABELS.items():
        action = menu.addAction(label if form != "notebook" else f"{label}…")
        action.triggered.connect(partial(_copied, copy, form))


def _copied(copy: Callable[[snippets.Form], None], form: snippets.Form, _checked: object = False) -> None:  # noqa: FBT002 - Qt's argument
    copy(form)
