"""The libraries and programs that come from the operating system: found, installed, or named in one command.

Only Linux needs any: on Windows and macOS the wheels bring everything along.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from steps.places import CannotGoOn, say

Kind = Literal["library", "program", "font"]
Purpose = Literal["window", "test", "build"]
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that must be there, and the package that brings it, by package tool."""

    kind: Kind
    name: str
    apt: str
    dnf: str
    pacman: str
    zypper: str

    def is_met(self) -> bool:
        if self.kind == "program":
            return shutil.which(self.name) is not None
        if self.kind == "font":
            return any(_has_fonts(Path(folder).expanduser()) for folder in _FONT_FOLDERS)
        try:
            ctypes.CDLL(self.name)
        except OSError:
            return False
        return True


def _has_fonts(folder: Path) -> bool:
    return any(next(folder.rglob(f"*.{kind}"), None) for kind in ("ttf", "otf", "pfb"))


_WINDOW = (
    Need("library", "libGL.so.1", "libgl1", "libglvnd-glx", "libglvnd", "libglvnd"),
    Need("library", "libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd", "libglvnd"),
    Need("library", "libfontconfig.so.1", "libfontconfig1", "fontconfig", "fontconfig", "libfontconfig1"),
    Need("library", "libdbus-1.so.3", "libdbus-1-3", "dbus-libs", "dbus", "libdbus-1-3"),
    Need("library", "libglib-2.0.so.0", "libglib2.0-0", "glib2", "glib2", "libglib-2_0-0"),
    Need("library", "libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon", "libxkbcommon", "libxkbcommon0"),
    Need(
        "library",
        "libxkbcommon-x11.so.0",
        "libxkbcommon-x11-0",
        "libxkbcommon-x11",
        "libxkbcommon-x11",
        "libxkbcommon-x11-0",
    ),
    Need("library", "libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb", "libx11", "libX11-xcb1"),
    Need(
        "library",
        "libxcb-cursor.so.0",
        "libxcb-cursor0",
        "xcb-util-cursor",
        "xcb-util-cursor",
        "libxcb-cursor0",
    ),
    Need("library", "libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm", "libxcb-icccm4"),
    Need("library", "libxcb-image.so.0", "libxcb-image0", "xcb-util-image", "xcb-util-image", "libxcb-image0"),
    Need(
        "library",
        "libxcb-keysyms.so.1",
        "libxcb-keysyms1",
        "xcb-util-keysyms",
        "xcb-util-keysyms",
        "libxcb-keysyms1",
    ),
    Need(
        "library",
        "libxcb-render-util.so.0",
        "libxcb-render-util0",
        "xcb-util-renderutil",
        "xcb-util-renderutil",
        "libxcb-render-util0",
    ),
    Need("library", "libxcb-randr.so.0", "libxcb-randr0", "libxcb", "libxcb", "libxcb-randr0"),
    Need("library", "libxcb-shape.so.0", "libxcb-shape0", "libxcb", "libxcb", "libxcb-shape0"),
    Need("library", "libxcb-sync.so.1", "libxcb-sync1", "libxcb", "libxcb", "libxcb-sync1"),
    Need("library", "libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb", "libxcb", "libxcb-xfixes0"),
    Need("library", "libxcb-xkb.so.1", "libxcb-xkb1", "libxcb", "libxcb", "libxcb-xkb1"),
    # Without one, all text is boxes.
    Need("font", "a font", "fonts-dejavu-core", "dejavu-sans-fonts", "ttf-dejavu", "dejavu-fonts"),
)
_TESTS = (
    Need("program", "Xvfb", "xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb", "xorg-x11-server-Xvfb"),
    Need("program", "xdotool", "xdotool", "xdotool", "xdotool", "xdotool"),
    Need("program", "dbus-daemon", "dbus", "dbus-daemon", "dbus", "dbus-1"),
    Need("program", "gnome-keyring-daemon", "gnome-keyring", "gnome-keyring", "gnome-keyring", "gnome-keyring"),
    Need("program", "curl", "curl", "curl", "curl", "curl"),
)
_BUILD = (
    Need("program", "cmake", "cmake", "cmake", "cmake", "cmake"),
    Need("program", "make", "make", "make", "make", "make"),
    Need("program", "c++", "g++", "gcc-c++", "gcc", "gcc-c++"),
)
_NEEDS = {"window": _WINDOW, "test": _WINDOW + _TESTS, "build": _BUILD}

_COMMANDS = {
    "apt": "apt-get install -y --no-install-recommends",
    "dnf": "dnf install -y",
    "pacman": "pacman -S --needed --noconfirm",
    "zypper": "zypper install -y",
}
_PROGRAMS = {"apt": "apt-get", "dnf": "dnf", "pacman": "pacman", "zypper": "zypper"}


def make_ready(need: Purpose) -> None:
    """Have everything `need` takes from the operating system, or raise `CannotGoOn` with the command for it."""
    missing = _missing(need)
    if not missing:
        return
    tool = _package_tool()
    names = ", ".join(thing.name for thing in missing)
    if tool is None:
        raise CannotGoOn(f"Missing on this system: {names}.\nInstall them with its package tool and try again.")
    packages: list[str] = list(dict.fromkeys(getattr(thing, tool) for thing in missing))
    install_or_name(packages, why=f"for {names}")
    if still := _missing(need):
        raise CannotGoOn("Still missing after the installation: " + ", ".join(thing.name for thing in still))


def _missing(need: Purpose) -> list[Need]:
    if not sys.platform.startswith("linux"):
        return []
    return [thing for thing in _NEEDS[need] if not thing.is_met()]


def _package_tool() -> str | None:
    return next((tool for tool, program in _PROGRAMS.items() if shutil.which(program)), None)


def install_or_name(packages: Sequence[str], *, why: str) -> None:
    """Install `packages` where that needs no question asked, else raise `CannotGoOn` with the one command."""
    tool = _package_tool() or "apt"
    rights = _rights()
    if tool != "apt" or rights is None:
        sudo = "" if _is_root() else "sudo "
        command = f"{sudo}{_COMMANDS[tool]} {' '.join(packages)}"
        if tool == "apt":
            command = f"{sudo}apt-get update && {command}"
        raise CannotGoOn(
            f"Some system packages are missing ({why}). Install them and try again:\n\n    {command}\n"
        )
    say(f"Installing system packages: {' '.join(packages)} …")
    _apt_get(rights, ["update"])
    _apt_get(rights, ["install", "-y", "--no-install-recommends", *packages])


def _rights() -> list[str] | None:
    """What to put before a command to run it as root without a question; None if there is no way."""
    if _is_root():
        return []
    sudo = shutil.which("sudo")
    if sudo and not subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode:
        return [sudo, "-n"]
    return None


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _apt_get(rights: list[str], words: list[str]) -> None:
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"]
    done = subprocess.run(
        [*rights, *quiet, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise CannotGoOn(
            f"{done.stdout}\n`apt-get {' '.join(words)}` failed with the words above. See to them and try again."
        )
