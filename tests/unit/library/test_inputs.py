"""Pictures that go in: kept as given, refused when they are none, and never a way out of the folder."""

import hashlib
import struct
import time
import zlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sdstudio.core.errors import DiskFull, LibraryError, UnreadableImage
from sdstudio.core.request import InputImage
from sdstudio.library import images
from sdstudio.library.inputs import MOST_BYTES, Inputs
from tests.fakes.answers import png
from tests.fakes.full_disk import room_for


@pytest.fixture
def inputs(tmp_path):
    return Inputs(tmp_path / "inputs")


def encoded(kind: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", **options) -> bytes:
    written = BytesIO()
    Image.linear_gradient("L").resize(size).convert(mode).save(written, kind, **options)
    return written.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP", "TIFF"])
def test_every_kind_we_take_is_kept_byte_for_byte(inputs, tmp_path, kind):
    content = encoded(kind)
    kept = inputs.store(content)
    sha256 = hashlib.sha256(content).hexdigest()
    assert kept == InputImage(sha256, 40, 30)
    assert (tmp_path / "inputs" / sha256[:2] / sha256).read_bytes() == content
    assert inputs.read(sha256) == content
    assert inputs.store(content) == kept


def test_a_picture_lying_on_its_side_is_told_as_it_is_seen(inputs):
    exif = Image.Exif()
    exif[0x0112] = 6
    assert inputs.store(encoded("JPEG", exif=exif)) == InputImage(
        hashlib.sha256(encoded("JPEG", exif=exif)).hexdigest(), 30, 40
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP"])
def test_a_picture_that_breaks_off_is_refused(inputs, kind):
    content = encoded(kind, size=(200, 200))
    with pytest.raises(UnreadableImage):
        inputs.store(content[: len(content) // 2])


@pytest.mark.parametrize(
    "content",
    [b"", b"x", b"<html>502 Bad Gateway</html>", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"BM", b"%PDF-1.4"],
)
def test_what_is_no_picture_is_refused(inputs, content):
    with pytest.raises(UnreadableImage):
        inputs.store(content)


def bomb(width: int, height: int) -> bytes:
    """A PNG of any size in a few bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(50_000, 50_000), (2**31 - 1, 2**31 - 1), (images.MOST_PIXELS + 1, 1)])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(inputs, size):
    started = time.perf_counter()
    with pytest.raises(UnreadableImage):
        inputs.store(bomb(*size))
    assert time.perf_counter() - started < 1


def test_a_large_picture_within_the_limit_is_no_bomb(inputs):
    """100 megapixels: Pillow itself would warn, and a warning is an error here."""
    written = BytesIO()
    Image.new("1", (10_000, 10_000)).save(written, "PNG", compress_level=1)
    assert inputs.store(written.getvalue()).width == 10_000


def test_a_file_beyond_the_limit_is_refused_unread(inputs):
    with pytest.raises(UnreadableImage, match="too large"):
        inputs.store(bytes(MOST_BYTES + 1))


@settings(max_examples=60)
@given(
    st.binary(max_size=300),
    st.sampled_from(["PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP", "TIFF"]),
    st.integers(4, 60),
)
def test_damaged_pictures_raise_nothing_else(tmp_path_factory, noise, kind, at):
    content = bytearray(encoded(kind))
    content[at : at + len(noise)] = noise
    try:
        Inputs(tmp_path_factory.mktemp("inputs")).store(bytes(content))
    except UnreadableImage:
        return


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 63 + "/", "0" * 64 + "\n"])
def test_a_name_that_is_no_digest_leads_nowhere(inputs, name):
    with pytest.raises(LibraryError, match="no SHA-256"):
        inputs.read(name)


def test_a_picture_that_is_gone_or_changed_is_told(inputs, tmp_path):
    sha256 = inputs.store(png(3)).sha256
    path = tmp_path / "inputs" / sha256[:2] / sha256
    path.write_bytes(png(4))
    with pytest.raises(LibraryError, match="has changed"):
        inputs.read(sha256)
    assert inputs.store(png(3)).sha256 == sha256, "storing it again mends it"
    assert inputs.read(sha256) == png(3)
    path.unlink()
    with pytest.raises(LibraryError, match="not there any more"):
        inputs.read(sha256)


def test_a_full_disk_leaves_no_half_picture(inputs, tmp_path):
    with room_for(100), pytest.raises(DiskFull):
        inputs.store(png(3))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert inputs.read(inputs.store(png(3)).sha256) == png(3)
