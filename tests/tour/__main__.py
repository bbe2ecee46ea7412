"""Runs the walk once per look and scale, and lists what came out."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

LOOKS = ("dark", "light")
SCALES = (100, 200)
TIME_OUT_S = 300
README_PICTURES = ("making-dark-100", "result-dark-100", "img2img-light-100", "endpoint-dialog-own-light-100")
README_FOLDER = Path(__file__).parents[2] / "packaging" / "screenshots"


def main() -> int:
    """Take every picture; exit status 1 if a walk failed."""
    parser = argparse.ArgumentParser(
        prog="dev.py tour", description="Write pictures of every part of the window."
    )
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--look", choices=LOOKS, action="append", help="only this look")
    parser.add_argument(
        "--scale", type=int, choices=SCALES, action="append", help="only this scale in per cent"
    )
    parser.add_argument("--scene", action="append", help="only this scene")
    parser.add_argument("--readme", action="store_true", help="renew the README's screenshots as well")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    failed = False
    for look in chosen.look or LOOKS:
        for scale in chosen.scale or SCALES:
            print(f"{look}, {scale} %", flush=True)
            failed |= _walk(chosen.folder.resolve(), look, scale, chosen.scene or []) != 0
    _list(chosen.folder)
    if chosen.readme:
        _renew_readme(chosen.folder)
    return 1 if failed else 0


def _walk(folder: Path, look: str, scale: int, scenes: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="sdstudio-tour-") as home:
        environment = {
            **os.environ,
            "HOME": home,
            "XDG_CONFIG_HOME": f"{home}/config",
            "XDG_DATA_HOME": f"{home}/data",
            "XDG_CACHE_HOME": f"{home}/cache",
            "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
            "QT_SCALE_FACTOR": str(scale / 100),
            "PYTHONWARNINGS": "error",
        }
        command = [
            sys.executable,
            "-X",
            "dev",
            "-m",
            "tests.tour.walk",
            str(folder),
            look,
            str(scale),
            home,
            *scenes,
        ]
        return subprocess.run(command, env=environment, timeout=TIME_OUT_S, check=False).returncode


def _list(folder: Path) -> None:
    rows = []
    for file in sorted(folder.glob("*-*-*.png")):
        scene, look, scale = file.stem.rsplit("-", 2)
        rows.append({"file": file.name, "scene": scene, "look": look, "scale": int(scale)})
    (folder / "tour.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print(f"{len(rows)} pictures in {folder}")


def _renew_readme(folder: Path) -> None:
    """JPEG, since PNG would add megabytes to every clone for pictures of pictures."""
    README_FOLDER.mkdir(exist_ok=True)
    for name in README_PICTURES:
        with Image.open(folder / f"{name}.png") as picture:
            picture.convert("RGB").save(README_FOLDER / f"{name}.jpg", quality=88, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
