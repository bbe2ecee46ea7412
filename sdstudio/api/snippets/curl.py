"""A request as curl in a POSIX shell: sh, bash, zsh, Git's shell on Windows. Not for cmd.exe and PowerShell.

Those two have no quoting that holds every prompt on a command line; Python and JavaScript do there. There are
no comments in it: zsh takes none where it is typed or pasted into.
"""

from __future__ import annotations

from sdstudio.api.snippets.notation import JSON, shell_quoted
from sdstudio.api.snippets.sending import LONGEST_WAIT_S, Sending
from sdstudio.api.snippets.sign_in_kind import TOKEN_VARIABLE, SignInKind

_LONGEST_WORD = 100_000  # bytes; Linux takes no argument of 128 KiB or more
_SET = {"basic": "must be set to user:password"}  # what the shell says where the variable is missing
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
        f"{_sign_in(sending.sign_in)}"
        f"  {'--data-binary @-' if piped else f'-d {shell_quoted(body)}'} \\\n"
        f"  {shell_quoted(sending.url)} > {sending.stem}.json\n"
        f"then\n{_SAVED.format(stem=sending.stem)}"
        f"else\n  head -c 1000 {sending.stem}.json >&2; false\nfi\n"
    )


def _needed(files: list[str]) -> str:
    """Stops, with the system's own words, where a picture is missing."""
    return "".join(f"cat {shell_quoted(file)} > /dev/null && " for file in files)


def _sign_in(kind: SignInKind) -> str:
    secret = f"${{{TOKEN_VARIABLE}:?{_SET.get(kind.kind, 'must be set to the token')}}}"
    if kind.kind == "none":
        return ""
    if kind.kind == "basic":
        return f'  -u "{secret}" \\\n'
    scheme = "Bearer " if kind.kind == "bearer" else ""
    return f'  -H "{kind.header}: {scheme}{secret}" \\\n'


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
