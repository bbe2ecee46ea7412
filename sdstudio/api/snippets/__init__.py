"""Requests as code: written for curl, Python, JavaScript and notebooks, and read back from any of these.

Writing (`writing`) says exactly what the program itself would send and holds no secret. Reading (`reading`)
executes and fetches nothing. Both are pure: text in, text or values out; no files, no network, no clipboard.
"""

from sdstudio.api.snippets.reading.found import FoundSecret, Reading
from sdstudio.api.snippets.reading.reader import might_hold_request, read
from sdstudio.api.snippets.sending import picture_files
from sdstudio.api.snippets.sign_in_way import (
    BEARER,
    NO_SIGN_IN,
    TOKEN_VARIABLE,
    SignInWay,
    basic,
    own_header,
)
from sdstudio.api.snippets.writing import LABELS, Form, Snippet, write, write_notebook

__all__ = [
    "BEARER",
    "LABELS",
    "NO_SIGN_IN",
    "TOKEN_VARIABLE",
    "Form",
    "FoundSecret",
    "Reading",
    "SignInWay",
    "Snippet",
    "basic",
    "might_hold_request",
    "own_header",
    "picture_files",
    "read",
    "write",
    "write_notebook",
]
