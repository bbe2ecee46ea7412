"""The words servers use for their failures, and what each of them means. Pure data and one look-up."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sdstudio.core.errors import (
    EndpointError,
    EndpointUnreachable,
    GenerationFailed,
    OutOfMemory,
    RequestRefused,
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """Words by which a failure is known, and what to make of it."""

    pattern: re.Pattern[str]
    error: type[EndpointError]
    title: str
    remedy: str = ""


def _meaning(pattern: str, error: type[EndpointError], title: str, remedy: str = "") -> Meaning:
    return Meaning(re.compile(pattern, re.IGNORECASE), error, title, remedy)


_MEANINGS = (
    _meaning(
        r"out of memory|OutOfMemory|can't allocate memory|not enough memory|failed to allocate"
        r"|unable to allocate|alloc_cpu|allocation .*failed|insufficient memory",
        OutOfMemory,
        "The endpoint ran out of memory",
        "Make the picture smaller, or fewer at a time.",
    ),
    _meaning(
        r"NansException|tensor with NaNs",
        GenerationFailed,
        "The model produced no numbers that make a picture",
        "Try another VAE or checkpoint, or start the web UI with --no-half-vae.",
    ),
    _meaning(
        r"Invalid encoded image|cannot identify image file|Init image is none",
        RequestRefused,
        "The endpoint could not read the source picture or the mask",
        "Choose the picture again, or another one.",
    ),
    _meaning(
        r"Init image not found",
        RequestRefused,
        "The endpoint did not get the source picture",
        "The host may limit the size of requests; use a smaller picture.",
    ),
    _meaning(
        r"Request to local resource not allowed|Requests not allowed",
        RequestRefused,
        "The endpoint would not fetch a picture from an address",
        "Use a picture from a file.",
    ),
    _meaning(
        r"sampler not found",
        RequestRefused,
        "The endpoint does not have this sampler",
        "Choose one from its list.",
    ),
    _meaning(
        r"could not find upscaler",
        RequestRefused,
        "The endpoint does not have this upscaler",
        "Choose one from its list.",
    ),
    _meaning(
        r"could not find checkpoint|model '.{0,200}' not found|No checkpoints found",
        RequestRefused,
        "The endpoint does not have this checkpoint",
        "Choose one from its list.",
    ),
    _meaning(
        r"Script .{0,200}not found|selectable script",
        RequestRefused,
        "The endpoint does not have this script",
        "Leave it out, or have its extension installed there.",
    ),
    _meaning(
        r"prompt required",
        RequestRefused,
        "This endpoint wants a prompt",
        "Write at least one word.",
    ),
    _meaning(
        r"width and height must be positive",
        RequestRefused,
        "The endpoint does not accept this size",
        "Use multiples of 64.",
    ),
    _meaning(
        r"generate_image returned no results",
        GenerationFailed,
        "The endpoint made no picture",
        "The size may be too much for its memory; try a smaller one.",
    ),
    _meaning(
        r"bad number of images passed",
        RequestRefused,
        "The endpoint wants at least as many pictures in a batch as sources",
        "Ask for more pictures at a time.",
    ),
    _meaning(
        r"plain HTTP request was sent to HTTPS port|client sent an HTTP request to an HTTPS server",
        EndpointUnreachable,
        "This address wants https",
        "Begin the address with https://.",
    ),
)


def meant_by(text: str) -> Meaning | None:
    """The meaning of a server's words; None for words not known."""
    return next((meaning for meaning in _MEANINGS if meaning.pattern.search(text)), None)
