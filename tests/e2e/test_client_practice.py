"""The client against the live practice endpoint: all it offers, and every way it can be told to misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from sdstudio.api.client import Client
from sdstudio.api.sign_in import SignIn
from sdstudio.core import errors, infotext
from sdstudio.core.request import GenerationRequest, Hires, Img2Img, Inpaint, InputImage
from sdstudio.core.result import Progress
from tests.fakes.clients import NewClient, generate, new_client, spool
from tests.fakes.practice import start_practice

__all__ = ["new_client", "spool"]

REQUEST = GenerationRequest(prompt="a lighthouse at dusk", seed=42, width=64, height=64, steps=4)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with start_practice() as url:
        yield url


@pytest.fixture(scope="module")
def slow_url() -> Iterator[str]:
    with start_practice("--behave", "slow=0.08") as url:
        yield url


def png(colour: str = "teal", size: tuple[int, int] = (96, 64)) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, "PNG")
    return written.getvalue()


async def test_its_offer(url: str, new_client: NewClient) -> None:
    client = new_client(url)
    await client.ping()
    offer = await client.offer()
    assert offer.dialect == "practice"
    assert "no neural network" in offer.checkpoint
    assert offer.missing == frozenset()
    assert {"Euler", "Euler a", "DDIM"} <= set(offer.samplers)
    assert {"Automatic", "Karras"} <= set(offer.schedulers)
    assert offer.can_progress
    assert offer.can_interrupt
    assert offer.can_skip
    assert len(offer.checkpoints) > 1


async def test_a_batch_made_as_asked(url: str, new_client: NewClient) -> None:
    result = await generate(new_client(url), replace(REQUEST, batch_size=2, n_iter=2))
    assert [image.seed for image in result.images] == [42, 43, 44, 45]
    assert all(image.role == "picture" and image.format == "png" for image in result.images)
    assert infotext.parse(result.images[0].infotext).prompt == REQUEST.prompt
    assert result.notes == ()
    assert not result.interrupted


async def test_the_same_seed_gives_the_same_bytes(url: str, new_client: NewClient) -> None:
    one, other = [await generate(new_client(url), REQUEST) for _ in range(2)]
    assert one.images[0].sha256 == other.images[0].sha256


async def test_a_hires_pass(url: str, new_client: NewClient) -> None:
    result = await generate(new_client(url), replace(REQUEST, hires=Hires(0.5, 2.0, "Latent", 2)))
    assert (result.images[0].width, result.images[0].height) == (128, 128)
    assert result.notes == ()


async def test_img2img_and_inpainting(url: str, new_client: NewClient) -> None:
    source, mask = InputImage("s", 96, 64), InputImage("m", 96, 64)
    half = Image.new("L", (96, 64), 0)
    half.paste(255, (48, 0, 96, 64))
    written = io.BytesIO()
    half.save(written, "PNG")
    stored = {"s": png(), "m": written.getvalue()}

    async def read_input(sha256: str) -> bytes:
        return stored[sha256]

    client = new_client(url)
    plain = replace(REQUEST, width=96, img2img=Img2Img(source, 0.2))
    painted = replace(plain, img2img=Img2Img(source, 0.9, inpaint=Inpaint(mask, blur=0)))
    whole = await client.generate(plain, read_input, lambda _: None)
    part = await client.generate(painted, read_input, lambda _: None)
    assert whole.notes == part.notes == ()
    with Image.open(part.images[0].path) as made:
        left = made.convert("RGB").crop((0, 0, 40, 64))
    assert left.getcolors() == [(40 * 64, (0, 128, 128))]


async def test_silent_substitutions(url: str, new_client: NewClient) -> None:
    odd = replace(REQUEST, sampler_name="No Such", scheduler="No Such", checkpoint="no such.safetensors")
    result = await generate(new_client(url), odd)
    assert len(result.notes) == 3


async def test_progress_with_steps_and_a_preview(slow_url: str, new_client: NewClient) -> None:
    told: list[Progress] = []
    await generate(new_client(slow_url), replace(REQUEST, steps=40), on_progress=told.append)
    assert max(progress.step for progress in told) > 5
    assert {progress.steps for progress in told if progress.steps} == {40}
    fractions = [progress.fraction for progress in told if progress.fraction is not None]
    assert fractions == sorted(fractions)
    assert any(progress.eta_seconds for progress in told)
    previews = [progress.preview for progress in told if progress.preview]
    assert previews
    Image.open(io.BytesIO(previews[-1])).load()


async def test_an_interrupt_keeps_what_came(slow_url: str, new_client: NewClient) -> None:
    client = new_client(slow_url)
    running = asyncio.Event()

    def on_progress(progress: Progress) -> None:
        if progress.step:
            running.set()

    task = asyncio.create_task(generate(client, replace(REQUEST, steps=150, n_iter=4), on_progress=on_progress))
    await running.wait()
    await client.interrupt()
    async with asyncio.timeout(10):
        result = await task
    assert result.interrupted
    assert 1 <= len(result.images) < 4
    assert "It was stopped" in result.notes[0]


async def test_cancelling_leaves_the_client_fit_for_the_next(slow_url: str, new_client: NewClient) -> None:
    client = new_client(slow_url)
    running = asyncio.Event()
    long = replace(REQUEST, steps=100)
    task = asyncio.create_task(generate(client, long, on_progress=lambda _: running.set()))
    await running.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await client.interrupt()
    assert len((await generate(client, REQUEST)).images) == 1


async def test_a_queued_generation_says_so(slow_url: str, new_client: NewClient) -> None:
    first, second = new_client(slow_url), new_client(slow_url)
    running = asyncio.Event()
    texts: list[str] = []
    ahead = asyncio.create_task(
        generate(first, replace(REQUEST, steps=60), on_progress=lambda _: running.set())
    )
    await running.wait()
    await generate(second, REQUEST, on_progress=lambda progress: texts.append(progress.text))
    await ahead
    assert any("queue" in text.lower() for text in texts)


@pytest.mark.parametrize(
    ("options", "right"),
    [
        (("--token", "open-sesame"), SignIn.from_token("open-sesame")),
        (("--api-auth", "anna:open-sesame"), SignIn.basic("anna", "open-sesame")),
    ],
    ids=["bearer", "basic"],
)
async def test_signing_in(options: tuple[str, ...], right: SignIn, spool: Path) -> None:
    with start_practice(*options) as url:
        for sign_in in (right, SignIn.from_token("wrong-token"), None):
            client = Client.at(url, sign_in and sign_in.value, spool=spool)
            calls = (client.ping, client.offer, lambda client=client: generate(client, REQUEST))
            try:
                for call in calls:
                    with contextlib.nullcontext() if sign_in is right else pytest.raises(errors.NotAuthorised):
                        await call()
            finally:
                await client.aclose()
    assert len(list(spool.iterdir())) == 1


async def test_a_bare_host(new_client: NewClient) -> None:
    told: list[Progress] = []
    with start_practice("--behave", "two-routes", "--behave", "slow=0.2", "--token", "x" * 40) as url:
        client = new_client(url, "x" * 40)
        offer = await client.offer()
        result = await generate(client, REQUEST, on_progress=told.append)
        with pytest.raises(errors.NotOffered):
            await client.interrupt()
    assert offer.dialect == "two routes"
    assert not offer.can_progress
    assert told == [Progress()]
    assert len(result.images) == 1


async def test_one_fault_after_the_other_and_then_a_picture(new_client: NewClient) -> None:
    faults: list[tuple[str, type[errors.EndpointError]]] = [
        ("drop=1", errors.AnswerLost),
        ("garbage=1", errors.EndpointError),
        ("empty-image=1", errors.GenerationFailed),
        ("oom=1", errors.OutOfMemory),
        ("nan=1", errors.GenerationFailed),
        ("busy=1:503", errors.EndpointBusy),
        ("busy=1:429", errors.EndpointBusy),
    ]
    with start_practice(*(word for switch, _ in faults for word in ("--behave", switch))) as url:
        client = new_client(url)
        for switch, error in faults:
            with pytest.raises(error) as caught:
                await generate(client, REQUEST)
            assert caught.value.title, switch
            assert caught.value.message, switch
            assert getattr(caught.value, "retry_after", 1) == 1
        assert len((await generate(client, REQUEST)).images) == 1


async def test_a_gateway_that_gives_up(new_client: NewClient) -> None:
    with (
        start_practice("--behave", "cut=0.3:524", "--behave", "slow=0.3") as url,
        pytest.raises(errors.AnswerLost, match="gave up waiting"),
    ):
        await generate(new_client(url), REQUEST)


async def test_a_token_that_expires(new_client: NewClient) -> None:
    with start_practice("--token", "open-sesame", "--behave", "expire=1") as url:
        client = new_client(url, "open-sesame")
        await generate(client, REQUEST)
        with pytest.raises(errors.NotAuthorised, match="does not accept the token"):
            await generate(client, REQUEST)


async def test_a_host_that_drops_large_bodies(new_client: NewClient) -> None:
    noise = io.BytesIO()
    Image.effect_noise((256, 256), 90).save(noise, "PNG")

    async def read_input(_: str) -> bytes:
        return noise.getvalue()

    large = replace(REQUEST, img2img=Img2Img(InputImage("s", 256, 256)))
    with start_practice("--behave", "limit=20000:422") as url:
        client = new_client(url)
        with pytest.raises(errors.RequestTooLarge):
            await client.generate(large, read_input, lambda _: None)
        assert len((await generate(client, REQUEST)).images) == 1
