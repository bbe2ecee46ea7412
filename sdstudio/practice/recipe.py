"""What one picture is to be, in the sampler's own words: one frozen value from the HTTP routes to the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PIL import Image


@dataclass(frozen=True, slots=True)
class HiresRecipe:
    """The second pass at a larger size: pixels of the result, steps 0 = as many as the first pass.

    Empty texts and names mean "the same as in the first pass".
    """

    width: int
    height: int
    denoising_strength: float = 0.7
    steps: int = 0
    upscaler: str = "Latent"
    sampler: str = ""
    scheduler: str = ""
    prompt: str = ""
    negative_prompt: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One picture. Seeds are fixed (never -1); sizes in pixels, made multiples of 8 by the engine.

    `sampler` and `scheduler` are any words a request may carry (`samplers.resolve`). With `init` it is img2img:
    `resize_mode` 0 stretch, 1 crop, 2 fill, 3 stretch in the latent. `mask` (mode L, white = repaint) is brought
    to the source's size; `mask_blur` and `padding` in pixels; `inpainting_fill` 0 fill, 1 original, 2 noise,
    3 nothing; `inpaint_full_res` works on the mask's box only.
    """

    prompt: str = ""
    negative_prompt: str = ""
    width: int = 512
    height: int = 512
    steps: int = 25
    sampler: str = "Euler a"
    scheduler: str = "Automatic"
    cfg_scale: float = 7.0
    seed: int = 0
    subseed: int = 0
    subseed_strength: float = 0.0
    tiling: bool = False
    eta: float | None = None
    init: Image.Image | None = None
    denoising_strength: float = 0.75
    resize_mode: int = 0
    mask: Image.Image | None = None
    mask_blur: int = 4
    inpainting_fill: int = 0
    inpaint_full_res: bool = False
    padding: int = 32
    mask_invert: bool = False
    hires: HiresRecipe | None = None


class Watch(Protocol):
    """Whoever waits for the picture; called on the painting thread."""

    def step(self, done: int, total: int, preview: Callable[[], Image.Image]) -> bool:
        """After each step; `preview` makes the picture so far when called. False: stop, return what exists."""
        ...
