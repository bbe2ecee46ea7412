"""Addresses as people type and paste them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sdstudio.api import address
from sdstudio.core.errors import InvalidRequest


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("localhost:7860", "http://localhost:7860"),
        ("127.0.0.1", "http://127.0.0.1"),
        ("http://127.0.0.1:7860/", "http://127.0.0.1:7860"),
        ("  HTTP://LocalHost:7860//  ", "http://localhost:7860"),
        ("'http://localhost:7860'", "http://localhost:7860"),
        ("<http://localhost:7860>", "http://localhost:7860"),
        ("192.168.1.20:7861", "http://192.168.1.20:7861"),
        ("gpu-box:7860", "http://gpu-box:7860"),
        ("gpubox.local", "http://gpubox.local"),
        ("71bd1b92256e.app.modelserve.ai", "https://71bd1b92256e.app.modelserve.ai"),
        ("https://71bd1b92256e.app.modelserve.ai/sdapi/v1/txt2img", "https://71bd1b92256e.app.modelserve.ai"),
        ("https://host.example/sdapi/v1/imgt2img", "https://host.example"),
        ("https://host.example/sdapi", "https://host.example"),
        ("http://localhost:7860/docs", "http://localhost:7860"),
        ("http://localhost:7860/docs#/default/text2imgapi", "http://localhost:7860"),
        ("http://localhost:7860/openapi.json", "http://localhost:7860"),
        ("http://localhost:7860/?__theme=dark", "http://localhost:7860"),
        ("http://localhost:7860/file=outputs/x.png", "http://localhost:7860"),
        ("http://localhost:7860/internal/ping", "http://localhost:7860"),
        ("https://gate.example/pods/a1/sdapi/v1/", "https://gate.example/pods/a1"),
        ("https://gate.example/Pods//A1/", "https://gate.example/Pods/A1"),
        ("https://gate.example/docsy", "https://gate.example/docsy"),
        ("https://host.example:443", "https://host.example"),
        ("http://host.example:80", "http://host.example"),
        ("http://host.example:443", "http://host.example:443"),
        ("[::1]:7860", "http://[::1]:7860"),
        ("::1", "http://[::1]"),
        ("http://[FE80::0001]:7860", "http://[fe80::1]:7860"),
        ("2001:db8::1", "http://[2001:db8::1]"),
        ("0.0.0.0:7860", "http://127.0.0.1:7860"),
        ("http://[::]:7860", "http://[::1]:7860"),
        ("8.8.8.8:7860", "https://8.8.8.8:7860"),
        ("host.example.", "https://host.example"),
        ("bücher.example", "https://xn--bcher-kva.example"),
        ("https://host.example/a%20b", "https://host.example/a%20b"),
    ],
)
def test_what_people_type_is_understood(typed: str, expected: str) -> None:
    assert address.normalised(typed) == expected
    assert address.normalised(expected) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "ftp://host.example",
        "file:///etc/passwd",
        "javascript://alert(1)",
        "http://",
        "https:///sdapi",
        "https://{address}/sdapi/v1/txt2img",
        "http://host name:7860",
        "http://host\n.example",
        "http://host\u202e.example",
        "http://host.example:0",
        "http://host.example:99999",
        "http://host.example:port",
        "http://[::1",
        "http://[::1%25eth0]",
        "http:\\\\localhost:7860",
        "http://a..b",
        "http://-a.example",
        "http://" + "a" * 300 + ".example",
        "http://localhost/" + "a" * 3000,
        "http://localhost/../../etc",
        "http://localhost/%2e%2e/etc",
        "http://host.example\u2100.com",
    ],
)
def test_hostile_and_broken_text_gets_a_sentence(typed: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        address.parse(typed)
    assert caught.value.field == "endpoint_url"
    assert caught.value.title


def test_user_info_is_split_out_and_never_kept() -> None:
    found = address.parse("https://anna:p%40ss%2Fword@host.example/base/")
    assert (found.url, found.user, found.password) == ("https://host.example/base", "anna", "p@ss/word")
    assert "p@ss" not in repr(found)
    with pytest.raises(InvalidRequest) as caught:
        address.normalised("https://anna:MARKER@host.example")
    assert "MARKER" not in repr(caught.value)
    assert "MARKER" not in str(caught.value)


@given(st.text(max_size=60))
@example("http://[v1.x]")
@example("//host")
@example("http://user@:80")
def test_any_text_is_normalised_or_refused(text: str) -> None:
    try:
        found = address.parse(text)
    except InvalidRequest:
        return
    assert address.normalised(found.url) == found.url
    assert "@" not in found.url.partition("://")[2].partition("/")[0]
    assert not found.url.endswith("/")
    assert "?" not in found.url
    assert "#" not in found.url


@pytest.mark.parametrize(
    ("url", "loopback", "private"),
    [
        ("http://localhost:1", True, True),
        ("http://a.localhost", True, True),
        ("http://127.9.9.9", True, True),
        ("http://[::1]:7", True, True),
        ("http://10.0.0.1", False, True),
        ("http://gpu-box", False, True),
        ("https://host.example", False, False),
        ("http://8.8.8.8", False, False),
        ("https://127.0.0.1.host.example", False, False),
    ],
)
def test_near_and_far(url: str, *, loopback: bool, private: bool) -> None:
    assert address.is_loopback(url) == loopback
    assert address.is_private(url) == private
