"""The guards every test runs under bite, and leave alone what they should."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[2]


def outcomes(pytester: pytest.Pytester, body: str) -> pytest.RunResult:
    """Run `body` as a test module of its own, in a process of its own, under this project's guards."""
    pytester.makeconftest((ROOT / "tests" / "conftest.py").read_text("utf-8"))
    pytester.makepyprojecttoml(
        f"""
        [tool.pytest.ini_options]
        pythonpath = ["{ROOT.as_posix()}"]
        asyncio_mode = "auto"
        asyncio_default_fixture_loop_scope = "function"
        """
    )
    pytester.makepyfile(body)
    pytester._monkeypatch.setenv("SDSTUDIO_TESTS_PATIENCE_S", "0.5")
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:pytest-qt")


def test_log_lines(pytester: pytest.Pytester) -> None:
    result = outcomes(
        pytester,
        """
        import logging

        log = logging.getLogger("somewhere")
        log.propagate = False

        def test_unexpected():
            log.warning("the %s is gone", "disk")

        def test_expected(expect_logs):
            expect_logs("disk is gone")
            log.warning("the %s is gone", "disk")

        def test_one_of_two_expected(expect_logs):
            expect_logs("disk is gone")
            log.error("the disk is gone")
            log.error("and the tape too")

        def test_never_came(expect_logs):
            expect_logs("disk is gone")

        def test_may_come(expect_logs):
            expect_logs("disk is gone", required=False)

        def test_below_warning():
            log.info("all is well")
        """,
    )
    result.assert_outcomes(passed=6, errors=3)
    result.stdout.fnmatch_lines(
        ["*WARNING somewhere*the disk is gone", "*and the tape too", "*never came: disk is gone"]
    )


def test_leftovers(pytester: pytest.Pytester) -> None:
    result = outcomes(
        pytester,
        """
        import asyncio, subprocess, sys, threading
        import pytest

        keep = []
        never = threading.Event()

        def test_thread():
            threading.Thread(target=never.wait, daemon=True, name="forgotten").start()

        def test_thread_that_is_ending():
            threading.Timer(0.2, lambda: None).start()

        async def test_task():
            keep.append(asyncio.create_task(asyncio.sleep(60), name="adrift"))

        async def test_no_task():
            await asyncio.to_thread(lambda: None)

        def test_process():
            keep.append(subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE))

        def test_failure_says_why_it_failed_and_no_more():
            threading.Thread(target=never.wait, daemon=True).start()
            assert False

        @pytest.fixture(scope="module")
        def server():
            stop = threading.Event()
            thread = threading.Thread(target=stop.wait)
            thread.start()
            yield
            stop.set()
            thread.join()

        def test_wider_fixture(server): ...
        def test_wider_fixture_again(server): ...
        """,
    )
    result.assert_outcomes(passed=7, failed=1, errors=3)
    result.stdout.fnmatch_lines(["*thread*forgotten*", "*task*adrift*", "*process *input()*"])


def test_private_home(pytester: pytest.Pytester) -> None:
    result = outcomes(
        pytester,
        """
        import os
        from pathlib import Path
        import keyring, platformdirs, pytest

        def test_folders():
            home = Path(os.environ["HOME"])
            assert home.name.startswith("sdstudio-tests-")
            assert platformdirs.user_data_path("sdstudio", appauthor=False).is_relative_to(home)

        def test_keyring():
            with pytest.raises(keyring.errors.NoKeyringError):
                keyring.get_password("sdstudio", "anyone")
        """,
    )
    result.assert_outcomes(passed=2)
