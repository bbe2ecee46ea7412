"""What all measurements share: a row, turns taken side by side, and how the rows are shown."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

Measure = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Settings:
    """How thoroughly to measure."""

    rounds: int = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: `value` in `unit`, and `ratio`, how many times what `against` says in words it is."""

    name: str
    value: float
    unit: str
    against: str
    ratio: float


def side_by_side(ours: Measure, plain: Measure, settings: Settings) -> tuple[float, float]:
    """Medians of both, measured in turns after one warm-up of each, so that a busy spell hits both alike."""
    for warm_up in (ours, plain):
        warm_up()
    pairs = [(ours(), plain()) for _ in range(settings.rounds)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def table(rows: Iterable[Row]) -> str:
    """The rows for people."""
    lines = [("name", "value", "ratio", "against")]
    lines += [(row.name, f"{row.value:.4g} {row.unit}", f"{row.ratio:.2f}", row.against) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(3)]
    return "\n".join(
        f"{name:<{widths[0]}}  {value:>{widths[1]}}  {ratio:>{widths[2]}}  {against}"
        for name, value, ratio, against in lines
    )


def write_json(rows: Iterable[Row], file: Path) -> None:
    """The rows for programs: a list of objects with the fields of `Row`."""
    file.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", "utf-8")
