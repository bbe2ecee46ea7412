"""What an endpoint offers, as plain values, and the lists that stand in where it does not say.

How it is found out: `probe`; which server it is: `dialect`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Dialect = Literal["a1111", "forge", "sdnext", "koboldcpp", "sdcpp", "two routes", "practice"]

# What AUTOMATIC1111 1.10.1 answers. Base names work on every dialect but SD.Next's oddities (a1111_api §9.2).
FALLBACK_SAMPLERS = (
    "DPM++ 2M",
    "DPM++ SDE",
    "DPM++ 2M SDE",
    "DPM++ 2M SDE Heun",
    "DPM++ 2S a",
    "DPM++ 3M SDE",
    "Euler a",
    "Euler",
    "LMS",
    "Heun",
    "DPM2",
    "DPM2 a",
    "DPM fast",
    "DPM adaptive",
    "Restart",
    "DDIM",
    "DDIM CFG++",
    "PLMS",
    "UniPC",
    "LCM",
)
FALLBACK_SCHEDULERS = (
    "Automatic",
    "Uniform",
    "Karras",
    "Exponential",
    "Polyexponential",
    "SGM Uniform",
    "KL Optimal",
    "Align Your Steps",
    "Simple",
    "Normal",
    "DDIM",
    "Beta",
)
FALLBACK_LATENT_UPSCALERS = (
    "Latent",
    "Latent (antialiased)",
    "Latent (bicubic)",
    "Latent (bicubic antialiased)",
    "Latent (nearest)",
    "Latent (nearest-exact)",
)
FALLBACK_UPSCALERS = ("None", "Lanczos", "Nearest", "ESRGAN_4x", "R-ESRGAN 4x+", "R-ESRGAN 4x+ Anime6B")

DIALECT_NAMES: dict[Dialect, str] = {
    "a1111": "AUTOMATIC1111",
    "forge": "Forge",
    "sdnext": "SD.Next",
    "koboldcpp": "KoboldCpp",
    "sdcpp": "stable-diffusion.cpp",
    "two routes": "txt2img and img2img only",
    "practice": "Practice endpoint (no neural network)",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """The lists and abilities of one endpoint.

    Names are the endpoint's own, in its order, without header rows. `checkpoints` and `vaes` are empty where
    the endpoint does not list them; samplers, schedulers and upscalers then hold the built-in lists, and
    `missing` names the lists that were not offered. `checkpoint` is the loaded one, "" if unknown. `notes` are
    plain sentences.
    """

    dialect: Dialect = "two routes"
    name: str = DIALECT_NAMES["two routes"]
    version: str = ""
    samplers: tuple[str, ...] = FALLBACK_SAMPLERS
    schedulers: tuple[str, ...] = FALLBACK_SCHEDULERS
    upscalers: tuple[str, ...] = FALLBACK_UPSCALERS
    latent_upscalers: tuple[str, ...] = FALLBACK_LATENT_UPSCALERS
    checkpoints: tuple[str, ...] = ()
    checkpoint: str = ""
    vaes: tuple[str, ...] = ()
    can_progress: bool = False
    can_interrupt: bool = False
    can_skip: bool = False
    missing: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    @property
    def hires_upscalers(self) -> tuple[str, ...]:
        """Everything a hires pass may name: the latent modes first, then the upscalers but "None"."""
        return self.latent_upscalers + tuple(name for name in self.upscalers if name != "None")


FALLBACK_OFFER = Offer()
