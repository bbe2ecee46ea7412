"""What a live AUTOMATIC1111 1.10.1 showed while a generation ran, against ours: progress, interrupt, skip, queue.

Timed exchanges cannot be replayed by the clock, so each test brings about the same moment.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.contract.practice.exchanges import RECORDED, Exchange, shape
from tests.fakes.practice import start_practice

STEP_S = 0.04
TXT2IMG = "/sdapi/v1/txt2img"
PROGRESS = "/sdapi/v1/progress"


class Server:
    """The client's side: requests in front and in the background."""

    def __init__(self, client: httpx.Client, background: ThreadPoolExecutor) -> None:
        self.client = client
        self._background = background

    def run(self, case: str, **changes: Any) -> Future[httpx.Response]:
        """The recorded generation, in the background."""
        body = Exchange.load(case).request["json"] | changes
        return self._background.submit(self.client.post, TXT2IMG, json=body)

    def progress(self) -> dict[str, Any]:
        return self.client.get(PROGRESS).json()

    def await_progress(self, reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Polls as a client does; the first answer that shows the moment."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if reached(found := self.progress()):
                return found
        pytest.fail("the moment never came")

    def await_step(self, step: int) -> dict[str, Any]:
        return self.await_progress(lambda found: found["state"]["sampling_step"] >= step and _busy(found))

    def await_queued(self, task: str) -> None:
        """Wait until a task stands in the queue."""
        while task not in self.client.get("/internal/pending-tasks").json()["tasks"]:
            time.sleep(0.01)


def _busy(found: dict[str, Any]) -> bool:
    return found["state"]["job_count"] != 0


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with start_practice("--behave", f"slow={STEP_S}") as url:
        yield url


@pytest.fixture
def server(url: str) -> Iterator[Server]:
    with httpx.Client(base_url=url, timeout=30) as client, ThreadPoolExecutor(4) as background:
        yield Server(client, background)


def _samples(case: str) -> list[dict[str, Any]]:
    return [sample["json"] for sample in json.loads((RECORDED / f"{case}.json").read_text("utf-8"))["samples"]]


def _information(answer: httpx.Response) -> dict[str, Any]:
    answer.raise_for_status()
    return json.loads(answer.json()["info"])


def test_progress_looks_as_recorded_from_start_to_end(server: Server) -> None:
    recorded = [shape(sample) for sample in _samples("progress_during_run")]
    running = server.run("progress_run_itself", steps=12)
    seen: list[dict[str, Any]] = [server.await_step(1)]
    while not running.done():
        seen.append(server.progress())
    seen.append(server.progress())
    assert all(shape(sample) in recorded for sample in seen)
    busy = [sample for sample in seen if _busy(sample)]
    steps = [sample["state"]["sampling_step"] for sample in busy]
    assert steps == sorted(steps)
    assert set(steps) <= set(range(13))
    for sample in busy:
        state = sample["state"]
        assert sample["progress"] == pytest.approx(min(0.01 + state["sampling_step"] / 12, 1))
        assert (state["job"], state["job_count"], state["job_no"]) == ("scripts_txt2img", 1, 0)
    assert seen[-1]["progress"] == 0.0
    assert seen[-1]["state"]["job_timestamp"] == _information(running.result())["job_timestamp"]


def test_batches_are_told_as_recorded_with_their_pictures_on_one_sheet(server: Server) -> None:
    recorded = _samples("progress_preview_every_step")
    jobs = {sample["state"]["job"] for sample in recorded}
    running = server.run("progress_preview_run_itself", steps=6)
    sample = server.await_progress(lambda found: found["state"]["job_no"] == 1 and bool(found["current_image"]))
    assert sample["state"]["job"] in jobs
    assert sample["state"]["job_count"] == recorded[0]["state"]["job_count"]
    assert shape(sample) in [shape(each) for each in recorded]
    assert base64.b64decode(sample["current_image"]).startswith(b"\x89PNG")
    assert len(running.result().json()["images"]) == 4


def test_an_interrupt_gives_what_there_is_and_says_the_full_step_count(server: Server) -> None:
    running = server.run("interrupt_during_run_run_itself")
    server.await_step(2)
    answer = server.client.post("/sdapi/v1/interrupt")
    assert answer.json() == Exchange.load("interrupt_during_run").response["json"]
    asked = time.monotonic()
    info = _information(running.result())
    assert time.monotonic() - asked < 2
    recorded = json.loads(Exchange.load("interrupt_during_run_run_itself").response["json"]["info"])
    assert (info["steps"], info["all_seeds"]) == (recorded["steps"], recorded["all_seeds"])
    assert len(running.result().json()["images"]) == 1
    after = server.progress()
    assert shape(after["state"]) == shape(
        Exchange.load("interrupt_during_run_progress_after").response["json"]["state"]
    )
    assert after["state"]["interrupted"] is True


def test_an_interrupt_between_batches_leaves_the_seeds_of_all(server: Server) -> None:
    running = server.run("interrupt_n_iter_run_itself", steps=4)
    server.await_progress(lambda found: found["state"]["job"] == "Batch 2 out of 4")
    assert server.client.post("/sdapi/v1/interrupt").json() == {}
    info = _information(running.result())
    assert info["all_seeds"] == [42, 43, 44, 45]
    assert len(running.result().json()["images"]) == len(info["infotexts"]) == 2


def test_a_skip_ends_the_batch_only(server: Server) -> None:
    running = server.run("skip_during_run_run_itself", n_iter=2, steps=20)
    server.await_step(2)
    skipped = time.monotonic()
    answer = server.client.post("/sdapi/v1/skip")
    assert answer.text == "null"
    server.await_progress(lambda found: found["state"]["job_no"] == 1)
    assert time.monotonic() - skipped < 20 * STEP_S + 1
    assert len(running.result().json()["images"]) == 2
    after = server.progress()
    recorded = Exchange.load("skip_during_run_progress_after").response["json"]
    assert shape(after) == shape(recorded)


def test_lists_and_options_answer_during_a_run(server: Server) -> None:
    running = server.run("list_during_run_itself")
    server.await_step(1)
    for path in ("/sdapi/v1/options", "/sdapi/v1/sd-models", "/internal/ping"):
        assert server.client.get(path).status_code == 200
    assert not running.done()
    server.client.post("/sdapi/v1/interrupt")
    running.result().raise_for_status()


def test_a_second_request_waits_and_both_are_answered_in_order(server: Server) -> None:
    first = server.run("second_request_first")
    server.await_step(1)
    second = server.run("second_request_during_run", force_task_id="task(second)")
    server.await_queued("task(second)")  # two requests sent at once may arrive in either order
    third = server.run("second_request_during_run", prompt="a third")
    assert not second.done()
    times = {name: _finished(each) for name, each in (("first", first), ("second", second), ("third", third))}
    assert times["first"] <= times["second"] <= times["third"]
    assert _information(third.result())["prompt"] == "a third"


def _finished(running: Future[httpx.Response]) -> str:
    return _information(running.result())["job_timestamp"]


def test_a_client_that_gives_up_does_not_stop_the_job(server: Server) -> None:
    body = Exchange.load("client_gives_up").request["json"]
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(server.client.base_url.join(TXT2IMG), json=body, timeout=0.5)
    after = server.await_step(1)
    recorded = Exchange.load("client_gives_up_progress_after").response["json"]
    assert shape(after) in (shape(recorded), shape(recorded | {"current_image": None}))
    server.client.post("/sdapi/v1/interrupt")
    assert len(server.run("client_gives_up_next_request").result().json()["images"]) == 1


def test_a_task_is_told_by_its_id_while_it_waits_and_runs(server: Server) -> None:
    recorded = Exchange.load("internal_progress_no_body").response["json"]

    def told(task: str, **more: Any) -> dict[str, Any]:
        found = server.client.post("/internal/progress", json={"id_task": task, **more}).json()
        assert list(found) == list(recorded)
        return found

    first = server.run("second_request_first", force_task_id="task(first)")
    server.await_step(1)
    second = server.run("second_request_during_run", force_task_id="task(second)")
    server.await_queued("task(second)")
    waiting = told("task(second)")
    assert waiting["textinfo"] == "In queue: 1/1"
    assert server.client.get("/internal/pending-tasks").json() == {"size": 1, "tasks": ["task(second)"]}
    running = told("task(first)")
    assert (running["active"], running["completed"]) == (True, False)
    assert 0 < running["progress"] < 1
    assert running["eta"] > 0
    assert running["live_preview"].startswith("data:image/png;base64,")
    assert told("task(first)", live_preview=False)["live_preview"] is None
    newest = told("task(first)")["id_live_preview"]
    assert newest >= running["id_live_preview"] > 0
    server.client.post("/sdapi/v1/interrupt")
    assert first.result().status_code == second.result().status_code == 200
    assert told("task(second)")["completed"] is True
    assert told("task(third)") == recorded


def test_a_preview_one_has_is_not_sent_again(server: Server) -> None:
    server.client.post("/sdapi/v1/options", json={"show_progress_every_n_steps": 5}).raise_for_status()
    running = server.run("progress_run_itself", force_task_id="task(mine)")
    server.await_step(6)
    asked = {"id_task": "task(mine)", "id_live_preview": 1}
    found = server.client.post("/internal/progress", json=asked).json()
    server.client.post("/sdapi/v1/interrupt")
    server.client.post("/sdapi/v1/options", json={"show_progress_every_n_steps": 1}).raise_for_status()
    running.result()
    assert (found["id_live_preview"], found["live_preview"]) == (1, None)


def test_a_change_of_checkpoint_waits_for_the_running_job(server: Server) -> None:
    running = server.run("list_during_run_itself")
    server.await_step(1)
    server.client.post("/sdapi/v1/options", json={"jpeg_quality": 81}).raise_for_status()
    assert not running.done()
    name = server.client.get("/sdapi/v1/sd-models").json()[0]["title"]
    server.client.post("/sdapi/v1/options", json={"sd_model_checkpoint": name}).raise_for_status()
    assert not _busy(server.progress())
    assert running.result().status_code == 200
