"""Changing a big picture in a worker without making the UI thread wait. What is changed is the caller's matter."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtGui import QImage

BAND_BYTES = 2 * 2**20  # about 5 ms of the slowest change there is (colour conversion)


def in_bands(image: QImage, change: Callable[[QImage], QImage]) -> QImage:
    """`image` changed one band of rows at a time, so that no other thread waits long for the interpreter.

    `change` gets bands of an even number of rows (but for the last) and may change their format and size; every
    band must come out with the same format and width.
    """
    rows = max(2, BAND_BYTES // max(1, image.bytesPerLine()) // 2 * 2)
    if image.height() <= rows:
        return change(image)
    bits, stride = image.constBits(), image.bytesPerLine()
    pieces: list[QImage] = []
    for top in range(0, image.height(), rows):
        count = min(rows, image.height() - top)
        band = QImage(bits[top * stride :], image.width(), count, stride, image.format())
        band.setColorSpace(image.colorSpace())
        pieces.append(change(band))
        time.sleep(0)
    return _stacked([piece for piece in pieces if not piece.isNull()])


def _stacked(pieces: list[QImage]) -> QImage:
    first = pieces[0]
    whole = QImage(first.width(), sum(piece.height() for piece in pieces), first.format())
    bits = memoryview(whole.bits())
    offset = 0
    for piece in pieces:
        end = offset + piece.sizeInBytes()
        bits[offset:end] = piece.constBits()
        offset = end
    whole.setColorSpace(first.colorSpace())
    return whole
