"""A recipe in words and back into a request: what the server said comes before what was asked."""

from __future__ import annotations

from dataclasses import replace

from sdstudio.core.request import GenerationRequest, Hires, Img2Img, Inpaint, InputImage
from sdstudio.core.result import EndpointMark
from sdstudio.ui.history import recipe
from tests.ui.history.records import INFOTEXT, REQUEST, record

SOURCE = InputImage("ab" * 32, 512, 512)


def test_the_pictures_own_seed_and_size_come_first() -> None:
    rows = recipe.parameters(record(width=1024, height=768))

    assert list(rows.items())[:4] == [
        ("Seed", "44"),
        ("Size", "1024×768"),
        ("Steps", "25"),
        ("Sampler", "Euler a"),
    ]
    assert rows["Model"] == "meadow"
    assert rows["Version"] == "v1.10.1"


def test_what_the_server_did_is_shown_not_what_was_asked() -> None:
    told = INFOTEXT.replace("Sampler: Euler a", "Sampler: Heun").replace("Steps: 25", "Steps: 20")
    rows = recipe.parameters(record(infotext=told))

    assert (rows["Sampler"], rows["Steps"]) == ("Heun", "20")


def test_a_server_that_tells_nothing_leaves_what_was_asked() -> None:
    asked = replace(REQUEST, cfg_scale=6.5, checkpoint="meadow", tiling=True, subseed=9, subseed_strength=0.25)
    rows = recipe.parameters(record(infotext="", request=asked, seed=None))

    assert rows == {
        "Size": "512×512",
        "Steps": "25",
        "Sampler": "Euler a",
        "Schedule type": "Automatic",
        "CFG scale": "6.5",
        "Variation seed": "9",
        "Variation seed strength": "0.25",
        "Tiling": "yes",
        "Model": "meadow",
    }


def test_img2img_and_hires_say_theirs() -> None:
    painted = replace(REQUEST, img2img=Img2Img(SOURCE, 0.2, 1, Inpaint(SOURCE, blur=6, only_masked=True)))
    rows = recipe.parameters(record(infotext="", request=painted))
    assert rows["Denoising strength"] == "0.2"
    assert rows["Resize mode"] == "crop"
    assert (rows["Mask blur"], rows["Inpaint area"]) == ("6", "only masked")

    enlarged = replace(REQUEST, hires=Hires(0.55, 1.5, "Latent", 0))
    rows = recipe.parameters(record(infotext="", request=enlarged))
    assert (rows["Hires upscale"], rows["Hires upscaler"], rows["Hires steps"]) == ("1.5", "Latent", "as many")


def test_a_picture_whose_request_is_lost_still_tells_its_infotext() -> None:
    assert recipe.parameters(record(request=None))["CFG scale"] == "7"


def test_origin() -> None:
    assert recipe.origin(record()) == "studio-gpu (forge) · 12 s"
    assert recipe.origin(record(seconds=0.1, interrupted=True)) == "studio-gpu (forge) · interrupted"
    nameless = EndpointMark("", "http://10.0.0.5:7860", "")
    assert recipe.origin(record(endpoint=nameless, seconds=0)) == "http://10.0.0.5:7860"


def test_remaking_takes_the_pictures_own_seed() -> None:
    assert recipe.remaking(record()) == replace(REQUEST, seed=44)
    assert recipe.remaking(record(seed=None)) == REQUEST


def test_remaking_takes_the_pictures_own_variation_seed_where_one_matters() -> None:
    told = INFOTEXT + ", Variation seed: 99, Variation seed strength: 0.3"
    varied = replace(REQUEST, subseed=97, subseed_strength=0.3)

    remade = recipe.remaking(record(infotext=told, request=varied))
    assert remade is not None
    assert remade.subseed == 99
    plain = recipe.remaking(record(infotext=told))
    assert plain is not None
    assert plain.subseed == REQUEST.subseed


def test_remaking_from_the_infotext_alone() -> None:
    told = INFOTEXT.replace("512x512", "640x768").replace("CFG scale: 7", "CFG scale: 0")

    assert recipe.remaking(record(request=None, infotext=told)) == GenerationRequest(
        prompt="a house by the sea",
        negative_prompt="fog",
        width=640,
        height=768,
        steps=25,
        sampler_name="Euler a",
        scheduler="Automatic",
        cfg_scale=0,
        seed=44,
    )


def test_nothing_known_cannot_be_remade() -> None:
    assert recipe.remaking(record(request=None, infotext="")) is None
