"""The server's options: read, changed for good, or laid over for one request.

They live in memory and end with the process. Those with an effect here: the checkpoint, `samples_format`,
`jpeg_quality`, `webp_lossless`, `enable_pnginfo`, `return_grid`, `n_rows`, `enable_prompt_comments`, `tiling`,
`CLIP_stop_at_last_layers` (noted in the infotext only), `img2img_background_color` and the live previews'.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sdstudio.practice.checkpoints import CHECKPOINTS, Checkpoint, checkpoint_named
from sdstudio.practice.option_defaults import OPTION_DEFAULTS
from sdstudio.practice.wire_errors import Broke

CHECKPOINT = "sd_model_checkpoint"
_HASH = "sd_checkpoint_hash"
_RESTRICTED = {"api_enable_requests", "api_forbid_local_requests", "api_useragent"}
_NEED_THE_LOCK = {CHECKPOINT, "sd_vae"}

Settings = Mapping[str, Any]


def checkpoint_of(settings: Settings) -> Checkpoint:
    """The checkpoint these settings name."""
    return checkpoint_named(settings[CHECKPOINT]) or CHECKPOINTS[0]


class Options:
    """Owns the current values. Changed on the event loop or the painting thread, one dict update at a time."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = dict(OPTION_DEFAULTS)
        self._values |= _checkpoint_values(CHECKPOINTS[0])

    @property
    def current(self) -> Settings:
        """A live read-only view."""
        return MappingProxyType(self._values)

    def change(self, changes: Settings) -> None:
        """For good. An unknown checkpoint changes nothing, an unknown key aborts after those before it."""
        if changes.get(CHECKPOINT) is not None and checkpoint_named(changes[CHECKPOINT]) is None:
            raise Broke("RuntimeError", f"model {changes[CHECKPOINT]!r} not found")
        for key, value in changes.items():
            self._values |= self._change(key, value)

    def overridden(self, changes: Settings, *, for_good: bool) -> Settings:
        """The settings one request runs with. An unknown checkpoint is dropped, silently, as the original does."""
        found = {
            key: value
            for key, value in changes.items()
            if key != CHECKPOINT or checkpoint_named(value) is not None
        }
        if for_good:
            self.change(found)
            return self.current
        layer: dict[str, Any] = {}
        for key, value in found.items():
            layer |= self._change(key, value)
        return ChainMap(layer, self._values)

    def _change(self, key: str, value: Any) -> dict[str, Any]:
        if key in _RESTRICTED or (value is None and key not in self._values):
            return {}
        if key not in self._values:
            raise Broke("KeyError", repr(key))
        checkpoint = checkpoint_named(value) if key == CHECKPOINT else None
        return _checkpoint_values(checkpoint) if checkpoint else {key: value}


def needs_the_lock(changes: Settings) -> bool:
    """Whether a change waits for the running generation: a model would have to be loaded."""
    return not _NEED_THE_LOCK.isdisjoint(changes)


def _checkpoint_values(checkpoint: Checkpoint) -> dict[str, Any]:
    return {CHECKPOINT: checkpoint.title, _HASH: checkpoint.sha256}
