"""What the sampler's tests share: watches, distances, a picture no set knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
from PIL import Image, ImageDraw


@dataclass
class Watching:
    """Lets a picture finish, or stops it after some steps; remembers what it was told."""

    stop_after: int = 10_000
    seen: list[tuple[int, int]] = field(default_factory=list)
    previews: list[Image.Image] = field(default_factory=list)
    look: bool = False

    def step(self, done: int, total: int, preview: Callable[[], Image.Image]) -> bool:
        self.seen.append((done, total))
        if self.look:
            self.previews.append(preview())
        return done < self.stop_after


def distance(one: Image.Image, other: Image.Image) -> float:
    """Mean absolute difference of the bytes."""
    return float(np.abs(np.asarray(one, float) - np.asarray(other, float)).mean())


@pytest.fixture(scope="session")
def foreign() -> Image.Image:
    """A picture with edges and colours that no set contains."""
    picture = Image.new("RGB", (128, 128), (60, 140, 90))
    draw = ImageDraw.Draw(picture)
    for place in range(0, 128, 16):
        draw.rectangle((place, 0, place + 7, 127), fill=(200, 40 + place, 220 - place))
    draw.ellipse((30, 30, 100, 90), fill=(250, 240, 20))
    return picture
