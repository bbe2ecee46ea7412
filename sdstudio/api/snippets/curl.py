"""A request as curl in a POSIX shell: sh, bash, zsh, Git's shell on Windows. Not for cmd.exe and PowerShell.

Those two have no quoting that holds every prompt on a command line; Python and JavaScript do there. There are
no comments in it: zsh takes none where it is typed or pasted into.
"""

from __future__ import annotations

from collections.abc import Mapping

from sdstudio.api.snippets.notation import JSON, shell_quoted
from sdstudio.api.snippets.sending import LONGEST_WAIT_S, Sending
from sdstudio.api.snippets.sign_in_way import TOKEN_VARIABLE, HeaderLine, SignInWay

_LONGEST_WORD = 100_000  # bytes; Linux takes no argument of 128 KiB or more
# The answer's pictures without a JSON tool: base64 has neither quotes nor brackets in it.
_SAVED = """\
  tr -d '\\r\\n' < {stem}.json | LC_ALL=C grep -o '"images": *\\[[^]]*]' | head -n 1 |
    tr '",' '\\n\\n' | tr -d '\\\\' | LC_ALL=C grep -E '^[A-Za-z0-9+/]{{32,}}=*$' | awk '{{
      file = "{stem}-" NR ".png"; decode = "base64 --decode > " file
      print | decode; close(decode); print file
    }} END {{ exit (NR == 0) }}'
"""


def written(sending: Sending) -> str:
    """The command, which saves each picture in a file and prints its name."""
    body = JSON.written(sending.payload)
    piped = "\0" in body or len(body.encode()) > _LONGEST_WORD
    return (
        f"{_needed(sending.files)}if {_piped(body) if piped else ''}"
        f"curl -sS --fail-with-body --connect-timeout 10 --max-time {LONGEST_WAIT_S} -X POST \\\n"
        "  -H 'Accept: application/json' \\\n"
        "  -H 'Content-Type: application/json' \\\n"
        f"{_headers(sending.sign_in)}"
        f"  {'--data-binary @-' if piped else f'-d {shell_quoted(body)}'} \\\n"
        f"  {shell_quoted(sending.url)} > {sending.stem}.json\n"
        f"then\n{_SAVED.format(stem=sending.stem)}"
        f"else\n  head -c 1000 {sending.stem}.json >&2; false\nfi\n"
    )


def _needed(files: list[str]) -> str:
    """Stops, with the system's own words, where a picture is missing."""
    return "".join(f"cat {shell_quoted(file)} > /dev/null && " for file in files)


def _headers(sign_in: SignInWay) -> str:
    must_be = {name: f"${{{name}:?must be set to {what}}}" for name, what in sign_in.variables.items()}
    options = [f"-H {_header(line, must_be)}" for line in sign_in.headers]
    if sign_in.kind == "basic":
        options.insert(0, f"-u {_word(sign_in.before_secret, must_be[TOKEN_VARIABLE])}")
    return "".join(f"  {option} \\\n" for option in options)


def _header(line: HeaderLine, must_be: Mapping[str, str]) -> str:
    if not line.text and not line.variable:
        return shell_quoted(f"{line.name};")  # curl's way of sending it with nothing in it
    return _word(f"{line.name}: {line.text}", must_be.get(line.variable, ""))


def _word(text: str, variable: str) -> str:
    """`text` and a variable's value as one word, in double quotes where nothing in `text` is special there."""
    if variable and not set(text) & set('$`"\\!'):
        return f'"{text}{variable}"'
    return shell_quoted(text) + (f'"{variable}"' if variable else "")


def _piped(body: str) -> str:
    """The body as a group's output, its pictures read from their files."""
    lines: list[str] = []
    for at, part in enumerate(body.split("\0")):
        if at % 2:
            lines.append(f"base64 < {shell_quoted(part)} | tr -d '\\r\\n'")
        else:
            lines += [f"printf '%s' {shell_quoted(piece)}" for piece in _pieces(part)]
    return "{\n" + "".join(f"  {line}\n" for line in lines) + "} | "


def _pieces(text: str) -> list[str]:
    size = _LONGEST_WORD // 8  # four bytes a character, and quotes that grow
    return [text[start : start + size] for start in range(0, len(text), size)]
