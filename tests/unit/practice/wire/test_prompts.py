"""Styles, comments and tags of extra networks."""

from __future__ import annotations

import pytest

from sdstudio.practice import prompts


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a cat", "a cat"),
        ("a cat # black", "a cat "),
        ("# all of it", ""),
        ("a\n# not this\n\nb", "a\n\nb"),
        ("a#b\nc#d", "a\nc"),
    ],
)
def test_comments_end_with_their_line(text: str, kept: str) -> None:
    assert prompts.without_comments(text) == kept


def test_styles_are_laid_over_in_their_order() -> None:
    assert prompts.with_styles("a cat", "", ["Autumn", "Night"]) == (
        "a cat, autumn, golden hour, night, blue",
        "sunny",
    )
    assert prompts.with_styles("", "", ["Autumn", "nonesuch"]) == ("autumn, golden hour", "")


def test_extra_networks_are_taken_out_and_other_brackets_are_not() -> None:
    assert prompts.without_extra_networks("a <lora:x:0.8>b <3 <hypernet:y:1> a<b>c") == "a b <3  a<b>c"
