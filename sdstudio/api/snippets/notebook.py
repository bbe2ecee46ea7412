"""A batch of requests as a Jupyter notebook (nbformat 4): what they share once, then what each has of its own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sdstudio.api.snippets import python
from sdstudio.api.snippets.notation import python_quoted
from sdstudio.api.snippets.python import PYTHON
from sdstudio.api.snippets.sending import Sending

# The names that the reader looks for.
SHARED, BATCH = "shared", "batch"

_TOOLS = '''\
import base64
{imports}from pathlib import Path

import requests

try:
    from IPython.display import Image, display
except ImportError:  # run as a plain script
    display = None

ADDRESS = {address}
{headers}

{functions}
def make(payload, stem):
    """Send one request, save its pictures, and show them."""
    kind = "img2img" if "init_images" in payload else "txt2img"
    answer = requests.post(
        f"{{ADDRESS}}/sdapi/v1/{{kind}}",
        headers=headers,
        json=payload,
{waits}
    )
    if answer.status_code != 200:
        raise RuntimeError(f"{{answer.status_code}}: {{answer.text[:1000]}}")
    for number, picture in enumerate(answer.json()["images"], start=1):
        path = Path(f"{{stem}}-{{number}}.png")
        path.write_bytes(base64.b64decode(picture.rpartition(",")[2]))
        print(path)
        if display:
            display(Image(str(path)))'''
_RUN = f"""\
for position, own in enumerate({BATCH}, start=1):
    payload = {{**{SHARED}, **own}}
    make(payload, f"{{position:03}}-{{payload['seed']}}")"""


def written(sendings: Sequence[Sending]) -> str:
    """The notebook's file; `sendings` all go to one endpoint, and there is at least one."""
    shared = _shared(sendings)
    own = [{name: value for name, value in each.payload.items() if name not in shared} for each in sendings]
    cells = [
        _cell("intro", "markdown", _introduction(sendings)),
        _cell("tools", "code", _tools(sendings)),
        _cell("shared", "code", f"{SHARED} = {PYTHON.written(shared)}"),
        _cell("batch", "code", f"{BATCH} = [\n{''.join(_item(each) for each in own)}]"),
        _cell("run", "code", _RUN),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _shared(sendings: Sequence[Sending]) -> dict[str, Any]:
    """What every payload has with the same value and type."""
    first, *others = (each.payload for each in sendings)
    return {
        name: value
        for name, value in first.items()
        if all(name in other and repr(other[name]) == repr(value) for other in others)
    }


def _item(own: dict[str, Any]) -> str:
    return f"    {PYTHON.written(own, 1)},\n"


def _introduction(sendings: Sequence[Sending]) -> str:
    count = len(sendings)
    lines = [f"# {count} request{'s' if count > 1 else ''}, as SD Studio sends them", "", "Needs `requests`."]
    files = [file for each in sendings for file in each.files]
    return "\n".join([*lines, *python.remarks(sendings[0].sign_in, files)])


def _tools(sendings: Sequence[Sending]) -> str:
    first = sendings[0]
    return _TOOLS.format(
        imports=python.imports(first.sign_in),
        address=python_quoted(first.base),
        headers=python.headers(first.sign_in),
        functions=f"\n{python.BASE64_OF}\n" if any(each.files for each in sendings) else "",
        waits=python.waits("requests", "        "),
    )


def _cell(name: str, kind: str, source: str) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "cell_type": kind,
        "id": name,
        "metadata": {},
        "source": source.splitlines(keepends=True),
    }
    return cell | {"execution_count": None, "outputs": []} if kind == "code" else cell
