"""What is sent is what was asked for, in the endpoint's own words."""

from __future__ import annotations

from dataclasses import replace

from sdstudio.api.offer import FALLBACK_OFFER, Offer
from sdstudio.api.shaping import shaped
from sdstudio.core.request import GenerationRequest

REQUEST = GenerationRequest(
    "a kite", seed=7, sampler_name="DPM++ 2M", scheduler="Karras", batch_size=2, n_iter=3
)
SDCPP = Offer("sdcpp", samplers=("default", "dpm++2m"), schedulers=("karras",))


def test_sd_cpp_makes_all_pictures_in_one_pass() -> None:
    assert shaped(REQUEST, SDCPP) == replace(
        REQUEST, batch_size=6, n_iter=1, sampler_name="dpm++2m", scheduler="karras"
    )
    assert shaped(replace(REQUEST, n_iter=1000), SDCPP).checked().batch_size == 64


def test_others_get_passes_and_batches_as_they_are() -> None:
    assert shaped(REQUEST, Offer("a1111")) == REQUEST
    assert shaped(REQUEST, FALLBACK_OFFER) == REQUEST


def test_names_that_are_not_listed_go_as_they_are() -> None:
    request = replace(REQUEST, sampler_name="DDIM", scheduler="Automatic", batch_size=1, n_iter=1)
    assert shaped(request, SDCPP) == request


def test_a_list_that_is_only_ours_changes_no_name() -> None:
    offer = Offer("two routes", missing=frozenset({"samplers", "schedulers"}))
    request = replace(REQUEST, sampler_name="k_dpmpp_2m", scheduler="karras")
    assert shaped(request, offer) == request
