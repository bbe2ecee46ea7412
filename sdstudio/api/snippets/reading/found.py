"""What was found in a text: the request as far as the text tells it, and what goes with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from sdstudio.api.snippets.sign_in_way import SignInWay
from sdstudio.core.errors import InvalidRequest
from sdstudio.core.request import GenerationRequest, Hires, Img2Img, Inpaint, InputImage, Kind

Need = Literal["source", "mask"]


@dataclass(frozen=True, slots=True)
class FoundSecret:
    """A token or password that stood in the text, and how it signs in. Never to be used or kept unasked."""

    way: SignInWay
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """One request. `values` and the parts hold only what the text says, by the names of the core's dataclasses.

    `form` says what it stood in ("curl", "Python (requests)" …), `kind` which route it is for. `source` and
    `mask` are the bytes of pictures that were in the text, `needs` those that have to be chosen here. `hires` is
    None where the text says nothing of it, `hires_off` where it says that there is none. `corrections` are
    sentences for people, `left_out` names of values that no request here can hold. `others` are the different
    requests that stood in the same text.
    """

    form: str
    kind: Kind
    values: Mapping[str, Any]
    img2img: Mapping[str, Any] = field(default_factory=dict[str, Any])
    inpaint: Mapping[str, Any] | None = None
    hires: Mapping[str, Any] | None = None
    hires_off: bool = False
    source: bytes | None = field(default=None, repr=False)
    mask: bytes | None = field(default=None, repr=False)
    needs: tuple[Need, ...] = ()
    endpoint_url: str | None = None
    sign_in: SignInWay | None = None
    token: FoundSecret | None = None
    corrections: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    others: tuple[Reading, ...] = field(default=(), repr=False)

    @property
    def fields(self) -> frozenset[str]:
        """The fields of `GenerationRequest` that the text tells; "img2img" is its kind as well as its part."""
        parts = {"img2img"}
        if self.hires is not None or self.hires_off:
            parts.add("hires")
        return frozenset(self.values) | parts

    def request(
        self,
        base: GenerationRequest | None = None,
        *,
        source: InputImage | None = None,
        mask: InputImage | None = None,
    ) -> GenerationRequest:
        """The whole request; what the text does not say is as in `base`.

        `source` and `mask` are the pictures as the library keeps them, those of the text or those chosen. Raises
        `InvalidRequest("source")` where img2img has none; a mask that is missing is done without.
        """
        base = base or GenerationRequest()
        request = replace(base, **self.values)
        if self.kind == "txt2img":
            return replace(request, img2img=None, hires=self._hires(base))
        if source is None:
            raise InvalidRequest(
                "source", "The picture to start from is not in the text", remedy="Choose it here."
            )
        earlier = base.img2img or Img2Img(source)
        part = replace(earlier, source=source, inpaint=self._inpaint(earlier, mask), **self.img2img)
        return replace(request, img2img=part, hires=None)

    def _hires(self, base: GenerationRequest) -> Hires | None:
        if self.hires is None:
            return None if self.hires_off else base.hires
        return replace(base.hires or Hires(), **self.hires)

    def _inpaint(self, earlier: Img2Img, mask: InputImage | None) -> Inpaint | None:
        if self.inpaint is None or mask is None:
            return None
        return replace(earlier.inpaint or Inpaint(mask), mask=mask, **self.inpaint)
