"""What `generate` was asked, typed, and as the request it becomes."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from sdstudio.api.offer import Offer
from sdstudio.api.snippets import Reading
from sdstudio.core import names
from sdstudio.core.errors import InvalidRequest, UnreadableImage
from sdstudio.core.geometry import Size, snap
from sdstudio.core.request import GenerationRequest, Img2Img, Inpaint, InputImage

STEPS = 25  # the seed page's txt2img example; its img2img example calls 30 "optimal steps to maintain quality"
STEPS_IMG2IMG = 30
SIZE = Size(512, 512)
DENOISE = 0.2  # the same page: "low denoising strength to preserve original details"
DENOISE_MASKED = 0.75  # what is to be repainted should not stay as it is; the web UI's default
LONGEST_BY_ITSELF = 2048  # pixels; a camera's 24 megapixels are asked for only by name
LARGEST_INPUT_BYTES = 256 * 2**20
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class GenerateOptions:
    """The arguments of `generate`, None where nothing was given, and the request that was read from a file."""

    prompt: str | None
    negative: str | None
    steps: int | None
    width: int | None
    height: int | None
    seed: int | None
    cfg: float | None
    sampler: str | None
    scheduler: str | None
    count: int | None
    init: Path | None
    mask: Path | None
    denoise: float | None
    endpoint: str | None
    plain_http: bool
    out: str | None
    json: bool
    reading: Reading | None = None

    @classmethod
    def of(cls, namespace: argparse.Namespace, reading: Reading | None = None) -> GenerateOptions:
        """From the parsed command line; raises `InvalidRequest` where arguments don't go together."""
        given = {name: getattr(namespace, name) for name in cls.__slots__ if name != "reading"}
        options = cls(**given, reading=reading)
        if options.prompt is None and reading is None:
            raise InvalidRequest("prompt", "Say what is to be seen, or give a file with a request by --from")
        options._check_pictures()
        if options.seed is not None and options.seed < 0:
            raise InvalidRequest(
                "seed", "A seed is a whole number from 0 up", remedy="Leave --seed out for a random one."
            )
        options.request().checked()
        return options

    @property
    def pictures(self) -> tuple[bytes, ...]:
        """The picture to start from and the mask, as far as there are any; raises `UnreadableImage`."""
        found = [picture_bytes(path) if path else None for path in (self.init, self.mask)]
        if self.reading:
            found = [
                own or read for own, read in zip(found, (self.reading.source, self.reading.mask), strict=True)
            ]
        return tuple(picture for picture in found if picture)

    def request(self) -> GenerationRequest:
        """The request without its pictures: what was given before what was read before the usual."""
        usual = GenerationRequest(
            steps=STEPS_IMG2IMG if self._starts_from_picture else STEPS, width=SIZE.width, height=SIZE.height
        )
        if self.reading:
            hires = None if self._starts_from_picture else self.reading.request(usual).hires
            usual = replace(usual, **self.reading.values, hires=hires)
        given = {
            "prompt": self.prompt,
            "negative_prompt": self.negative,
            "steps": self.steps,
            "width": self.width,
            "height": self.height,
            "cfg_scale": self.cfg,
            "seed": self.seed,
            "n_iter": self.count,
            "batch_size": None if self.count is None else 1,
        }
        return replace(usual, **{name: value for name, value in given.items() if value is not None})

    def with_source(
        self, request: GenerationRequest, source: InputImage, mask: InputImage | None
    ) -> GenerationRequest:
        """The request as img2img; its size follows the picture where it was not given."""
        if mask and (mask.width, mask.height) != (source.width, source.height):
            raise InvalidRequest(
                "mask",
                "The mask and the picture must have the same size",
                f"The mask is {mask.width}×{mask.height}, the picture {source.width}×{source.height}.",
            )
        read = self.reading
        part = Img2Img(
            source,
            denoising_strength=DENOISE_MASKED if mask else DENOISE,
            inpaint=replace(Inpaint(mask), **(read.inpaint or {} if read else {})) if mask else None,
        )
        part = replace(part, **(read.img2img if read else {}))
        part = part if self.denoise is None else replace(part, denoising_strength=self.denoise)
        size = self._size_for(Size(source.width, source.height))
        return replace(request, img2img=part, width=size.width, height=size.height)

    def with_offered_names(self, request: GenerationRequest, offer: Offer) -> GenerationRequest:
        """The request with sampler and scheduler spelt as the endpoint does.

        Raises `InvalidRequest` for a name that it does not have, since it would take another without a word.
        """
        asked = self._asked("sampler_name", self.sampler), self._asked("scheduler", self.scheduler)
        sampler, scheduler = _split(*asked, offer)
        return replace(
            request,
            sampler_name=_offered("sampler", sampler, request.sampler_name, offer.samplers, offer),
            scheduler=_offered("scheduler", scheduler, request.scheduler, offer.schedulers, offer),
        )

    @property
    def _starts_from_picture(self) -> bool:
        return self.init is not None or (self.reading is not None and self.reading.kind == "img2img")

    def _asked(self, field: str, given: T | None) -> T | None:
        """What was given, or else what was read."""
        return self.reading.values.get(field) if given is None and self.reading else given

    def _check_pictures(self) -> None:
        has_source = self.init is not None or (self.reading is not None and self.reading.source is not None)
        if self._starts_from_picture and not has_source:
            raise InvalidRequest(
                "init", "The picture to start from is not in the text that was read: give it with --init"
            )
        if not has_source and (self.mask or self.denoise is not None):
            raise InvalidRequest(
                "init", "--mask and --denoise need a picture to start from: give one with --init"
            )
        if self.reading and "mask" in self.reading.needs and not self.mask:
            raise InvalidRequest("mask", "The mask is not in the text that was read: give it with --mask")

    def _size_for(self, picture: Size) -> Size:
        width, height = self._asked("width", self.width), self._asked("height", self.height)
        if width is not None and height is not None:
            return Size(width, height)
        if width is not None:
            return Size(width, snap(round(width * picture.height / picture.width)))
        if height is not None:
            return Size(snap(round(height * picture.width / picture.height)), height)
        return picture.fitted(LONGEST_BY_ITSELF).snapped()


def picture_bytes(path: Path) -> bytes:
    """The content of a picture file named on the command line; raises `UnreadableImage`."""
    try:
        if not path.is_file():
            raise UnreadableImage(f"There is no picture file {path}")
        with path.open("rb") as file:
            content = file.read(LARGEST_INPUT_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no file name"
        raise UnreadableImage(f"{path} can't be read", f"{reason}.") from error
    if len(content) > LARGEST_INPUT_BYTES:
        raise UnreadableImage(f"{path} is too large", f"It has more than {LARGEST_INPUT_BYTES // 2**20} MB.")
    return content


def _split(sampler: str | None, scheduler: str | None, offer: Offer) -> tuple[str | None, str | None]:
    """Names from before 1.9 hold their schedule: "DPM++ 2M Karras". Apart, where the endpoint has both apart."""
    if not sampler or scheduler or names.spelt(sampler, offer.samplers):
        return sampler, scheduler
    first, _space, last = sampler.rpartition(" ")
    has_both = names.spelt(first, offer.samplers) and names.spelt(last, offer.schedulers)
    return (first, last) if has_both else (sampler, scheduler)


def _offered(field: str, asked: str | None, usual: str, offered: tuple[str, ...], offer: Offer) -> str:
    wanted = usual if asked is None else asked
    if not wanted:  # a request that was read may leave the choice to the endpoint
        return ""
    spelt = names.spelt(wanted, offered)
    if spelt is not None:
        return spelt
    if f"{field}s" in offer.missing:
        return wanted
    if asked is None:
        return ""
    raise InvalidRequest(
        field, f"The endpoint has no {field} {asked!r:.80}", remedy=f"It has: {', '.join(offered)}."
    )
