"""Requests as code: written for curl, Python, JavaScript and notebooks, and read back from any of these.

Writing (`writing`) says exactly what the program itself would send and holds no secret. Reading (`reading`)
executes and fetches nothing. Both are pure: text in, text or values out; no files, no network, no clipboard.
"""

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
    "SignInWay",
    "Snippet",
    "basic",
    "own_header",
    "picture_files",
    "write",
    "write_notebook",
]
