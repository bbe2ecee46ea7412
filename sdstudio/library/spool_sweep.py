"""Pictures that a crash left in the spool: whole ones become history, with what they tell of themselves.

Runs on the `library` thread while the library opens, before anyone writes to the spool.
"""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from pathlib import Path

from sdstudio.core.errors import LibraryError, UnreadableImage
from sdstudio.core.infotext import parse
from sdstudio.core.result import GeneratedImage
from sdstudio.library import images
from sdstudio.library.arrivals import Arrival, storable
from sdstudio.library.picture_files import sha256_of
from sdstudio.library.store import Store

_KEPT_S = 7 * 24 * 3600  # how long half a picture lies about before it goes
_NOTE = "Found after SD Studio had ended unexpectedly; what was asked for is not known."

log = logging.getLogger(__name__)


def sweep(spool: Path, store: Store) -> list[int]:
    """Take in every whole picture in the spool that no note speaks of; the ids of the new ones.

    What is history already is removed, half pictures after a week. A file that cannot be taken in stays.
    """
    ids: list[int] = []
    noted = store.noted_files()
    for path in sorted(spool.iterdir()) if spool.is_dir() else ():
        if path in noted or path.is_symlink() or not path.is_file():
            continue
        try:
            ids += _take_in(path, store)
        except (LibraryError, OSError) as error:
            log.warning("%s was left in the spool: %s", path.name, error)
    return ids


def _take_in(path: Path, store: Store) -> list[int]:
    image = _whole_picture(path)
    if image is None:
        if time.time() - path.stat().st_mtime > _KEPT_S:
            path.unlink()
        return []
    if store.is_known(image.sha256):
        path.unlink()
        return []
    moment = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return store.add(Arrival(f"spool:{path.name}", (image,), moment, moment, notes=(_NOTE,)))


def _whole_picture(path: Path) -> GeneratedImage | None:
    try:
        with images.opened(path) as opened:
            images.decoded(opened)
            infotext = storable(images.infotext_in(opened))
            kind, width, height = images.kind_of(opened), opened.width, opened.height
    except UnreadableImage:
        return None
    return GeneratedImage(
        path, sha256_of(path), path.stat().st_size, kind, width, height, parse(infotext).seed, infotext
    )
