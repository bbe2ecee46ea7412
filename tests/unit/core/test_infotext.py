"""The infotext grammar: samples with the web UI's own reading, round trips, and hostile text."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdstudio.core.geometry import Size
from sdstudio.core.infotext import Infotext, parse, write

BEEKEEPER = """portrait of a beekeeper, (golden hour:1.2), <lora:waxwork_v2:0.7>
Negative prompt: blurry, lowres
Steps: 28, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 5.5, Seed: 3141592653, Size: 832x1216, \
Model hash: 1a2b3c4d5e, Model: meadowXL_v30, Denoising strength: 0.35, Hires upscale: 1.5, \
Lora hashes: "waxwork_v2: 0f1e2d3c4b5a", TI hashes: "badhandsv5: aa7651be154c, easyneg: c74b4e810b03", \
Version: v1.10.1"""


def test_reads_a_full_recipe_with_typed_values():
    recipe = parse(BEEKEEPER)

    assert recipe.prompt == "portrait of a beekeeper, (golden hour:1.2), <lora:waxwork_v2:0.7>"
    assert recipe.negative_prompt == "blurry, lowres"
    assert (recipe.steps, recipe.seed, recipe.cfg_scale) == (28, 3141592653, 5.5)
    assert (recipe.sampler, recipe.scheduler) == ("DPM++ 2M", "Karras")
    assert (recipe.model, recipe.model_hash) == ("meadowXL_v30", "1a2b3c4d5e")
    assert recipe.size == Size(832, 1216)
    assert recipe.denoising_strength == 0.35
    assert recipe.parameters["TI hashes"] == "badhandsv5: aa7651be154c, easyneg: c74b4e810b03"


def test_prompt_lines_that_look_like_pairs_stay_prompt():
    text = (
        "a map legend:\n- red: roads, blue: rivers, green: parks\n\n- title block, lower right\n"
        "Negative prompt: text, watermark\nsignature: none\n"
        "Steps: 12, Sampler: Heun, CFG scale: 6, Seed: 42, Size: 640x448"
    )
    recipe = parse(text)

    assert recipe.prompt == (
        "a map legend:\n- red: roads, blue: rivers, green: parks\n\n- title block, lower right"
    )
    assert recipe.negative_prompt == "text, watermark\nsignature: none"
    assert recipe.seed == 42


def test_quoted_values_are_decoded_and_raw_ones_end_at_a_comma():
    recipe = parse(
        "still life\nSteps: 30, Sampler: Euler a, Seed: 77, Size: 768x512, Model: odd name\\, really, "
        'Hires prompt: "still life, \\"sharp\\" focus\\nsecond line: ok", Hires resize: 1536x1024, '
        'ControlNet 0: "Module: canny, Model: control_v11p [d14c016b], Weight: 0.8", Version: v1.10.1'
    )

    assert recipe.parameters["Model"] == "odd name\\"
    assert recipe.parameters["Hires prompt"] == 'still life, "sharp" focus\nsecond line: ok'
    assert recipe.parameters["ControlNet 0"] == "Module: canny, Model: control_v11p [d14c016b], Weight: 0.8"
    assert recipe.with_split_sizes()["Hires resize-1"] == "1536"
    assert "Hires resize" not in recipe.with_split_sizes()


def test_fewer_than_three_pairs_are_prompt():
    assert parse("tiny\nSteps: 4, Seed: 9") == Infotext("tiny\nSteps: 4, Seed: 9")


def test_a_prompt_that_looks_like_pairs_but_names_no_parameter_stays_a_prompt():
    text = "recipe: soup, serves: 4, time: 20min"
    assert parse(text) == Infotext(text)


def test_dynamic_prompt_templates_do_not_swallow_the_pairs():
    recipe = parse(
        "a red kite over dunes\nNegative prompt: blur\n"
        "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1234, Size: 512x512, Model: base15\n"
        "Template: a {red|blue} kite\nover __place__\nNegative Template: blur"
    )

    assert (recipe.prompt, recipe.negative_prompt) == ("a red kite over dunes", "blur")
    assert recipe.seed == 1234
    assert recipe.parameters["Template"] == "a {red|blue} kite\nover __place__"
    assert recipe.parameters["Negative Template"] == "blur"


def test_unquoted_json_values_are_read_whole():
    resources = '[{"type":"checkpoint","modelName":"Demo: XL, test"},{"type":"lora","weight":0.8}]'
    recipe = parse(
        f"neon koi\nSteps: 30, Seed: 2024, Size: 1024x1024, Created Date: 2025-01-02T03:04:05.678Z, "
        f'Civitai resources: {resources}, Civitai metadata: {{"remixOfId":5}}'
    )

    assert recipe.parameters["Civitai resources"] == resources
    assert recipe.parameters["Civitai metadata"] == '{"remixOfId":5}'
    assert "Demo" not in recipe.parameters
    assert recipe.parameters["Created Date"] == "2025-01-02T03:04:05.678Z"


def test_empty_values_and_one_letter_keys_are_dropped():
    recipe = parse(
        "café 猫 😀 #not a comment\nNegative prompt:\n"
        'Steps: 8, Sampler: LCM, Seed: 0, Size: 512x512, VAE: , Q: 1, Model: "quoted", User: anna'
    )

    assert recipe.prompt == "café 猫 😀 #not a comment"
    assert recipe.negative_prompt == ""
    assert recipe.seed == 0
    assert recipe.parameters["Model"] == "quoted"
    assert not {"VAE", "Q"} & recipe.parameters.keys()


def test_a_recipe_without_a_prompt():
    recipe = parse("Negative prompt: bad\nSteps: 3, Sampler: Euler, Seed: 2, Size: 64x64")
    assert (recipe.prompt, recipe.negative_prompt, recipe.steps) == ("", "bad", 3)


@pytest.mark.parametrize(
    ("seed", "expected"),
    [
        ("0", 0),
        (str(2**64 - 1), 2**64 - 1),
        (str(2**64), None),
        ("-1", None),
        ("1_000", None),
        ("٣", None),
        ("9" * 5000, None),
        ("", None),
    ],
)
def test_a_seed_is_64_bits_or_unknown(seed, expected):
    assert Infotext(parameters={"Seed": seed}).seed == expected


@pytest.mark.parametrize("value", ["nan", "inf", "1e999", "seven", "--1", "1_0"])
def test_a_number_that_is_none_is_unknown(value):
    assert Infotext(parameters={"CFG scale": value}).cfg_scale is None


def test_writes_what_the_web_ui_writes():
    pairs = [
        ("Steps", 20),
        ("Sampler", "Euler a"),
        ("VAE", None),
        ("Size", "512x512"),
        ("Hires prompt", 'a "b", c'),
        ("Tiling", "Tiling"),
        ("Model", "a\\b"),
    ]
    assert write("a kite", "blur", pairs) == (
        "a kite\nNegative prompt: blur\n"
        'Steps: 20, Sampler: Euler a, Size: 512x512, Hires prompt: "a \\"b\\", c", Tiling, Model: a\\b'
    )
    assert write("a kite", "", [("Steps", 20)]) == "a kite\nSteps: 20"


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)
VALUES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
KEYS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_ \-/]{0,18}[A-Za-z0-9]", fullmatch=True)


def prompts() -> st.SearchStrategy[str]:
    lines = st.lists(WORDS.map(str.strip), max_size=4).map("\n".join).map(str.strip)
    return lines.filter(lambda text: "Negative prompt:" not in text and "Template:" not in text)


@given(prompts(), prompts(), st.dictionaries(KEYS, VALUES, max_size=8), st.integers(0, 2**64 - 1))
def test_what_was_written_is_read_back(prompt, negative, extra, seed):
    pairs = {"Steps": "20", "Seed": str(seed), "Size": "512x512"} | {
        key: value for key, value in extra.items() if key != value and key not in {"Steps", "Seed", "Size"}
    }
    assert parse(write(prompt, negative, pairs.items())) == Infotext(prompt, negative, pairs)
    assert parse(write(prompt, negative, pairs.items())).seed == seed


@given(st.text(st.characters(), max_size=400) | st.text('aZ :,"\\\n[]{}0123x', max_size=400))
def test_reading_never_raises_and_loses_no_surrogate_half_into_values(text):
    recipe = parse(text)
    if text.isprintable():
        json.dumps(dict(recipe.parameters)).encode()
    _ = (recipe.steps, recipe.seed, recipe.size, recipe.cfg_scale, recipe.with_split_sizes())


def test_half_a_surrogate_pair_in_quotes_stays_text():
    recipe = parse('x\nSteps: 1, Seed: 2, Model: "\\ud83d", Size: 1x1')
    recipe.parameters["Model"].encode()


HOSTILE = {
    "one long word": "a" * 300_000,
    "keys without values": "ab:" * 100_000,
    "open quotes": 'ab:"' * 75_000,
    "escaped quotes": 'ab:"\\",' * 40_000,
    "open brackets": "ab:[" * 75_000,
    "nested brackets": "ab:" + "[" * 300_000,
    "open JSON strings": 'ab:["' + 'ab:[\\",' * 40_000,
    "commas": "," * 300_000,
    "spaces": "ab:" + " " * 300_000 + "x",
    "many lines": "Steps: 1\n" * 30_000,
    "many templates": "Template: a: b, Steps: 1\n" * 12_000,
    "dashes": "-" * 300_000 + ":",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_time_in_proportion_to_its_length(name):
    text = HOSTILE[name] + "\nSteps: 1, Seed: 2, Size: 3x3"
    started = time.perf_counter()
    parse(text)
    parse(HOSTILE[name])
    assert time.perf_counter() - started < 2


@settings(max_examples=30)
@given(
    st.lists(st.sampled_from(['ab:"', "ab:", "[", "{", '"', "\\", ",", " ", "-", "\n", "Steps: 1"]), min_size=1)
)
def test_repeated_fragments_stay_bounded(fragments):
    text = "".join(fragments) * (60_000 // len("".join(fragments)))
    started = time.perf_counter()
    parse(text)
    assert time.perf_counter() - started < 2
