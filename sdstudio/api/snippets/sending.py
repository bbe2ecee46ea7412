"""One request as all forms of code write it: where it goes, what it says, which files it reads and leaves.

What it says is the program's own payload (`api.payload`), so that a snippet and the program cannot drift apart;
only the task id, which is between the program and its progress bar, is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sdstudio.api import address, payload
from sdstudio.api.snippets.sign_in_way import SignInWay
from sdstudio.core.errors import InvalidRequest
from sdstudio.core.request import GenerationRequest, Inpaint, InputImage

LONGEST_WAIT_S = 3600  # a slow card and a large batch; a snippet without an end would hang for ever


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture that a snippet reads from `path` and sends as base64."""

    path: str


@dataclass(frozen=True, slots=True)
class Sending:
    """`payload` in the wire's names, with a `PictureFile` for each picture; `base` is the normalised address.

    `stem` begins the names of the files that the pictures are saved in.
    """

    base: str
    route: str
    sign_in: SignInWay
    payload: Mapping[str, Any]
    stem: str

    @classmethod
    def of(
        cls,
        request: GenerationRequest,
        endpoint_url: str,
        sign_in: SignInWay,
        folder: Path | None = None,
    ) -> Sending:
        """Raises `InvalidRequest` for a value that cannot be sent and for an address that is none.

        `folder` is where the files of `picture_files` lie, None for the folder that the code is run in.
        """
        said = payload.fields(request)
        _refuse_halves(said)
        files = {name: _file(file, folder) for name, file in _file_names(request).items()}
        if "init_images" in files:
            said["init_images"] = [files["init_images"]]
        if "mask" in files:
            said["mask"] = files["mask"]
        stem = request.kind if request.seed < 0 else f"{request.kind}-{request.seed}"
        return cls(address.normalised(endpoint_url), payload.route(request), sign_in, said, stem)

    @property
    def url(self) -> str:
        """Where it is POSTed to."""
        return self.base + self.route

    @property
    def files(self) -> list[str]:
        """The paths of the pictures that are read."""
        values = [*self.payload.get("init_images", ()), self.payload.get("mask")]
        return [value.path for value in values if isinstance(value, PictureFile)]


def picture_files(request: GenerationRequest, pictures: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files that the request's snippets read, by name: PNGs exactly as the program would send them.

    They hold pixels alone: the originals may tell of places and cameras. `pictures` are the stored bytes of the
    inputs by SHA-256. Slow (it decodes and encodes), so for a worker; raises `UnreadableImage`.
    """
    names = _file_names(request)
    return {names[name]: png for name, png in payload.images(request, pictures).items()}


def _file_names(request: GenerationRequest) -> dict[str, str]:
    """By the wire's name. Named for their content, so that no two requests' files meet in one folder."""
    if request.img2img is None:
        return {}
    source = request.img2img.source
    names = {"init_images": f"source-{_short(source)}.png"}
    if isinstance(request.img2img.inpaint, Inpaint):  # a mask is sent in its source's size
        names["mask"] = f"mask-{_short(request.img2img.inpaint.mask)}-of-{_short(source)}.png"
    return names


def _short(image: InputImage) -> str:
    return image.sha256[:10]


def _file(name: str, folder: Path | None) -> PictureFile:
    return PictureFile(str(folder / name) if folder else name)


def _refuse_halves(said: Mapping[str, Any]) -> None:
    """Half a surrogate pair can be written into no file and sent by few programs."""
    for field, value in said.items():
        try:
            json.dumps(value, ensure_ascii=False, default=str).encode()
        except UnicodeEncodeError as error:
            raise InvalidRequest(
                field,
                f"The text of {field} has half a character",
                remedy="Type that character again, or take it out.",
            ) from error
