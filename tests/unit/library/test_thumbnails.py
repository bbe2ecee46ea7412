"""Thumbnails of every kind of picture there is, and none of what is no picture."""

from io import BytesIO

import pytest
from PIL import Image

from sdstudio.library.thumbnails import SIDE, made


def thumbnail_of(path, picture: Image.Image, kind: str, **options) -> Image.Image:
    picture.save(path, kind, **options)
    jpeg = made(path)
    assert jpeg is not None
    with Image.open(BytesIO(jpeg)) as image:
        image.load()
        assert (image.format, image.mode) == ("JPEG", "RGB")
        return image


def colour_at(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    colour = image.getpixel((x, y))
    assert isinstance(colour, tuple)
    return colour


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP", "TIFF"])
def test_every_kind_has_one_within_the_box_and_of_its_shape(tmp_path, kind):
    image = thumbnail_of(tmp_path / "a", Image.new("RGB", (1000, 500), (200, 30, 30)), kind)
    assert image.size == (SIDE, SIDE // 2)
    red, green, blue = colour_at(image, 100, 60)
    assert red > 180
    assert max(green, blue) < 60


def test_a_small_picture_is_not_blown_up(tmp_path):
    assert thumbnail_of(tmp_path / "a", Image.new("RGB", (20, 10)), "PNG").size == (20, 10)


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("L", 128, (128, 128, 128)),
        ("LA", (0, 0), (255, 255, 255)),
        ("RGBA", (0, 0, 0, 0), (255, 255, 255)),
        ("RGBA", (255, 0, 0, 255), (255, 0, 0)),
        ("P", 0, (0, 0, 0)),
        ("1", 1, (255, 255, 255)),
        ("I;16", 0x8000, (128, 128, 128)),
    ],
)
def test_every_mode_looks_as_it_should(tmp_path, mode, colour, expected):
    image = thumbnail_of(tmp_path / "a.png", Image.new(mode, (300, 300), colour), "PNG")
    assert all(abs(is_ - should) <= 3 for is_, should in zip(colour_at(image, 50, 50), expected, strict=True))


def test_a_cmyk_photograph_has_one_too(tmp_path):
    image = thumbnail_of(tmp_path / "a", Image.new("CMYK", (2000, 1000), (0, 0, 0, 0)), "JPEG")
    assert image.size == (SIDE, SIDE // 2)
    assert min(colour_at(image, 5, 5)) > 250


def test_a_photograph_stands_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = Image.new("RGB", (800, 400), "white")
    picture.paste("black", (0, 0, 400, 400))
    image = thumbnail_of(tmp_path / "a", picture, "JPEG", exif=exif)
    assert image.size == (SIDE // 2, SIDE)
    assert colour_at(image, 64, 20)[0] < 50
    assert colour_at(image, 64, 236)[0] > 200


@pytest.mark.parametrize("content", [b"", b"text", b"\x89PNG\r\n\x1a\n" + b"\0" * 100])
def test_what_is_no_picture_has_none(tmp_path, content):
    (tmp_path / "a").write_bytes(content)
    assert made(tmp_path / "a") is None
    assert made(tmp_path / "not there") is None
    assert made(tmp_path) is None
