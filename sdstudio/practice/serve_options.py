"""The arguments of `sdstudio serve`. Light to import: the server itself is only loaded to run it."""

from __future__ import annotations

import argparse
import ipaddress
import os
import sys
import threading
from dataclasses import dataclass, field

from sdstudio.practice.behave import HELP, Order, order

TOKEN_VARIABLE = "SDSTUDIO_SERVE_TOKEN"  # noqa: S105 - the name of the variable, not its value
DESCRIPTION = """\
Serve the AUTOMATIC1111 API with a small procedural painter behind it: no neural network, no weights, no GPU.
When it listens it prints one line of JSON: {"url": …, "pid": …}."""


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """What the server is started with. The secrets are kept out of its repr."""

    host: str = "127.0.0.1"
    port: int = 7860
    token: str = field(default="", repr=False)
    api_auth: str = field(default="", repr=False)
    api_log: bool = False
    behave: tuple[Order, ...] = ()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to its parser."""
    parser.description = DESCRIPTION
    parser.formatter_class = argparse.RawTextHelpFormatter
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=_port, default=7860, help="port to listen on, 0 for a free one (default: %(default)s)"
    )
    parser.add_argument(
        "--allow-remote", action="store_true", help="needed for any --host that other machines can reach"
    )
    parser.add_argument(
        "--token",
        default="",
        metavar="X",
        help="ask every request for `Authorization: Bearer X`; other users of this machine can see\n"
        f"arguments, so better set the variable {TOKEN_VARIABLE}",
    )
    parser.add_argument(
        "--api-auth",
        default="",
        metavar="USER:PASSWORD",
        help="ask for HTTP Basic on the API's own routes, as AUTOMATIC1111 does",
    )
    parser.add_argument(
        "--until-stdin-closes", action="store_true", help="end at once when standard input ends"
    )
    parser.add_argument("--api-log", action="store_true", help="a line on standard error for every request")
    parser.add_argument(
        "--behave", type=order, action="append", default=[], metavar="SWITCH", help=HELP.replace("%", "%%")
    )


def run(namespace: argparse.Namespace) -> int:
    """Serve until told to end. The exit code: 0, 1 if the port cannot be had, 2 for arguments that don't fit."""
    token = namespace.token or os.environ.get(TOKEN_VARIABLE, "")
    if problem := _problem(namespace, token):
        sys.stderr.write(f"sdstudio serve: {problem}\n")
        return 2
    if namespace.until_stdin_closes:  # before the server is loaded: a parent may be gone by the time it is
        threading.Thread(target=_end_with_stdin, name="stdin", daemon=True).start()
    from sdstudio.practice import server  # noqa: PLC0415 - half a second that other commands need not spend

    return server.run(
        ServeOptions(
            host=namespace.host,
            port=namespace.port,
            token=token,
            api_auth=namespace.api_auth,
            api_log=namespace.api_log,
            behave=tuple(namespace.behave),
        )
    )


def _problem(namespace: argparse.Namespace, token: str) -> str:
    if not namespace.allow_remote and not _is_loopback(namespace.host):
        return f"{namespace.host} can be reached from other machines; add --allow-remote if that is wanted"
    if token and namespace.api_auth:
        return "a request has only one Authorization header: choose --token or --api-auth"
    if namespace.api_auth and ":" not in namespace.api_auth:
        return "--api-auth wants USER:PASSWORD"
    return ""


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: 0 to 65535")
    return int(text)


def _end_with_stdin() -> None:
    """The parent has gone, or wants us gone: nothing of ours needs saving, so nothing is waited for."""
    try:
        while os.read(0, 4096):
            pass
    finally:
        os._exit(0)
