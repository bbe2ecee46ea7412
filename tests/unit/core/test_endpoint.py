"""A profile survives its journey as JSON, refuses what does not fit, and has no place for a secret."""

import contextlib
import json
from dataclasses import fields
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdstudio.core import endpoint
from sdstudio.core.endpoint import EndpointDefaults, EndpointProfile, ExtraHeader
from sdstudio.core.errors import InvalidRequest

texts = st.text(max_size=20)
headers = st.builds(ExtraHeader, name=texts, value=texts) | st.builds(
    ExtraHeader, name=texts, secret=st.just(True)
)
profiles = st.builds(
    EndpointProfile,
    id=st.text(min_size=1, max_size=8),
    name=texts,
    url=texts,
    sign_in=st.sampled_from(get_args(endpoint.SignInKind)),
    extra_headers=st.lists(headers, max_size=3).map(tuple),
    trust=st.sampled_from(get_args(endpoint.TrustKind)),
    plain_http_allowed=st.booleans(),
    answer_limit_s=st.none() | st.floats(1, 1000),
    defaults=st.builds(EndpointDefaults, steps=st.none() | st.integers(1, 99), sampler_name=st.none() | texts),
)
junk = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)


@given(profiles)
def test_json_round_trip(profile: EndpointProfile) -> None:
    assert EndpointProfile.from_dict(json.loads(json.dumps(profile.to_dict()))) == profile


@given(st.dictionaries(st.sampled_from([item.name for item in fields(EndpointProfile)]), junk))
def test_hostile_json_is_a_profile_or_an_invalid_request(values: dict[str, Any]) -> None:
    with contextlib.suppress(InvalidRequest):
        assert isinstance(EndpointProfile.from_dict(values), EndpointProfile)


def test_a_secret_header_has_no_value() -> None:
    values = EndpointProfile("a", "A", "http://x").to_dict()
    values["extra_headers"] = [{"name": "CF-Access", "value": "s3cret", "secret": True}]
    with pytest.raises(InvalidRequest) as caught:
        EndpointProfile.from_dict(values)
    assert "s3cret" not in str(caught.value)


def test_what_lies_in_the_keyring() -> None:
    profile = EndpointProfile(
        "a", "A", "https://x", sign_in="bearer",
        extra_headers=(ExtraHeader("X-Plain", "1"), ExtraHeader("CF-Access", secret=True)),
    )  # fmt: skip
    assert profile.secret_names == ("sign-in", "header:cf-access")
    assert endpoint.PRACTICE.secret_names == ()
    assert endpoint.PRACTICE.is_practice
