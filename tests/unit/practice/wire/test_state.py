"""The server's state and its task ids, as progress tells them."""

from __future__ import annotations

import re

from sdstudio.practice.state import ServerState, TaskIds, new_task_id


def test_the_fraction_counts_passes_and_steps() -> None:
    state = ServerState()
    assert state.fraction == 0
    state.begin("scripts_txt2img")
    assert (state.job_count, state.fraction) == (-1, 0)
    state.job_count = 4
    state.at(1, 5, 10)
    assert state.fraction == 0.375
    state.end()
    assert (state.fraction, state.job_no, state.sampling_steps) == (0, 1, 10)


def test_flags_are_of_the_running_job_only() -> None:
    state = ServerState()
    state.interrupt()
    state.skip()
    assert state.raised.is_set()
    state.begin("scripts_txt2img")
    assert (state.interrupted, state.skipped, state.raised.is_set()) == (False, False, False)


def test_a_new_batch_forgets_the_skip_but_not_the_interrupt() -> None:
    state = ServerState()
    state.skip()
    state.unskip()
    assert (state.skipped, state.raised.is_set()) == (False, False)
    state.interrupt()
    state.skip()
    state.unskip()
    assert (state.skipped, state.interrupted, state.raised.is_set()) == (False, True, True)


def test_tasks_wait_run_and_are_remembered_for_a_while() -> None:
    tasks = TaskIds()
    for number in range(20):
        tasks.add(f"t{number}")
    assert tasks.pending[:2] == ["t0", "t1"]
    for number in range(20):
        tasks.start(f"t{number}")
        assert tasks.current == f"t{number}"
        tasks.finish(f"t{number}")
    assert (tasks.pending, tasks.current) == ([], None)
    assert [tasks.is_finished(f"t{number}") for number in (3, 4, 19)] == [False, True, True]


def test_a_task_that_failed_stays_current() -> None:
    tasks = TaskIds()
    tasks.add("a")
    tasks.start("a")
    tasks.add("b")
    assert tasks.current == "a"
    tasks.start("b")
    assert tasks.current == "b"
    assert not tasks.is_finished("a")


def test_ids_look_like_the_web_uis() -> None:
    assert re.fullmatch(r"task\(txt2img-[A-Z0-9]{7}\)", new_task_id("txt2img"))
