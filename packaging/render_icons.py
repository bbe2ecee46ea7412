"""Render resources/icons/*.svg in the sizes desktops ask for: `.venv/bin/python packaging/render_icons.py`."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ICONS = Path(__file__).resolve().parents[1] / "resources" / "icons"
SIZES = {"sdstudio-small.svg": (16, 24), "sdstudio.svg": (32, 48, 64, 128, 256, 512)}


def render(drawing: Path, size: int) -> QImage:
    """`drawing` at `size` × `size` pixels on a transparent ground."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(drawing)).render(painter)
    painter.end()
    return image


if __name__ == "__main__":
    for name, sizes in SIZES.items():
        for size in sizes:
            render(ICONS / name, size).save(str(ICONS / f"sdstudio-{size}.png"))
