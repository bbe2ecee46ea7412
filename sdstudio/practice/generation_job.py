"""The work of txt2img and img2img on the painting thread: batches, progress, interrupt, and the answer.

Pictures of a batch are painted one after the other, so an interrupt returns those that were begun; the original
works on a batch at once. Not here: HTTP, and what a recipe means (`processing`, `engine`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from sdstudio.practice import pictures
from sdstudio.practice.batch_watch import BatchWatch
from sdstudio.practice.engine import paint, pass_steps
from sdstudio.practice.infotexts import extra_parameters, info_of, infotext_of
from sdstudio.practice.options import Options, Settings
from sdstudio.practice.processing import Processing, processing_of
from sdstudio.practice.state import ServerState
from sdstudio.practice.wire_errors import Broke


@dataclass(slots=True)
class GenerationJob:
    """One request from its turn to its answer; `run` is called once, on the painting thread."""

    kind: str
    values: dict[str, Any]
    options: Options
    state: ServerState
    slow_s: float = 0.0
    fault: Broke | None = None

    def run(self) -> bytes:
        """The answer's JSON. Raises `Broke` or `Declined`; the state is idle again whatever happens."""
        self.state.begin(f"scripts_{self.kind}")
        try:
            if self.fault:
                raise self.fault
            return self._answer()
        finally:
            self.state.end()

    def _answer(self) -> bytes:
        p = processing_of(self.kind, self.values, self._settings())
        made = self._made(p)
        with_grid = len(made.kept) > 1
        if with_grid:
            made.put_first(pictures.grid(made.kept, int(self.options.current["n_rows"])), self._encoded)
        info = info_of(p, made.infotexts, first_image=int(with_grid), job_timestamp=self.state.job_timestamp)
        images = made.encoded if self.values["send_images"] else []
        return json.dumps({"images": images, "parameters": self._echo(), "info": info}).encode()

    def _settings(self) -> Settings:
        changes: dict[str, Any] = self.values["override_settings"] or {}
        for_good = self.values["override_settings_restore_afterwards"] is False
        return self.options.overridden(changes, for_good=for_good)

    def _made(self, p: Processing) -> _Made:
        made = _Made()
        extra = extra_parameters(p)
        for at, image in self._painted(p):
            text = infotext_of(p, at, extra)
            image.info = {"parameters": text} if p.settings["enable_pnginfo"] else {}
            made.infotexts.append(text)
            made.encoded.append(self._encoded(image))
            if self.values["save_images"] and p.settings["return_grid"]:
                made.kept.append(image)
        return made

    def _painted(self, p: Processing) -> Iterator[tuple[int, Image.Image]]:
        """Number and picture, batch by batch, until all are there or someone interrupts."""
        passes = pass_steps(p.recipe(0))
        self.state.job_count = p.n_iter * len(passes)
        for batch in range(p.n_iter):
            self.state.unskip()
            if self.state.interrupted:
                return
            if p.n_iter > 1:
                self.state.job = f"Batch {batch + 1} out of {p.n_iter}"
            watch = BatchWatch(
                self.state, p.settings, passes=passes, batch=batch, size=p.batch_size, slow_s=self.slow_s
            )
            for place in range(p.batch_size):
                at = batch * p.batch_size + place
                image = paint(p.recipe(at), watch)
                watch.finished(image)
                yield at, image
                if watch.stopped:
                    break
            self.state.at((batch + 1) * len(passes), 0, passes[-1])

    def _encoded(self, image: Image.Image) -> str:
        """By the options as they are now, not by the request's: the original has restored them by then."""
        return pictures.encoded(image, self.options.current)

    def _echo(self) -> Mapping[str, Any]:
        if self.kind == "img2img" and not self.values["include_init_images"]:
            return self.values | {"init_images": None, "mask": None}
        return self.values


@dataclass(slots=True)
class _Made:
    """What has been made so far: encoded, with texts, and kept as pictures only if a grid will need them."""

    encoded: list[str] = field(default_factory=list[str])
    infotexts: list[str] = field(default_factory=list[str])
    kept: list[Image.Image] = field(default_factory=list[Image.Image])

    def put_first(self, sheet: Image.Image, encode: Callable[[Image.Image], str]) -> None:
        """The grid, with the first picture's recipe."""
        sheet.info = dict(self.kept[0].info)
        self.encoded.insert(0, encode(sheet))
        self.infotexts.insert(0, self.infotexts[0])
