"""Records of pictures as the library gives them, with what a test does not care about filled in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sdstudio.core.request import GenerationRequest
from sdstudio.core.result import EndpointMark
from sdstudio.library.records import PictureRecord

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
INFOTEXT = (
    "a house by the sea\nNegative prompt: fog\n"
    "Steps: 25, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7, Seed: 44, Size: 512x512, "
    "Model hash: abcdef1234, Model: meadow, Version: v1.10.1"
)
REQUEST = GenerationRequest(prompt="a house by the sea", negative_prompt="fog", seed=42, batch_size=4)
RECORD = PictureRecord(
    id=7,
    path=Path("/pictures/2026-03-01/120000-44-a house.png"),
    missing=False,
    removed=False,
    role="picture",
    format="png",
    size_bytes=400_000,
    sha256="ab" * 32,
    width=512,
    height=512,
    seed=44,
    created=NOON,
    prompt=REQUEST.prompt,
    negative_prompt=REQUEST.negative_prompt,
    infotext=INFOTEXT,
    request=REQUEST,
    endpoint=EndpointMark("studio-gpu", "http://10.0.0.5:7860", "forge"),
    started=NOON,
    seconds=12.3,
    interrupted=False,
    notes=(),
    job_id="job",
)


def record(**fields: object) -> PictureRecord:
    """The usual record but for these fields."""
    return replace(RECORD, **fields)
