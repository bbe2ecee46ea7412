"""The practice endpoint's process: started, found dead, restarted, ended; real processes throughout."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sdstudio.api import practice_process
from sdstudio.api.practice_process import PracticeProcess, own_command
from sdstudio.core.errors import EndpointUnreachable

ROOT = Path(__file__).resolve().parents[3]
ExpectLogs = Callable[[str], None]


def child(code: str) -> list[str]:
    """A stand-in that runs `code` with json, os, sys and time at hand."""
    return [sys.executable, "-c", "import json, os, sys, time\n" + textwrap.dedent(code)]


LISTENING = """
print(json.dumps({"url": "http://127.0.0.1:%d" % (40000 + os.getpid() % 20000), "pid": os.getpid()}), flush=True)
"""
UNTIL_STDIN_CLOSES = LISTENING + "sys.stdin.read()"


@asynccontextmanager
async def practice(command: list[str] | None = None, **options: float) -> AsyncIterator[PracticeProcess]:
    process = PracticeProcess(command, **options)
    try:
        yield process
    finally:
        await process.stop()


def pid_of(process: PracticeProcess) -> int:
    assert process._process is not None
    return process._process.pid


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_it_tells_where_it_listens_and_ends_with_its_stdin() -> None:
    async with practice(child(UNTIL_STDIN_CLOSES)) as process:
        assert not process.running
        url = await process.start()
        assert url.startswith("http://127.0.0.1:")
        assert process.running
        pid = pid_of(process)
        assert await process.start() == url
        assert pid_of(process) == pid
    assert not process.running
    assert not alive(pid)


async def test_several_at_once_start_one() -> None:
    async with practice(child(UNTIL_STDIN_CLOSES)) as process:
        urls = await asyncio.gather(*(process.start() for _ in range(4)))
    assert len(set(urls)) == 1


async def test_it_can_be_started_again_after_a_stop() -> None:
    async with practice(child(UNTIL_STDIN_CLOSES)) as process:
        await process.start()
        first = pid_of(process)
        await process.stop()
        await process.start()
        assert pid_of(process) != first


async def test_one_that_ends_at_once_is_told_with_its_last_words() -> None:
    async with practice(child("print('hello'); sys.exit('no room for me')")) as process:
        with pytest.raises(EndpointUnreachable) as caught:
            await process.start()
    assert caught.value.title == "The practice endpoint did not start"
    assert "no room for me" in caught.value.raw
    assert "hello" in caught.value.raw
    assert caught.value.remedy


async def test_one_that_says_nothing_is_given_up() -> None:
    async with practice(child("sys.stdin.read()"), start_timeout_s=0.3) as process:
        with pytest.raises(EndpointUnreachable, match="did not say where it listens"):
            await process.start()
        assert not process.running


async def test_one_that_cannot_be_run_at_all() -> None:
    async with practice(["/no/such/program"]) as process:
        with pytest.raises(EndpointUnreachable):
            await process.start()


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[]",
        '{"url": 7}',
        '{"url": "http://evil.example"}',
        '{"url": "http://user:pw@127.0.0.1"}',
        "null",
    ],
)
async def test_other_lines_are_not_taken_for_an_address(line: str) -> None:
    code = f"print({line!r}, flush=True)" + LISTENING + "sys.stdin.read()"
    async with practice(child(code)) as process:
        assert (await process.start()).startswith("http://127.0.0.1:")


async def test_however_much_it_writes_it_is_never_blocked() -> None:
    writing = """
        for number in range(3000):
            print("x" * 500, file=sys.stderr)
            print("y" * 500)
        print("z" * 300_000, file=sys.stderr, flush=True)
        sys.stdout.flush()
        open(sys.argv[1], "w").close()
        sys.stdin.read()
    """
    code = "print('w' * 300_000)" + LISTENING + textwrap.dedent(writing)
    done = Path(os.environ["HOME"]) / "written"
    async with practice([*child(code), str(done)]) as process:
        await process.start()
        async with asyncio.timeout(20):
            while not done.exists():
                await asyncio.sleep(0.01)
        assert process.running


async def test_one_that_dies_is_started_again(expect_logs: ExpectLogs) -> None:
    expect_logs("ended by itself, with code -9")
    told: list[str] = []
    again = asyncio.Event()
    async with practice(child(UNTIL_STDIN_CLOSES)) as process:
        process.restarted.connect(lambda url: (told.append(url), again.set()))
        await process.start()
        first = pid_of(process)
        os.kill(first, signal.SIGKILL)
        async with asyncio.timeout(20):
            await again.wait()
        assert process.running
        assert pid_of(process) != first
        assert told == [await process.start()]


async def test_one_that_keeps_dying_is_left_dead(
    expect_logs: ExpectLogs, caplog: pytest.LogCaptureFixture
) -> None:
    expect_logs("ended by itself, with code 3")
    expect_logs("keeps ending")
    async with practice(child(LISTENING + "sys.exit(3)")) as process:
        await process.start()
        async with asyncio.timeout(30):
            while "keeps ending" not in caplog.text:
                await asyncio.sleep(0.01)
        assert not process.running
    assert caplog.text.count("ended by itself") == 3


async def test_one_that_will_not_end_is_made_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(practice_process, "_CLOSE_S", 0.2)
    monkeypatch.setattr(practice_process, "_TERMINATE_S", 0.2)
    stubborn = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)" + LISTENING + "time.sleep(600)"
    async with practice(child(stubborn)) as process:
        await process.start()
        pid = pid_of(process)
    assert not alive(pid)


async def test_cancelling_the_start_leaves_no_process() -> None:
    async with practice(child("sys.stdin.read()")) as process:
        task = asyncio.create_task(process.start())
        while process._process is None:
            await asyncio.sleep(0.005)
        pid = pid_of(process)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not alive(pid)


async def test_tokens_for_other_commands_are_not_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDSTUDIO_TOKEN", "MARKER")
    monkeypatch.setenv("SDSTUDIO_SERVE_TOKEN", "MARKER")
    code = "sys.exit('found it' if 'MARKER' in str(os.environ) else 'clean')"
    async with practice(child(code)) as process:
        with pytest.raises(EndpointUnreachable) as caught:
            await process.start()
    assert caught.value.raw == "clean"


async def test_it_ends_when_the_program_is_killed() -> None:
    program = f"""
        import asyncio
        from sdstudio.api.practice_process import PracticeProcess

        async def main():
            process = PracticeProcess({child(UNTIL_STDIN_CLOSES)!r})
            await process.start()
            print(process._process.pid, flush=True)
            await asyncio.sleep(600)

        asyncio.run(main())
    """
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", textwrap.dedent(program), stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert parent.stdout is not None
    pid = int(await parent.stdout.readline())
    assert alive(pid)
    parent.kill()
    await parent.communicate()
    async with asyncio.timeout(10):
        while running(pid):
            await asyncio.sleep(0.01)


def running(pid: int) -> bool:
    """Whether an orphan still runs; in a container nobody may collect it once it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return alive(pid) if sys.platform != "linux" else False


def test_our_own_command(monkeypatch: pytest.MonkeyPatch) -> None:
    assert own_command("serve") == [sys.executable, "-m", "sdstudio", "serve"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert own_command("serve") == [sys.executable, "serve"]


async def test_the_real_one_answers_and_comes_back_at_the_same_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, expect_logs: ExpectLogs
) -> None:
    expect_logs("ended by itself")
    monkeypatch.chdir(tmp_path)  # wherever the program was started, its child finds the package
    again = asyncio.Event()
    async with practice() as process:
        process.restarted.connect(lambda _: again.set())
        url = await process.start()
        os.kill(pid_of(process), signal.SIGKILL)
        async with asyncio.timeout(60):
            await again.wait()
        assert await process.start() == url
        host, port = url.removeprefix("http://").split(":")
        socket.create_connection((host, int(port)), timeout=5).close()
