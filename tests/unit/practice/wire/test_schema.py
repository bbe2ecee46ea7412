"""Bodies as pydantic 1 took them: coercions, leniency, complaints."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdstudio.practice.fields import EXTRA_BATCH, IMG2IMG, TXT2IMG
from sdstudio.practice.schema import openapi_schema, validated
from sdstudio.practice.wire_errors import Invalid

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("field", "sent", "taken"),
    [
        ("steps", "64", 64),
        ("steps", 64.9, 64),
        ("steps", " 7 ", 7),
        ("steps", True, 1),
        ("steps", None, None),
        ("cfg_scale", "7", 7.0),
        ("cfg_scale", 7, 7.0),
        ("prompt", 123, "123"),
        ("prompt", True, "True"),
        ("tiling", "Yes", True),
        ("tiling", 0, False),
        ("tiling", 1.0, True),
        ("styles", [1, "b"], ["1", "b"]),
        ("override_settings", [], {}),
        ("override_settings", [["a", 1]], {"a": 1}),
    ],
)
def test_values_are_coerced(field: str, sent: Any, taken: Any) -> None:
    found = validated(TXT2IMG, {field: sent})[field]
    assert found == taken
    assert type(found) is type(taken)


@pytest.mark.parametrize(
    ("field", "sent", "message", "kind"),
    [
        ("steps", "1e3", "value is not a valid integer", "type_error.integer"),
        ("steps", [], "value is not a valid integer", "type_error.integer"),
        ("steps", float("inf"), "value is not a valid integer", "type_error.integer"),
        ("steps", float("nan"), "value is not a valid integer", "type_error.integer"),
        ("cfg_scale", {}, "value is not a valid float", "type_error.float"),
        ("prompt", ["a"], "str type expected", "type_error.str"),
        ("tiling", "perhaps", "value could not be parsed to a boolean", "type_error.bool"),
        ("tiling", 2, "value could not be parsed to a boolean", "type_error.bool"),
        ("tiling", [], "value could not be parsed to a boolean", "type_error.bool"),
        ("styles", "one", "value is not a valid list", "type_error.list"),
        ("alwayson_scripts", "x", "value is not a valid dict", "type_error.dict"),
        ("sampler_index", None, "none is not an allowed value", "type_error.none.not_allowed"),
        ("script_args", None, "none is not an allowed value", "type_error.none.not_allowed"),
    ],
)
def test_what_cannot_be_coerced_is_said_in_its_place(field: str, sent: Any, message: str, kind: str) -> None:
    with pytest.raises(Invalid) as refused:
        validated(TXT2IMG, {field: sent})
    assert refused.value.items == [{"loc": ["body", field], "msg": message, "type": kind}]


def test_every_problem_is_said_with_its_place() -> None:
    with pytest.raises(Invalid) as refused:
        validated(IMG2IMG, {"steps": "x", "styles": ["a", None, []], "denoising_strength": None})
    assert [item["loc"] for item in refused.value.items] == [
        ["body", "styles", 1],
        ["body", "styles", 2],
        ["body", "steps"],
        ["body", "denoising_strength"],
    ]


@pytest.mark.parametrize("body", [b"prompt=a", 5, "text", [1, 2]])
def test_a_body_that_is_no_object_is_no_dict(body: Any) -> None:
    with pytest.raises(Invalid) as refused:
        validated(TXT2IMG, body)
    assert refused.value.items[0]["type"] == "type_error.dict"


def test_defaults_are_not_coerced_and_unknown_keys_dropped() -> None:
    found = validated(TXT2IMG, {"no_such": 1})
    assert list(found) == [field.name for field in TXT2IMG]
    assert type(found["subseed_strength"]) is int
    assert (found["steps"], found["denoising_strength"]) == (50, None)
    assert validated(IMG2IMG, {})["denoising_strength"] == 0.75


@given(st.dictionaries(st.sampled_from([field.name for field in (*IMG2IMG, *EXTRA_BATCH)]), JSON) | JSON)
def test_any_json_is_taken_or_refused(body: Any) -> None:
    for fields in (TXT2IMG, IMG2IMG, EXTRA_BATCH):
        try:
            assert list(validated(fields, body)) == [field.name for field in fields]
        except Invalid as refused:
            assert all({"loc", "msg", "type"} <= set(item) for item in refused.items)  # noqa: PT017 - either will do


def test_the_documentation_names_every_field_and_default() -> None:
    schema = openapi_schema(IMG2IMG)
    assert schema["properties"]["denoising_strength"]["default"] == 0.75
    assert schema["properties"]["steps"]["anyOf"] == [{"type": "integer"}, {"type": "null"}]
    assert openapi_schema(EXTRA_BATCH)["required"] == ["imageList"]
