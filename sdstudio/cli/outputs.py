"""Where `--out` copies pictures to: decided before anything is made, never over a file that is there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sdstudio.config.files import disk_error
from sdstudio.core.errors import InvalidRequest


@dataclass(frozen=True, slots=True)
class Destination:
    """A file for one picture, or a folder for any number of them."""

    path: Path
    is_folder: bool

    @classmethod
    def of(cls, text: str, count: int) -> Destination:
        """What `--out TEXT` means for so many pictures.

        A folder is what is one already, ends with a slash or has no suffix. Raises `InvalidRequest` if it can't
        be used.
        """
        path = Path(text).expanduser()
        meant_as_folder = text.endswith(("/", os.sep)) or not path.suffix
        try:
            here = cls(path, is_folder=path.is_dir() or (meant_as_folder and not path.exists()))
            here._check(count)
        except OSError as error:
            raise InvalidRequest("out", f"--out {text!r:.200} can't be used", f"{error.strerror}.") from error
        return here

    def copy(self, source: Path) -> Path:
        """Copy a stored picture here and return where it lies; raises `LibraryError`."""
        try:
            if not self.is_folder:
                return _copied(source, self.path)
            self.path.mkdir(parents=True, exist_ok=True)
            return self._copied_under_free_name(source)
        except OSError as error:
            raise disk_error(error, self.path) from error

    def _check(self, count: int) -> None:
        if self.is_folder:
            return
        if self.path.exists():
            raise InvalidRequest(
                "out", f"{self.path} is there already", remedy="Choose another name, or a folder."
            )
        if not self.path.parent.is_dir():
            raise InvalidRequest("out", f"There is no folder {self.path.parent}")
        if count > 1:
            raise InvalidRequest(
                "out",
                f"{count} pictures don't go into one file",
                remedy="Give a folder, for example with a / at its end.",
            )

    def _copied_under_free_name(self, source: Path) -> Path:
        number = 1
        while True:
            name = source.name if number == 1 else f"{source.stem}-{number}{source.suffix}"
            try:
                return _copied(source, self.path / name)
            except FileExistsError:
                number += 1


def _copied(source: Path, target: Path) -> Path:
    content = source.read_bytes()
    with target.open("xb") as file:
        file.write(content)
    return target
