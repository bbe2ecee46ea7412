"""`sdstudio generate` as people and scripts call it: a process, a live endpoint, a history on disk."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import json
import os
import pty
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from PIL import Image

from sdstudio.__main__ import main
from sdstudio.cli import outputs
from sdstudio.config.paths import DataDir
from sdstudio.core.request import GenerationRequest
from sdstudio.jobs.job import Job
from sdstudio.jobs.job_queue import JobQueue
from sdstudio.library.library import Library
from sdstudio.library.records import PictureRecord
from tests.fakes.practice import start_practice
from tests.fakes.program import Finished, ended, run, started

SEED_PAGE_PROMPT = "portrait of a young women, blue eyes, cinematic"
SMALL = ("--width", "64", "--height", "64", "--steps", "2")


@pytest.fixture(scope="module")
def live() -> Iterator[str]:
    """A practice endpoint for all tests of this file that need no special one."""
    with start_practice() as url:
        yield url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


Call = Callable[..., Finished]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """The program called in this process: all of it but the start of the interpreter, in a quarter of the time."""

    def called(*arguments: str | Path) -> Finished:
        try:
            status = main([*map(str, arguments)])
        except SystemExit as end:
            status = int(end.code or 0)
        said = capsys.readouterr()
        return Finished(status, said.out, said.err)

    return called


def history(folder: Path) -> list[PictureRecord]:
    """Everything in the history, oldest first."""

    async def read() -> list[PictureRecord]:
        library = await Library.open(DataDir(folder), read_only=True)
        try:
            records = [await library.picture(picture) for picture in await library.ids()]
        finally:
            await library.close()
        return [record for record in reversed(records) if record]

    return asyncio.run(read())


def queue_of(folder: Path) -> tuple[Job, ...]:
    """The jobs a next start would find."""

    async def read() -> tuple[Job, ...]:
        queue = await JobQueue.open(DataDir(folder).journal_file)
        await queue.close()
        return queue.jobs

    return asyncio.run(read())


def picture_file(path: Path, size: tuple[int, int] = (64, 64), colour: str = "orange") -> Path:
    Image.new("RGB", size, colour).save(path)
    return path


# The seed page's two payloads


def test_the_seed_pages_txt2img_by_the_embedded_endpoint(folder: Path) -> None:
    done = run(
        "generate", SEED_PAGE_PROMPT, "--steps", "25", "--width", "512", "--height", "512", "--data-dir", folder
    )
    assert (done.status, done.errors) == (0, "")
    (path,) = done.paths
    with Image.open(path) as picture:
        assert (picture.format, picture.size) == ("PNG", (512, 512))
        recipe = picture.info["parameters"]
    assert recipe.startswith(SEED_PAGE_PROMPT)
    assert "Steps: 25" in recipe
    (record,) = history(folder)
    assert record.path == path
    assert record.request
    assert (record.request.prompt, record.request.steps, record.request.size) == (
        SEED_PAGE_PROMPT,
        25,
        record.size,
    )
    assert (record.endpoint.dialect, record.endpoint.url) == ("practice", "")
    assert record.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert [(job.state, job.picture_ids) for job in queue_of(folder)] == [("done", (record.id,))]


def test_the_seed_pages_img2img_keeps_size_and_takes_its_defaults(
    call: Call, folder: Path, tmp_path: Path, live: str
) -> None:
    source = picture_file(tmp_path / "source.png", (512, 512))
    done = call("generate", "girl with red eyes", "--init", source, "--endpoint", live, "--data-dir", folder)
    assert (done.status, done.errors) == (0, "")
    with Image.open(done.paths[0]) as picture:
        assert picture.size == (512, 512)
    (record,) = history(folder)
    assert record.request
    part = record.request.img2img
    assert part
    assert (record.request.steps, part.denoising_strength, record.request.cfg_scale) == (30, 0.2, 7)
    assert [(parent.role, parent.sha256) for parent in record.parents] == [
        ("source", hashlib.sha256(source.read_bytes()).hexdigest())
    ]


# What is asked is what is made


def test_every_option_reaches_the_picture(folder: Path, live: str) -> None:
    options = (
        "--negative fog --steps 3 --width 128 --height 64 --seed 7 --cfg 5.5 --sampler heun --scheduler karras"
    )
    done = run("generate", "a boat", *options.split(), "--endpoint", live, "--data-dir", folder)
    assert (done.status, done.errors) == (0, "")
    (record,) = history(folder)
    for part in (
        "Negative prompt: fog",
        "Steps: 3",
        "Size: 128x64",
        "Seed: 7",
        "CFG scale: 5.5",
        "Heun",
        "Karras",
    ):
        assert part in record.infotext
    assert record.request
    assert record.request.sampler_name == "Heun", "spelt as the endpoint does"


def test_the_same_seed_makes_the_same_picture(call: Call, tmp_path: Path, live: str) -> None:
    made = [
        call("generate", "a boat", *SMALL, "--seed", "3", "--endpoint", live, "--data-dir", tmp_path / name)
        for name in ("a", "b")
    ]
    assert made[0].paths[0].read_bytes() == made[1].paths[0].read_bytes()


def test_count_makes_so_many_with_seeds_in_a_row(call: Call, folder: Path, live: str) -> None:
    done = call(
        "generate", "x", *SMALL, "--seed", "5", "--count", "3", "--endpoint", live, "--data-dir", folder
    )
    assert len(done.paths) == 3
    assert [record.seed for record in history(folder)] == [5, 6, 7]


def test_a_mask_leaves_the_rest_alone(call: Call, folder: Path, tmp_path: Path, live: str) -> None:
    source = picture_file(tmp_path / "source.png", (128, 128))
    mask = Image.new("L", (128, 128), 0)
    mask.paste(255, (64, 0, 128, 128))
    mask.save(tmp_path / "mask.png")
    options = ("--init", source, "--mask", tmp_path / "mask.png", "--steps", "4")
    done = call("generate", "night", *options, "--endpoint", live, "--data-dir", folder)
    assert (done.status, done.errors) == (0, "")
    with Image.open(done.paths[0]) as made, Image.open(source) as before:
        assert made.crop((0, 0, 48, 128)).tobytes() == before.crop((0, 0, 48, 128)).tobytes()
        assert made.crop((80, 0, 128, 128)).tobytes() != before.crop((80, 0, 128, 128)).tobytes()


# Exit statuses


def test_nobody_there_is_3_and_nothing_stays_queued(call: Call, folder: Path) -> None:
    done = call("generate", "x", "--endpoint", "http://127.0.0.1:9", "--data-dir", folder)
    assert (done.status, done.out) == (3, "")
    assert done.errors.startswith("sdstudio: Nothing answers at this address\n")
    assert queue_of(folder) == ()


def test_no_and_a_wrong_token_are_4(folder: Path) -> None:
    with start_practice("--token", "right") as url:
        missing = run("generate", "x", *SMALL, "--endpoint", url, "--data-dir", folder)
        wrong = run(
            "generate",
            "x",
            *SMALL,
            "--endpoint",
            url,
            "--data-dir",
            folder,
            env={"SDSTUDIO_TOKEN": "wr0ng-token"},
        )
    assert (missing.status, wrong.status) == (4, 4)
    assert "wr0ng-token" not in wrong.errors + wrong.out
    assert queue_of(folder) == ()


def test_a_token_that_expires_in_mid_session_is_4_and_leaves_nothing_queued(folder: Path) -> None:
    """The lists were still to be had; the generation is refused, so it never ran."""
    with start_practice("--behave", "expire=12", "--token", "t0ken-one") as url:
        env = {"SDSTUDIO_TOKEN": "t0ken-one"}
        seen = [
            run("generate", "x", *SMALL, "--endpoint", url, "--data-dir", folder, env=env).status
            for _ in range(2)
        ]
    assert seen[-1] == 4
    assert [job.state for job in queue_of(folder)] == ["done"] * seen.count(0)


def test_an_endpoint_that_fails_is_5_and_says_why(call: Call, folder: Path) -> None:
    with start_practice("--behave", "oom") as url:
        done = call("generate", "x", *SMALL, "--endpoint", url, "--data-dir", folder)
    assert done.status == 5
    assert "memory" in done.errors
    assert [job.state for job in queue_of(folder)] == ["failed"]


def test_a_lost_answer_is_5_and_is_not_sent_again_by_the_next_call(call: Call, folder: Path) -> None:
    with start_practice("--behave", "drop=1") as url:
        lost = call("generate", "lost", *SMALL, "--endpoint", url, "--json", "--data-dir", folder)
        after = call("generate", "after", *SMALL, "--endpoint", url, "--data-dir", folder)
        assert (lost.status, lost.document["state"]) == (5, "unknown")
        assert "may have been made" in lost.errors
        assert after.status == 0
    assert [(job.request.prompt, job.state) for job in queue_of(folder)] == [
        ("lost", "unknown"),
        ("after", "done"),
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ("generate",),
        ("generate", "x", "--steps", "0"),
        ("generate", "x", "--steps", "many"),
        ("generate", "x", "--width", "100"),
        ("generate", "x", "--width", "-8"),
        ("generate", "x", "--count", "0"),
        ("generate", "x", "--seed", "-2"),
        ("generate", "x", "--seed", "9" * 30),
        ("generate", "x", "--seed", "9" * 5000),
        ("generate", "x", "--cfg", "nan"),
        ("generate", "x", "--denoise", "0.5"),
        ("generate", "x", "--mask", "m.png"),
        ("generate", "x", "--init", "/nowhere/at/all.png"),
        ("generate", "x", "--init", "/"),
        ("generate", "x", "--init", "/dev/zero"),
        ("generate", "x", "--endpoint", "ftp://host"),
        ("generate", "x", "--endpoint", "http://user:pass@host"),
        ("generate", "x", "--endpoint", "http://{address}"),
        ("generate", "x", "--out", "/nowhere/at/all.png"),
        ("generate", "x", "--out", ""),
        ("generate", "x", "--step", "3"),
        ("generate", "x", "y"),
        ("generate", "\udcff"),
        ("generate", "x" * 100_001),
        ("paint", "x"),
        ("--data-dir", "/dev/null"),
        ("--data-dir", ""),
    ],
    ids=lambda arguments: " ".join(arguments)[:40].encode("ascii", "replace").decode(),
)
def test_bad_input_is_2_with_a_clear_line(call: Call, arguments: tuple[str, ...], folder: Path) -> None:
    done = call("--data-dir", folder, *arguments)
    assert (done.status, done.out) == (2, "")
    assert done.errors.startswith("sdstudio")
    assert "Traceback" not in done.errors


def test_a_name_the_endpoint_does_not_have_is_2_and_names_those_it_has(
    call: Call, folder: Path, live: str
) -> None:
    done = call("generate", "x", "--sampler", "Nonsense", "--endpoint", live, "--data-dir", folder)
    assert done.status == 2
    assert "Euler a" in done.errors


def test_pictures_that_do_not_fit_are_2(call: Call, folder: Path, tmp_path: Path, live: str) -> None:
    good = picture_file(tmp_path / "good.png")
    other = picture_file(tmp_path / "other.png", (72, 64))
    text = tmp_path / "text.png"
    text.write_text("no picture")
    common = ("--endpoint", live, "--data-dir", folder)
    assert call("generate", "x", "--init", text, *common).status == 2
    mismatched = call("generate", "x", "--init", good, "--mask", other, *common)
    assert mismatched.status == 2
    assert "72×64" in mismatched.errors
    assert history(folder) == []


# What is printed


def test_json_is_one_document_that_says_everything(call: Call, folder: Path, tmp_path: Path, live: str) -> None:
    out = tmp_path / "copies"
    done = call(
        "generate",
        "größe",
        *SMALL,
        "--count",
        "2",
        "--out",
        out,
        "--json",
        "--endpoint",
        live,
        "--data-dir",
        folder,
    )
    document = done.document
    assert (done.status, document["state"], document["error"]) == (0, "done", None)
    assert GenerationRequest.from_dict(document["request"]).prompt == "größe"
    assert document["endpoint"]["url"] == live
    records = history(folder)
    assert [picture["id"] for picture in document["pictures"]] == [record.id for record in records]
    for picture, record in zip(document["pictures"], records, strict=True):
        assert Path(picture["path"]) == record.path
        assert Path(picture["copy"]).read_bytes() == record.path.read_bytes()
        assert (picture["seed"], picture["width"], picture["format"]) == (record.seed, 64, "png")


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9", "ftp://host"])
def test_json_tells_of_an_error_too(call: Call, folder: Path, endpoint: str) -> None:
    done = call("generate", "x", "--json", "--endpoint", endpoint, "--data-dir", folder)
    error = done.document["error"]
    assert done.status == error["exit_code"] in (2, 3)
    assert error["title"] in done.errors
    assert done.document["pictures"] == []


def test_progress_is_drawn_on_a_terminal(folder: Path) -> None:
    ours, theirs = pty.openpty()
    with start_practice("--behave", "slow=0.1") as url:
        common = ("--width", "64", "--height", "64", "--steps", "20", "--endpoint", url, "--data-dir", folder)
        with started("generate", "x", *common, stderr=theirs) as process:
            os.close(theirs)
            drawn = b"".join(iter(lambda: read_terminal(ours), b""))
            done = ended(process)
    os.close(ours)
    assert done.status == 0
    assert b"of 20" in drawn
    assert b"%" in drawn
    assert drawn.endswith(b"\r"), "the line is wiped at the end"


def read_terminal(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # how Linux says that the other side has been closed
        return b""


def test_whoever_stops_reading_gets_no_traceback(folder: Path, live: str) -> None:
    with started("generate", "x", *SMALL, "--endpoint", live, "--data-dir", folder) as process:
        assert process.stdout
        process.stdout.close()
        assert process.stderr
        errors = process.stderr.read().decode()
        process.wait()
    assert errors == ""
    assert len(history(folder)) == 1


# Where things are


@pytest.mark.parametrize("before", [True, False])
def test_the_data_folder_may_be_named_before_and_after_the_command(
    call: Call, tmp_path: Path, live: str, before: bool
) -> None:
    place = ("--data-dir", tmp_path / "here")
    command = ("generate", "x", *SMALL, "--endpoint", live)
    done = call(*place, *command) if before else call(*command, *place)
    assert done.paths[0].is_relative_to(tmp_path / "here")


def test_out_names_a_file_or_a_folder_and_nothing_is_written_over(
    call: Call, folder: Path, tmp_path: Path, live: str
) -> None:
    common = (*SMALL, "--seed", "1", "--endpoint", live, "--data-dir", folder)
    target = tmp_path / "picture.png"
    first = call("generate", "x", *common, "--out", target)
    assert target.read_bytes() == first.paths[0].read_bytes()
    again = call("generate", "x", *common, "--out", target)
    assert again.status == 2
    assert "there already" in again.errors
    several = call("generate", "x", *common, "--count", "2", "--out", tmp_path / "two.png")
    assert several.status == 2
    into = call("generate", "x", *common, "--out", f"{tmp_path}/a/b/")
    same = call("generate", "x", *common, "--out", tmp_path / "a" / "b")
    assert (into.status, same.status) == (0, 0)
    assert len(list((tmp_path / "a" / "b").iterdir())) == 2


def test_a_copy_that_fails_leaves_the_history_whole_and_says_so(
    call: Call, folder: Path, tmp_path: Path, live: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Path) -> Path:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(outputs, "_copied", full)
    done = call(
        *("generate", "x", *SMALL, "--json", "--out", tmp_path / "copy.png"),
        *("--endpoint", live, "--data-dir", folder),
    )
    assert done.status == 1
    assert "The disk is full" in done.errors
    assert [(picture["path"], picture["copy"]) for picture in done.document["pictures"]] == [
        (str(record.path), None) for record in history(folder)
    ]


def test_a_folder_that_is_open_elsewhere_is_left_alone_unless_out_says_where_to(
    folder: Path, tmp_path: Path, live: str
) -> None:
    async def while_open() -> None:
        library = await Library.open(DataDir(folder))
        try:
            common = ("generate", "x", *SMALL, "--endpoint", live, "--data-dir", str(folder))
            refused = await asyncio.to_thread(run, *common)
            assert refused.status == 1
            assert "already using this data folder" in refused.errors
            made = await asyncio.to_thread(run, *common, "--out", str(tmp_path / "out.png"))
            assert (made.status, made.paths) == (0, [tmp_path / "out.png"])
            assert "not in the history" in made.errors
        finally:
            await library.close()

    asyncio.run(while_open())
    assert (tmp_path / "out.png").exists()
    assert history(folder) == []


def test_jobs_queued_by_the_window_are_left_for_it(call: Call, folder: Path, live: str) -> None:
    async def queue_one() -> None:
        queue = await JobQueue.open(DataDir(folder).make().journal_file)
        await queue.enqueue(GenerationRequest("the window's"))
        await queue.close()

    asyncio.run(queue_one())
    assert call("generate", "mine", *SMALL, "--endpoint", live, "--data-dir", folder).status == 0
    assert {job.request.prompt: job.state for job in queue_of(folder)} == {
        "the window's": "queued",
        "mine": "done",
    }


# Secrets


def test_a_token_works_and_is_nowhere_to_be_found(folder: Path) -> None:
    token = "s3cret-t0ken-47b1"
    with (
        start_practice("--token", token, "--behave", "slow=0.3") as url,
        started(
            "generate", "x", *SMALL, "--endpoint", url, "--data-dir", folder, env={"SDSTUDIO_TOKEN": token}
        ) as process,
    ):
        command_lines: set[bytes] = set()
        while process.poll() is None:
            command_lines |= children_and_self(process.pid)
            time.sleep(0.02)
        done = ended(process)
    assert (done.status, done.errors) == (0, "")
    assert command_lines
    assert not [line for line in command_lines if token.encode() in line]
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 4
    assert not [path for path in files if token.encode() in path.read_bytes()]


def children_and_self(pid: int) -> set[bytes]:
    """Command lines, as anybody on the machine can read them."""
    lines: set[bytes] = set()
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        try:
            lines.add(Path(f"/proc/{one}/cmdline").read_bytes())
            waiting += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
        except OSError:
            continue  # it has ended meanwhile
    return lines


# Interrupting


def under_way(url: str) -> None:
    """Wait until the endpoint is some steps into a generation."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with urlopen(f"{url}/sdapi/v1/progress?skip_current_image=true") as answer:
            if json.load(answer)["state"]["sampling_step"] > 2:
                return
        time.sleep(0.02)
    raise AssertionError("nothing was begun")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_ctrl_c_keeps_what_has_come(folder: Path, number: signal.Signals, status: int) -> None:
    with (
        start_practice("--behave", "slow=0.2") as url,
        started(
            "generate",
            "x",
            "--width",
            "64",
            "--height",
            "64",
            "--steps",
            "150",
            "--endpoint",
            url,
            "--data-dir",
            folder,
        ) as process,
    ):
        under_way(url)
        process.send_signal(number)
        done = ended(process)
    assert (done.status, done.errors) == (status, "")
    (record,) = history(folder)
    assert done.paths == [record.path]
    assert record.interrupted
    assert [(job.state, job.picture_ids) for job in queue_of(folder)] == [("cancelled", (record.id,))]


def test_ctrl_c_before_anything_was_sent_ends_quietly(folder: Path) -> None:
    with started("generate", "x", "--data-dir", folder, "--json") as process:
        while not (folder / "lock").exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        done = ended(process)
    assert (done.status, done.errors) == (130, "")
    assert done.document["pictures"] == []
    assert [job.state for job in queue_of(folder)] in ([], ["cancelled"])


def test_help_and_version() -> None:
    assert run("--version").out.startswith("SD Studio 0.")
    text = run("generate", "--help").out
    assert "exit status: 0 made; 2 bad input" in text
    assert all(option in text for option in ("--negative", "--denoise", "--out", "--json", "--data-dir"))
    assert run("serve", "--help").status == 0


def test_the_embedded_endpoint_ends_with_the_command(folder: Path) -> None:
    with started("generate", "x", *SMALL, "--data-dir", folder) as process:
        seen: set[int] = set()
        while process.poll() is None:
            try:
                seen |= set(
                    map(int, Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split())
                )
            except OSError:
                break
            time.sleep(0.01)
        assert ended(process).status == 0
    assert seen
    assert not [pid for pid in seen if Path(f"/proc/{pid}").exists()]
