"""Pictures in and out of base64: formats, texts, masks, grids."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image

from sdstudio.practice import pictures
from sdstudio.practice.option_defaults import OPTION_DEFAULTS
from sdstudio.practice.wire_errors import Broke, Declined

RAMP = Image.merge("RGB", [Image.linear_gradient("L").rotate(90 * turn) for turn in range(3)])


def settings(**changes: Any) -> dict[str, Any]:
    return OPTION_DEFAULTS | changes


def with_text(text: str) -> Image.Image:
    image = RAMP.copy()
    image.info["parameters"] = text
    return image


@pytest.mark.parametrize(
    "text", ["Steps: 1, Seed: 2, Size: 8x8", "naïve café", "яблоко 🍎\nNegative prompt: 猫", "a, b: c"]
)
@pytest.mark.parametrize("kind", ["png", "jpg", "jpeg", "webp"])
def test_the_text_survives_every_format(kind: str, text: str) -> None:
    encoded = pictures.encoded(with_text(text), settings(samples_format=kind))
    assert pictures.texts_of(pictures.decoded(encoded)) == {"parameters": text}


def test_png_text_is_latin_1_where_it_can_be_and_uncompressed_itxt_where_not() -> None:
    plain = base64.b64decode(pictures.encoded(with_text("café"), settings()))
    assert b"tEXtparameters\0caf\xe9" in plain
    wide = base64.b64decode(pictures.encoded(with_text("猫"), settings()))
    assert b"iTXtparameters\0\0\0\0\0\xe7\x8c\xab" in wide


def test_the_exif_block_is_big_endian_with_nothing_but_the_comment() -> None:
    encoded = pictures.encoded(with_text("hi"), settings(samples_format="jpg"))
    exif = pictures.decoded(encoded).info["exif"]
    assert exif.startswith(b"Exif\0\0MM\0*")
    assert exif.endswith(b"UNICODE\0\0h\0i")


def test_quality_and_losslessness_are_the_options() -> None:
    def size(**changes: Any) -> int:
        return len(pictures.encoded(RAMP, settings(**changes)))

    assert size(samples_format="jpg", jpeg_quality=10) < size(samples_format="jpg", jpeg_quality=95)
    lossless = pictures.decoded(pictures.encoded(RAMP, settings(samples_format="webp", webp_lossless=True)))
    assert lossless.convert("RGB").tobytes() == RAMP.tobytes()


def test_a_data_url_is_taken_and_a_broken_one_an_index_error() -> None:
    encoded = pictures.encoded(RAMP, settings())
    assert pictures.decoded(f"data:image/png;base64,{encoded}").size == RAMP.size
    for broken in ("data:image/png", "data:image/png;base64"):
        with pytest.raises(Broke) as broke:
            pictures.decoded(broken)
        assert broke.value.name == "IndexError"


@pytest.mark.parametrize("text", ["", "!!!", "aGVsbG8=", base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()])
def test_what_is_no_picture_is_declined(text: str) -> None:
    with pytest.raises(Declined, match="Invalid encoded image"):
        pictures.decoded(text)


def test_a_truncated_picture_is_declined() -> None:
    whole = base64.b64decode(pictures.encoded(RAMP, settings()))
    with pytest.raises(Declined, match="Invalid encoded image"):
        pictures.decoded(base64.b64encode(whole[: len(whole) // 2]).decode())


def test_no_address_is_fetched() -> None:
    with pytest.raises(Declined, match="Request to local resource not allowed"):
        pictures.decoded("https://example.invalid/a.png")


def test_a_rotated_photograph_comes_upright() -> None:
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    RAMP.resize((32, 16)).save(buffer, "JPEG", exif=exif)
    assert pictures.decoded(base64.b64encode(buffer.getvalue()).decode()).size == (16, 32)


def test_transparency_is_laid_over_the_background() -> None:
    clear = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    assert pictures.flattened(clear, "#00ff00").getpixel((0, 0)) == (0, 255, 0)
    palette = Image.new("P", (4, 4))
    palette.info["transparency"] = 0
    assert pictures.flattened(palette, "#ffffff").getpixel((0, 0)) == (255, 255, 255)


def test_a_mask_is_its_alpha_if_that_says_anything() -> None:
    opaque = Image.new("RGBA", (2, 1), (255, 255, 255, 255))
    assert pictures.mask_of(opaque, rounded=True).tobytes() == b"\xff\xff"
    soft = opaque.copy()
    soft.putalpha(Image.frombytes("L", (2, 1), bytes([128, 129])))
    assert pictures.mask_of(soft, rounded=True).tobytes() == b"\0\xff"
    assert pictures.mask_of(soft, rounded=False).tobytes() == bytes([128, 129])


@pytest.mark.parametrize(
    ("count", "rows", "size"),
    [
        (1, -1, (8, 8)),
        (2, -1, (16, 8)),
        (3, -1, (16, 16)),
        (4, -1, (16, 16)),
        (7, -1, (24, 24)),
        (4, 1, (32, 8)),
        (2, 9, (8, 16)),
    ],
)
def test_a_grid_is_about_as_high_as_wide_unless_told(count: int, rows: int, size: tuple[int, int]) -> None:
    cells = [Image.new("RGB", (8, 8), (at + 1, 0, 0)) for at in range(count)]
    sheet = pictures.grid(cells, rows)
    assert sheet.size == size
    assert {colour for _, colour in sheet.getcolors() or []} >= {(at + 1, 0, 0) for at in range(count)}
