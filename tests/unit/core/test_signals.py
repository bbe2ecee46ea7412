"""Signals call in order, forget the dead, and let nobody starve."""

import gc

import pytest

from sdstudio.core.signals import Signal


class Listener:
    def __init__(self) -> None:
        self.heard: list[int] = []

    def hear(self, number: int) -> None:
        self.heard.append(number)


def test_order_and_disconnect() -> None:
    signal: Signal[[int]] = Signal()
    heard: list[str] = []
    signal.connect(lambda number: heard.append(f"a{number}"))
    disconnect = signal.connect(lambda number: heard.append(f"b{number}"))
    signal.emit(1)
    disconnect()
    disconnect()
    signal.emit(2)
    assert heard == ["a1", "b1", "a2"]


def test_a_dead_owner_is_forgotten() -> None:
    signal: Signal[[int]] = Signal()
    listener = Listener()
    heard = listener.heard
    signal.connect(listener.hear)
    signal.emit(1)
    del listener
    gc.collect()
    signal.emit(2)
    assert heard == [1]


def test_an_error_reaches_the_emitter_after_everybody_was_called() -> None:
    signal: Signal[[int]] = Signal()
    listener = Listener()

    def broken(_number: int) -> None:
        raise RuntimeError("mine")

    signal.connect(broken)
    signal.connect(listener.hear)
    with pytest.raises(RuntimeError, match="mine"):
        signal.emit(3)
    assert listener.heard == [3]
