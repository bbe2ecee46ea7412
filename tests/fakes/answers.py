"""Answers as an endpoint gives them: real pictures with recipes inside, lying in a spool folder."""

from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from sdstudio.core import infotext
from sdstudio.core.request import GenerationRequest
from sdstudio.core.result import EndpointMark, GeneratedImage, GenerationResult

MARK = EndpointMark("Fake", "http://127.0.0.1:7860", "a1111")
REQUEST = GenerationRequest(
    prompt="a lighthouse on a cliff", negative_prompt="fog", width=64, height=64, seed=42
)


def png(seed: int = 0, *, text: str = "", size: tuple[int, int] = (64, 64)) -> bytes:
    """A small picture that differs by seed."""
    picture = Image.new("RGB", size, (seed % 256, seed // 256 % 256, seed // 65536 % 256))
    info = PngInfo()
    if text:
        info.add_itxt("parameters", text)
    written = BytesIO()
    picture.save(written, "PNG", pnginfo=info)
    return written.getvalue()


def recipe(request: GenerationRequest, seed: int) -> str:
    """What a server writes into the picture of this seed."""
    pairs = [("Steps", request.steps), ("Sampler", request.sampler_name), ("Seed", seed)]
    return infotext.write(
        request.prompt, request.negative_prompt, [*pairs, ("Size", f"{request.width}x{request.height}")]
    )


def answer(
    spool: Path, request: GenerationRequest = REQUEST, *, name: str = "answer", **told: object
) -> GenerationResult:
    """One PNG for each picture asked for, in `spool`; `told` are more fields of the result."""
    spool.mkdir(parents=True, exist_ok=True)
    images = []
    for number in range(request.count):
        seed = request.seed + number
        text = recipe(request, seed)
        content = png(seed, text=text, size=(request.width, request.height))
        images.append(spooled(spool / f"{name}-{number}.part", content, seed=seed, text=text))
    return GenerationResult(tuple(images), **{"info": {"seed": request.seed}, "seconds": 1.5, **told})


def spooled(path: Path, content: bytes, *, seed: int | None = None, text: str = "") -> GeneratedImage:
    """A picture lying in the spool under this name."""
    path.write_bytes(content)
    with Image.open(BytesIO(content)) as picture:
        kind, (width, height) = (picture.format or "").lower(), picture.size
    sha256 = hashlib.sha256(content).hexdigest()
    return GeneratedImage(path, sha256, len(content), kind, width, height, seed, text)
