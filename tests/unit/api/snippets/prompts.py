"""Prompts that try to break out of a string, and requests with them in every text."""

from __future__ import annotations

from hypothesis import strategies as st

from sdstudio.core.request import GenerationRequest, Hires, Img2Img, Inpaint, InputImage

HOSTILE = (
    *("'", '"', "\\", "\n", "\r", "\t", "$", "${x}", "$(id)", "`", "%PATH%", "%", "!!", "'''", '"""', "\0"),
    *("\u2028", "\u2029", "\ufeff", "\x7f", "\x85", "\u202e", "👩\u200d🎨", "😀", "\U000e0001", "图", "é"),
    *("{address}", "{{", "}", "]", "\\'", '\\"', "\\\\", "\\n", "\\u0041", "</script>", "*/", "//", "#"),
    *("EOF", "X", "@-", "-d", "Steps: 20", ","),
)
_TEXT = st.characters(exclude_categories=["Cs"])
texts = st.lists(st.sampled_from(HOSTILE) | st.text(_TEXT, max_size=8), max_size=8).map("".join)
sides = st.integers(8, 256).map(lambda eighths: eighths * 8)
shares = st.floats(0, 1, allow_nan=False)
seeds = st.integers(-1, 2**63 - 1)
SOURCE = InputImage("5a" * 32, 64, 64)
MASK = InputImage("3c" * 32, 64, 64)
inpaints = st.builds(
    Inpaint,
    st.just(MASK),
    blur=st.integers(0, 64),
    fill=st.integers(0, 3),
    only_masked=st.booleans(),
    padding=st.integers(0, 1024),
    invert=st.booleans(),
)
img2imgs = st.builds(
    Img2Img,
    st.just(SOURCE),
    denoising_strength=shares,
    resize_mode=st.integers(0, 3),
    inpaint=st.none() | inpaints,
)
hires = st.builds(
    Hires,
    denoising_strength=shares,
    scale=st.floats(1, 8, allow_nan=False),
    upscaler=texts,
    steps=st.integers(0, 1000),
)


def requests(*, img2img: bool | None = None) -> st.SearchStrategy[GenerationRequest]:
    """Any request that can be sent; of one kind only if `img2img` is given."""
    common = {
        "prompt": texts,
        "negative_prompt": texts,
        "width": sides,
        "height": sides,
        "steps": st.integers(1, 1000),
        "sampler_name": texts,
        "scheduler": texts,
        "cfg_scale": st.floats(0, 100, allow_nan=False),
        "seed": seeds,
        "subseed": seeds,
        "subseed_strength": shares,
        "batch_size": st.integers(1, 64),
        "n_iter": st.integers(1, 10_000),
        "tiling": st.booleans(),
        "checkpoint": texts,
        "vae": texts,
    }
    of_text = st.builds(GenerationRequest, **common, hires=st.none() | hires)
    of_picture = st.builds(GenerationRequest, **common, img2img=img2imgs)
    return of_text | of_picture if img2img is None else of_picture if img2img else of_text
