"""A real Secret Service on a private D-Bus: gnome-keyring with a home, a run-time folder and a keyring of its own.

Nothing of the user's session is touched, no display is needed and nothing can prompt. Linux only.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

NEEDED = ("dbus-daemon", "gnome-keyring-daemon")
_NAME = "org.freedesktop.secrets"
_PATIENCE_S = 20
# Without the session's service folders, so that the bus starts neither a second keyring nor a prompt.
_BUS_CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


@dataclass(frozen=True)
class SecretService:
    """A running service: `environment` for programs that are to use it."""

    environment: dict[str, str]
    daemon: subprocess.Popen[bytes]

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The keyring stops answering, as one does that waits for a prompt nobody sees."""
        self.daemon.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.daemon.send_signal(signal.SIGCONT)


@contextmanager
def secret_service(*, locked: bool = False) -> Iterator[dict[str, str]]:
    """The environment of programs that are to use a fresh, unlocked (or locked) keyring."""
    with running_service(locked=locked) as service:
        yield service.environment


@contextmanager
def running_service(*, locked: bool = False) -> Iterator[SecretService]:
    """Like `secret_service`, with a hold on the daemon."""
    missing = [program for program in NEEDED if shutil.which(program) is None]
    if missing:
        raise AssertionError(
            f"{' and '.join(missing)} not found: the keyring tests need a real Secret Service. "
            "Install the packages dbus and gnome-keyring (dev.py test does so where it may)."
        )
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="keyring-")))
        environment = _environment(home)
        stack.enter_context(_bus(environment, home))
        if locked:
            with _daemon(environment, password=b"password"):
                pass  # makes the keyring that is locked from now on
        yield SecretService(
            environment, stack.enter_context(_daemon(environment, None if locked else b"password"))
        )


def _environment(home: Path) -> dict[str, str]:
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("XDG_", "DBUS_", "GNOME_", "PYTHON_KEYRING", "DISPLAY", "WAYLAND"))
    }
    for name, folder in {"HOME": "home", "XDG_RUNTIME_DIR": "run", "XDG_DATA_HOME": "data"}.items():
        (home / folder).mkdir(mode=0o700)
        environment[name] = str(home / folder)
    environment["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={home / 'run' / 'bus'}"
    return environment


@contextmanager
def _bus(environment: dict[str, str], home: Path) -> Iterator[None]:
    configuration = home / "bus.conf"
    configuration.write_text(_BUS_CONFIGURATION.format(socket=home / "run" / "bus"))
    command = ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--nopidfile", "--print-address=1"]
    with _process(command, environment) as bus:
        assert bus.stdout is not None
        assert bus.stdout.readline(), "the D-Bus daemon did not start"
        yield


@contextmanager
def _daemon(environment: dict[str, str], password: bytes | None) -> Iterator[subprocess.Popen[bytes]]:
    command = ["gnome-keyring-daemon", "--foreground", "--components=secrets"]
    if password is not None:
        command.append("--unlock")
    with ExitStack() as stack:
        with _name_taken(environment["DBUS_SESSION_BUS_ADDRESS"]):
            daemon = stack.enter_context(_process(command, environment))
            assert daemon.stdin is not None
            daemon.stdin.write(password or b"")
            daemon.stdin.close()
        yield daemon


@contextmanager
def _name_taken(address: str) -> Iterator[None]:
    """Leave the block once the service's name has found an owner on the bus."""
    from jeepney import MatchRule, message_bus
    from jeepney.io.blocking import Proxy, open_dbus_connection

    rule = MatchRule(
        type="signal", sender=message_bus.bus_name, interface=message_bus.interface, member="NameOwnerChanged"
    )
    rule.add_arg_condition(0, _NAME)
    with open_dbus_connection(address) as connection, connection.filter(rule) as signals:
        Proxy(message_bus, connection).AddMatch(rule)
        yield
        while not connection.recv_until_filtered(signals, timeout=_PATIENCE_S).body[2]:
            pass  # the former owner went


@contextmanager
def _process(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(_PATIENCE_S)
