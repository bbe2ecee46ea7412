"""A job that goes through the journal's JSON comes out as it went in."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdstudio.core import errors
from sdstudio.core.errors import EndpointBusy, InvalidRequest, OutOfMemory, StudioError
from sdstudio.core.request import GenerationRequest, Hires, Img2Img, Inpaint, InputImage
from sdstudio.core.result import EndpointMark, GeneratedImage, GenerationResult
from sdstudio.jobs.job import Job
from sdstudio.jobs.records import error_from, error_record, job_from, job_record

texts = st.text(max_size=40)
pictures = st.builds(
    InputImage, st.text("0123456789abcdef", min_size=64, max_size=64), st.integers(1), st.integers(1)
)
parts = st.builds(Img2Img, pictures, st.floats(0, 1), inpaint=st.none() | st.builds(Inpaint, pictures))
requests = st.builds(
    GenerationRequest,
    prompt=texts,
    negative_prompt=texts,
    seed=st.integers(-1, 2**63),
    img2img=st.none() | parts,
    hires=st.none() | st.builds(Hires, scale=st.floats(1, 8)),
)
images = st.builds(
    GeneratedImage,
    texts.map(Path),
    texts,
    st.integers(0),
    texts,
    st.integers(1),
    st.integers(1),
    infotext=texts,
)
results = st.builds(
    GenerationResult,
    st.lists(images, max_size=3).map(tuple),
    st.dictionaries(texts, texts | st.none() | st.integers(), max_size=3),
    st.floats(0, 1e6),
    st.booleans(),
    st.lists(texts, max_size=2).map(tuple),
)
moments = st.datetimes(timezones=st.just(UTC))
jobs = st.builds(
    Job,
    texts,
    requests,
    moments,
    st.sampled_from(["queued", "running", "done", "failed", "unknown", "cancelled"]),
    st.none() | moments,
    st.none() | moments,
    st.none() | st.builds(EndpointMark, texts, texts, texts),
    st.lists(st.integers(0), max_size=3).map(tuple),
    st.none(),
    st.none() | results,
)


@given(jobs)
def test_a_job_survives_json(job: Job) -> None:
    assert job_from(json.loads(json.dumps(job_record(job)))) == job


EVERY_KIND = [
    kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, StudioError)
]


@pytest.mark.parametrize("kind", EVERY_KIND, ids=lambda kind: kind.__name__)
def test_every_error_keeps_its_kind_and_words(kind: type[StudioError]) -> None:
    words = ("what", "why", "what to do")
    error = kind("steps", *words) if kind is InvalidRequest else kind(*words, raw="raw")
    again = error_from(json.loads(json.dumps(error_record(error))))
    assert type(again) is kind
    assert (again.title, again.message, again.remedy, again.raw) == (*words, error.raw)
    assert again.exit_code == error.exit_code


def test_what_one_kind_knows_more_is_kept() -> None:
    invalid = error_from(error_record(InvalidRequest("steps", "no")) or {})
    busy = error_from(error_record(EndpointBusy("no", retry_after=2.5)) or {})
    assert isinstance(invalid, InvalidRequest)
    assert invalid.field == "steps"
    assert isinstance(busy, EndpointBusy)
    assert busy.retry_after == 2.5


def test_an_error_of_a_later_version_keeps_its_words() -> None:
    record = error_record(OutOfMemory("no room")) or {}
    again = error_from({**record, "kind": "SolarFlare"})
    assert type(again) is StudioError
    assert again.title == "no room"


@pytest.mark.parametrize("kind", ["asdict", "__doc__", "annotations"])
def test_only_an_error_is_made_of_an_errors_kind(kind: str) -> None:
    assert type(error_from({**(error_record(StudioError("t")) or {}), "kind": kind})) is StudioError


@pytest.mark.parametrize(
    "spoiled",
    [
        {"state": "exploded"},
        {"id": 5},
        {"created": "yesterday"},
        {"request": []},
        {"pictures": 4},
        {"error": {}},
    ],
)
def test_a_record_that_is_no_job_is_refused(spoiled: dict[str, object]) -> None:
    record = job_record(Job("a", GenerationRequest(), datetime.now(UTC)))
    with pytest.raises((LookupError, TypeError, ValueError, StudioError)):
        job_from({**record, **spoiled})


def test_progress_is_not_kept() -> None:
    job = Job("a", GenerationRequest(), datetime.now(UTC))
    seen = replace(job, progress=replace(job.progress, fraction=0.5), interrupting=True)
    assert job_from(job_record(seen)) == job
