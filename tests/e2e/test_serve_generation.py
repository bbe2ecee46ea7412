"""What a generation over the wire means: seeds, formats, grids, options, previews, limits."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from PIL import Image

from sdstudio.practice.checkpoints import CHECKPOINTS
from tests.fakes.practice import start_practice

SMALL: dict[str, Any] = {"prompt": "a boat at sea", "seed": 7, "steps": 3, "width": 64, "height": 64}


class Endpoint:
    """A client that opens answers."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def txt2img(self, **changes: Any) -> dict[str, Any]:
        return self.post("txt2img", SMALL | changes)

    def img2img(self, source: Image.Image, **changes: Any) -> dict[str, Any]:
        return self.post("img2img", SMALL | {"init_images": [encoded(source)]} | changes)

    def post(self, route: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.client.post(f"/sdapi/v1/{route}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, **changes: Any) -> tuple[int, str, str]:
        answer = self.client.post("/sdapi/v1/txt2img", json=SMALL | changes)
        return answer.status_code, answer.json()["error"], answer.json()["errors"]

    def post_internal(self, task: str) -> dict[str, Any]:
        return self.client.post("/internal/progress", json={"id_task": task}).json()

    def option(self, **options: Any) -> None:
        self.client.post("/sdapi/v1/options", json=options).raise_for_status()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with start_practice() as url:
        yield url


@pytest.fixture
def endpoint(url: str) -> Iterator[Endpoint]:
    """With the options as a fresh server has them."""
    with httpx.Client(base_url=url, timeout=60) as client:
        before = client.get("/sdapi/v1/options").json()
        yield Endpoint(client)
        client.post("/sdapi/v1/options", json=before).raise_for_status()


def opened(text: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(text)))


def encoded(image: Image.Image) -> str:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def pixels(answer: dict[str, Any], at: int = 0) -> bytes:
    return opened(answer["images"][at]).tobytes()


def info(answer: dict[str, Any]) -> dict[str, Any]:
    return json.loads(answer["info"])


def test_the_same_request_gives_the_same_bytes(endpoint: Endpoint) -> None:
    assert endpoint.txt2img()["images"] == endpoint.txt2img()["images"]
    assert pixels(endpoint.txt2img()) != pixels(endpoint.txt2img(seed=8))


def test_picture_i_of_a_batch_is_the_picture_of_seed_plus_i(endpoint: Endpoint) -> None:
    batch = endpoint.txt2img(batch_size=2, n_iter=2)
    assert info(batch)["all_seeds"] == [7, 8, 9, 10]
    for at in range(4):
        assert pixels(batch, at) == pixels(endpoint.txt2img(seed=7 + at))


def test_with_a_variation_strength_only_the_subseed_advances(endpoint: Endpoint) -> None:
    batch = endpoint.txt2img(n_iter=2, subseed=3, subseed_strength=0.5)
    assert (info(batch)["all_seeds"], info(batch)["all_subseeds"]) == ([7, 7], [3, 4])
    assert pixels(batch, 0) != pixels(batch, 1)
    assert "Variation seed: 4, Variation seed strength: 0.5" in info(batch)["infotexts"][1]


def test_a_drawn_seed_is_told_and_makes_the_picture_again(endpoint: Endpoint) -> None:
    drawn = endpoint.txt2img(seed=-1)
    assert 0 <= info(drawn)["seed"] < 2**32
    assert pixels(endpoint.txt2img(seed=info(drawn)["seed"])) == pixels(drawn)


def test_checkpoints_really_paint_differently(endpoint: Endpoint) -> None:
    by_name = {
        each.name: endpoint.txt2img(override_settings={"sd_model_checkpoint": each.name})
        for each in CHECKPOINTS
    }
    assert [info(answer)["sd_model_name"] for answer in by_name.values()] == list(by_name)
    assert len({pixels(answer) for answer in by_name.values()}) == len(CHECKPOINTS)
    assert info(endpoint.txt2img())["sd_model_name"] == CHECKPOINTS[0].name


def test_an_unknown_override_is_an_error_or_dropped_as_in_the_original(endpoint: Endpoint) -> None:
    assert endpoint.refused(override_settings={"no_such": 1}) == (500, "KeyError", "'no_such'")
    dropped = endpoint.txt2img(override_settings={"sd_model_checkpoint": "nonesuch"})
    assert info(dropped)["sd_model_name"] == CHECKPOINTS[0].name


def test_an_override_cannot_change_the_format_unless_it_is_for_good(endpoint: Endpoint) -> None:
    jpeg = {"samples_format": "jpg"}
    assert opened(endpoint.txt2img(override_settings=jpeg)["images"][0]).format == "PNG"
    answer = endpoint.txt2img(override_settings=jpeg, override_settings_restore_afterwards=False)
    assert opened(answer["images"][0]).format == "JPEG"
    assert opened(endpoint.txt2img()["images"][0]).format == "JPEG"


@pytest.mark.parametrize(("name", "format_"), [("jpg", "JPEG"), ("webp", "WEBP")])
def test_other_formats_carry_the_recipe_in_exif_as_utf_16(endpoint: Endpoint, name: str, format_: str) -> None:
    endpoint.option(samples_format=name)
    answer = endpoint.txt2img(prompt="яблоко 🍎")
    image = opened(answer["images"][0])
    comment = image.getexif().get_ifd(0x8769)[0x9286]
    assert image.format == format_
    assert comment == b"UNICODE\0" + info(answer)["infotexts"][0].encode("utf-16-be")
    read = endpoint.post("png-info", {"image": answer["images"][0]})
    assert read["info"] == info(answer)["infotexts"][0]


def test_an_unknown_format_fails_after_the_painting(endpoint: Endpoint) -> None:
    endpoint.option(samples_format="avif")
    answer = endpoint.client.post("/sdapi/v1/txt2img", json=SMALL)
    assert (answer.status_code, answer.json()["detail"]) == (500, "Invalid image format")


def test_a_grid_comes_first_when_images_are_to_be_saved(endpoint: Endpoint) -> None:
    answer = endpoint.txt2img(n_iter=3, save_images=True)
    assert [opened(each).size for each in answer["images"]] == [(128, 128), (64, 64), (64, 64), (64, 64)]
    assert info(answer)["index_of_first_image"] == 1
    assert len(info(answer)["infotexts"]) == 4
    endpoint.option(return_grid=False)
    assert len(endpoint.txt2img(n_iter=3, save_images=True)["images"]) == 3


def test_styles_and_comments_are_in_the_recipe_as_painted(endpoint: Endpoint) -> None:
    answer = endpoint.txt2img(prompt="a hill # not this\n# nor this\nwith sheep", styles=["Night", "nonesuch"])
    assert info(answer)["prompt"] == "a hill \nwith sheep, night, blue"
    assert info(answer)["negative_prompt"] == "sunny"


def test_tags_of_extra_networks_stay_in_the_recipe_and_paint_nothing(endpoint: Endpoint) -> None:
    tagged = endpoint.txt2img(prompt="a boat at sea<lora:nowhere:0.8>")
    assert pixels(tagged) == pixels(endpoint.txt2img())
    assert "<lora:nowhere:0.8>" in info(tagged)["infotexts"][0]


def test_hires_makes_the_larger_picture(endpoint: Endpoint) -> None:
    answer = endpoint.txt2img(
        enable_hr=True, denoising_strength=0.5, hr_resize_x=128, hr_resize_y=96, hr_second_pass_steps=2
    )
    assert opened(answer["images"][0]).size == (128, 96)
    assert "Hires resize: 128x96, Hires steps: 2" in info(answer)["infotexts"][0]
    sides = endpoint.txt2img(enable_hr=True, denoising_strength=0.5, hr_resize_x=96)
    assert opened(sides["images"][0]).size == (96, 96)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"denoising_strength": None}, "TypeError", "'<' not supported"),
        ({"hr_upscaler": "nonesuch"}, "Exception", "could not find upscaler named nonesuch"),
        ({"hr_sampler_name": "Use same sampler"}, "AssertionError", "bad sampler name"),
        ({"hr_checkpoint_name": "nonesuch"}, "Exception", "Could not find checkpoint with name nonesuch"),
        ({"refiner_checkpoint": "nonesuch"}, "Exception", "Could not find checkpoint with name nonesuch"),
        ({"hr_scale": 1000}, "OutOfMemoryError", "at most"),
    ],
)
def test_hires_fails_as_the_original(
    endpoint: Endpoint, changes: dict[str, Any], error: str, words: str
) -> None:
    status, found, text = endpoint.refused(**({"enable_hr": True, "denoising_strength": 0.5} | changes))
    assert (status, found) == (500, error)
    assert words in text


def test_the_mask_is_obeyed_to_the_pixel(endpoint: Endpoint) -> None:
    source = opened(endpoint.txt2img(prompt="a red wall")["images"][0]).convert("RGB")
    mask = Image.new("L", (64, 64))
    mask.paste(255, (0, 0, 32, 64))
    body = {"mask": encoded(mask), "mask_blur": 0, "inpaint_full_res": False, "denoising_strength": 1}
    result = opened(endpoint.img2img(source, **body)["images"][0])
    assert result.crop((32, 0, 64, 64)).tobytes() == source.crop((32, 0, 64, 64)).tobytes()
    assert result.crop((0, 0, 32, 64)).tobytes() != source.crop((0, 0, 32, 64)).tobytes()


def test_the_alpha_channel_of_a_mask_wins_over_its_brightness(endpoint: Endpoint) -> None:
    source = opened(endpoint.txt2img(prompt="a red wall")["images"][0]).convert("RGB")
    mask = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    mask.paste((0, 0, 0, 255), (0, 0, 32, 64))
    body = {"mask": encoded(mask), "mask_blur": 0, "inpaint_full_res": False, "denoising_strength": 1}
    result = opened(endpoint.img2img(source, **body)["images"][0])
    assert result.crop((32, 0, 64, 64)).tobytes() == source.crop((32, 0, 64, 64)).tobytes()
    assert result.crop((0, 0, 32, 64)).tobytes() != source.crop((0, 0, 32, 64)).tobytes()


def test_several_sources_make_a_batch_and_too_many_are_an_error(endpoint: Endpoint) -> None:
    sources = [encoded(Image.new("RGB", (64, 64), colour)) for colour in ("red", "blue")]
    body = SMALL | {"init_images": sources, "batch_size": 2, "denoising_strength": 0}
    answer = endpoint.post("img2img", body)
    assert info(answer)["batch_size"] == len(answer["images"]) == 2
    assert pixels(answer, 0) != pixels(answer, 1)
    refused = endpoint.client.post("/sdapi/v1/img2img", json=body | {"batch_size": 1})
    assert refused.json()["errors"] == "bad number of images passed: 2; expecting 1 or less"


@pytest.mark.parametrize(
    "changes",
    [
        {"width": 100_000, "height": 100_000},
        {"batch_size": 64, "n_iter": 100_000},
        {"width": 2048, "height": 2048, "n_iter": 1000},
    ],
)
def test_what_would_fill_the_machine_is_out_of_memory_at_once(
    endpoint: Endpoint, changes: dict[str, Any]
) -> None:
    status, error, text = endpoint.refused(**changes)
    assert (status, error) == (500, "OutOfMemoryError")
    assert text.startswith("Out of memory")
    assert endpoint.txt2img()["images"]


@pytest.mark.parametrize(
    "changes",
    [
        {"steps": 10**9},
        {"cfg_scale": float("nan")},
        {"seed": None, "subseed": None, "subseed_strength": None, "styles": None, "tiling": None, "eta": None},
        {"seed": -12345, "subseed": 2**70, "subseed_strength": 0.3},
        {"cfg_scale": -3, "subseed_strength": 9, "eta": 7},
        {"width": 8, "height": 8},
        {"prompt": "\ud800"},
        {"negative_prompt": "\0" * 1000},
    ],
)
def test_odd_values_get_an_answer_and_leave_the_server_well(
    endpoint: Endpoint, changes: dict[str, Any]
) -> None:
    answer = endpoint.client.post(
        "/sdapi/v1/txt2img", content=json.dumps(SMALL | changes), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in {200, 500}
    assert set(answer.json()) in ({"images", "parameters", "info"}, {"error", "detail", "body", "errors"})
    assert endpoint.client.get("/sdapi/v1/progress").json()["state"]["job"] == ""
    assert endpoint.txt2img()["images"]


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"steps": ' + b"9" * 5000 + b"}", b'{"prompt": "\xff"}'])
def test_bodies_json_cannot_read_are_a_400(endpoint: Endpoint, body: bytes) -> None:
    answer = endpoint.client.post(
        "/sdapi/v1/txt2img", content=body, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["detail"]) == (400, "There was an error parsing the body")


def test_a_picture_of_too_many_pixels_is_not_decoded(endpoint: Endpoint) -> None:
    bomb = encoded(Image.new("1", (20_000, 5_000)))
    assert len(bomb) < 100_000
    answer = endpoint.client.post("/sdapi/v1/img2img", json=SMALL | {"init_images": [bomb]})
    assert (answer.status_code, answer.json()["detail"]) == (500, "Invalid encoded image")


def test_a_task_can_be_followed_by_its_id(endpoint: Endpoint) -> None:
    before = endpoint.post_internal("task(mine)")
    assert before == endpoint.post_internal("task(other)")
    endpoint.txt2img(force_task_id="task(mine)")
    after = endpoint.post_internal("task(mine)")
    assert (after["active"], after["queued"], after["completed"]) == (False, False, True)


def test_extras_make_it_larger_and_keep_the_recipe(endpoint: Endpoint) -> None:
    source = endpoint.txt2img()["images"][0]
    body = {"image": source, "upscaler_1": "Lanczos", "resize_mode": 1}
    target = {"upscaling_resize_w": 160, "upscaling_resize_h": 96}
    cropped = endpoint.post("extra-single-image", body | target)
    assert opened(cropped["image"]).size == (160, 96)
    assert set(opened(cropped["image"]).info) == {"parameters", "postprocessing"}
    whole = endpoint.post("extra-single-image", body | target | {"upscaling_crop": False})
    assert opened(whole["image"]).size == (160, 160)
    nothing = endpoint.post("extra-single-image", {"image": source})
    assert (nothing["html_info"], opened(nothing["image"]).size) == ("<p></p>", (64, 64))
    files = [{"data": source, "name": "a.png"}, {"data": source, "name": "b.png"}]
    batch = endpoint.post("extra-batch-images", {"imageList": files, "upscaler_1": "Nearest"})
    assert [opened(each).size for each in batch["images"]] == [(128, 128)] * 2


@pytest.mark.parametrize(
    ("body", "item"),
    [
        ({}, {"loc": ["body", "imageList"], "msg": "field required", "type": "value_error.missing"}),
        (
            {"imageList": [{"data": "x"}]},
            {"loc": ["body", "imageList", 0, "name"], "msg": "field required", "type": "value_error.missing"},
        ),
        (
            {"imageList": [], "resize_mode": 2},
            {
                "loc": ["body", "resize_mode"],
                "msg": "unexpected value; permitted: 0, 1",
                "type": "value_error.const",
                "ctx": {"given": 2, "permitted": [0, 1]},
            },
        ),
        (
            {"imageList": [], "upscaling_resize": 0},
            {
                "loc": ["body", "upscaling_resize"],
                "msg": "ensure this value is greater than 0",
                "type": "value_error.number.not_gt",
                "ctx": {"limit_value": 0},
            },
        ),
    ],
)
def test_extras_complain_as_pydantic_1(endpoint: Endpoint, body: dict[str, Any], item: dict[str, Any]) -> None:
    answer = endpoint.client.post("/sdapi/v1/extra-batch-images", json=body)
    assert (answer.status_code, answer.json()["detail"]) == (422, [item])
