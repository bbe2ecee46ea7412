"""Whether a window could open here, asked before Qt is: Qt ends the process when it finds no screen."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from pathlib import Path


def is_named() -> bool:
    """Whether this session says it has a screen; Windows and macOS always do."""
    names = ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY")
    return sys.platform in ("win32", "darwin") or any(os.environ.get(name) for name in names)


def why_it_does_not_answer() -> str | None:
    """One sentence about a screen that is named but cannot be reached; None where a window can open."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return None
    wayland, x11 = os.environ.get("WAYLAND_DISPLAY"), os.environ.get("DISPLAY")
    if (wayland and _wayland_answers(wayland)) or (x11 and _x11_answers(x11)):
        return None
    named = " and ".join(f"{name} {value}" for name, value in (("Wayland", wayland), ("X", x11)) if value)
    return f"The screen of this session does not answer ({named})."


def _wayland_answers(name: str) -> bool:
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(2)
        try:
            asking.connect(str(Path(os.environ.get("XDG_RUNTIME_DIR", "/"), name)))
        except OSError:
            return False
    return True


def _x11_answers(name: str) -> bool:
    """Ask as Qt does, through xcb, which knows about addresses and cookies."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(name.encode(), None))
    refused = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not refused
