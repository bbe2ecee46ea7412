"""A small synchronous observer, so that layers below Qt can be watched by it."""

from __future__ import annotations

import inspect
import weakref
from collections.abc import Callable
from typing import Generic, ParamSpec, cast

P = ParamSpec("P")


class Signal(Generic[P]):
    """Calls every connected callable, in order of connection, on the thread that emits.

    Bound methods are held weakly, so a widget that dies is forgotten; functions and lambdas are held strongly.
    An error in a receiver propagates to the emitter after the remaining receivers have been called.
    """

    def __init__(self) -> None:
        self._receivers: list[Callable[[], Callable[P, object] | None]] = []

    def connect(self, receiver: Callable[P, object]) -> Callable[[], None]:
        """Call `receiver` at every emit; returns a function that disconnects it."""
        reference: Callable[[], Callable[P, object] | None]
        if inspect.ismethod(receiver):
            reference = cast("Callable[[], Callable[P, object] | None]", weakref.WeakMethod(receiver))
        else:

            def strong() -> Callable[P, object]:
                return receiver

            reference = strong
        self._receivers.append(reference)

        def disconnect() -> None:
            if reference in self._receivers:
                self._receivers.remove(reference)

        return disconnect

    def emit(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call all receivers; raises the first receiver's error once all have been called."""
        first_error: Exception | None = None
        for reference in list(self._receivers):
            receiver = reference()
            if receiver is None:
                self._receivers.remove(reference)
                continue
            try:
                receiver(*args, **kwargs)
            except Exception as error:  # noqa: BLE001 - one bad receiver must not starve the others
                first_error = first_error or error
        if first_error is not None:
            raise first_error
