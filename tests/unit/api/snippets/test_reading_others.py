"""Requests as other people and programs write them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from sdstudio.api.snippets import read
from sdstudio.core.errors import InvalidRequest

URL = "http://127.0.0.1:7860"
WIKI = """
import json
import requests
from PIL import Image, PngImagePlugin

url = "http://127.0.0.1:7860"

payload = {
    "prompt": "puppy dog",  # a comment of Python's own
    "steps": 5
}

response = requests.post(url=f'{url}/sdapi/v1/txt2img', json=payload)

r = response.json()

for i in r['images']:
    png_payload = {
        "image": "data:image/png;base64," + i
    }
    response2 = requests.post(url=f'{url}/sdapi/v1/png-info', json=png_payload)
"""
AIOHTTP = """
async def go():
    data: dict = {"prompt": "puppy dog", "steps": 1}
    data["steps"] = 5
    async with aiohttp.ClientSession() as session:
        async with session.post("http://127.0.0.1:7860/sdapi/v1/txt2img/", json={**data}) as answer:
            print(await answer.json())
"""
FROM_TEXT = """
body = json.dumps({"prompt": "puppy" " dog", "steps": 5})
requests.post("http://127.0.0.1:7860/sdapi/v1/txt2img", data=body)
"""
AXIOS = """
const BASE = process.env.SD_URL || "http://127.0.0.1:7860";
async function main() {
  const payload = { prompt: 'puppy dog', steps: 50, };
  payload.steps = 5;
  const answer = await axios.post(`${BASE}/sdapi/v1/txt2img`, payload, { headers: { Accept: "application/json" } });
}
"""
AJAX = """
$.ajax({
  url: "http://127.0.0.1:7860/sdapi/v1/txt2img",
  data: JSON.stringify({prompt: "puppy dog", steps: 5})
});
"""
CMD = r"""
curl "http://127.0.0.1:7860/sdapi/v1/txt2img" ^
  -H "Content-Type: application/json" ^
  -d "{\"prompt\": \"puppy dog\", \"steps\": 5}"
"""
BROWSER_CMD = r"""
curl ^"http://127.0.0.1:7860/sdapi/v1/txt2img^" ^
  -H ^"accept: application/json^" ^
  --data-raw ^"^{^\^"prompt^\^":^\^"puppy dog^\^",^\^"steps^\^":5^}^" ^
  --compressed
"""
BROWSER = (
    r"""curl 'http://127.0.0.1:7860/sdapi/v1/txt2img' --data-raw $'{"prompt":"puppy\u0020dog","steps":5}'"""
)
POWERSHELL = """
$body = @{
    prompt = "puppy dog"
    steps = 5
} | ConvertTo-Json

Invoke-RestMethod -Uri "http://127.0.0.1:7860/sdapi/v1/txt2img" -Method Post -Body $body
"""
POWERSHELL_CURL = r"""
```powershell
curl.exe -X POST "http://127.0.0.1:7860/sdapi/v1/txt2img" `
  -d '{\"prompt\": \"puppy dog\", \"steps\": 5}'
```
That's all, don't worry.
"""
PIPED = """echo '{"prompt": "puppy dog", "steps": 5}' | curl -sSd @- http://127.0.0.1:7860/sdapi/v1/txt2img"""
HEREDOC = """
curl -sS http://127.0.0.1:7860/sdapi/v1/txt2img --json @- <<'EOF'
{"prompt": "puppy dog",
 "steps": 5}
EOF
"""
CAT = """
cat <<EOF | curl -sS http://127.0.0.1:7860/sdapi/v1/txt2img -d @-
{"prompt": "puppy dog", "steps": 5}
EOF
"""
GO = """
body := strings.NewReader(`{"prompt": "puppy dog", "steps": 5}`)
req, _ := http.NewRequest("POST", "http://127.0.0.1:7860/sdapi/v1/txt2img", body)
"""
JAVA = r"""
HttpRequest.newBuilder(URI.create("http://127.0.0.1:7860/sdapi/v1/txt2img"))
    .POST(BodyPublishers.ofString("{\"prompt\": \"puppy dog\", \"steps\": 5}"));
"""
EVERYWHERE = {
    "wiki": WIKI,
    "aiohttp": AIOHTTP,
    "json.dumps": FROM_TEXT,
    "axios": AXIOS,
    "ajax": AJAX,
    "cmd": CMD,
    "browser, cmd": BROWSER_CMD,
    "browser, bash": BROWSER,
    "PowerShell": POWERSHELL,
    "PowerShell, curl": POWERSHELL_CURL,
    "echo": PIPED,
    "here document": HEREDOC,
    "cat": CAT,
    "Go": GO,
    "Java": JAVA,
}


@pytest.mark.parametrize("name", EVERYWHERE)
def test_the_same_request_in_many_tongues(name: str) -> None:
    reading = read(EVERYWHERE[name])
    assert reading.values == {"prompt": "puppy dog", "steps": 5}
    assert (reading.kind, reading.endpoint_url) == ("txt2img", URL)
    assert (reading.token, reading.corrections, reading.others) == (None, (), ())


def test_python_for_another_client() -> None:
    reading = read(
        'api = webuiapi.WebUIApi(host="127.0.0.1", port=7860)\n'
        'one = api.txt2img(prompt="a squirrel", seed=1003, styles=["anime"], enable_hr=True, hr_scale=2,\n'
        "                  hr_upscaler=webuiapi.HiResUpscaler.Latent, denoising_strength=0.4)\n"
        'two = api.img2img(images=[one.image], prompt="a cat", cfg_scale=6.5, denoising_strength=0.6)\n'
    )
    assert reading.values == {"prompt": "a squirrel", "seed": 1003}
    assert reading.hires == {"denoising_strength": 0.4, "scale": 2.0}
    assert reading.left_out == ("styles",)
    assert reading.corrections[:2] == (
        "`hr_upscaler` is set by `webuiapi.HiResUpscaler.Latent`; it is left as it is here.",
        "Left out, since there is no place for it here: `styles`.",
    )
    (other,) = reading.others
    assert (other.kind, other.values) == ("img2img", {"prompt": "a cat", "cfg_scale": 6.5})
    assert other.corrections == ("`one.image` stands for the source picture: choose one.",)


INFOTEXT = """a cat, (masterpiece:1.2)
Negative prompt: blurry
Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7.5, Seed: 3249153153, Size: 512x768, \
Model hash: 6ce0161689, Model: v1-5-pruned, {}Clip skip: 2, Version: v1.10.1"""
COMMON: Mapping[str, Any] = {
    "prompt": "a cat, (masterpiece:1.2)",
    "negative_prompt": "blurry",
    "steps": 20,
    "sampler_name": "DPM++ 2M",
    "scheduler": "Karras",
    "cfg_scale": 7.5,
    "seed": 3249153153,
    "width": 512,
    "height": 768,
    "checkpoint": "v1-5-pruned",
}


def test_infotext_of_txt2img() -> None:
    reading = read(INFOTEXT.format(""))
    assert (reading.form, reading.kind, reading.values) == ("infotext", "txt2img", COMMON)
    assert reading.left_out == ("Clip skip",)


def test_infotext_with_a_hires_pass() -> None:
    hires = "Denoising strength: 0.55, Hires upscale: 1.5, Hires steps: 10, Hires upscaler: 4x-UltraSharp, "
    reading = read(INFOTEXT.format(hires))
    expected = {"denoising_strength": 0.55, "scale": 1.5, "steps": 10, "upscaler": "4x-UltraSharp"}
    assert (reading.kind, reading.hires) == ("txt2img", expected)
    resized = read(
        INFOTEXT.format("Denoising strength: 0.55, Hires resize: 1024x1536, Hires upscaler: Latent, ")
    )
    assert resized.hires == {"denoising_strength": 0.55, "scale": 2.0, "upscaler": "Latent"}


def test_infotext_of_img2img() -> None:
    reading = read(INFOTEXT.format("Denoising strength: 0.2, "))
    assert (reading.kind, reading.img2img) == ("img2img", {"denoising_strength": 0.2})
    assert reading.needs == ("source",)


def test_an_answers_info_alone() -> None:
    info = {"prompt": "a cat", "seed": 1, "infotexts": [INFOTEXT.format("")], "index_of_first_image": 0}
    assert read(json.dumps(info)).values == COMMON


def test_a_payload_within_another_hosts_envelope() -> None:
    reading = read('{"input": {"prompt": "a cat", "steps": 5}, "webhook": ""}')
    assert reading.values == {"prompt": "a cat", "steps": 5}


def test_a_list_of_payloads() -> None:
    reading = read('[{"prompt": "a", "steps": 1}, {"prompt": "b", "steps": 2}]')
    assert [each.values["prompt"] for each in (reading, *reading.others)] == ["a", "b"]


@pytest.mark.parametrize(
    "text",
    [
        "{'prompt': 'a cat', 'steps': 5, 'tiling': True, 'seed': None,}",
        '{prompt: "a cat", steps: 5, tiling: true, seed: undefined}',
        '{"prompt": "a cat" "steps": "5" "tiling": 1}',
        'Send this:\n\n{"prompt": "a cat", // really\n"steps": 5, "tiling": true /* yes */}\n\nand wait.',
    ],
)
def test_json_as_people_write_it(text: str) -> None:
    assert read(text).values == {"prompt": "a cat", "steps": 5, "tiling": True}


@pytest.mark.parametrize(
    ("payload", "values", "correction"),
    [
        ('"width": 500', {"width": 496}, "`width` must be a multiple of 8; 496 is taken, as servers do."),
        ('"width": 9000', {"width": 8192}, "`width` can be 64 to 8,192; 8,192 is taken."),
        ('"steps": 20.5', {}, "`steps` is no whole number; it is left as it is here."),
        ('"steps": "many"', {}, "`steps` is no whole number; it is left as it is here."),
        ('"cfg_scale": -3', {"cfg_scale": 0}, "`cfg_scale` can be 0 to 100; 0 is taken."),
        ('"cfg_scale": NaN', {}, "`cfg_scale` is no number; it is left as it is here."),
        ('"sampler_name": 7', {}, "`sampler_name` is no text; it is left as it is here."),
        ('"tiling": "perhaps"', {}, "`tiling` is neither true nor false; it is left as it is here."),
        ('"eta": 0.5', {}, "Left out, since there is no place for it here: `eta`."),
        (
            '"override_settings": {"sd_vae": "v", "CLIP_stop_at_last_layers": 2}',
            {"vae": "v"},
            "Left out of `override_settings`: `CLIP_stop_at_last_layers`.",
        ),
    ],
)
def test_values_that_no_request_can_hold(payload: str, values: Mapping[str, Any], correction: str) -> None:
    reading = read('{"prompt": "a", "seed": 1, ' + payload + "}")
    assert reading.values == {"prompt": "a", "seed": 1, **values}
    assert reading.corrections == (correction,)
    reading.request().checked()


def test_what_is_off_is_not_worth_a_word() -> None:
    off = {"styles": [], "eta": None, "alwayson_scripts": {}, "refiner_switch_at": 0, "script_name": ""}
    silent = {"send_images": True, "save_images": False, "sampler_index": "Euler", "mask_blur": 4}
    reading = read(json.dumps({"prompt": "a", "sampler_name": "DDIM"} | off | silent))
    assert (reading.values, reading.corrections) == ({"prompt": "a", "sampler_name": "DDIM"}, ())


@pytest.mark.parametrize(
    ("options", "correction"),
    [
        ("-d 'prompt=a+b&steps=5'", "The values were written as a form; they go as JSON."),
        ("-F prompt='a b' -F steps=5", "`-F` sends a form; the values go as JSON (`-d`)."),
        ("-d @payload.json", "The values lie in a file, which was not read: paste what is in it."),
    ],
)
def test_other_ways_of_curl_to_send(options: str, correction: str) -> None:
    reading = read(f"curl {options} {URL}/sdapi/v1/txt2img")
    assert reading.endpoint_url == URL
    assert correction in reading.corrections
    assert reading.values == ({} if "@" in options else {"prompt": "a b", "steps": 5})


@pytest.mark.parametrize(
    ("code", "correction"),
    [
        (
            "requests.post(URL, params=BODY)",
            "`params=` puts the values into the address; they go as JSON (`json=`).",
        ),
        ("fetch(URL, {body: BODY})", "`body` takes text; the values go as JSON (`JSON.stringify`)."),
    ],
)
def test_bodies_sent_wrongly(code: str, correction: str) -> None:
    text = code.replace("URL", f'"{URL}/sdapi/v1/txt2img"').replace("BODY", '{"prompt": "a"}')
    assert read(text).corrections == (correction,)


@pytest.mark.parametrize(
    "address",
    ["https://{address}", "https://<host>", "$URL", "https://${HOST}/base", "http://a b", "ftp://host", "/api"],
)
def test_an_address_that_is_none(address: str) -> None:
    reading = read(f"""curl -d '{{"prompt": "a"}}' "{address}/sdapi/v1/txt2img" """)
    assert (reading.values, reading.endpoint_url) == ({"prompt": "a"}, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a boat",
        "{",
        "[]",
        "{}",
        '{"model": "gpt", "prompt": "hello", "max_tokens": 5}',
        "curl https://host.example/",
        "requests.get('http://host/sdapi/v1/options')",
        'requests.post("http://host/sdapi/v1/png-info", json={"image": "x"})',
        "SELECT prompt FROM steps",
    ],
)
def test_a_text_without_a_request(text: str) -> None:
    with pytest.raises(InvalidRequest, match="There is no request in this text") as refused:
        read(text)
    assert refused.value.field == "text"
