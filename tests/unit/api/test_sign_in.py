"""Tokens as they are pasted, and that they never show."""

from __future__ import annotations

import base64

import pytest

from sdstudio.api.sign_in import SignIn
from sdstudio.core.errors import InvalidRequest


@pytest.mark.parametrize(
    ("pasted", "value"),
    [
        ("abc.def", "Bearer abc.def"),
        ("  'abc'\n", "Bearer abc"),
        ("Bearer abc", "Bearer abc"),
        ("bearer   abc ", "Bearer abc"),
        ("Basic QTpC", "Basic QTpC"),
        ("bearerish", "Bearer bearerish"),
    ],
)
def test_pasted_tokens_are_understood(pasted: str, value: str) -> None:
    sign_in = SignIn.from_token(pasted)
    assert sign_in is not None
    assert sign_in.value == value


def test_blank_text_is_no_sign_in() -> None:
    assert SignIn.from_token(" \n") is None


@pytest.mark.parametrize("pasted", ["MARKER two", "MARKER\r\nX-Evil: 1", "MARKERé", "MARKER\0"])
def test_what_no_header_can_carry_is_refused_without_repeating_it(pasted: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        SignIn.from_token(pasted)
    assert "MARKER" not in str(caught.value) + repr(caught.value)


def test_basic_is_the_pair_in_base64() -> None:
    sign_in = SignIn.basic("anna", "päss:word")
    assert base64.b64decode(sign_in.value.removeprefix("Basic ")).decode() == "anna:päss:word"


def test_nothing_shows_the_secret() -> None:
    sign_in = SignIn.from_token("MARKER/with+signs")
    assert sign_in is not None
    assert "MARKER" not in f"{sign_in} {sign_in!r}"
    echoed = b'{"headers": {"authorization": "Bearer MARKER\\/with+signs"}, "again": "MARKER/with+signs"}'
    assert b"MARKER" not in sign_in.hidden_in(echoed)


def test_a_password_repeated_in_the_clear_is_hidden_too() -> None:
    assert SignIn.basic("anna", "päss/word").hidden_in("wrong: päss/word".encode()) == b"wrong: [hidden]"
    assert SignIn.basic("anna", "abc").hidden_in(b"abc") == b"abc"
