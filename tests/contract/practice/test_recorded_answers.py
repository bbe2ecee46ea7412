"""Every fitting answer of a live AUTOMATIC1111 1.10.1 against ours: status, JSON shape, words, pictures' texts.

The requests go over a real socket to a server process. Each recorded case is replayed here, or in
`test_recorded_runs` (those that were sent while something ran), or named below with the reason why not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from sdstudio.core import infotext
from sdstudio.practice.checkpoints import CHECKPOINTS, VERSION
from tests.contract.practice.exchanges import AUTH, MODELS, RECORDED, Exchange, opened, shape
from tests.fakes.practice import start_practice

# Sent while a generation ran, or after one: what they show depends on the moment. See `test_recorded_runs`.
RUNS = {
    "client_gives_up",
    "client_gives_up_next_request",
    "client_gives_up_progress_after",
    "interrupt_during_run",
    "interrupt_during_run_progress_after",
    "interrupt_during_run_run_itself",
    "interrupt_n_iter",
    "interrupt_n_iter_run_itself",
    "list_during_run_itself",
    "list_during_run_options",
    "list_during_run_sd_models",
    "progress_during_run",
    "progress_preview_every_step",
    "progress_preview_run_itself",
    "progress_run_itself",
    "second_request_during_run",
    "second_request_first",
    "skip_during_run",
    "skip_during_run_progress_after",
    "skip_during_run_run_itself",
}

# Only status and shape can be the same.
OWN_WORDS = {
    "bad_huge_width": "the class was a CPU allocator's RuntimeError; ours is a GPU's OutOfMemoryError, at once",
    "bad_img2img_init_images_empty": "a sentence of torch's about conv2d",
    "bad_width_negative": "a sentence of torch's about tensors",
    "bad_width_zero": "a sentence of torch's about kernels",
    "get_cmd_flags": "the flags are each program's own",
    "get_face_restorers": "there are none here",
    "get_options": "help texts, which the original keeps among the options, are left out",
    "get_options_after_switch": "as get_options",
    "get_realesrgan_models": "there are none here",
    "get_scripts": "its scripts are not here",
    "get_prompt_styles": "its installation had none",
    "get_sd_models": "each has its own; ours have no configuration file",
    "get_upscalers": "most of its are networks to be downloaded",
    "get_memory": "each has its own",
    "get_progress_idle": "what is left of the job before",
    "get_progress_idle_skip_image": "as get_progress_idle",
}

# Errors whose class is not the recorded one (see OWN_WORDS).
OWN_CLASS = {"bad_huge_width"}

_AFTER_THE_SWITCH = {"txt2img_after_switch", "txt2img_after_unload"}

CASES = sorted(path.stem for path in RECORDED.glob("*.json"))
REPLAYED = [case for case in CASES if case not in RUNS]


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    auth = ":".join(AUTH)
    with start_practice("--api-auth", auth) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield client


@pytest.fixture
def exchange(client: httpx.Client, case: str) -> Exchange:
    """The recorded case, the server's options being what the recorded server's were by then.

    An override of `samples_format` stuck to the recorded server for good, since its config.json lacked the key:
    after that everything was JPEG. Ours restores it, as the code means to, so it is told in so many words.
    """
    found = Exchange.load(case)
    if found.pictures:
        model = MODELS["random-sd15" if case in _AFTER_THE_SWITCH else "random-tiny"]
        options = {"sd_model_checkpoint": model, "samples_format": "jpg" if found.wants_jpeg else "png"}
        client.post("/sdapi/v1/options", json=options, auth=AUTH).raise_for_status()
    return found


def test_every_recorded_case_is_accounted_for() -> None:
    assert set(OWN_WORDS) | RUNS | OWN_CLASS <= set(CASES)
    assert len(REPLAYED) > 95


@pytest.mark.parametrize("case", REPLAYED)
def test_answers_as_the_original_did(client: httpx.Client, exchange: Exchange, case: str) -> None:
    answer = exchange.send(client)
    recorded = exchange.response
    assert answer.status_code == recorded["status"], answer.text[:500]
    _check_headers(recorded, answer)
    if "json" not in recorded:
        assert answer.text == recorded["text"]
        return
    document = answer.json()
    if isinstance(document, dict) and "images" in document:
        _check_generation(exchange, document)
    elif case in OWN_WORDS:
        _check_shape(case, recorded["json"], document)
    else:
        assert _comparable(document) == _comparable(recorded["json"])


def _check_headers(recorded: Mapping[str, Any], answer: httpx.Response) -> None:
    theirs = dict(recorded["headers"])
    assert answer.headers.get("content-type") == theirs.get("content-type")
    zipped = len(answer.content) >= 1000 and "gzip" in answer.request.headers["accept-encoding"]
    assert answer.headers.get("content-encoding") == ("gzip" if zipped else None)
    assert answer.headers.get("allow") == theirs.get("allow")
    assert "www-authenticate" not in answer.headers
    assert urlsplit(answer.headers.get("location", "")).path == urlsplit(theirs.get("location", "")).path


def _comparable(document: Any) -> Any:
    """Without a picture's own bytes."""
    if isinstance(document, dict) and "image" in document:
        return document | {"image": "…"}
    return document


def _check_shape(case: str, recorded: Any, document: Any) -> None:
    theirs, ours = shape(recorded), shape(document)
    if case == "get_cmd_flags":
        del ours["api_auth"]  # the original shows the password
        assert ours == {key: theirs[key] for key in ours}
    elif case in {"get_options", "get_options_after_switch"}:
        assert ours == {key: theirs[key] for key in ours}
        missing = theirs.keys() - ours.keys()
        assert all("explanation" in key or key == "settings_in_ui" for key in missing)
    elif isinstance(theirs, list) and (not theirs or not ours):
        assert isinstance(ours, list)
    else:
        _check_alike(theirs, ours)
    if isinstance(recorded, dict) and "error" in recorded:
        assert list(document) == list(recorded)
        assert (document["error"] == recorded["error"]) is (case not in OWN_CLASS)
        assert bool(document["errors"]) is bool(recorded["errors"])


def _check_alike(theirs: Any, ours: Any) -> None:
    """The same keys and types; where something may be null, one of them may have it null."""
    if isinstance(theirs, dict):
        assert list(ours) == list(theirs)
        for key, value in theirs.items():
            _check_alike(value, ours[key])
    elif isinstance(theirs, list):
        for ours_one in ours:
            for theirs_one in theirs:
                _check_alike(theirs_one, ours_one)
    else:
        assert ours == theirs or "NoneType" in {ours, theirs}


def _check_generation(exchange: Exchange, document: dict[str, Any]) -> None:
    recorded = exchange.response["json"]
    assert list(document) == list(recorded)
    assert len(document["images"]) == len(recorded["images"])
    ours, theirs = document["parameters"], recorded["parameters"]
    assert _without_pictures(ours) == _without_pictures(json.loads(_with_our_models(json.dumps(theirs))))
    _check_info(json.loads(recorded["info"]), json.loads(document["info"]))
    for encoded, noted in zip(document["images"], exchange.pictures, strict=False):
        image = opened(encoded)
        assert (image.format, image.mode, list(image.size)) == (noted["format"], noted["mode"], noted["size"])
        if "parameters" in noted["info"]:
            assert set(image.info) == {"parameters"}
            assert _told(image.info["parameters"]) == _told(noted["info"]["parameters"])


def _without_pictures(parameters: dict[str, Any]) -> list[tuple[str, Any]]:
    pictures = {"init_images", "mask"}
    return [(key, type(value) if key in pictures else value) for key, value in parameters.items()]


def _with_our_models(text: str) -> str:
    for theirs, ours in MODELS.items():
        text = text.replace(theirs, ours)
    return text


def _check_info(recorded: dict[str, Any], ours: dict[str, Any]) -> None:
    """Equal, but for what is drawn, timed or named: those have the same type and number."""
    assert list(ours) == list(recorded)
    drawn = {
        "subseed",
        "all_subseeds",
        "job_timestamp",
        "sd_model_hash",
        "version",
        "sd_model_name",
        "infotexts",
    }
    if recorded["seed"] != ours["seed"]:  # the request asked for any seed
        drawn |= {"seed", "all_seeds"}
    for key, value in recorded.items():
        if key in drawn:
            assert shape(ours[key]) == shape(value)
            assert not isinstance(value, list) or len(ours[key]) == len(value)
        else:
            assert ours[key] == value, key
    assert ours["sd_model_name"] == MODELS[recorded["sd_model_name"]]
    assert ours["version"] == VERSION
    assert list(map(_told, ours["infotexts"])) == list(map(_told, recorded["infotexts"]))


def _told(text: str) -> tuple[str, str, list[tuple[str, str]]]:
    """An infotext with the names of the recorded server taken for ours, and any seed that was drawn left out."""
    read = infotext.parse(text)
    named = dict(read.parameters)
    if (model := MODELS.get(named["Model"])) is not None:
        ours = next(each for each in CHECKPOINTS if each.name == model)
        named |= {"Model": ours.name, "Model hash": ours.hash, "Version": VERSION}
    if named["Seed"] not in {"42", "43", "44", "45", "9223372036854775808"}:
        named["Seed"] = "drawn"
    return read.prompt, read.negative_prompt, list(named.items())
