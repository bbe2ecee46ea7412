"""The seed page's requests, by curl, against `sdstudio serve --token X`."""

from __future__ import annotations

import base64
import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.fakes.practice import start_practice

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed here")

# As the page has them; the second with a picture in the place of its placeholder.
TXT2IMG = (
    '{"prompt": "portrait of a young women, blue eyes, cinematic", "steps": 25, "width": 512, "height": 512}'
)
IMG2IMG = (
    '{"prompt": "a dog sitting on a bench", "init_images": ["%s"], "steps": 30, "width": 512, "height": 512, '
    '"denoising_strength": 0.2, "cfg_scale": 7}'
)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with start_practice("--token", "X") as url:
        yield url


def curl(address: str, path: str, payload: Path, token: str = "X") -> tuple[int, Any]:
    """The page's command; status and JSON."""
    command = [
        *("curl", "-s", "-X", "POST", "-w", "\n%{http_code}"),
        *("-H", "Accept: application/json", "-H", "Content-Type: application/json"),
        *("-H", f"Authorization: Bearer {token}", "-d", f"@{payload}", f"{address}{path}"),
    ]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    body, _, status = ended.stdout.rpartition("\n")
    return int(status), json.loads(body)


@pytest.fixture(scope="module")
def txt2img_payload(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("payload") / "txt2img.json"
    path.write_text(TXT2IMG, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def portrait(address: str, txt2img_payload: Path) -> tuple[int, Any]:
    return curl(address, "/sdapi/v1/txt2img", txt2img_payload)


def opened(encoded: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(encoded)))


def test_txt2img_gives_a_png_with_its_recipe_inside(portrait: tuple[int, Any]) -> None:
    status, answer = portrait
    assert status == 200
    image = opened(answer["images"][0])
    assert (image.format, image.size) == ("PNG", (512, 512))
    assert image.info["parameters"].startswith("portrait of a young women, blue eyes, cinematic\nSteps: 25, ")
    assert "Size: 512x512" in image.info["parameters"]


def test_img2img_at_strength_0_2_keeps_the_source(
    address: str, portrait: tuple[int, Any], tmp_path: Path
) -> None:
    encoded = portrait[1]["images"][0]
    payload = tmp_path / "img2img.json"
    payload.write_text(IMG2IMG % encoded, encoding="utf-8")
    status, answer = curl(address, "/sdapi/v1/img2img", payload)
    assert status == 200
    assert answer["parameters"]["init_images"] is None
    source, result = opened(encoded), opened(answer["images"][0])
    assert result.size == (512, 512)
    assert "Denoising strength: 0.2" in result.info["parameters"]
    assert _distance(source, result) < _distance(source, source.rotate(180))


def _distance(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of brightness."""
    pairs = zip(one.convert("L").tobytes(), other.convert("L").tobytes(), strict=True)
    return sum(abs(a - b) for a, b in pairs) / (one.width * one.height)


def test_the_pages_misspelt_path_is_a_404(address: str, txt2img_payload: Path) -> None:
    assert curl(address, "/sdapi/v1/imgt2img", txt2img_payload) == (404, {"detail": "Not Found"})


def test_a_wrong_token_is_a_401(address: str, txt2img_payload: Path) -> None:
    status, answer = curl(address, "/sdapi/v1/txt2img", txt2img_payload, token="Y")
    assert (status, answer) == (401, {"detail": "Not authenticated"})


def test_the_pages_python_sample_posts_a_form_and_is_a_422(address: str) -> None:
    headers = {"Content-Type": "application/json", "Authorization": "Bearer X"}
    answer = httpx.post(f"{address}/sdapi/v1/txt2img", headers=headers, data={"prompt": "a", "steps": 25})
    item = answer.json()["detail"][0]
    assert (answer.status_code, item["type"]) == (422, "value_error.jsondecode")
    assert item["ctx"]["doc"] == "prompt=a&steps=25"
