"""What the routes share: one object each for options, state, tasks, the painting thread and the misbehaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sdstudio.practice.auth import BasicAuth
from sdstudio.practice.behave import Behaviour
from sdstudio.practice.options import Options
from sdstudio.practice.painting_thread import PaintingThread
from sdstudio.practice.state import ServerState, TaskIds


@dataclass(frozen=True, slots=True)
class PracticeEndpoint:
    """Made once per server. `flags` are the command line's, without secrets."""

    painting: PaintingThread
    auth: BasicAuth = field(default_factory=BasicAuth)
    behaviour: Behaviour = field(default_factory=Behaviour)
    flags: Mapping[str, Any] = field(default_factory=dict[str, Any])
    options: Options = field(default_factory=Options)
    state: ServerState = field(default_factory=ServerState)
    tasks: TaskIds = field(default_factory=TaskIds)
