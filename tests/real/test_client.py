"""Our client against stable-diffusion.cpp's server: what is sent is understood, and what comes back as well."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from PIL import Image

from sdstudio.api.client import Client
from sdstudio.core import infotext
from sdstudio.core.errors import NotOffered, RequestRefused
from sdstudio.core.request import GenerationRequest, Hires, Img2Img, Inpaint, InputImage
from sdstudio.core.result import GenerationResult, Progress
from tests.fakes.clients import NewClient, generate, picture
from tests.real.sd_server import CHECKPOINT, SdServer

pytestmark = pytest.mark.real

# The two requests of the AUTOMATIC1111 endpoint page, at a size that a processor makes in a moment.
PORTRAIT = GenerationRequest(
    prompt="portrait of a young women, blue eyes, cinematic", width=64, height=64, steps=2, seed=1234
)
RED_EYES = replace(PORTRAIT, prompt="girl with red eyes", steps=5)
QUICK = replace(PORTRAIT, steps=1, cfg_scale=1.0)


@pytest.fixture
async def client(sd_server: SdServer, new_client: NewClient) -> Client:
    """A client that has asked what there is, as the program always does first."""
    client = new_client(sd_server.url)
    await client.offer()
    return client


async def made_from(client: Client, request: GenerationRequest, **pictures: bytes) -> GenerationResult:
    """Make an img2img from pictures by the SHA-256 of their bytes."""
    by_digest = {hashlib.sha256(content).hexdigest(): content for content in pictures.values()}

    async def read_input(digest: str) -> bytes:
        return by_digest[digest]

    return await client.generate(request, read_input, lambda _: None)


def stored(content: bytes) -> InputImage:
    return InputImage(hashlib.sha256(content).hexdigest(), 64, 64)


async def test_what_it_offers(sd_server: SdServer, new_client: NewClient) -> None:
    client = new_client(sd_server.url)
    await client.ping()
    offer = await client.offer()
    assert (offer.dialect, offer.name) == ("sdcpp", "stable-diffusion.cpp")
    assert {"default", "euler", "euler_a", "dpm++2m", "heun"} <= set(offer.samplers)
    assert {"default", "discrete", "karras"} <= set(offer.schedulers)
    assert (offer.checkpoints, offer.checkpoint, offer.vaes) == ((CHECKPOINT,), CHECKPOINT, ())
    assert offer.upscalers == ("None", "Lanczos", "Nearest")
    assert "Latent (nearest-exact)" in offer.latent_upscalers
    assert (offer.can_progress, offer.can_interrupt, offer.can_skip) == (False, False, False)
    assert offer.missing == {"sd-vae", "progress"}
    assert len(offer.notes) == 2


async def test_the_seed_pages_txt2img(sd_server: SdServer, client: Client) -> None:
    told: list[Progress] = []
    result = await generate(client, PORTRAIT, told.append)
    [image] = result.images
    assert (image.format, image.width, image.height, image.seed) == ("png", 64, 64, 1234)
    assert result.notes == ()
    assert told == [Progress()], "said once that it is not told"
    with Image.open(image.path) as opened:
        opened.load()
    recipe = infotext.parse(image.infotext)
    assert (recipe.prompt, recipe.steps, recipe.cfg_scale, recipe.size) == (
        PORTRAIT.prompt,
        2,
        7.0,
        PORTRAIT.size,
    )
    assert recipe.sampler == "euler_a"
    assert sd_server.asked_for("prompt") == PORTRAIT.prompt
    assert "sample_method: euler_a, sample_steps: 2" in sd_server.asked()


async def test_the_seed_pages_img2img(sd_server: SdServer, client: Client) -> None:
    source = picture("salmon")
    result = await made_from(client, replace(RED_EYES, img2img=Img2Img(stored(source), 0.2)), source=source)
    assert [(image.width, image.height, image.seed) for image in result.images] == [(64, 64, 1234)]
    assert result.notes == ()
    assert "IMG2IMG" in sd_server.asked(), "it could read the picture, else it makes one from the prompt"
    assert sd_server.asked_for("strength") == "0.2"


async def test_a_mask(sd_server: SdServer, client: Client) -> None:
    source, mask = picture("salmon"), picture("white")
    part = Img2Img(stored(source), 0.5, inpaint=Inpaint(stored(mask)))
    result = await made_from(client, replace(QUICK, steps=2, img2img=part), source=source, mask=mask)
    assert [(image.width, image.height) for image in result.images] == [(64, 64)]
    assert result.notes == ()


async def test_every_picture_of_several_comes_with_its_own_seed(client: Client) -> None:
    """It ignores the number of passes, so they are asked for as one batch."""
    result = await generate(client, replace(QUICK, batch_size=1, n_iter=2))
    assert [image.seed for image in result.images] == [1234, 1235]
    assert [infotext.parse(image.infotext).seed for image in result.images] == [1234, 1235]
    assert result.notes == ()


async def test_names_as_other_servers_spell_them(sd_server: SdServer, client: Client) -> None:
    request = replace(QUICK, steps=2, sampler_name="DPM++ 2S a", scheduler="Karras", prompt="größe 🌊")
    result = await generate(client, request)
    assert result.notes == ()
    assert infotext.parse(result.images[0].infotext).sampler == "dpm++2s_a karras"
    assert infotext.parse(result.images[0].infotext).prompt == "größe 🌊"
    assert sd_server.asked_for("prompt") == "größe 🌊"


async def test_what_it_does_not_know_is_told(client: Client) -> None:
    request = replace(QUICK, sampler_name="NoSuchSampler", scheduler="NoSuchSchedule", checkpoint="other")
    result = await generate(client, request)
    assert result.notes == (
        "The endpoint does not know the sampler “NoSuchSampler” and used its own default.",
        "The endpoint does not know the schedule “NoSuchSchedule” and used its own default.",
        f"The endpoint used the checkpoint “{CHECKPOINT}.safetensors” instead of “other”.",
    )


async def test_a_sampler_it_does_not_know_beside_a_schedule_it_knows(client: Client) -> None:
    result = await generate(client, replace(QUICK, steps=2, sampler_name="NoSuchSampler", scheduler="karras"))
    assert result.notes == ("The endpoint does not know the sampler “NoSuchSampler” and used its own default.",)


async def test_a_seed_it_cannot_take_is_told(client: Client) -> None:
    """It reads 32 bits with a sign, and draws its own in place of a negative number."""
    result = await generate(client, replace(QUICK, seed=2**32 - 1))
    seed = result.images[0].seed
    assert seed is not None
    assert seed < 2**31
    assert result.notes == (f"The endpoint used the seed {seed} instead of 4294967295.",)


async def test_a_size_it_does_not_make_is_told(client: Client) -> None:
    result = await generate(client, replace(QUICK, width=72))
    assert [(image.width, image.height) for image in result.images] == [(128, 64)]
    assert result.notes == ("The endpoint made 128×64 instead of 72×64 pixels.",)


async def test_a_hires_pass(sd_server: SdServer, client: Client) -> None:
    result = await generate(client, replace(QUICK, hires=Hires(0.5, 2.0, "Latent (nearest)", steps=2)))
    assert [(image.width, image.height) for image in result.images] == [(128, 128)]
    assert result.notes == ()
    assert 'upscaler: "Latent (nearest)"' in sd_server.asked_for("hires")
    assert "steps: 2, denoising_strength: 0.5" in sd_server.asked_for("hires")


async def test_no_prompt_is_refused_in_our_words(client: Client) -> None:
    with pytest.raises(RequestRefused) as refused:
        await generate(client, replace(QUICK, prompt=""))
    assert (refused.value.title, refused.value.remedy) == (
        "This endpoint wants a prompt",
        "Write at least one word.",
    )
    assert refused.value.raw == '{"error":"prompt required"}'


async def test_it_cannot_be_stopped(sd_server: SdServer, new_client: NewClient, client: Client) -> None:
    stranger = new_client(sd_server.url)  # which has not asked what there is
    for one in (client, stranger):
        with pytest.raises(NotOffered):
            await one.interrupt()
        with pytest.raises(NotOffered):
            await one.skip()


async def test_an_address_that_is_not_quite_its(sd_server: SdServer, new_client: NewClient) -> None:
    client = new_client(f"{sd_server.url}/studio")
    with pytest.raises(NotOffered) as refused:
        await generate(client, QUICK)
    assert refused.value.title == "This address does not make pictures"
