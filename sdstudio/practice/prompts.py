"""What happens to a prompt before it is painted: styles, comments, tags of extra networks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_EXTRA_NETWORK = re.compile(r"<\w+:[^<>]+>")


@dataclass(frozen=True, slots=True)
class Style:
    """A named addition to the prompts; `{prompt}` in a text is where the prompt goes, else it is appended."""

    name: str
    prompt: str
    negative_prompt: str


STYLES = (
    Style("Watercolour", "{prompt}, watercolour, soft light", "dark"),
    Style("Night", "{prompt}, night, blue", "sunny"),
    Style("Autumn", "autumn, golden hour", ""),
)

_BY_NAME = {style.name: style for style in STYLES}


def styled(prompt: str, texts: Sequence[str]) -> str:
    """The prompt with one text of each style laid over it, in order."""
    for text in texts:
        if "{prompt}" in text:
            prompt = text.replace("{prompt}", prompt)
        else:
            prompt = ", ".join(part for part in (prompt.strip(), text.strip()) if part)
    return prompt


def with_styles(prompt: str, negative_prompt: str, names: Sequence[str]) -> tuple[str, str]:
    """Both prompts with the named styles; unknown names are ignored, silently, as the original does."""
    styles = [_BY_NAME[name] for name in names if name in _BY_NAME]
    return (
        styled(prompt, [style.prompt for style in styles]),
        styled(negative_prompt, [style.negative_prompt for style in styles]),
    )


def without_comments(text: str) -> str:
    """`# …` to the end of its line taken out, and lines that are nothing else."""
    kept = [(line, line.split("#", 1)[0]) for line in text.split("\n")]
    return "\n".join(rest for line, rest in kept if rest or not line)


def without_extra_networks(text: str) -> str:
    """`<lora:…>` and its like taken out: they name files that do not exist here."""
    return _EXTRA_NETWORK.sub("", text)
