"""What is said about a picture in one place: plain text, made of foreign text, never to be read as rich text."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QDateTime, QLocale

from sdstudio.library.records import PictureRow
from sdstudio.ui.elided_label import plain_tip

PROMPT_IN_TIP = 400


def tip(row: PictureRow) -> str:
    """For a tooltip."""
    return plain_tip(about(row))


def about(row: PictureRow) -> str:
    """A few lines: prompt, size and seed, when, and what is wrong with it."""
    prompt = row.prompt if len(row.prompt) <= PROMPT_IN_TIP else row.prompt[:PROMPT_IN_TIP] + "…"
    seed = "" if row.seed is None else f" · seed {row.seed}"
    lines = [prompt, f"{row.width}×{row.height}{seed}", moment(row.created)]
    if row.missing:
        lines.append(f"The file is missing: {row.path}")
    return "\n".join(line for line in lines if line)


def moment(when: datetime) -> str:
    """A time, aware of its zone, as the user's own clock and country would write it."""
    local = QDateTime.fromMSecsSinceEpoch(round(when.timestamp() * 1000))
    return QLocale().toString(local, QLocale.FormatType.ShortFormat)
