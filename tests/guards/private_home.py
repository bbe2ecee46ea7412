"""A home of their own for the tests, so that none reads or writes the user's folders, settings or keyring."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

_FOLDERS = {
    "HOME": "",
    "USERPROFILE": "",
    "XDG_CONFIG_HOME": ".config",
    "XDG_CACHE_HOME": ".cache",
    "XDG_DATA_HOME": ".local/share",
    "XDG_STATE_HOME": ".local/state",
    "XDG_RUNTIME_DIR": "runtime",
    # platformdirs asks Windows itself for these folders unless it is told otherwise.
    "WIN_PD_OVERRIDE_APPDATA": "AppData/Roaming",
    "WIN_PD_OVERRIDE_LOCAL_APPDATA": "AppData/Local",
}
_SET = {
    "QT_QPA_PLATFORM": "offscreen",
    # A test that wants a real keyring starts its own Secret Service and takes this out again for its process.
    "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
}
_UNSET = ("DBUS_SESSION_BUS_ADDRESS", "SDSTUDIO_TOKEN", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")

_home: Path | None = None


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Move the whole process, and so every process it starts, to a home that ends with the run."""
    global _home  # noqa: PLW0603 - the run has one home
    _home = Path(tempfile.mkdtemp(prefix="sdstudio-tests-"))
    for name, folder in _FOLDERS.items():
        place = _home / folder
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.environ[name] = str(place)
    for name in _UNSET:
        os.environ.pop(name, None)
        os.environ.pop(name.lower(), None)
    chosen = os.environ.get("SDSTUDIO_TESTS_QT_PLATFORM")  # to watch the tests on a real screen
    os.environ.update(_SET, **({"QT_QPA_PLATFORM": chosen} if chosen else {}))


def pytest_unconfigure() -> None:
    """Take the home down again."""
    if _home is not None:
        shutil.rmtree(_home, ignore_errors=True)
