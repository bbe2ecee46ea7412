"""What four recorded servers offer, and hosts nobody recorded as the references describe them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from sdstudio.api.offer import (
    FALLBACK_LATENT_UPSCALERS,
    FALLBACK_SAMPLERS,
    FALLBACK_SCHEDULERS,
    FALLBACK_UPSCALERS,
)
from sdstudio.core import errors
from tests.fakes.clients import NewClient
from tests.fakes.replay import Recorded, Replay, Reply, Request, recorded, replaying

LISTS = (
    "get_samplers",
    "get_schedulers",
    "get_sd_models",
    "get_sd_vae",
    "get_upscalers",
    "get_latent_upscale_modes",
    "get_options",
    "get_progress_idle",
)
STOPS = {"/sdapi/v1/interrupt", "/sdapi/v1/skip"}


def lists(server: str) -> list[Recorded]:
    return [recorded(server, case) for case in LISTS]


def serving(documents: Mapping[str, Any], *, post_only: tuple[str, ...] = ()) -> Replay:
    """JSON by path; the POST routes of `post_only` are "not allowed" otherwise; everything else is not found."""

    def answering(request: Request) -> Reply | None:
        path = request.path.partition("?")[0]
        if path in post_only:
            return Reply.of({"detail": "Method Not Allowed"}, 405)
        return Reply.of(documents[path]) if path in documents and request.method == "GET" else None

    return Replay(answering)


async def test_automatic1111(new_client: NewClient) -> None:
    by_path = {r.request["path"]: r for r in lists("a1111")}

    def answering(request: Request) -> Reply | None:
        if request.path in STOPS:
            return recorded("a1111", "bad_path_get_txt2img").reply()
        found = by_path.get(request.path.partition("?")[0])
        return found.reply() if found else None

    async with Replay(answering) as server:
        client = new_client(server.url)
        offer = await client.offer()
        await client.ping()
    assert all(request.method in ("GET", "HEAD") for request in server.requests)
    assert not any(request.path.endswith("loras") for request in server.requests)
    assert offer.dialect == "a1111"
    assert offer.samplers == FALLBACK_SAMPLERS
    assert offer.schedulers == FALLBACK_SCHEDULERS
    assert offer.latent_upscalers == FALLBACK_LATENT_UPSCALERS
    assert offer.upscalers[:3] == ("None", "Lanczos", "Nearest")
    assert offer.hires_upscalers[:2] == ("Latent", "Latent (antialiased)")
    assert "None" not in offer.hires_upscalers
    assert offer.checkpoints == ("random-tiny.safetensors", "random-sd15.safetensors")
    assert offer.checkpoint == "random-tiny.safetensors"
    assert offer.vaes == ()
    assert (offer.can_progress, offer.can_interrupt, offer.can_skip) == (True, True, True)
    assert offer.missing == frozenset()
    assert offer.notes == ()


async def test_forge(new_client: NewClient) -> None:
    async with replaying(*lists("forge")) as server:
        offer = await new_client(server.url).offer()
    assert offer.dialect == "forge"
    assert "DDPM" in offer.samplers
    assert "Align Your Steps GITS" in offer.schedulers
    assert offer.missing == {"sd-vae"}


async def test_stable_diffusion_cpp(new_client: NewClient) -> None:
    async with replaying(*lists("sdcpp")) as server:
        client = new_client(server.url)
        offer = await client.offer()
        with pytest.raises(errors.NotOffered):
            await client.interrupt()
        with pytest.raises(errors.NotOffered):
            await client.skip()
    assert not [request for request in server.requests if request.method == "POST"]
    assert offer.dialect == "sdcpp"
    assert offer.samplers[:3] == ("default", "euler", "euler_a")
    assert (offer.can_progress, offer.can_interrupt, offer.can_skip) == (False, False, False)
    assert offer.missing == {"sd-vae", "progress"}
    assert len(offer.notes) == 2


async def test_koboldcpp_is_known_by_its_own_name(new_client: NewClient) -> None:
    documents = {
        "/sdapi/v1/samplers": [{"name": "Euler a", "aliases": ["k_euler_a"], "options": {}}],
        "/sdapi/v1/sd-models": [{"title": "m", "model_name": "m", "hash": "8888888888", "filename": "m"}],
        "/sdapi/v1/latent-upscale-modes": [],
        "/api/extra/version": {"result": "KoboldCpp", "version": "1.115.1"},
    }
    async with serving(documents) as server:
        offer = await new_client(server.url).offer()
    assert (offer.dialect, offer.version) == ("koboldcpp", "1.115.1")
    assert offer.latent_upscalers == ()
    assert offer.upscalers == FALLBACK_UPSCALERS


async def test_sdnexts_header_rows_are_no_samplers(new_client: NewClient) -> None:
    rows = [{"name": "── Euler ──", "options": {}}, {"name": "Euler a", "options": {}}, {"name": "Euler a"}]

    def answering(request: Request) -> Reply | None:
        if request.path == "/sdapi/v1/samplers":
            return Reply.of(rows)
        failed = Reply.of({"error": "ResponseValidationError", "code": 500, "detail": ""}, 500)
        return failed if request.path == "/sdapi/v1/schedulers" else None

    async with Replay(answering) as server:
        offer = await new_client(server.url).offer()
    assert offer.dialect == "sdnext"
    assert offer.samplers == ("Euler a",)
    assert offer.schedulers == FALLBACK_SCHEDULERS
    assert "schedulers" in offer.missing


@pytest.mark.parametrize(("status", "believed"), [(403, True), (501, True), (404, False), (200, False)])
async def test_a_gateway_with_a_word_of_its_own_for_head(
    status: int, *, believed: bool, new_client: NewClient
) -> None:
    """Only where there is progress too is it believed to let a POST to the same route through."""
    idle = recorded("a1111", "get_progress_idle").document

    def answering(request: Request) -> Reply | None:
        if request.method == "HEAD":
            return Reply(status, {}, [])
        return Reply.of(idle) if "progress" in request.path else None

    async with Replay(answering) as server:
        assert (await new_client(server.url).offer()).can_interrupt == believed
    async with Replay(lambda request: Reply(status, {}, []) if request.method == "HEAD" else None) as server:
        assert not (await new_client(server.url).offer()).can_interrupt


async def test_the_practice_endpoint_says_so(new_client: NewClient) -> None:
    name = "practice (no neural network)"
    documents = {"/sdapi/v1/sd-models": [{"title": name, "model_name": name, "hash": None, "filename": name}]}
    async with serving(documents) as server:
        offer = await new_client(server.url).offer()
    assert offer.dialect == "practice"
    assert "without a neural network" in offer.notes[0]


async def test_a_host_with_two_routes_gets_the_built_in_lists(new_client: NewClient) -> None:
    async with serving({}, post_only=("/sdapi/v1/txt2img", "/sdapi/v1/img2img")) as server:
        client = new_client(server.url)
        offer = await client.offer()
        await client.ping()
    assert offer.dialect == "two routes"
    assert (offer.samplers, offer.schedulers) == (FALLBACK_SAMPLERS, FALLBACK_SCHEDULERS)
    assert offer.missing >= {"samplers", "sd-models", "options"}
    assert "Euler a" in offer.samplers


async def test_a_web_ui_without_its_api_is_told_apart(new_client: NewClient) -> None:
    async with serving({"/internal/ping": {}, "/sdapi/v1/loras": []}) as server:
        client = new_client(server.url)
        for question in (client.offer, client.ping):
            with pytest.raises(errors.NotOffered) as caught:
                await question()
            assert "--api" in caught.value.remedy


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply.of({"detail": "Not authenticated"}, 401), errors.NotAuthorised),
        (Reply(200, {"content-type": "text/html"}, [b"<html><title>Sign in</title>"]), errors.BadAnswer),
        (Reply(200, {}, [b"not json"]), errors.BadAnswer),
        (Reply(503, {"retry-after": "30"}, []), errors.EndpointBusy),
        (Reply(502, {"content-type": "text/html"}, [b"<h1>Bad Gateway</h1>"]), errors.EndpointBusy),
        (Reply(523, {}, []), errors.EndpointUnreachable),
        (Reply(302, {"location": "https://login.example/?next=x"}, []), errors.BadAnswer),
    ],
)
async def test_what_keeps_an_endpoint_from_being_used(
    reply: Reply, error: type[errors.EndpointError], new_client: NewClient
) -> None:
    async with Replay(lambda _: reply) as server:
        client = new_client(server.url)
        for question in (client.ping, client.offer):
            with pytest.raises(error) as caught:
                await question()
            assert type(caught.value) is error


HOSTILE = [
    None,
    7,
    "x",
    {},
    {"name": None},
    {"name": ["x"]},
    {"name": "a\nb"},
    {"name": "é" * 900},
    {"name": "ok"},
]


@pytest.mark.parametrize("document", [HOSTILE, {"a": 1}, "text", 7, None, [HOSTILE], True])
async def test_lists_of_any_shape_are_survived(document: Any, new_client: NewClient) -> None:
    paths = (
        "samplers",
        "schedulers",
        "sd-models",
        "sd-vae",
        "upscalers",
        "latent-upscale-modes",
        "options",
        "progress",
    )
    async with serving({f"/sdapi/v1/{path}": document for path in paths}) as server:
        offer = await new_client(server.url).offer()
    assert offer.samplers
    assert all(name.isprintable() for name in offer.samplers + offer.checkpoints + offer.vaes)


async def test_nothing_listens(new_client: NewClient) -> None:
    async with serving({}) as server:
        url = server.url
    client = new_client(url)
    for question in (client.ping, client.offer):
        with pytest.raises(errors.EndpointUnreachable) as caught:
            await question()
        assert caught.value.title == "Nothing answers at this address"
