"""A build system that builds nothing: all it can do is tell pip the name and version written in a source archive.

`installer.fetch_source` puts a copy of this file where pip looks for the archive's own build system. So it is run
by pip, in the unpacked archive, and may import nothing but the standard library.
"""

from __future__ import annotations

import shutil
from email.parser import HeaderParser
from pathlib import Path


def prepare_metadata_for_build_wheel(metadata_directory: str, _: object = None) -> str:
    """Make a `.dist-info` folder in `metadata_directory` from the archive's PKG-INFO, and return its name."""
    fields = HeaderParser().parsestr(Path("PKG-INFO").read_text("utf-8"))
    name = f"{fields['Name'].replace('-', '_')}-{fields['Version']}.dist-info"
    folder = Path(metadata_directory, name)
    folder.mkdir()
    shutil.copy("PKG-INFO", folder / "METADATA")
    return name
