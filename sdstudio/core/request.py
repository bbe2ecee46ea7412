"""What is asked of an endpoint: one frozen value from form to journal to wire to history.

Pictures inside a request are named by content (`InputImage.sha256`); their bytes lie in the library's input
store. Nothing here knows the wire's field names: `api.payload` does the translation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, cast

from sdstudio.core.errors import InvalidRequest
from sdstudio.core.geometry import LARGEST, MULTIPLE, SMALLEST, Size

Kind = Literal["txt2img", "img2img"]

RANDOM_SEED = -1
# Of those drawn here. A1111 draws from 0…4294967295, but sd.cpp reads 32 bits with a sign and draws its own in
# place of the larger half. Those entered or answered have up to 64 bits.
MAX_DRAWN_SEED = 2**31 - 1
MAX_BATCH_SIZE = 64
MAX_COUNT = 10_000
MAX_PROMPT_CHARACTERS = 100_000


@dataclass(frozen=True, slots=True)
class InputImage:
    """A picture that goes into a request, by the SHA-256 (hex) of its stored bytes; size in pixels."""

    sha256: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Inpaint:
    """The mask of an img2img request and how it is used (white = repaint).

    `fill`: 0 fill, 1 original, 2 latent noise, 3 latent nothing. `only_masked` works on the mask's box grown by
    `padding` pixels. Defaults are the web UI's, not the API's, which differ (a1111_api §2.4).
    """

    mask: InputImage
    blur: int = 4
    fill: int = 1
    only_masked: bool = False
    padding: int = 32
    invert: bool = False


@dataclass(frozen=True, slots=True)
class Img2Img:
    """The img2img part: source picture, strength 0…1, resize mode (0 stretch, 1 crop, 2 fill, 3 latent)."""

    source: InputImage
    denoising_strength: float = 0.75
    resize_mode: int = 0
    inpaint: Inpaint | None = None


@dataclass(frozen=True, slots=True)
class Hires:
    """The hires pass of txt2img: scale or target, upscaler by name, steps 0 = as many as the first pass."""

    denoising_strength: float = 0.7
    scale: float = 2.0
    upscaler: str = "Latent"
    steps: int = 0


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """Everything one generation needs, every value explicit, so that no server default is relied upon.

    `batch_size` pictures per pass, `n_iter` passes; picture *i* uses `seed + i`. `sampler_name` and `scheduler`
    are the endpoint's own names; "" leaves the choice to it. `checkpoint` and `vae` go per request by
    override_settings; "" means whatever is loaded. `seed` -1 asks for a random one and never reaches the wire:
    the queue fixes it.
    """

    prompt: str = ""
    negative_prompt: str = ""
    width: int = 512
    height: int = 512
    steps: int = 25
    sampler_name: str = "Euler a"
    scheduler: str = "Automatic"
    cfg_scale: float = 7.0
    seed: int = RANDOM_SEED
    subseed: int = RANDOM_SEED
    subseed_strength: float = 0.0
    batch_size: int = 1
    n_iter: int = 1
    tiling: bool = False
    checkpoint: str = ""
    vae: str = ""
    img2img: Img2Img | None = None
    hires: Hires | None = None

    @property
    def kind(self) -> Kind:
        """Which of the two generation routes this is for."""
        return "img2img" if self.img2img else "txt2img"

    @property
    def size(self) -> Size:
        """The asked size in pixels."""
        return Size(self.width, self.height)

    @property
    def count(self) -> int:
        """How many pictures are asked for."""
        return self.batch_size * self.n_iter

    @property
    def inputs(self) -> dict[str, InputImage]:
        """The pictures that go in, by role: "source", "mask"."""
        if self.img2img is None:
            return {}
        found = {"source": self.img2img.source}
        if self.img2img.inpaint:
            found["mask"] = self.img2img.inpaint.mask
        return found

    def with_seed(self, seed: int) -> GenerationRequest:
        """The same request with its seed fixed."""
        return replace(self, seed=seed)

    def checked(self) -> GenerationRequest:
        """Itself if every value can be sent; raises `InvalidRequest` naming the first field that can't."""
        _check(self)
        return self

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; parts that are not there are null."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> GenerationRequest:
        """The inverse of `to_dict`; unknown keys are ignored, wrong types raise `InvalidRequest`."""
        known = _known(cls, values)
        if (part := known.get("img2img")) is not None:
            known["img2img"] = _img2img(part)
        if (part := known.get("hires")) is not None:
            known["hires"] = Hires(**_typed("hires", Hires(), _known(Hires, part)))
        return cls(**_typed("request", cls(), known))


def _img2img(part: Any) -> Img2Img:
    values = _known(Img2Img, part)
    values["source"] = _input("source", values.get("source"))
    if (part := values.get("inpaint")) is not None:
        inner = _known(Inpaint, part)
        inner["mask"] = _input("mask", inner.get("mask"))
        values["inpaint"] = Inpaint(**_typed("inpaint", Inpaint(inner["mask"]), inner))
    return Img2Img(**_typed("img2img", Img2Img(values["source"]), values))


def _input(field: str, value: Any) -> InputImage:
    values = _known(InputImage, value)
    if set(values) != {"sha256", "width", "height"}:
        raise InvalidRequest(field, "The picture of this request is not described fully")
    return InputImage(**_typed(field, InputImage("", 0, 0), values))


def _known(cls: Any, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidRequest(cls.__name__.lower(), f"A {cls.__name__} is not a JSON object")
    names = {field.name for field in fields(cls)}
    return {key: item for key, item in cast("Mapping[str, Any]", value).items() if key in names}


def _typed(owner: str, example: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` with each item's type checked against the example's attribute of the same name."""
    checked: dict[str, Any] = {}
    for name, value in values.items():
        wanted = type(cast("object", getattr(example, name)))
        if wanted is float and type(value) is int:
            value = float(value)  # noqa: PLW2901 - JSON has one kind of number
        if wanted in (str, int, float, bool) and type(value) is not wanted:
            raise InvalidRequest(name, f"{owner}.{name} should be {wanted.__name__}, not {value!r:.80}")
        checked[name] = value
    return checked


def _check(request: GenerationRequest) -> None:
    for field in ("prompt", "negative_prompt"):
        if len(getattr(request, field)) > MAX_PROMPT_CHARACTERS:
            raise InvalidRequest(field, f"The text is longer than {MAX_PROMPT_CHARACTERS:,} characters")
    for field in ("width", "height"):
        value = getattr(request, field)
        if value % MULTIPLE or not SMALLEST <= value <= LARGEST:
            raise InvalidRequest(
                field, f"{field.capitalize()} must be a multiple of {MULTIPLE} from {SMALLEST} to {LARGEST}"
            )
    _within("steps", request.steps, 1, 1000)
    _within("cfg_scale", request.cfg_scale, 0, 100)
    _within("seed", request.seed, RANDOM_SEED, 2**63 - 1)
    _within("subseed", request.subseed, RANDOM_SEED, 2**63 - 1)
    _within("subseed_strength", request.subseed_strength, 0, 1)
    _within("batch_size", request.batch_size, 1, MAX_BATCH_SIZE)
    _within("n_iter", request.n_iter, 1, MAX_COUNT)
    if request.img2img:
        _within("denoising_strength", request.img2img.denoising_strength, 0, 1)
        _within("resize_mode", request.img2img.resize_mode, 0, 3)
        if inpaint := request.img2img.inpaint:
            _within("blur", inpaint.blur, 0, 64)
            _within("fill", inpaint.fill, 0, 3)
            _within("padding", inpaint.padding, 0, 1024)
    if request.hires:
        _within("hires.denoising_strength", request.hires.denoising_strength, 0, 1)
        _within("hires.scale", request.hires.scale, 1, 8)
        _within("hires.steps", request.hires.steps, 0, 1000)


def _within(field: str, value: float, low: float, high: float) -> None:
    if not (math.isfinite(value) and low <= value <= high):
        label = field.replace("_", " ").replace("hires.", "hires ").capitalize()
        raise InvalidRequest(field, f"{label} must be from {low:,} to {high:,}, not {value!r}")
