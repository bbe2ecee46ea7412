"""Which server it is and what it offers, read from its answers. Pure; `probe` does the asking.

Conservative: a dialect is named only for a mark that the others do not bear (a1111_api §9, seen_on_the_wire);
everything that lists something and bears no mark is treated as AUTOMATIC1111.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from sdstudio.api.offer import (
    DIALECT_NAMES,
    FALLBACK_LATENT_UPSCALERS,
    FALLBACK_SAMPLERS,
    FALLBACK_SCHEDULERS,
    FALLBACK_UPSCALERS,
    Dialect,
    Offer,
)

_MOST_NAMES = 20_000
_LONGEST_NAME = 500
_FAKE_HASH = "8888888888"  # what KoboldCpp and sd.cpp say of any checkpoint
_NO_NETWORK = "(no neural network)"
_HASH_SUFFIX = re.compile(r" \[[0-9a-f]{6,64}\]$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Told:
    """What an endpoint answered: JSON by list name; a name is absent where it was not offered."""

    lists: Mapping[str, Any] = field(default_factory=dict[str, Any])
    can_interrupt: bool = False
    can_skip: bool = False
    kobold_version: str = ""


def offer_from(told: Told, asked: Iterable[str]) -> Offer:
    """The offer that the answers make; `asked` are the names of all lists that were asked for."""
    dialect = dialect_of(told)
    can_progress = "progress" in _object(told, "progress")
    return Offer(
        dialect=dialect,
        name=DIALECT_NAMES[dialect],
        version=told.kobold_version,
        samplers=_names(told, "samplers", "name") or FALLBACK_SAMPLERS,
        schedulers=_names(told, "schedulers", "label", "name") or FALLBACK_SCHEDULERS,
        upscalers=_listed(told, "upscalers", FALLBACK_UPSCALERS),
        latent_upscalers=_listed(told, "latent-upscale-modes", FALLBACK_LATENT_UPSCALERS),
        checkpoints=_checkpoints(told),
        checkpoint=_without_hash(_text(_object(told, "options").get("sd_model_checkpoint"))),
        vaes=_names(told, "sd-vae", "model_name"),
        can_progress=can_progress,
        can_interrupt=told.can_interrupt,
        can_skip=told.can_skip,
        missing=frozenset(asked) - told.lists.keys(),
        notes=tuple(_notes(told, dialect, can_progress=can_progress)),
    )


def dialect_of(told: Told) -> Dialect:
    """The server's kind."""
    lists = told.lists
    if not lists:
        return "two routes"
    models = _objects(told, "sd-models")
    if models and all(_text(model.get("model_name")).endswith(_NO_NETWORK) for model in models):
        return "practice"
    if told.kobold_version:
        return "koboldcpp"
    if models and models[0].get("hash") == _FAKE_HASH:
        return "sdcpp"
    if any(key.startswith("forge_") for key in _object(told, "options")):
        return "forge"
    return "sdnext" if _is_sdnext(told) else "a1111"


def may_be_kobold(told: Told) -> bool:
    """Whether it is worth asking for KoboldCpp's own version."""
    models = _objects(told, "sd-models")
    return bool(models) and models[0].get("hash") == _FAKE_HASH


def _is_sdnext(told: Told) -> bool:
    """Its samplers come with header rows and without aliases; its progress has an id."""
    samplers = _objects(told, "samplers")
    headed = any(_is_header(_text(entry.get("name"))) for entry in samplers)
    progress = _object(told, "progress")
    state = progress.get("state")
    numbered = "id" in progress and isinstance(state, dict) and "stopping_generation" not in state
    return numbered or (headed and not any("aliases" in entry for entry in samplers))


def _notes(told: Told, dialect: Dialect, *, can_progress: bool) -> Iterable[str]:
    if dialect == "practice":
        yield "The built-in practice endpoint: it paints without a neural network."
    if dialect == "two routes":
        yield "This endpoint lists nothing; the names offered are those of AUTOMATIC1111 1.10."
    if not can_progress:
        yield "It does not tell how far it is."
    if not told.can_interrupt:
        yield "It cannot be interrupted: it works on even if you stop waiting."


def _listed(told: Told, name: str, fallback: tuple[str, ...]) -> tuple[str, ...]:
    """The entries' names; an empty list is an answer too, a missing one is filled in."""
    return _names(told, name, "name") if isinstance(told.lists.get(name), list) else fallback


def _names(told: Told, name: str, *keys: str) -> tuple[str, ...]:
    """The entries' names without repeats and header rows; () where the list is missing or no such list."""
    found: dict[str, None] = {}
    for entry in _objects(told, name):
        text = next((text for key in keys if (text := _text(entry.get(key)))), "")
        if text and not _is_header(text):
            found[text] = None
    return tuple(found)


def _is_header(name: str) -> bool:
    """Rows like "── Euler ──" or "---- STYLES ----" that some servers put into their lists."""
    return name.startswith(("──", "---"))


def _checkpoints(told: Told) -> tuple[str, ...]:
    """Titles without their hash, which comes only once a checkpoint has been loaded; servers take both."""
    titles = _names(told, "sd-models", "title", "model_name")
    return tuple(dict.fromkeys(_without_hash(title) for title in titles))


def _without_hash(title: str) -> str:
    return _HASH_SUFFIX.sub("", title)


def _objects(told: Told, name: str) -> list[dict[str, Any]]:
    value = told.lists.get(name)
    entries = cast("list[Any]", value)[:_MOST_NAMES] if isinstance(value, list) else []
    return [cast("dict[str, Any]", entry) for entry in entries if isinstance(entry, dict)]


def _object(told: Told, name: str) -> dict[str, Any]:
    value = told.lists.get(name)
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _text(value: object) -> str:
    """A name fit to be shown and sent; anything else is as good as absent."""
    usable = isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME and value.isprintable()
    return cast("str", value) if usable else ""
