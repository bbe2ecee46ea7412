"""Decoding: what comes out is upright, sRGB and paintable; what is no picture is refused in words."""

from __future__ import annotations

import asyncio
import struct
import threading
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms
from PySide6.QtGui import QColorSpace, QImage

from sdstudio.core.errors import UnreadableImage
from sdstudio.core.geometry import Size
from sdstudio.ui.bands import in_bands
from sdstudio.ui.imaging import Decoder, decode

RED, BLUE = (255, 0, 0), (0, 0, 255)
EXIF_ORIENTATION = 0x0112


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def left_red_right_blue(width: int = 40, height: int = 20) -> Image.Image:
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(BLUE, (width // 2, 0, width, height))
    return picture


def rgb(image: QImage, x: int, y: int) -> tuple[int, int, int]:
    colour = image.pixelColor(x, y)
    return colour.red(), colour.green(), colour.blue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF", "BMP", "TIFF", "GIF"])
def test_every_promised_format_is_read_in_the_right_colours(kind: str) -> None:
    image = decode(encoded(left_red_right_blue(), kind))

    assert (image.width(), image.height()) == (40, 20)
    assert rgb(image, 4, 10) == pytest.approx(RED, abs=12)
    assert rgb(image, 35, 10) == pytest.approx(BLUE, abs=12)


@pytest.mark.parametrize("kind", ["JPEG", "AVIF"])
def test_exif_orientation_is_applied(kind: str) -> None:
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = 6  # shown turned a quarter clockwise: what was left is on top

    image = decode(encoded(left_red_right_blue(), kind, exif=exif))

    assert (image.width(), image.height()) == (20, 40)
    assert rgb(image, 10, 4) == pytest.approx(RED, abs=12)
    assert rgb(image, 10, 35) == pytest.approx(BLUE, abs=12)


def test_scaling_keeps_the_aspect_of_a_turned_picture() -> None:
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = 6

    image = decode(encoded(left_red_right_blue(400, 200), "JPEG", exif=exif), within=Size(100, 100))

    assert (image.width(), image.height()) == (50, 100)


def test_scaling_never_enlarges() -> None:
    image = decode(encoded(left_red_right_blue()), within=Size(1000, 1000))

    assert (image.width(), image.height()) == (40, 20)


@pytest.mark.parametrize(
    ("mode", "wanted"),
    [
        ("RGB", QImage.Format.Format_RGB32),
        ("L", QImage.Format.Format_RGB32),
        ("I;16", QImage.Format.Format_RGB32),
        ("P", QImage.Format.Format_RGB32),
        ("RGBA", QImage.Format.Format_ARGB32_Premultiplied),
        ("LA", QImage.Format.Format_ARGB32_Premultiplied),
    ],
)
def test_the_result_has_a_format_that_paints_fast(mode: str, wanted: QImage.Format) -> None:
    assert decode(encoded(Image.new(mode, (9, 7)))).format() == wanted


def test_a_foreign_colour_space_becomes_srgb() -> None:
    profile = bytes(QColorSpace(QColorSpace.NamedColorSpace.DisplayP3).iccProfile().data())
    # sRGB red lies inside Display P3 at about (234, 51, 35)
    picture = Image.new("RGB", (700, 1200), (234, 51, 35))

    image = decode(encoded(picture, icc_profile=profile))

    assert image.colorSpace() == QColorSpace(QColorSpace.NamedColorSpace.SRgb)
    assert rgb(image, 0, 0) == pytest.approx(RED, abs=4)
    assert rgb(image, 699, 1199) == pytest.approx(RED, abs=4)


def test_cmyk_is_converted() -> None:
    image = decode(encoded(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), "JPEG"))

    red, green, blue = rgb(image, 8, 8)
    assert red > 180
    assert max(green, blue) < 70


def test_an_srgb_profile_changes_nothing() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    assert rgb(decode(encoded(Image.new("RGB", (8, 8), (10, 120, 240)), icc_profile=profile)), 3, 3) == (
        10,
        120,
        240,
    )


def test_a_file_is_read_from_its_path(tmp_path: Path) -> None:
    path = tmp_path / "bild ä %20.png"
    left_red_right_blue().save(path)

    assert rgb(decode(path), 0, 0) == RED


def png_that_claims(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + b"\0\0\0\0IDAT"
    )


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"not a picture at all",
        encoded(left_red_right_blue(400, 400))[:-900],
        b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
        encoded(left_red_right_blue(), "AVIF")[:60],
    ],
    ids=["empty", "text", "cut png", "svg", "cut avif"],
)
def test_what_is_no_picture_is_refused_with_a_remedy(broken: bytes) -> None:
    with pytest.raises(UnreadableImage) as refusal:
        decode(broken)

    assert refusal.value.remedy


def test_a_decompression_bomb_is_refused_by_its_header() -> None:
    with pytest.raises(UnreadableImage, match="too large"):
        decode(png_that_claims(60_000, 60_000))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImage, match=r"gone\.png"):
        decode(tmp_path / "gone.png")


@pytest.mark.parametrize(("width", "height"), [(1, 1), (333, 4001), (1024, 1537), (2, 600_000)])
def test_bands_join_without_a_seam(width: int, height: int) -> None:
    picture = Image.effect_noise((width, height), 90).convert("RGB")
    image = QImage(picture.tobytes("raw", "BGRX"), width, height, width * 4, QImage.Format.Format_RGB32).copy()
    wanted = QImage.Format.Format_ARGB32

    assert in_bands(image, lambda band: band.convertToFormat(wanted)) == image.convertToFormat(wanted)


async def test_the_decoder_works_in_its_own_threads_and_ends_them() -> None:
    decoder = Decoder()
    try:
        name = await decoder.run(lambda: threading.current_thread().name)
        images = await asyncio.gather(*(decoder.image(encoded(left_red_right_blue())) for _ in range(9)))
    finally:
        decoder.close()

    assert name.startswith("image")
    assert all(rgb(image, 0, 0) == RED for image in images)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("image")]


async def test_the_decoder_hands_the_refusal_on() -> None:
    decoder = Decoder()
    try:
        with pytest.raises(UnreadableImage):
            await decoder.image(b"nonsense")
    finally:
        decoder.close()
