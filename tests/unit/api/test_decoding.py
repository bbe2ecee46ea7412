"""Content-Encoding undone in bounded pieces."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdstudio.api.decoding import PIECE_BYTES, Decoder
from sdstudio.core.errors import BadAnswer

ENCODERS = {"": bytes, "identity": bytes, "gzip": gzip.compress, "deflate": zlib.compress}


@given(st.sampled_from(sorted(ENCODERS)), st.binary(max_size=3000), st.integers(0, 300), st.integers(1, 500))
def test_any_chunking_gives_the_bytes_back(encoding: str, block: bytes, times: int, step: int) -> None:
    whole = block * times
    wire = ENCODERS[encoding](whole)
    decoder = Decoder(encoding, 10_000_000)
    pieces = [piece for at in range(0, len(wire), step) for piece in decoder.feed(wire[at : at + step])]
    assert b"".join(pieces) == whole
    assert all(len(piece) <= PIECE_BYTES for piece in pieces)


def test_a_bomb_is_stopped_at_the_limit() -> None:
    bomb = gzip.compress(bytes(200 * 2**20))
    decoder = Decoder("gzip", 8 * 2**20)
    came: list[int] = []
    with pytest.raises(BadAnswer):
        came.extend(map(len, decoder.feed(bomb)))
    assert sum(came) <= 8 * 2**20


def test_what_is_not_compressed_is_told() -> None:
    with pytest.raises(BadAnswer):
        list(Decoder("gzip", 1000).feed(b"not gzip at all"))


def test_an_encoding_nobody_asked_for_is_told() -> None:
    with pytest.raises(BadAnswer):
        Decoder("br", 1000)
