"""What a request is on the wire: every value said, nothing null, pictures as pixels and nothing else."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from sdstudio.api import inputs, payload
from sdstudio.core.errors import InvalidRequest, UnreadableImage
from sdstudio.core.request import GenerationRequest, Hires, Img2Img, Inpaint, InputImage

REQUEST = GenerationRequest(prompt="kite", seed=7)
SOURCE, MASK = InputImage("a" * 64, 40, 24), InputImage("b" * 64, 40, 24)


def sent(request: GenerationRequest, pictures: dict[str, bytes] | None = None) -> dict[str, Any]:
    return json.loads(payload.encode(request, pictures or {}, task_id="task(x)"))


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def opened(text: str) -> Image.Image:
    image = Image.open(io.BytesIO(base64.b64decode(text, validate=True)))
    image.load()
    return image


def source_sent(stored: bytes) -> Image.Image:
    body = sent(replace(REQUEST, img2img=Img2Img(SOURCE)), {SOURCE.sha256: stored})
    (text,) = body["init_images"]
    return opened(text)


def mask_sent(mask: bytes, source: bytes | None = None, **part: Any) -> tuple[Image.Image, dict[str, Any]]:
    pictures = {SOURCE.sha256: source or saved(Image.new("RGB", (40, 24))), MASK.sha256: mask}
    request = replace(REQUEST, img2img=Img2Img(SOURCE, inpaint=Inpaint(MASK, **part)))
    body = sent(request, pictures)
    return opened(body["mask"]), body


def test_every_value_of_a_txt2img_is_said() -> None:
    assert sent(REQUEST) == {
        "prompt": "kite",
        "negative_prompt": "",
        "width": 512,
        "height": 512,
        "steps": 25,
        "cfg_scale": 7.0,
        "seed": 7,
        "subseed": -1,
        "subseed_strength": 0.0,
        "batch_size": 1,
        "n_iter": 1,
        "tiling": False,
        "restore_faces": False,
        "send_images": True,
        "save_images": False,
        "force_task_id": "task(x)",
        "sampler_name": "Euler a",
        "scheduler": "Automatic",
        "enable_hr": False,
    }


def test_the_seed_pages_img2img() -> None:
    """30 steps, strength 0.2, CFG 7, the size of the picture."""
    request = replace(
        REQUEST, prompt="girl with red eyes", steps=30, img2img=Img2Img(SOURCE, denoising_strength=0.2)
    )
    body = sent(request, {SOURCE.sha256: saved(Image.new("RGB", (40, 24), "red"))})
    assert (body["steps"], body["denoising_strength"], body["cfg_scale"]) == (30, 0.2, 7.0)
    assert body["resize_mode"] == 0
    assert body["include_init_images"] is False
    assert "enable_hr" not in body
    assert "mask" not in body
    assert payload.route(request) == "/sdapi/v1/img2img"
    assert payload.route(REQUEST) == "/sdapi/v1/txt2img"


def test_a_hires_pass_says_what_a1111_and_forge_fail_without() -> None:
    body = sent(replace(REQUEST, cfg_scale=5.5, hires=Hires(0.4, 1.5, "Latent", 12)))
    assert body["enable_hr"] is True
    assert (body["denoising_strength"], body["hr_scale"], body["hr_second_pass_steps"]) == (0.4, 1.5, 12)
    assert body["hr_steps"] == 12
    assert body["hr_additional_modules"] == ["Use same choices"]
    assert body["hr_cfg"] == 5.5
    assert "hr_sampler_name" not in body


def test_checkpoint_and_vae_go_with_the_request_alone() -> None:
    body = sent(replace(REQUEST, checkpoint="dir/model.safetensors", vae="Automatic"))
    assert body["override_settings"] == {"sd_model_checkpoint": "dir/model.safetensors", "sd_vae": "Automatic"}
    assert body["override_settings_restore_afterwards"] is True
    assert "override_settings" not in sent(REQUEST)


def test_what_is_left_to_the_endpoint_is_left_out() -> None:
    body = sent(replace(REQUEST, sampler_name="", scheduler=""))
    assert "sampler_name" not in body
    assert "scheduler" not in body


def test_an_open_seed_never_goes_out() -> None:
    with pytest.raises(InvalidRequest) as caught:
        sent(replace(REQUEST, seed=-1))
    assert caught.value.field == "seed"


@given(
    st.builds(
        GenerationRequest,
        prompt=st.text(max_size=200),
        negative_prompt=st.text(max_size=50),
        seed=st.integers(0, 2**63 - 1),
        cfg_scale=st.floats(0, 100, allow_nan=False),
        checkpoint=st.sampled_from(["", "m"]),
        hires=st.none() | st.builds(Hires, upscaler=st.sampled_from(["Latent", "ESRGAN_4x"])),
    )
)
def test_nothing_is_null_and_texts_survive(request: GenerationRequest) -> None:
    body = sent(request)
    assert None not in body.values()
    assert "infotext" not in body
    assert (body["prompt"], body["negative_prompt"]) == (request.prompt, request.negative_prompt)
    assert (body["seed"], body["cfg_scale"]) == (request.seed, request.cfg_scale)


def test_a_large_picture_is_spliced_in_whole() -> None:
    noise = Image.effect_noise((900, 700), 90).convert("RGB")
    assert source_sent(saved(noise)).tobytes() == noise.tobytes()


def test_only_pixels_leave() -> None:
    """Place, camera, thumbnail and prompt stay here."""
    exif = Image.Exif()
    exif[0x010E] = "MARKER description"
    exif.get_ifd(0x8825)[2] = (50.0, 0.0, 0.0)  # a latitude
    text = PngImagePlugin.PngInfo()
    text.add_text("parameters", "MARKER prompt")
    picture = Image.new("RGB", (40, 24), "teal")
    for stored in (
        saved(picture, pnginfo=text, exif=exif, icc_profile=b"MARKER profile"),
        saved(picture, "JPEG", exif=exif, comment=b"MARKER"),
        saved(picture, "WEBP", exif=exif, lossless=True),
    ):
        assert b"MARKER" in stored
        left = source_sent(stored)
        assert left.format == "PNG"
        assert left.mode == "RGB"
        assert not left.info
        assert b"MARKER" not in inputs.source_png(stored).png


def test_the_picture_is_sent_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise
    picture = Image.new("RGB", (40, 24), "black")
    picture.paste("white", (0, 0, 10, 10))
    upright = source_sent(saved(picture, "PNG", exif=exif))
    assert upright.size == (24, 40)
    assert upright.getpixel((23, 0)) == (255, 255, 255)
    assert upright.getpixel((0, 39)) == (0, 0, 0)


def test_what_an_alpha_channel_hides_stays_hidden() -> None:
    picture = Image.new("RGBA", (40, 24), (200, 0, 0, 0))
    picture.paste((0, 0, 200, 255), (0, 0, 20, 24))
    flat = source_sent(saved(picture))
    assert flat.getpixel((30, 5)) == (255, 255, 255)
    assert flat.getpixel((5, 5)) == (0, 0, 200)


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F", "YCbCr", "HSV", "LAB"]
)
def test_pictures_of_any_kind_become_rgb(mode: str) -> None:
    kind = "TIFF" if mode in ("CMYK", "F", "I", "YCbCr", "LAB") else "PNG"
    if mode == "HSV":
        kind, image = "BMP", Image.new("RGB", (40, 24), "grey")
    else:
        image = Image.new(mode, (40, 24))
    left = source_sent(saved(image, kind))
    assert (left.mode, left.size) == ("RGB", (40, 24))


def test_sixteen_bit_grey_keeps_its_tones() -> None:
    deep = Image.new("I;16", (40, 24), 0x8000)
    assert source_sent(saved(deep)).getpixel((3, 3)) == (128, 128, 128)


def test_a_palette_with_transparency() -> None:
    picture = Image.new("P", (40, 24), 0)
    picture.putpalette([10, 20, 30, 200, 100, 50])
    assert source_sent(saved(picture, transparency=0)).getpixel((0, 0)) == (255, 255, 255)


def test_of_an_animation_the_first_frame_goes() -> None:
    frames = [Image.new("RGB", (40, 24), colour) for colour in ("red", "blue")]
    left = source_sent(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert left.getpixel((0, 0)) == (255, 0, 0)


def test_a_mask_is_grey_of_the_sources_size_and_white_repaints() -> None:
    mask = Image.new("L", (80, 48), 0)
    mask.paste(255, (0, 0, 40, 48))
    left, body = mask_sent(saved(mask), blur=6, fill=2, only_masked=True, padding=48, invert=True)
    assert (left.mode, left.size) == ("L", (40, 24))
    assert (left.getpixel((3, 3)), left.getpixel((36, 3))) == (255, 0)
    assert {name: body[name] for name in body if "mask" in name or "inpaint" in name} == {
        "mask": body["mask"],
        "mask_blur": 6,
        "inpainting_fill": 2,
        "inpaint_full_res": True,
        "inpaint_full_res_padding": 48,
        "inpainting_mask_invert": 1,
    }


def test_a_painted_layer_is_a_mask_by_its_opacity() -> None:
    layer = Image.new("RGBA", (40, 24), (0, 0, 0, 0))
    layer.paste((0, 0, 0, 255), (0, 0, 20, 24))
    left, _ = mask_sent(saved(layer))
    assert (left.getpixel((3, 3)), left.getpixel((36, 3))) == (255, 0)


def test_an_opaque_picture_with_alpha_is_a_mask_by_its_brightness() -> None:
    layer = Image.new("RGBA", (40, 24), (255, 255, 255, 255))
    layer.paste((0, 0, 0, 255), (0, 0, 20, 24))
    left, _ = mask_sent(saved(layer))
    assert (left.getpixel((3, 3)), left.getpixel((36, 3))) == (0, 255)


@pytest.mark.parametrize(
    "stored", [b"", b"http://host/picture.png", b"<svg/>", saved(Image.effect_noise((99, 99), 50))[:5000]]
)
def test_what_is_no_picture_is_not_sent(stored: bytes) -> None:
    with pytest.raises(UnreadableImage):
        source_sent(stored)


def test_a_missing_picture_is_told() -> None:
    with pytest.raises(UnreadableImage):
        sent(replace(REQUEST, img2img=Img2Img(SOURCE)))
