"""Where the files that come with the program lie: icons, sample pictures.

In a wheel they are `sdstudio/resources`; in a checkout they are `resources/` beside the package.
Not here: anything of the user's (`sdstudio.config.paths`).
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_PACKAGED = _PACKAGE / "resources"
_ROOT = _PACKAGED if _PACKAGED.is_dir() else _PACKAGE.parent / "resources"


def path(name: str) -> Path:
    """The file `name`, such as "icons/sdstudio.svg"; FileNotFoundError if this build does not carry it."""
    found = _ROOT / name
    if not found.is_file():
        raise FileNotFoundError(f"no resource {name!r} in {_ROOT}")
    return found
