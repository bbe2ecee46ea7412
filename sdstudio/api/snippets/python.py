"""A request as a Python script, with requests or with httpx; and the parts that a notebook shares with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from sdstudio.api.snippets.notation import Notation, python_quoted
from sdstudio.api.snippets.sending import LONGEST_WAIT_S, Sending
from sdstudio.api.snippets.sign_in_way import TOKEN_VARIABLE, SignInWay

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


def remarks(sign_in: SignInWay, files: Iterable[str]) -> list[str]:
    """What must be there before it runs. Only names that the program itself chose: a path may hold anything."""
    lines = [f"Reads {what} from the environment variable {name}." for name, what in sign_in.variables.items()]
    if any(files):
        lines.append("Reads the source picture from a PNG file that SD Studio writes for it, without metadata.")
    return lines


def imports(sign_in: SignInWay) -> str:
    """Of what signing in takes."""
    return "import os\n" if sign_in.variables else ""


def headers(sign_in: SignInWay) -> str:
    """The statement that makes them."""
    lines = ['"Accept": "application/json"']
    if sign_in.kind == "basic":
        pair = _sum(sign_in.before_secret, TOKEN_VARIABLE)
        pair = f"({pair})" if sign_in.user else pair
        lines.append(f'"Authorization": "Basic " + base64.b64encode({pair}.encode()).decode()')
    lines += [f'"{line.name}": {_sum(line.text, line.variable)}' for line in sign_in.headers]
    return "\n".join(["headers = {", *(f"    {line}," for line in lines), "}"])


def _sum(text: str, variable: str) -> str:
    """The expression of `text` and a variable's value behind it, either of which may be missing."""
    parts = [python_quoted(text)] if text or not variable else []
    return " + ".join([*parts, _environment(variable)] if variable else parts)


def _environment(variable: str) -> str:
    return f'os.environ["{variable}"]'
