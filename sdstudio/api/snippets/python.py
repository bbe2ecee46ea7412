"""A request as a Python script, with requests or with httpx; and the parts that a notebook shares with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from sdstudio.api.snippets.notation import Notation, python_quoted
from sdstudio.api.snippets.sending import LONGEST_WAIT_S, Sending
from sdstudio.api.snippets.sign_in_kind import TOKEN_VARIABLE, SignInKind

Package = Literal["requests", "httpx"]

PYTHON = Notation("True", "False", python_quoted, lambda path: f"base64_of({python_quoted(path)})")
# Redirects are not followed: a POST would arrive elsewhere as a GET, and the token with it.
_WAITS = {
    "requests": (f"timeout=(10, {LONGEST_WAIT_S})", "allow_redirects=False"),
    "httpx": (f"timeout=httpx.Timeout({LONGEST_WAIT_S}, connect=10)",),
}
BASE64_OF = '''\
def base64_of(path):
    """The content of a file, as the API takes pictures."""
    return base64.b64encode(Path(path).read_bytes()).decode()
'''
_SCRIPT = '''\
"""{title}

Needs: pip install {package}{remarks}
"""

import base64
{imports}from pathlib import Path

import {package}

{functions}{headers}
payload = {payload}

answer = {package}.post(
    {url},
    headers=headers,
    json=payload,
{waits}
)
if answer.status_code != 200:
    raise SystemExit(f"{{answer.status_code}}: {{answer.text[:1000]}}")

for number, picture in enumerate(answer.json()["images"], start=1):
    path = Path(f"{stem}-{{number}}.png")
    path.write_bytes(base64.b64decode(picture.rpartition(",")[2]))
    print(path)
'''


def written(sending: Sending, package: Package) -> str:
    """The script, which saves each picture in a file and prints its name."""
    return _SCRIPT.format(
        title=f"{sending.route.rpartition('/')[2]}, as SD Studio sends it.",
        package=package,
        remarks="".join(f"\n{line}" for line in remarks(sending.sign_in, sending.files)),
        imports=imports(sending.sign_in),
        functions=f"\n{BASE64_OF}\n\n" if sending.files else "",
        headers=headers(sending.sign_in),
        payload=PYTHON.written(dict(sending.payload)),
        url=python_quoted(sending.url),
        waits=waits(package, "    "),
        stem=sending.stem,
    )


def waits(package: Package, indent: str) -> str:
    """The arguments that bound how long is waited, and where the request may go."""
    return "\n".join(f"{indent}{argument}," for argument in _WAITS[package])


def remarks(sign_in: SignInKind, files: Iterable[str]) -> list[str]:
    """What must be there before it runs. Only names that the program itself chose: a path may hold anything."""
    lines: list[str] = []
    if sign_in.kind != "none":
        what = "user:password" if sign_in.kind == "basic" else "your token"
        lines.append(f"Reads {what} from the environment variable {TOKEN_VARIABLE}.")
    if any(files):
        lines.append("Reads the source picture from a PNG file that SD Studio writes for it, without metadata.")
    return lines


def imports(sign_in: SignInKind) -> str:
    """Of what signing in takes."""
    return "" if sign_in.kind == "none" else "import os\n"


def headers(sign_in: SignInKind) -> str:
    """The statement that makes them."""
    lines = ['    "Accept": "application/json",', *(f"    {line}," for line in _sign_in(sign_in))]
    return "\n".join(["headers = {", *lines, "}"])


def _sign_in(sign_in: SignInKind) -> list[str]:
    secret = f'os.environ["{TOKEN_VARIABLE}"]'
    match sign_in.kind:
        case "bearer":
            return [f'"Authorization": "Bearer " + {secret}']
        case "basic":
            return [f'"Authorization": "Basic " + base64.b64encode({secret}.encode()).decode()']
        case "header":
            return [f'"{sign_in.header}": {secret}']
        case _:
            return []
