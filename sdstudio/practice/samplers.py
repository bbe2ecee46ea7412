"""The samplers list, and what a request's sampler and scheduler names stand for.

The update rules themselves are in `solvers`, `sde_solvers` and `dpm_solver`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sdstudio.practice import dpm_solver, sde_solvers, solvers
from sdstudio.practice.sampling import Rule
from sdstudio.practice.schedules import SCHEDULERS, Levels, ddim, scheduler_named, uniform


@dataclass(frozen=True, slots=True)
class SamplerEntry:
    """One line of the samplers list; `options` are the web UI's own (all strings).

    `timesteps` marks the samplers that have a schedule of their own and ignore the scheduler; `cfg_factor` scales
    the guidance (CFG++ wants it between 0 and 1).
    """

    name: str
    aliases: tuple[str, ...]
    rule: Rule
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    timesteps: bool = False
    cfg_factor: float = 1.0

    @property
    def default_scheduler(self) -> str:
        """The name of the scheduler "Automatic" stands for."""
        return self.options.get("scheduler", "automatic")


_KARRAS = {"scheduler": "karras"}
_EXPONENTIAL = {"scheduler": "exponential"}
_SECOND = {"second_order": "True"}
_ENSD = {"uses_ensd": "True"}
_BROWNIAN = {"brownian_noise": "True"}
_DISCARD = {"discard_next_to_last_sigma": "True"}

SAMPLERS: tuple[SamplerEntry, ...] = (
    SamplerEntry("DPM++ 2M", ("k_dpmpp_2m",), solvers.dpmpp_2m, _KARRAS),
    SamplerEntry("DPM++ SDE", ("k_dpmpp_sde",), sde_solvers.dpmpp_sde, _KARRAS | _SECOND | _BROWNIAN),
    SamplerEntry("DPM++ 2M SDE", ("k_dpmpp_2m_sde",), sde_solvers.dpmpp_2m_sde, _EXPONENTIAL | _BROWNIAN),
    SamplerEntry(
        "DPM++ 2M SDE Heun",
        ("k_dpmpp_2m_sde_heun",),
        sde_solvers.dpmpp_2m_sde_heun,
        _EXPONENTIAL | _BROWNIAN | {"solver_type": "heun"},
    ),
    SamplerEntry("DPM++ 2S a", ("k_dpmpp_2s_a",), sde_solvers.dpmpp_2s_ancestral, _KARRAS | _ENSD | _SECOND),
    SamplerEntry(
        "DPM++ 3M SDE", ("k_dpmpp_3m_sde",), sde_solvers.dpmpp_3m_sde, _EXPONENTIAL | _DISCARD | _BROWNIAN
    ),
    SamplerEntry("Euler a", ("k_euler_a", "k_euler_ancestral"), sde_solvers.euler_ancestral, _ENSD),
    SamplerEntry("Euler", ("k_euler",), solvers.euler),
    SamplerEntry("LMS", ("k_lms",), solvers.lms),
    SamplerEntry("Heun", ("k_heun",), solvers.heun, _SECOND),
    SamplerEntry("DPM2", ("k_dpm_2",), solvers.dpm2, _KARRAS | _DISCARD | _SECOND),
    SamplerEntry("DPM2 a", ("k_dpm_2_a",), sde_solvers.dpm2_ancestral, _KARRAS | _DISCARD | _ENSD | _SECOND),
    SamplerEntry("DPM fast", ("k_dpm_fast",), dpm_solver.dpm_fast, _ENSD),
    SamplerEntry("DPM adaptive", ("k_dpm_ad",), dpm_solver.dpm_adaptive, _ENSD),
    SamplerEntry("Restart", ("restart",), sde_solvers.restart, _KARRAS | _SECOND),
    SamplerEntry("DDIM", ("ddim",), solvers.ddim, timesteps=True),
    SamplerEntry("DDIM CFG++", ("ddim_cfgpp",), solvers.ddim_cfgpp, timesteps=True, cfg_factor=1 / 12.5),
    SamplerEntry("PLMS", ("plms",), solvers.plms, timesteps=True),
    SamplerEntry("UniPC", ("unipc",), solvers.unipc, timesteps=True),
    SamplerEntry("LCM", ("k_lcm",), sde_solvers.lcm),
)

_BY_NAME = {entry.name: entry for entry in SAMPLERS}


def sampler_named(name: str | None) -> SamplerEntry:
    """By exact name (not alias); anything unknown is the first of the list, silently, as the web UI does."""
    return _BY_NAME.get(name or "", SAMPLERS[0])


def resolve(sampler_name: str | None, scheduler: str | None) -> tuple[str, str]:
    """The sampler's name and the scheduler's label that a request's words stand for.

    A scheduler at the end of the sampler's name ("DPM++ 2M Karras") is taken off it and wins; a sampler's own
    default scheduler is called Automatic again. Facts: a1111 `get_sampler_and_scheduler`, 1.10.
    """
    found = scheduler_named(scheduler)
    name = sampler_name or SAMPLERS[0].name
    for entry in SCHEDULERS:
        for ending in (entry.label, entry.name, *entry.aliases):
            if name.endswith(f" {ending}"):
                found, name = entry, name[: -len(ending) - 1]
                break
    sampler = sampler_named(name)
    if found.name == sampler.default_scheduler:
        found = SCHEDULERS[0]
    return sampler.name, found.label


def effective_scheduler(sampler_name: str | None, scheduler: str | None) -> str:
    """The label of the schedule really used: what "Automatic" stands for, if the sampler has a default."""
    name, label = resolve(sampler_name, scheduler)
    sampler = sampler_named(name)
    if label == SCHEDULERS[0].label and not sampler.timesteps:
        return scheduler_named(sampler.default_scheduler).label
    return label


def noise_levels(sampler_name: str, scheduler: str, steps: int) -> Levels:
    """σ per step, `steps` + 1 of them, for a resolved sampler and scheduler."""
    sampler = sampler_named(sampler_name)
    if sampler.timesteps:
        return ddim(steps)
    entry = scheduler_named(scheduler)
    make = entry.make or scheduler_named(sampler.default_scheduler).make or uniform
    if "discard_next_to_last_sigma" not in sampler.options:
        return make(steps)
    levels = make(steps + 1)
    return levels[[*range(steps), steps + 1]]
