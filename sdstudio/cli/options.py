"""What `generate` was asked, typed, and as the request it becomes."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

from sdstudio.api.offer import Offer
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


@dataclass(frozen=True, slots=True)
class GenerateOptions:
    """The arguments of `generate`; None where nothing was given."""

    prompt: str
    negative: str
    steps: int | None
    width: int | None
    height: int | None
    seed: int | None
    cfg: float
    sampler: str | None
    scheduler: str | None
    count: int
    init: Path | None
    mask: Path | None
    denoise: float | None
    endpoint: str | None
    plain_http: bool
    out: str | None
    json: bool

    @classmethod
    def of(cls, namespace: argparse.Namespace) -> GenerateOptions:
        """From the parsed command line; raises `InvalidRequest` where arguments don't go together."""
        options = cls(**{name: getattr(namespace, name) for name in cls.__slots__})
        if options.init is None and (options.mask or options.denoise is not None):
            raise InvalidRequest(
                "init", "--mask and --denoise need a picture to start from: give one with --init"
            )
        if options.seed is not None and options.seed < 0:
            raise InvalidRequest(
                "seed", "A seed is a whole number from 0 up", remedy="Leave --seed out for a random one."
            )
        options.request().checked()
        return options

    def request(self) -> GenerationRequest:
        """The request without its pictures."""
        return GenerationRequest(
            prompt=self.prompt,
            negative_prompt=self.negative,
            steps=self.steps if self.steps is not None else STEPS_IMG2IMG if self.init else STEPS,
            width=self.width if self.width is not None else SIZE.width,
            height=self.height if self.height is not None else SIZE.height,
            cfg_scale=self.cfg,
            seed=GenerationRequest().seed if self.seed is None else self.seed,
            n_iter=self.count,
        )

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
        usual = DENOISE_MASKED if mask else DENOISE
        part = Img2Img(
            source,
            denoising_strength=usual if self.denoise is None else self.denoise,
            inpaint=Inpaint(mask) if mask else None,
        )
        size = self._size_for(Size(source.width, source.height))
        return replace(request, img2img=part, width=size.width, height=size.height)

    def with_offered_names(self, request: GenerationRequest, offer: Offer) -> GenerationRequest:
        """The request with sampler and scheduler spelt as the endpoint does.

        Raises `InvalidRequest` for a name that it does not have, since it would take another without a word.
        """
        return replace(
            request,
            sampler_name=_offered("sampler", self.sampler, request.sampler_name, offer.samplers, offer),
            scheduler=_offered("scheduler", self.scheduler, request.scheduler, offer.schedulers, offer),
        )

    def _size_for(self, picture: Size) -> Size:
        if self.width is not None and self.height is not None:
            return Size(self.width, self.height)
        if self.width is not None:
            return Size(self.width, snap(round(self.width * picture.height / picture.width)))
        if self.height is not None:
            return Size(snap(round(self.height * picture.width / picture.height)), self.height)
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


def _offered(field: str, asked: str | None, usual: str, offered: tuple[str, ...], offer: Offer) -> str:
    wanted = usual if asked is None else asked
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
