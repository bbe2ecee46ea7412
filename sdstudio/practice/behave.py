"""The `--behave` switches: what each is called, what it takes, and how often it still applies.

They make the endpoint misbehave as real ones do, for tests and for the curious. `gateway` acts on those that
concern the wire, the generation routes on the rest.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable
from dataclasses import dataclass

_ALWAYS = math.inf


@dataclass(frozen=True, slots=True)
class Switch:
    """One kind of misbehaviour. `value` names its number ("" if it takes none); the first status is the default."""

    name: str
    help: str
    value: str = ""
    optional: bool = False
    statuses: tuple[int, ...] = ()

    @property
    def usage(self) -> str:
        """As it is typed."""
        value = f"={self.value}" if self.value else ""
        if self.optional:
            value = f"[{value}]"
        return self.name + value + (f"[:{'|'.join(map(str, self.statuses))}]" if self.statuses else "")


SWITCHES = (
    Switch("two-routes", "only txt2img and img2img exist; everything else is a 404"),
    Switch(
        "cut",
        "after SECONDS a gateway answers with its own HTML page; the job goes on behind it",
        "SECONDS",
        statuses=(504, 524),
    ),
    Switch("slow", "every step takes SECONDS longer", "SECONDS"),
    Switch("expire", "the credentials expire: 401 after N requests of any kind", "N"),
    Switch(
        "limit",
        "bodies over BYTES are refused with an HTML page (413) or lose their body on the way (422)",
        "BYTES",
        statuses=(413, 422),
    ),
    Switch("busy", "a generation is refused with Retry-After: 1", "N", optional=True, statuses=(503, 429)),
    Switch("drop", "the connection is dropped in the middle of a generation's answer", "N", optional=True),
    Switch("garbage", "a generation's answer is broken JSON", "N", optional=True),
    Switch("empty-image", 'a generation\'s answer has images: [""]', "N", optional=True),
    Switch("oom", "a generation runs out of memory", "N", optional=True),
    Switch("nan", "a generation produces NaNs", "N", optional=True),
    Switch("html", "every route answers 200 with an HTML page, as a sign-in page or a wrong address does"),
)

_BY_NAME = {switch.name: switch for switch in SWITCHES}

HELP = (
    "misbehave as real endpoints do; may be given several times. N limits it to the first N generations:\n"
    + ("\n".join(f"  {switch.usage}\n      {switch.help}" for switch in SWITCHES))
)


@dataclass(frozen=True, slots=True)
class Order:
    """One switch as given on the command line."""

    name: str
    amount: float = _ALWAYS
    status: int = 0


def order(text: str) -> Order:
    """Read `NAME[=NUMBER][:STATUS]`; raises argparse's own error with a sentence."""
    head, _, status_text = text.partition(":")
    name, given, number = head.partition("=")
    switch = _BY_NAME.get(name)
    if switch is None:
        raise argparse.ArgumentTypeError(f"there is no {name!r}; known are {', '.join(_BY_NAME)}")
    if bool(given) != bool(switch.value) and not (switch.optional and not given):
        raise argparse.ArgumentTypeError(f"write {switch.usage}")
    return Order(name, _amount(number, switch) if given else _ALWAYS, _status(status_text, switch))


def _amount(text: str, switch: Switch) -> float:
    try:
        amount = float(text)
    except ValueError:
        amount = math.nan
    whole = switch.value == "SECONDS" or amount.is_integer()
    if not math.isfinite(amount) or amount < 0 or not whole:
        raise argparse.ArgumentTypeError(f"{text!r} is no {switch.value}; write {switch.usage}")
    return amount


def _status(text: str, switch: Switch) -> int:
    if not text:
        return switch.statuses[0] if switch.statuses else 0
    if text not in map(str, switch.statuses):
        raise argparse.ArgumentTypeError(f"{text!r} is no status; write {switch.usage}")
    return int(text)


class Behaviour:
    """The orders in force, counting down those that are for the first N only. Used on the event loop."""

    def __init__(self, orders: Iterable[Order] = ()) -> None:
        self._orders = {each.name: each for each in orders}
        self._left = {each.name: each.amount for each in self._orders.values()}

    def find(self, name: str) -> Order | None:
        """The order of that name, if given."""
        return self._orders.get(name)

    def take(self, name: str) -> Order | None:
        """The same, using up one of its times; None when there are none left."""
        if self._left.get(name, 0) <= 0:
            return None
        self._left[name] -= 1
        return self._orders[name]
