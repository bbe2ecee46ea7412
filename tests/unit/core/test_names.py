"""One name, as servers spell it."""

from __future__ import annotations

import pytest

from sdstudio.core import names


@pytest.mark.parametrize(
    ("name", "offered", "found"),
    [
        ("Euler a", ("Euler", "Euler a"), "Euler a"),
        ("Euler a", ("euler", "euler_a"), "euler_a"),
        ("euler", ("Euler", "Euler a"), "Euler"),
        ("DPM++ 2S a", ("dpm++2s_a", "dpm++2m"), "dpm++2s_a"),
        ("k_dpmpp_2m", ("DPM++ 2M SDE", "DPM++ 2M"), "DPM++ 2M"),
        ("SGM Uniform", ("sgm_uniform",), "sgm_uniform"),
        ("euler a", ("k_euler_a", "Euler a"), "Euler a"),
        ("DPM++ 2M", ("dpm++2mv2",), None),
        ("Euler", ("Euler a",), None),
        ("Euler", (), None),
    ],
)
def test_the_nearest_spelling_is_found(name: str, offered: tuple[str, ...], found: str | None) -> None:
    assert names.spelt(name, offered) == found
