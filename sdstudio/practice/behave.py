"""The `--behave` switches: what each is called, what it takes, and how often it still applies.

They make the endpoint misbehave as real ones do, for tests and for the curious. `gateway` acts on those that
concern the wire, the generation routes on the rest.
"""

from __future__ import annotations

import argparse
import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

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


_STANDING = (
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
    Switch("html", "every route answers 200 with an HTML page, as a sign-in page or a wrong address does"),
)

_FAULTS = (
    Switch("busy", "refused with an HTML page and Retry-After: 1", "N", optional=True, statuses=(503, 429)),
    Switch("drop", "the connection is dropped in the middle of the answer", "N", optional=True),
    Switch("garbage", "the answer is broken JSON", "N", optional=True),
    Switch("empty-image", 'the answer has images: [""]', "N", optional=True),
    Switch("oom", "the server runs out of memory", "N", optional=True),
    Switch("nan", "the model produces NaNs", "N", optional=True),
)

_BY_NAME = {switch.name: switch for switch in (*_STANDING, *_FAULTS)}


def _described(switches: Iterable[Switch]) -> str:
    return "\n".join(f"  {switch.usage}\n      {switch.help}" for switch in switches)


HELP = f"""\
misbehave as real endpoints do; may be given several times
{_described(_STANDING)}
faults of txt2img and img2img, one per request in the order given, each N times or for ever:
{_described(_FAULTS)}"""


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
    """The orders in force. Used on the event loop."""

    def __init__(self, orders: Iterable[Order] = ()) -> None:
        faults = {switch.name for switch in _FAULTS}
        given = list(orders)
        self._standing = {each.name: each for each in given if each.name not in faults}
        self._faults = deque(each for each in given if each.name in faults and each.amount)

    def standing(self, name: str) -> Order | None:
        """The order of that name, if given; the last one wins."""
        return self._standing.get(name)

    def next_fault(self) -> Order | None:
        """What goes wrong with the generation that is asked for now; uses up one of its times."""
        if not self._faults:
            return None
        fault = self._faults.popleft()
        if fault.amount > 1:
            self._faults.appendleft(replace(fault, amount=fault.amount - 1))
        return fault
