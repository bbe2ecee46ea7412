"""Foreign text made fit to be shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sdstudio.api.excerpt import LONGEST_BYTES, excerpt, looks_like_html, one_line, page_title


@given(st.binary(max_size=8000))
def test_any_bytes_become_short_plain_text(body: bytes) -> None:
    text = excerpt(body)
    assert len(text.encode()) <= LONGEST_BYTES + 3
    assert all(character.isprintable() or character.isspace() for character in text if ord(character) < 0xA0)
    assert "\x1b" not in text


def test_pictures_in_it_are_shortened_and_what_follows_is_seen() -> None:
    body = b'{"input": "' + b"QUJD" * 9000 + b'", "msg": "too long"}'
    assert excerpt(body) == '{"input": "QUJDQUJDQUJDQUJD…[36000 characters]", "msg": "too long"}'


def test_it_is_cut_with_a_sign_of_it() -> None:
    text = excerpt("ä b ".encode() * 3000)
    assert text.endswith("…")
    assert len(text.encode()) <= LONGEST_BYTES + 3


def test_the_direction_of_writing_cannot_be_turned_round() -> None:
    assert one_line("safe\u202etxt.exe\u2066") == "safe txt.exe"


def test_one_line_is_one_line() -> None:
    assert one_line(" a\r\n\tb\0c ") == "a b c"
    assert len(one_line("word " * 1000)) <= 300


def test_web_pages_are_known_by_type_or_look() -> None:
    assert looks_like_html("text/html", b"")
    assert looks_like_html("", b"\n <!DOCTYPE html><html>")
    assert not looks_like_html("application/json", b"{}")
    assert page_title(b"<html><TITLE >\n504  Gateway</TITLE>") == "504 Gateway"
    assert page_title(b"<html>") == ""
