"""A checkpoint of Stable Diffusion 1.5's shape with nothing learnt: every weight is zero, and a hole on disk.

A safetensors file is a header that names each tensor, its type, shape and place, and then the bytes. Here those two
gigabytes are never written, so that the file takes some hundred kilobytes; a server loads it like any other.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

Shape = tuple[int, ...]
Tensors = Iterator[tuple[str, Shape]]

_BYTES_EACH = 2  # of a half-precision number
_TEXT = 768  # width of the text encoder
_EMBEDDED_TIME = 1280


def write(path: Path) -> Path:
    """Write the checkpoint as `path`, and return that."""
    header: dict[str, object] = {}
    end = 0
    for name, shape in _tensors():
        start, end = end, end + math.prod(shape) * _BYTES_EACH
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [start, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        file.truncate(8 + len(text) + end)
    return path


def _tensors() -> Tensors:
    yield from _under("cond_stage_model.transformer.text_model.", _text_encoder())
    yield from _under("model.diffusion_model.", _unet())
    yield from _under("first_stage_model.", _autoencoder())


def _under(prefix: str, tensors: Tensors) -> Tensors:
    return ((prefix + name, shape) for name, shape in tensors)


def _both(name: str, *shape: int) -> Tensors:
    """Weight and bias of one layer, whose outputs come first in the weight's shape."""
    yield f"{name}.weight", shape
    yield f"{name}.bias", shape[:1]


def _text_encoder() -> Tensors:
    yield "embeddings.token_embedding.weight", (49408, _TEXT)
    yield "embeddings.position_embedding.weight", (77, _TEXT)
    for number in range(12):
        yield from _under(f"encoder.layers.{number}.", _text_layer())
    yield from _both("final_layer_norm", _TEXT)


def _text_layer() -> Tensors:
    for part in ("q_proj", "k_proj", "v_proj", "out_proj"):
        yield from _both(f"self_attn.{part}", _TEXT, _TEXT)
    yield from _both("layer_norm1", _TEXT)
    yield from _both("layer_norm2", _TEXT)
    yield from _both("mlp.fc1", 4 * _TEXT, _TEXT)
    yield from _both("mlp.fc2", _TEXT, 4 * _TEXT)


def _unet() -> Tensors:
    """Four levels of two blocks on the way down and three on the way up, all but the lowest with attention."""
    widths = (320, 640, 1280, 1280)
    yield from _both("time_embed.0", _EMBEDDED_TIME, widths[0])
    yield from _both("time_embed.2", _EMBEDDED_TIME, _EMBEDDED_TIME)
    yield from _both("input_blocks.0.0", widths[0], 4, 3, 3)
    kept = [widths[0]]  # what each block on the way down hands to its opposite on the way up
    for level, width in enumerate(widths):
        for _ in range(2):
            yield from _unet_block(f"input_blocks.{len(kept)}", kept[-1], width, attends=level < 3)
            kept.append(width)
        if level < 3:
            yield from _both(f"input_blocks.{len(kept)}.0.op", width, width, 3, 3)
            kept.append(width)
    yield from _unet_block("middle_block", widths[-1], widths[-1], attends=True)
    yield from _under("middle_block.2.", _timed_block(widths[-1], widths[-1]))
    number, incoming = 0, widths[-1]
    for level, width in reversed(list(enumerate(widths))):
        for place in range(3):
            block = f"output_blocks.{number}"
            yield from _unet_block(block, incoming + kept.pop(), width, attends=level < 3)
            if place == 2 and level:
                yield from _both(f"{block}.{2 if level < 3 else 1}.conv", width, width, 3, 3)
            number, incoming = number + 1, width
    yield from _both("out.0", widths[0])
    yield from _both("out.2", 4, widths[0], 3, 3)


def _unet_block(name: str, incoming: int, width: int, *, attends: bool) -> Tensors:
    yield from _under(f"{name}.0.", _timed_block(incoming, width))
    if attends:
        yield from _under(f"{name}.1.", _attention(width))


def _timed_block(incoming: int, width: int) -> Tensors:
    yield from _both("in_layers.0", incoming)
    yield from _both("in_layers.2", width, incoming, 3, 3)
    yield from _both("emb_layers.1", width, _EMBEDDED_TIME)
    yield from _both("out_layers.0", width)
    yield from _both("out_layers.3", width, width, 3, 3)
    if incoming != width:
        yield from _both("skip_connection", width, incoming, 1, 1)


def _attention(width: int) -> Tensors:
    yield from _both("norm", width)
    yield from _both("proj_in", width, width, 1, 1)
    for attention, attended in (("attn1", width), ("attn2", _TEXT)):
        block = f"transformer_blocks.0.{attention}"
        yield f"{block}.to_q.weight", (width, width)
        yield f"{block}.to_k.weight", (width, attended)
        yield f"{block}.to_v.weight", (width, attended)
        yield from _both(f"{block}.to_out.0", width, width)
    for number in (1, 2, 3):
        yield from _both(f"transformer_blocks.0.norm{number}", width)
    yield from _both("transformer_blocks.0.ff.net.0.proj", 8 * width, width)
    yield from _both("transformer_blocks.0.ff.net.2", width, 4 * width)
    yield from _both("proj_out", width, width, 1, 1)


def _autoencoder() -> Tensors:
    widths = (128, 256, 512, 512)
    yield from _both("encoder.conv_in", widths[0], 3, 3, 3)
    incoming = widths[0]
    for level, width in enumerate(widths):
        for number in range(2):
            yield from _under(f"encoder.down.{level}.block.{number}.", _plain_block(incoming, width))
            incoming = width
        if level < 3:
            yield from _both(f"encoder.down.{level}.downsample.conv", width, width, 3, 3)
    yield from _under("encoder.mid.", _middle(incoming))
    yield from _both("encoder.norm_out", incoming)
    yield from _both("encoder.conv_out", 8, incoming, 3, 3)
    yield from _both("quant_conv", 8, 8, 1, 1)
    yield from _both("post_quant_conv", 4, 4, 1, 1)
    yield from _both("decoder.conv_in", incoming, 4, 3, 3)
    yield from _under("decoder.mid.", _middle(incoming))
    for level, width in reversed(list(enumerate(widths))):
        for number in range(3):
            yield from _under(f"decoder.up.{level}.block.{number}.", _plain_block(incoming, width))
            incoming = width
        if level:
            yield from _both(f"decoder.up.{level}.upsample.conv", width, width, 3, 3)
    yield from _both("decoder.norm_out", incoming)
    yield from _both("decoder.conv_out", 3, incoming, 3, 3)


def _middle(width: int) -> Tensors:
    yield from _under("block_1.", _plain_block(width, width))
    yield from _both("attn_1.norm", width)
    for part in ("q", "k", "v", "proj_out"):
        yield from _both(f"attn_1.{part}", width, width, 1, 1)
    yield from _under("block_2.", _plain_block(width, width))


def _plain_block(incoming: int, width: int) -> Tensors:
    yield from _both("norm1", incoming)
    yield from _both("conv1", width, incoming, 3, 3)
    yield from _both("norm2", width)
    yield from _both("conv2", width, width, 3, 3)
    if incoming != width:
        yield from _both("nin_shortcut", width, incoming, 1, 1)
