"""A request as a JavaScript module for Node.js 18 or later, with its own fetch."""

from __future__ import annotations

from sdstudio.api.snippets.notation import Notation, json_quoted
from sdstudio.api.snippets.sending import Sending
from sdstudio.api.snippets.sign_in_way import TOKEN_VARIABLE, VARIABLE_PREFIX, SignInWay

_JAVASCRIPT = Notation(
    "true", "false", json_quoted, lambda path: f"await base64Of({json_quoted(path)})", indent="  "
)
_LARGEST_EXACT = 2**53 - 1
_FROM_ENVIRONMENT = """\
const {name} = process.env.{variable};
if (!{name}) throw new Error("Set the environment variable {variable} to {what} first.");
"""
_READS = """\

// Of the source picture: a PNG file that SD Studio writes for this, without metadata.
const base64Of = async (path) => (await readFile(path)).toString("base64");
"""
_MODULE = """\
// {kind}, as SD Studio sends it. For Node.js 18 or later: save as {stem}.mjs, run by
// node {stem}.mjs
import {{ {imports} }} from "node:fs/promises";
{secrets}{reads}
const payload = {payload};

const answer = await fetch({url}, {{
  method: "POST",
  headers: {{
{headers}
  }},
  body: {body}
  redirect: "error",
  signal: AbortSignal.timeout(300_000), // Node's fetch waits no longer for an answer to begin
}});
if (!answer.ok) throw new Error(`${{answer.status}}: ${{(await answer.text()).slice(0, 1000)}}`);

const {{ images }} = await answer.json();
for (const [index, picture] of images.entries()) {{
  const path = `{stem}-${{index + 1}}.png`;
  await writeFile(path, Buffer.from(picture.split(",").pop(), "base64"));
  console.log(path);
}}
"""


def written(sending: Sending) -> str:
    """The module, which saves each picture in a file and prints its name."""
    body, payload = _exact(dict(sending.payload))
    return _MODULE.format(
        kind=sending.route.rpartition("/")[2],
        stem=sending.stem,
        imports="readFile, writeFile" if sending.files else "writeFile",
        secrets=_secrets(sending.sign_in),
        reads=_READS if sending.files else "",
        payload=_JAVASCRIPT.written(payload),
        url=json_quoted(sending.url),
        headers="\n".join(f"    {line}" for line in _headers(sending.sign_in)),
        body=body,
    )


def _exact(payload: dict[str, object]) -> tuple[str, dict[str, object]]:
    """The body's expression, and the payload with what JavaScript would round put in as text."""
    body, rounded = "JSON.stringify(payload)", False
    for name, value in payload.items():
        if type(value) is int and abs(value) > _LARGEST_EXACT:
            payload = payload | {name: str(value)}
            # Within a string of the JSON the quotes would be escaped: only the field itself can match.
            body += f""".replace('"{name}":"{value}"', '"{name}":{value}')"""
            rounded = True
    return body + ("," if not rounded else ", // JavaScript would round a number this large"), payload


def _secrets(sign_in: SignInWay) -> str:
    statements = [
        _FROM_ENVIRONMENT.format(name=_name(variable), variable=variable, what=what)
        for variable, what in sign_in.variables.items()
    ]
    return "".join(f"\n{statement}" for statement in statements)


def _headers(sign_in: SignInWay) -> list[str]:
    lines = ['"Accept": "application/json"', '"Content-Type": "application/json"']
    if sign_in.kind == "basic":
        pair = _sum(sign_in.before_secret, TOKEN_VARIABLE)
        lines.append(f'"Authorization": "Basic " + Buffer.from({pair}).toString("base64")')
    lines += [f'"{line.name}": {_sum(line.text, line.variable)}' for line in sign_in.headers]
    return [f"{line}," for line in lines]


def _sum(text: str, variable: str) -> str:
    """The expression of `text` and a variable's value behind it, either of which may be missing."""
    parts = [json_quoted(text)] if text or not variable else []
    return " + ".join([*parts, _name(variable)] if variable else parts)


def _name(variable: str) -> str:
    """A constant's: token for SDSTUDIO_TOKEN."""
    return variable.removeprefix(VARIABLE_PREFIX).lower()
