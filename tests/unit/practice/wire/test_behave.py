"""The `--behave` switches as they are typed and used up."""

from __future__ import annotations

import argparse
import math

import pytest

from sdstudio.practice.behave import HELP, Behaviour, Order, order


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("two-routes", Order("two-routes")),
        ("cut=2.5", Order("cut", 2.5, 504)),
        ("cut=2.5:524", Order("cut", 2.5, 524)),
        ("limit=1000", Order("limit", 1000, 413)),
        ("drop", Order("drop", math.inf)),
        ("drop=3", Order("drop", 3)),
        ("busy:429", Order("busy", math.inf, 429)),
        ("busy=2", Order("busy", 2, 503)),
    ],
)
def test_orders_are_read(typed: str, read: Order) -> None:
    assert order(typed) == read


@pytest.mark.parametrize(
    "typed", ["", "cut", "cut=", "cut=-1", "cut=nan", "cut=inf", "drop=1.5", "html=1", "oom:500", "busy=1:200"]
)
def test_what_is_no_order_is_said(typed: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        order(typed)


def test_faults_are_used_up_in_the_order_given() -> None:
    behaviour = Behaviour([order("oom=2"), order("nan=0"), order("drop=1"), order("garbage")])
    names = [fault.name for _ in range(5) if (fault := behaviour.next_fault())]
    assert names == ["oom", "oom", "drop", "garbage", "garbage"]
    assert Behaviour([order("oom=1"), order("slow=1")]).standing("slow") == Order("slow", 1)


def test_the_help_names_every_switch() -> None:
    for usage in ("two-routes", "cut=SECONDS[:504|524]", "busy[=N][:503|429]", "expire=N", "slow=SECONDS"):
        assert f"  {usage}\n" in HELP
