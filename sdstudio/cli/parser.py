"""The arguments of every command. Light to import, since it comes before anything is known to be wanted."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import sdstudio

DESCRIPTION = """\
Iterate visually with Stable Diffusion through any AUTOMATIC1111-compatible endpoint.
Without a command the window opens."""

GENERATE = """\
Make pictures without a window, with the same history. The path of each stored picture is printed.
Without --endpoint they are made where the window makes its own: at first the built-in practice endpoint,
which has no neural network."""

EXITS = """\
exit status: 0 made; 2 bad input; 3 the endpoint can't be reached; 4 not authorised;
5 the endpoint failed; 130 interrupted (what had come is kept); 1 anything else.

A token for the endpoint is taken from the variable SDSTUDIO_TOKEN or from the system's keyring."""


def parser(add_serve_arguments: Callable[[argparse.ArgumentParser], None]) -> argparse.ArgumentParser:
    """The parser of the whole command line; the result's `command` is None for the window."""
    top = _Parser(
        prog="sdstudio", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    top.add_argument("--version", action="version", version=f"SD Studio {sdstudio.__version__}")
    _add_data_dir(top)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", title="commands", parser_class=_Parser)
    generate = commands.add_parser(
        "generate",
        help="make pictures without a window",
        description=GENERATE,
        epilog=EXITS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_generate_arguments(generate)
    serve = commands.add_parser("serve", help="run the practice endpoint: the AUTOMATIC1111 API without a GPU")
    add_serve_arguments(serve)
    for command in (generate, serve):
        _add_data_dir(command)
    return top


class _Parser(argparse.ArgumentParser):
    """Takes no shortened options: a later option must not change what a script's short form means."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        """One line, and where to read more."""
        self.exit(2, f"{self.prog}: {message}\nTry '{self.prog} --help'.\n")


def _add_data_dir(command: argparse.ArgumentParser) -> None:
    """The same option before and after the command word; neither hides the other (no default of its own)."""
    command.add_argument(
        "--data-dir",
        type=_folder,
        default=argparse.SUPPRESS,
        metavar="DIR",
        help="where history, queue and settings are kept",
    )


def _add_generate_arguments(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("prompt", metavar="PROMPT", nargs="?", type=_text, help="what is to be seen")
    add(
        "--from",
        dest="request_file",
        metavar="FILE",
        type=_path,
        help="take the request out of a file (- for standard input): a curl command, Python, JavaScript, JSON, "
        "a notebook or a picture's recipe; what else is given here counts more. It is read, never run",
    )
    add("--negative", metavar="TEXT", type=_text, help="what is not to be seen")
    add("--steps", metavar="N", type=_whole, help="sampling steps (default: 25, with --init 30)")
    add("--width", metavar="PIXELS", type=_whole, help="default: 512, with --init the picture's own")
    add("--height", metavar="PIXELS", type=_whole, help="default: 512, with --init the picture's own")
    add("--seed", metavar="N", type=_whole, help="a whole number; the same seed makes the same picture again")
    add("--cfg", metavar="X", type=_number, help="how closely to follow the prompt (default: 7)")
    add("--sampler", metavar="NAME", type=_text, help="by the endpoint's own name (default: Euler a)")
    add("--scheduler", metavar="NAME", type=_text, help="by the endpoint's own name (default: Automatic)")
    add("--count", metavar="N", type=_whole, help="how many pictures; each has the next seed")
    add("--init", metavar="FILE", type=Path, help="make a variation of this picture (img2img)")
    add("--mask", metavar="FILE", type=Path, help="repaint only where this picture, of the same size, is white")
    add(
        "--denoise",
        metavar="X",
        type=_number,
        help="how much of the --init picture may change, 0 to 1 (default: 0.2, with --mask 0.75)",
    )
    add(
        "--endpoint",
        metavar="NAME_OR_URL",
        type=_text,
        help="where to make it: the name of an endpoint, practice, or an address",
    )
    add(
        "--plain-http",
        action="store_true",
        help="send the token over http to another computer, where others may read it on the way",
    )
    add(
        "--out",
        metavar="PATH",
        type=_path,
        help="copy the pictures here too: a file, or a folder (a name that ends with / or has no suffix)",
    )
    add("--json", action="store_true", help="print one JSON document instead of paths")


def _text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError("this is not text in the encoding of the system") from None
    return text


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r:.80} is no whole number") from None


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"{text!r:.80} is no number")
    return number


def _path(text: str) -> str:
    """Kept as text: whether it ends with a slash says whether a folder is meant."""
    if not text or "\0" in text:
        raise argparse.ArgumentTypeError("this is no path")
    return text


def _folder(text: str) -> Path:
    folder = Path(_path(text)).expanduser().absolute()
    try:
        exists = folder.exists()
    except OSError as error:  # a name too long, a folder that can't be looked into
        raise argparse.ArgumentTypeError(f"{text!r:.200}: {error.strerror}") from None
    if exists and not folder.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r:.200} is not a folder")
    return folder
