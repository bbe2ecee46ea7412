"""A request survives its journey as JSON and refuses what no server can make."""

import contextlib
import json
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdstudio.core.errors import InvalidRequest
from sdstudio.core.request import GenerationRequest, Hires, Img2Img, Inpaint, InputImage

texts = st.text(max_size=40)
whole = st.integers(-1, 2**63 - 1)
unit = st.floats(0, 1)
inputs = st.builds(
    InputImage, sha256=st.text("0123456789abcdef", min_size=64, max_size=64), width=whole, height=whole
)
inpaints = st.builds(Inpaint, mask=inputs, blur=st.integers(0, 64), only_masked=st.booleans())
requests = st.builds(
    GenerationRequest,
    prompt=texts,
    negative_prompt=texts,
    seed=whole,
    cfg_scale=st.floats(0, 30),
    tiling=st.booleans(),
    img2img=st.none()
    | st.builds(Img2Img, source=inputs, denoising_strength=unit, inpaint=st.none() | inpaints),
    hires=st.none() | st.builds(Hires, denoising_strength=unit),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(requests)
def test_json_round_trip(request_: GenerationRequest) -> None:
    assert GenerationRequest.from_dict(json.loads(json.dumps(request_.to_dict()))) == request_


@given(st.dictionaries(st.sampled_from([field.name for field in fields(GenerationRequest)]), json_values))
def test_hostile_json_is_a_request_or_an_invalid_request(values: dict[str, Any]) -> None:
    with contextlib.suppress(InvalidRequest):
        assert isinstance(GenerationRequest.from_dict(values), GenerationRequest)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("width", 0), ("width", 500), ("height", 8200), ("steps", 0), ("cfg_scale", float("nan")),
        ("seed", -2), ("seed", 2**63), ("batch_size", 0), ("n_iter", 0), ("prompt", "x" * 100_001),
    ],
)  # fmt: skip
def test_check_names_the_field(field: str, value: Any) -> None:
    with pytest.raises(InvalidRequest) as caught:
        replace(GenerationRequest(), **{field: value}).checked()
    assert caught.value.field == field


def test_check_names_a_field_of_a_part() -> None:
    source = InputImage("0" * 64, 8, 8)
    with pytest.raises(InvalidRequest) as caught:
        GenerationRequest(img2img=Img2Img(source, denoising_strength=1.5)).checked()
    assert caught.value.field == "denoising_strength"


def test_kind_count_and_inputs() -> None:
    source, mask = InputImage("0" * 64, 8, 8), InputImage("1" * 64, 8, 8)
    request = GenerationRequest(batch_size=2, n_iter=3, img2img=Img2Img(source, inpaint=Inpaint(mask)))
    assert (request.kind, request.count) == ("img2img", 6)
    assert request.inputs == {"source": source, "mask": mask}
    assert GenerationRequest().inputs == {}
