"""A request made into what its endpoint must be sent to do what it says. Pure."""

from __future__ import annotations

from dataclasses import replace

from sdstudio.api.offer import Dialect, Offer
from sdstudio.core import names
from sdstudio.core.request import MAX_BATCH_SIZE, GenerationRequest

_ONE_PASS: tuple[Dialect, ...] = ("sdcpp",)  # ignores n_iter; a batch is made one by one all the same


def shaped(request: GenerationRequest, offer: Offer) -> GenerationRequest:
    """The request in the endpoint's own spelling, its pictures counted the way that the endpoint heeds."""
    if offer.dialect in _ONE_PASS:
        request = replace(request, batch_size=min(request.count, MAX_BATCH_SIZE), n_iter=1)
    return replace(
        request,
        sampler_name=_spelt("samplers", request.sampler_name, offer.samplers, offer),
        scheduler=_spelt("schedulers", request.scheduler, offer.schedulers, offer),
    )


def _spelt(listed_as: str, name: str, offered: tuple[str, ...], offer: Offer) -> str:
    """A name that is not offered goes as it is: the endpoint may know more than it lists."""
    return name if listed_as in offer.missing else names.spelt(name, offered) or name
