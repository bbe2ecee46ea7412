"""Nothing on the form is cut off in a narrow dock, at 100 and at 200 % scaling, in either look."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox, QLabel, QWidget

from sdstudio.api.offer import Offer
from sdstudio.ui import theme
from sdstudio.ui.generate.panel import GeneratePanel

NARROW = 340


def cut_off(panel: GeneratePanel) -> list[str]:
    """What shows less than it needs, or reaches beyond the panel."""
    found: list[str] = []
    for widget in panel.findChildren(QWidget):
        if not widget.isVisible() or not isinstance(
            widget, (QLabel, QAbstractButton, QAbstractSpinBox, QComboBox)
        ):
            continue
        wraps = isinstance(widget, QLabel) and widget.wordWrap()
        right = widget.mapTo(panel, widget.rect().topRight()).x()
        if right >= panel.width() or (not wraps and widget.width() < widget.minimumSizeHint().width()):
            found.append(f"{type(widget).__name__} {widget.accessibleName() or widget.property('text')}")
        if wraps and widget.height() < widget.heightForWidth(widget.width()):
            found.append(f"{type(widget).__name__} {widget.property('text')}: lines are missing")
    return found


def look_at_everything() -> list[str]:
    """Both looks, both tabs, an error and every list: all that is cut off."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    found: list[str] = []
    for look in ("dark", "light"):
        theme.apply(app, look)
        panel = GeneratePanel()
        panel.resize(NARROW, 360)
        panel.set_offer(Offer(samplers=("Euler",), checkpoints=("m" * 80, "n"), vaes=("a", "b")))
        panel.show()
        for tab in ("txt2img", "img2img"):
            panel.restore({"tab": tab, "seed": "9" * 19, "width": 8192, "height": 8192, "n_iter": 10_000})
            panel.generate()
            for _ in range(4):  # layouts settle from the inside out
                app.processEvents()
            found += [f"{look} {tab} {app.devicePixelRatio():g}: {each}" for each in cut_off(panel)]
        panel.close()
        panel.deleteLater()
    app.setStyleSheet("")
    return found


def test_nothing_is_cut_off(qapp: QApplication) -> None:
    assert look_at_everything() == []


@pytest.mark.parametrize("scaling", ["2"])
def test_nothing_is_cut_off_when_scaled(scaling: str) -> None:
    code = (
        "from PySide6.QtWidgets import QApplication; app = QApplication([]);"
        "from tests.ui.generate.test_form_fits import look_at_everything;"
        "print(app.devicePixelRatio(), look_at_everything())"
    )
    environment = os.environ | {"QT_SCALE_FACTOR": scaling, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[3],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == f"{float(scaling)} []"
