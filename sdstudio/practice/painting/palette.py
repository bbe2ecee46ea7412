"""Pigments by name: what a colour word looks like on a wall, in hair, in eyes, on a skin."""

from __future__ import annotations

from sdstudio.practice.painting.colour import Colour, hexed

PIGMENTS: dict[str, Colour] = {
    name: hexed(code)
    for name, code in {
        "red": "c0322f", "orange": "e07b2c", "yellow": "ecc648", "green": "4f8a48", "teal": "2b7f80",
        "blue": "2f6fb8", "purple": "6f4a94", "violet": "5b4fb0", "pink": "e08aa5", "brown": "7a5236",
        "black": "23222a", "white": "efece4", "grey": "8b8d92", "gold": "d9a441", "silver": "b9bec6",
        "turquoise": "3fb5b0", "beige": "d8c4a0", "hazel": "8a6a35", "ginger": "b8582a", "blonde": "d9b36a",
    }.items()
}  # fmt: skip

EYES: dict[str, Colour] = PIGMENTS | {
    "blue": hexed("3f8ed6"),
    "green": hexed("4f9a5a"),
    "brown": hexed("80502a"),
    "grey": hexed("8795a1"),
    "black": hexed("3a2a22"),
    "hazel": hexed("94763a"),
}

HAIR: dict[str, Colour] = PIGMENTS | {
    "blonde": hexed("c99a55"),
    "yellow": hexed("d8ae5c"),
    "gold": hexed("c99a55"),
    "brown": hexed("553322"),
    "black": hexed("211d20"),
    "ginger": hexed("9c4420"),
    "red": hexed("98301c"),
    "white": hexed("d3d0cc"),
    "grey": hexed("96928e"),
    "silver": hexed("aeb2b8"),
}

NATURAL_EYES = ("brown", "blue", "green", "hazel", "grey", "brown")

SKIN: dict[str, Colour] = {
    "pale": hexed("efcdb8"),
    "fair": hexed("e6b99c"),
    "tan": hexed("cf9870"),
    "brown": hexed("a56c48"),
    "dark": hexed("76492f"),
}

NATURAL_LOOKS = (  # skin and hair that often go together
    ("fair", "brown"), ("fair", "blonde"), ("pale", "ginger"), ("tan", "black"), ("dark", "black"),
    ("fair", "black"), ("brown", "brown"), ("pale", "brown"),
)  # fmt: skip
