"""A request as code, in every form there is: which forms, what they are called, and the way to each writer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sdstudio.api import payload
from sdstudio.api.snippets import curl, javascript, json_payload, notebook, python
from sdstudio.api.snippets.sending import Sending
from sdstudio.api.snippets.sign_in_way import SignInWay
from sdstudio.core.errors import InvalidRequest
from sdstudio.core.request import GenerationRequest

Form = Literal["curl", "requests", "httpx", "javascript", "json", "notebook"]

LABELS: Mapping[Form, str] = {
    "curl": "curl",
    "requests": "Python (requests)",
    "httpx": "Python (httpx)",
    "javascript": "JavaScript (fetch)",
    "json": "JSON payload",
    "notebook": "Notebook (.ipynb)",
}
_SUFFIXES: Mapping[Form, str] = {
    "curl": ".sh",
    "requests": ".py",
    "httpx": ".py",
    "javascript": ".mjs",
    "json": ".json",
    "notebook": ".ipynb",
}


@dataclass(frozen=True, slots=True)
class Snippet:
    """`text` is the code, `file_name` what to save it as; `files` are the pictures that it reads, by path."""

    form: Form
    text: str
    file_name: str
    files: tuple[str, ...] = ()


def write(
    form: Form,
    request: GenerationRequest,
    endpoint_url: str,
    sign_in: SignInWay,
    *,
    folder: Path | None = None,
    pictures: Mapping[str, bytes] | None = None,
) -> Snippet:
    """`request` as code that does what the program would do; no secret is in it.

    Pictures that go in are read from the files of `sending.picture_files`, in `folder` or else where the code
    is run. A JSON payload can read no file: it holds the pictures, from their stored bytes by SHA-256 in
    `pictures`. An open seed stays open: the endpoint draws one at every run. Raises `InvalidRequest`, and
    `UnreadableImage` for a payload whose pictures are missing.
    """
    if form == "notebook":
        return write_notebook([request], endpoint_url, sign_in, folder=folder)
    sending = Sending.of(request, endpoint_url, sign_in, folder)
    if form == "json":
        text = json_payload.written(sending, payload.images(request, pictures or {}))
        return Snippet(form, text, f"{sending.stem}.json")
    return Snippet(form, _code(form, sending), sending.stem + _SUFFIXES[form], tuple(sending.files))


def write_notebook(
    requests: Sequence[GenerationRequest],
    endpoint_url: str,
    sign_in: SignInWay,
    *,
    folder: Path | None = None,
) -> Snippet:
    """Several requests to one endpoint as a notebook; raises `InvalidRequest`, also if there are none."""
    if not requests:
        raise InvalidRequest("prompt", "There is no request to write down")
    sendings = [Sending.of(request, endpoint_url, sign_in, folder) for request in requests]
    files = dict.fromkeys(file for sending in sendings for file in sending.files)
    name = sendings[0].stem if len(sendings) == 1 else f"batch-of-{len(sendings)}"
    return Snippet("notebook", notebook.written(sendings), name + _SUFFIXES["notebook"], tuple(files))


def _code(form: Literal["curl", "requests", "httpx", "javascript"], sending: Sending) -> str:
    match form:
        case "curl":
            return curl.written(sending)
        case "javascript":
            return javascript.written(sending)
        case package:
            return python.written(sending, package)
