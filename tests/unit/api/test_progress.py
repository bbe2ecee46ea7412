"""Following a generation by whichever route there is, and stopping it; over a real socket."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from typing import Any

import pytest

from sdstudio.api import progress
from sdstudio.core import errors
from sdstudio.core.result import Progress
from tests.fakes.clients import NewClient, answering, generate, picture
from tests.fakes.replay import Replay, Reply, Request

TASK = "task(ours)"


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "INTERVAL_S", 0.01)
    monkeypatch.setattr(progress, "PREVIEW_INTERVAL_S", 0.02)
    monkeypatch.setattr(progress, "_SLOW_S", 0.02)


class Endpoint:
    """Answers a generation once told to, and progress questions by what the test says."""

    def __init__(self, by_task: Callable[[Any], Any] | None, overall: Callable[[Request], Any] | None) -> None:
        self.done = asyncio.Event()
        self.by_task = by_task
        self.overall = overall

    def __call__(self, request: Request) -> Reply | None:
        path = request.path.partition("?")[0]
        if path == "/sdapi/v1/txt2img":
            reply = answering(picture())
            reply.gate = self.done
            return reply
        if path == "/internal/progress" and self.by_task:
            return _reply(self.by_task(request.json))
        if path == "/sdapi/v1/progress" and self.overall:
            return _reply(self.overall(request))
        return Reply.of({}) if path == "/sdapi/v1/interrupt" else None


def _reply(document: Any) -> Reply:
    return document if isinstance(document, Reply) else Reply.of(document)


def overall(fraction: float, step: int = 3, *, job: str = "scripts_txt2img", **more: Any) -> dict[str, Any]:
    state = {"job": job, "job_count": 1, "sampling_step": step, "sampling_steps": 20, "interrupted": False}
    return {
        "progress": fraction,
        "eta_relative": 2.5,
        "state": state,
        "current_image": None,
        "textinfo": None,
    } | more


def by_task(fraction: float, **more: Any) -> dict[str, Any]:
    told = {"active": True, "queued": False, "completed": False, "progress": fraction, "eta": 1.5}
    return told | {"live_preview": None, "id_live_preview": -1, "textinfo": "20%"} | more


async def follow(
    new_client: NewClient, endpoint: Endpoint, enough: Callable[[list[Progress]], bool]
) -> tuple[list[Progress], Replay]:
    """Generate until `enough` of the progress told so far."""
    told: list[Progress] = []

    def on_progress(latest: Progress) -> None:
        told.append(latest)
        if enough(told):
            endpoint.done.set()

    async with Replay(endpoint) as server:
        async with asyncio.timeout(20):
            await generate(new_client(server.url), on_progress=on_progress, task_id=TASK)
    return told, server


async def test_our_own_task_is_followed_with_the_steps_of_the_whole(new_client: NewClient) -> None:
    endpoint = Endpoint(lambda _: by_task(0.4), lambda _: overall(0.4, 8))
    told, server = await follow(new_client, endpoint, lambda told: len(told) == 2)
    assert told[0] == Progress(0.4, 8, 20, 2.5, None, "20%")
    assert all(request.json["id_task"] == TASK for request in server.asked("/internal/progress"))
    assert all("skip_current_image=true" in request.path for request in server.asked("/sdapi/v1/progress"))


async def test_while_it_is_queued_behind_anothers_theirs_is_not_shown(new_client: NewClient) -> None:
    queued = by_task(0.0, active=False, queued=True, progress=None, textinfo="In queue: 1/3")
    endpoint = Endpoint(lambda _: queued, lambda _: overall(0.7))
    told, server = await follow(new_client, endpoint, lambda told: len(told) == 2)
    assert told[0] == Progress(None, text="In queue: 1/3")
    assert not server.asked("/sdapi/v1/progress")


async def test_a_server_that_does_not_know_our_task_is_asked_for_the_whole(new_client: NewClient) -> None:
    """Before 1.8 a task id could not be chosen; the route is there all the same."""
    waiting = by_task(0, active=False, progress=None, textinfo="Waiting...")
    endpoint = Endpoint(lambda _: waiting, lambda _: overall(0.3))
    told, _ = await follow(new_client, endpoint, lambda told: len(told) == 1)
    assert (told[0].fraction, told[0].text) == (0.3, "")


async def test_without_task_ids_the_whole_is_followed_and_the_route_not_asked_again(
    new_client: NewClient,
) -> None:
    endpoint = Endpoint(None, lambda _: overall(0.25, state={"job": "Batch 1 out of 2", "sampling_step": 5}))
    told, server = await follow(new_client, endpoint, lambda told: len(told) == 3)
    assert told[0].fraction == 0.25
    assert (told[0].step, told[0].text) == (5, "Batch 1 out of 2")
    assert len(server.asked("/internal/progress")) == 1


async def test_a_bare_host_gives_no_fraction_and_is_left_alone(new_client: NewClient) -> None:
    told, server = await follow(new_client, endpoint := Endpoint(None, None), lambda told: len(told) == 1)
    assert endpoint.done.is_set()
    assert told == [Progress()]
    assert len(server.asked("/internal/progress")) == len(server.asked("/sdapi/v1/progress")) == 1


async def test_previews_come_decoded_once_each_and_not_at_every_look(new_client: NewClient) -> None:
    first, second = picture("red", kind="JPEG"), picture("blue")

    def previews(asked: Any) -> Any:
        if not asked["live_preview"]:
            return by_task(0.5, id_live_preview=asked["id_live_preview"])
        shown = second if asked["id_live_preview"] == 10 else first
        return by_task(
            0.5,
            live_preview="data:image/png;base64," + base64.b64encode(shown).decode(),
            id_live_preview=20 if shown is second else 10,
        )

    def both(told: list[Progress]) -> bool:
        return len({p.preview for p in told} - {None}) == 2 and len(told) > 6

    told, server = await follow(new_client, Endpoint(previews, None), both)
    assert [p.preview for p in told if p.preview][:2] == [first, second]
    wanted = [request.json["live_preview"] for request in server.asked("/internal/progress")]
    assert True in wanted
    assert False in wanted


async def test_previews_of_the_whole_are_asked_for_now_and_then(new_client: NewClient) -> None:
    shown = base64.b64encode(picture("red")).decode()

    def whole(request: Request) -> Any:
        wanted = "skip_current_image=false" in request.path
        return overall(0.5, current_image=shown if wanted else None)

    told, server = await follow(new_client, Endpoint(None, whole), lambda told: len(told) == 8)
    assert [p.preview for p in told if p.preview] == [picture("red")]
    paths = {request.path for request in server.asked("/sdapi/v1/progress")}
    assert len(paths) == 2


@pytest.mark.parametrize(
    "odd",
    [
        None,
        [],
        "text",
        {},
        {"progress": None, "state": None},
        {"progress": "x", "state": {"job": 7, "sampling_step": "many"}},
        {"progress": 1e400, "eta_relative": -1, "state": {"job": "x"}},
        {"progress": 2.5, "eta_relative": "soon", "state": {"job": "x"}, "current_image": "not base64!"},
        {"progress": 0.5, "state": [], "current_image": 7, "textinfo": {"a": 1}},
        {"progress": 0.5, "state": {}, "current_image": base64.b64encode(b"no picture").decode()},
        Reply(500, chunks=[b"oops"]),
        Reply(200, chunks=[b"not json"]),
        Reply(200, {"content-type": "text/html"}, [b"<html>"]),
        Reply(401, chunks=[b"{}"]),
        Reply(chunks=[b'{"progress"'], length=500, reset=True),
    ],
)
async def test_odd_progress_never_costs_the_picture(odd: Any, new_client: NewClient) -> None:
    told: list[Progress] = []
    endpoint = Endpoint(lambda _: odd, lambda _: odd)
    async with Replay(endpoint) as server:
        task = asyncio.create_task(generate(new_client(server.url), on_progress=told.append, task_id=TASK))
        async with asyncio.timeout(20):
            while len(server.requests) < 4 and Progress() not in told:
                await asyncio.sleep(0.01)
            endpoint.done.set()
            result = await task
    assert len(result.images) == 1
    assert all(p.fraction is None or 0 <= p.fraction <= 1 for p in told)
    assert all(p.eta_seconds is None or p.eta_seconds >= 0 for p in told)
    assert not any(p.preview for p in told)


async def test_the_estimate_of_the_first_moments_is_not_shown(new_client: NewClient) -> None:
    endpoint = Endpoint(None, lambda _: overall(0.01, eta_relative=300.0))
    told, _ = await follow(new_client, endpoint, lambda told: len(told) == 1)
    assert told[0].eta_seconds is None


async def test_an_idle_endpoint_tells_nothing(new_client: NewClient) -> None:
    answers = iter([overall(0.0, job="")] * 3)
    endpoint = Endpoint(None, lambda _: next(answers, overall(0.6)))
    told, _ = await follow(new_client, endpoint, lambda told: len(told) == 1)
    assert {p.fraction for p in told} == {0.6}


async def test_an_error_in_the_listener_is_logged_and_does_not_cost_the_picture(
    new_client: NewClient, expect_logs: Callable[[str], None]
) -> None:
    expect_logs("Following the progress failed")
    endpoint = Endpoint(None, lambda _: overall(0.5))

    def broken(_: Progress) -> None:
        endpoint.done.set()
        raise RuntimeError("a bug")

    async with Replay(endpoint) as server:
        result = await generate(new_client(server.url), on_progress=broken)
    assert len(result.images) == 1


async def test_nothing_is_told_once_the_generation_is_over(new_client: NewClient) -> None:
    held = asyncio.Event()
    told: list[Progress] = []

    def slow(_: Request) -> Reply:
        reply = Reply.of(overall(0.5))
        reply.gate = held
        endpoint.done.set()
        return reply

    endpoint = Endpoint(None, slow)
    async with Replay(endpoint) as server:
        client = new_client(server.url)
        await generate(client, on_progress=told.append)
        held.set()
        await client.aclose()
    assert told == []


async def test_an_interrupt_gives_what_exists_and_says_so(new_client: NewClient) -> None:
    endpoint = Endpoint(None, lambda _: overall(0.5))
    running = asyncio.Event()
    async with Replay(endpoint) as server:
        client = new_client(server.url)
        task = asyncio.create_task(generate(client, on_progress=lambda _: running.set()))
        await running.wait()
        await client.interrupt()
        endpoint.done.set()
        result = await task
        again = await generate(client)
    assert server.asked("/sdapi/v1/interrupt")[0].method == "POST"
    assert result.interrupted
    assert not again.interrupted


async def test_an_interrupt_from_elsewhere_is_seen(new_client: NewClient) -> None:
    stopped = {"job": "x", "interrupted": True}
    endpoint = Endpoint(None, lambda _: overall(0.5, state=stopped))
    async with Replay(endpoint) as server:
        result = await generate(new_client(server.url), on_progress=lambda _: endpoint.done.set())
    assert result.interrupted


async def test_where_it_cannot_be_interrupted_it_says_so(new_client: NewClient) -> None:
    async with Replay(lambda _: None) as server:
        client = new_client(server.url)
        with pytest.raises(errors.NotOffered):
            await client.interrupt()
        with pytest.raises(errors.NotOffered):
            await client.skip()


async def test_skip_takes_null_for_an_answer(new_client: NewClient) -> None:
    async with Replay(lambda _: Reply.of(None)) as server:
        await new_client(server.url).skip()
    async with Replay(lambda _: Reply(204, {}, [])) as server:  # SD.Next
        await new_client(server.url).skip()
