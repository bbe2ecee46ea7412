"""What a request may not ask for: values the original fails on, and what would hang or fill the machine.

The original fails deep inside; class names are its own (a1111_api §5 and recorded answers), and so are the texts
where they are plain Python's. Where it would speak of tensors, the sentences are ours.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sdstudio.practice.checkpoints import checkpoint_containing
from sdstudio.practice.wire_errors import Broke

LARGEST_PICTURE = 2**24  # pixels: 4096²
LARGEST_ANSWER = 2**27  # pixels of all pictures together: 32 of 2048²
MOST_PICTURES = 10_000  # small pictures are limited by what an answer's texts would weigh
MOST_STEPS = 1000

_SAME_CHECKPOINT = "Use same checkpoint"
_WHOLE = ("width", "height", "steps", "batch_size", "n_iter")


def check(values: Mapping[str, Any], kind: str) -> None:
    """Raises `Broke` for the first value no picture can be made with; sizes of a hires pass apart."""
    if values["prompt"] is None or values["negative_prompt"] is None:
        raise Broke("AssertionError", "")
    if any(values[name] is None for name in _WHOLE):
        raise Broke("TypeError", "'NoneType' object cannot be interpreted as an integer")
    _check_numbers(values)
    _check_steps(values["steps"], kind)
    check_checkpoint(values["refiner_checkpoint"])
    if values["batch_size"] < 1 or values["n_iter"] < 1:
        raise Broke("IndexError", "list index out of range")
    check_size(values["width"], values["height"], values["batch_size"] * values["n_iter"])


def check_checkpoint(name: str | None) -> None:
    """Raises `Broke` if a refiner or hires pass wants a checkpoint that does not exist."""
    if name and name != _SAME_CHECKPOINT and checkpoint_containing(name) is None:
        raise Broke("Exception", f"Could not find checkpoint with name {name}")


def check_size(width: int, height: int, count: int) -> None:
    """Raises `Broke` for a size too small to have a latent pixel, or too much to paint."""
    if width < 8 or height < 8:
        raise Broke("RuntimeError", f"{width}x{height} has no latent pixel: both sides must be at least 8")
    pixels = width * height
    if pixels > LARGEST_PICTURE or pixels * count > LARGEST_ANSWER or count > MOST_PICTURES:
        asked = f"{count} x {width}x{height}"
        raise Broke(
            "OutOfMemoryError",
            f"Out of memory: tried to allocate {asked} pixels. The practice endpoint paints at most "
            f"{LARGEST_PICTURE:,} pixels a picture, {LARGEST_ANSWER:,} and {MOST_PICTURES:,} pictures a request.",
        )


def _check_numbers(values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if isinstance(value, float) and not math.isfinite(value):
            raise Broke("ValueError", f"Out of range float value for {name}: not JSON compliant")
    if values["cfg_scale"] is None:
        raise Broke("TypeError", "unsupported operand type(s) for *: 'Tensor' and 'NoneType'")


def _check_steps(steps: int, kind: str) -> None:
    if steps < 0:
        raise Broke("RuntimeError", "number of steps must be non-negative")
    if steps == 0 and kind == "txt2img":
        raise Broke("ZeroDivisionError", "integer division or modulo by zero")
    if steps == 0 or steps > MOST_STEPS:
        raise Broke("RuntimeError", f"The practice endpoint makes 1 to {MOST_STEPS} steps, not {steps}")
