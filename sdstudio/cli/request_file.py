"""`--from FILE`: a request out of a file or standard input, and what is to be said of it."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from sdstudio.api import snippets
from sdstudio.api.snippets import TOKEN_VARIABLE, Reading
from sdstudio.core.errors import InvalidRequest

STANDARD_INPUT = "-"
LARGEST_BYTES = 64 * 2**20


def read(name: str) -> Reading:
    """The request in the file called `name`, "-" for standard input; raises `InvalidRequest`."""
    try:
        if name == STANDARD_INPUT:
            content = _content(sys.stdin.buffer)
        else:
            with Path(name).open("rb") as file:
                content = _content(file)
    except OSError as error:
        raise InvalidRequest("from", f"{name} can't be read", f"{error.strerror}.") from error
    if len(content) > LARGEST_BYTES:
        raise InvalidRequest("from", f"{name} is too large", f"It has more than {LARGEST_BYTES // 2**20} MB.")
    return snippets.read(_text(content))


def remarks(reading: Reading, *, has_endpoint: bool) -> Iterator[str]:
    """Sentences on what was corrected and what of the text was not used; no address where one was given."""
    yield f"Read from {reading.form}: a request for {reading.kind}."
    yield from reading.corrections
    if reading.token:
        yield (f"A secret to sign in with was found and ignored; set the variable {TOKEN_VARIABLE} to use one.")
    if reading.endpoint_url and not has_endpoint:
        yield f"It was written for {reading.endpoint_url}; --endpoint says where it is made."


def _content(file: BinaryIO) -> bytes:
    return file.read(LARGEST_BYTES + 1)


def _text(content: bytes) -> str:
    """PowerShell writes UTF-16 where one redirects into a file; all else is taken for UTF-8."""
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if is_wide else "utf-8", "replace")
