"""What a picture file is, by its head alone."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from sdstudio.api import pictures
from sdstudio.core.errors import UnreadableImage

RECIPE = "кошка 猫\nSteps: 4, Sampler: Euler, Seed: 3, Size: 40x24"


def saved(kind: str, **options: Any) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (40, 24), "teal").save(written, kind, **options)
    return written.getvalue()


def in_exif(text: bytes) -> Image.Exif:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = text
    return exif


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int, *more: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(more) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def inspected(folder: Path, content: bytes) -> pictures.Picture:
    path = folder / "picture"
    path.write_bytes(content)
    return pictures.inspect(path)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF"])
def test_the_four_formats(kind: str, tmp_path: Path) -> None:
    assert inspected(tmp_path, saved(kind)) == pictures.Picture(kind.lower(), 40, 24)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF"])
@pytest.mark.parametrize(
    "comment",
    [
        b"UNICODE\0" + RECIPE.encode("utf-16-be"),
        b"UNICODE\0" + RECIPE.encode("utf-16-le"),
        b"ASCII\0\0\0" + RECIPE.encode(),
        RECIPE.encode(),
    ],
)
def test_the_recipe_in_an_exif_comment(kind: str, comment: bytes, tmp_path: Path) -> None:
    assert inspected(tmp_path, saved(kind, exif=in_exif(comment).tobytes())).infotext == RECIPE


@pytest.mark.parametrize("compressed", [True, False])
def test_the_recipe_in_a_png(compressed: bool, tmp_path: Path) -> None:
    text = PngImagePlugin.PngInfo()
    text.add_itxt("parameters", RECIPE, zip=compressed)
    assert inspected(tmp_path, saved("PNG", pnginfo=text)).infotext == RECIPE


def test_raw_utf8_where_latin1_belongs(tmp_path: Path) -> None:
    content = png(8, 8, chunk(b"tEXt", b"parameters\0" + RECIPE.encode()))
    assert inspected(tmp_path, content).infotext == RECIPE


def test_honest_latin1(tmp_path: Path) -> None:
    content = png(8, 8, chunk(b"tEXt", b"parameters\0" + "café".encode("latin-1")))
    assert inspected(tmp_path, content).infotext == "café"


def test_text_beyond_pillows_limits_does_not_cost_the_picture(tmp_path: Path) -> None:
    bomb = chunk(b"zTXt", b"parameters\0\0" + zlib.compress(bytes(5_000_000)))
    assert inspected(tmp_path, png(512, 256, bomb)) == pictures.Picture("png", 512, 256)


def test_a_large_honest_picture_is_taken(tmp_path: Path) -> None:
    """Pillow alone would warn from 89 million pixels on and refuse from 179."""
    assert inspected(tmp_path, png(15_000, 14_000)).width == 15_000


@pytest.mark.parametrize("size", [(100_000, 100_000), (2**31 - 1, 2**31 - 1), (0, 64), (2**31 - 1, 1000)])
def test_decompression_bombs_are_refused(size: tuple[int, int], tmp_path: Path) -> None:
    with pytest.raises(UnreadableImage):
        inspected(tmp_path, png(*size))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + bytes(50),
        b"BM" + bytes(50),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%!PS-Adobe-3.0 EPSF-3.0",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"\0\0\0\x20ftypavif" + bytes(30),
    ],
)
def test_what_is_no_picture_of_ours(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(UnreadableImage):
        inspected(tmp_path, content)


@given(st.sampled_from(["PNG", "JPEG", "WEBP"]), st.data())
def test_damaged_files_are_refused_or_read(
    tmp_path_factory: pytest.TempPathFactory, kind: str, data: st.DataObject
) -> None:
    content = bytearray(saved(kind))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(8, len(content))) :]
    try:
        found = inspected(tmp_path_factory.getbasetemp(), bytes(content))
    except UnreadableImage:
        return
    assert 0 < found.width * found.height <= pictures.MOST_PIXELS
