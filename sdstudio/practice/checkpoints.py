"""What stands in the place of checkpoints, and what the practice endpoint calls itself.

There are no weights. A "checkpoint" is a way of painting: words the painter adds to every prompt. The names say
so wherever a model's name shows, and the hashes are those of the names.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sdstudio import __version__

TITLE = "SD Studio practice endpoint (no neural network)"
VERSION = f"SD Studio practice {__version__} (no neural network)"
DESCRIPTION = """\
The HTTP API of AUTOMATIC1111 1.10.1 over a small procedural painter. There is no neural network here and there
are no weights: a real diffusion sampler denoises towards pictures drawn from the prompt's words. It is for
trying things out, for tests and for writing clients; what it makes is sketches.
"""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One way of painting; `words` are added to the prompt."""

    name: str
    words: str = ""

    @property
    def sha256(self) -> str:
        """A stable stand-in for the hash of a file that does not exist."""
        return hashlib.sha256(self.name.encode()).hexdigest()

    @property
    def hash(self) -> str:
        """The short hash, as titles and infotexts carry it."""
        return self.sha256[:10]

    @property
    def title(self) -> str:
        """What option `sd_model_checkpoint` holds."""
        return f"{self.name} [{self.hash}]"

    @property
    def aliases(self) -> tuple[str, ...]:
        """Everything a request may call it by."""
        return (self.title, self.name, self.hash, self.sha256)


CHECKPOINTS = (
    Checkpoint("practice (no neural network)"),
    Checkpoint("practice watercolour (no neural network)", "watercolour"),
    Checkpoint("practice ink (no neural network)", "ink"),
)

_BY_ALIAS = {alias: checkpoint for checkpoint in CHECKPOINTS for alias in checkpoint.aliases}


def checkpoint_named(name: object) -> Checkpoint | None:
    """By title, name, short hash or sha256."""
    return _BY_ALIAS.get(name) if isinstance(name, str) else None


def checkpoint_containing(text: str) -> Checkpoint | None:
    """By alias or any part of a title, as `refiner_checkpoint` and `hr_checkpoint_name` are looked up."""
    found = checkpoint_named(text)
    return found or next((each for each in CHECKPOINTS if text.lower() in each.title.lower()), None)
