"""What leaves this computer: each request as a line, with no content, no query and no secret in it."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from sdstudio.core.signals import Signal

_MOST = 10_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what became of it. `when` it began, in UTC; `endpoint` is the profile's name.

    `route` has no query. `bytes_up` are those of the body as far as it was sent, `bytes_down` those of the answer's
    body as it came (compressed). `status` is None and `error` says in a few words why, when there was no answer.
    """

    when: datetime
    endpoint: str
    host: str
    method: str
    route: str
    bytes_up: int
    bytes_down: int
    seconds: float
    status: int | None
    error: str = ""


class Traffic:
    """Owns the last 10,000 exchanges of this run; lives on the event loop's thread."""

    def __init__(self) -> None:
        self.exchanges: deque[Exchange] = deque(maxlen=_MOST)
        self.added: Signal[[Exchange]] = Signal()
        self.cleared: Signal[[]] = Signal()

    def add(self, exchange: Exchange) -> None:
        """Keep one and tell. What a receiver gets wrong is logged: it must not end the request it is told of."""
        self.exchanges.append(exchange)
        try:
            self.added.emit(exchange)
        except Exception:  # noqa: BLE001 - a border: see above
            _log.exception("A request could not be shown")

    def clear(self) -> None:
        """Forget all of them."""
        self.exchanges.clear()
        self.cleared.emit()
