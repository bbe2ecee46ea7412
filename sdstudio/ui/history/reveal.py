"""Showing a file in the desktop's own file browser, selected where that can be had."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QProcess, QUrl
from PySide6.QtGui import QDesktopServices

SERVICE, OBJECT, METHOD = "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1", "ShowItems"


def reveal(path: Path) -> None:
    """Open the file browser at `path`; at its folder where files cannot be selected or the file is gone."""
    if sys.platform == "win32" and path.exists():
        QProcess.startDetached("explorer.exe", ["/select,", str(path)])
    elif sys.platform == "darwin" and path.exists():
        QProcess.startDetached("open", ["-R", str(path)])
    elif not (path.exists() and _by_file_browser(path)):
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def _by_file_browser(path: Path) -> bool:
    """Ask by D-Bus, as most Linux desktops offer; False if nobody is there to be asked."""
    from PySide6.QtDBus import QDBusConnection, QDBusMessage  # noqa: PLC0415 - a library more to load, for one button

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return False
    there = bus.interface()
    if (
        not there.isServiceRegistered(SERVICE).value()
        and SERVICE not in there.activatableServiceNames().value()
    ):
        return False
    message = QDBusMessage.createMethodCall(SERVICE, OBJECT, SERVICE, METHOD)
    message.setArguments([[QUrl.fromLocalFile(str(path)).toString()], ""])
    return bus.send(message)
