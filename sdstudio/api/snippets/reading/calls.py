"""Requests in program code: the calls that send them, and payloads that stand by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from sdstudio.api.snippets.reading import literals
from sdstudio.api.snippets.reading.lenient import COMMENTS_LEFT_OUT, LenientReader
from sdstudio.api.snippets.reading.sample import MOST_SAMPLES, ROUTES, Sample, is_payload, names_route
from sdstudio.api.snippets.reading.tokens import Tokens
from sdstudio.api.snippets.reading.unknowns import Call, Exhausted, JsonText, Unknown
from sdstudio.api.snippets.reading.values import Values

_SENDING = {
    "post",
    "request",
    "fetch",
    "axios",
    "ajax",
    "Request",
    "urlopen",
    "PostAsync",
    "txt2img",
    "img2img",
}
_BODIES = ("json", "data", "body", "content", "payload", "params")
_FORMS = {
    "requests": "Python (requests)",
    "httpx": "Python (httpx)",
    "fetch": "JavaScript (fetch)",
    "axios": "JavaScript (axios)",
}
_SCRIPTED = {"axios", "fetch", "$", "jQuery", "got"}  # whose `data` is JSON already
# The names by which `webuiapi` calls what the wire calls otherwise.
_WEBUIAPI = {"images": "init_images", "mask_image": "mask"}
FORM_SENT = "`data=` sends a form; the values go as JSON (`json=`)."
QUERY_SENT = "`params=` puts the values into the address; they go as JSON (`json=`)."
NOT_TEXT = "`body` takes text; the values go as JSON (`JSON.stringify`)."
# What our own notebooks are made of.
_SHARED, _BATCH = "shared", "batch"


class CodeReader:
    """Walks over the tokens of a text once, keeps what names are set to, and collects samples."""

    def __init__(self, tokens: Tokens) -> None:
        self.sent: list[Sample] = []
        self.loose: list[Sample] = []
        self._tokens = tokens
        self._values = Values(tokens, _is_sending, self._called)
        self._lenient = LenientReader(len(tokens.text))
        self._looked_at: dict[int, Any] = {}

    def read(self) -> None:
        """Fill `sent` with what calls send, and `loose` with payloads alone."""
        try:
            self._walk()
        except Exhausted:
            self._tokens.whole = False
        self.loose += self._batch()

    def _walk(self) -> None:
        at = 0
        while at < len(self._tokens):
            at = self._statement(at)

    def _statement(self, at: int) -> int:
        tokens = self._tokens
        if tokens.kind(at) == "word":
            if (value_at := self._assigned_value(at)) is not None:
                return self._assign(at, value_at)
            if self._values.is_call(at):
                return self._values.call(at) if _is_sending(tokens.word(at)) else self._updating(at)
        elif self._values.is_object(at):
            value, behind = self._values.value(at)
            comment = tokens.commented(at, tokens.closing[at])
            self._take_loose(at, value, correction=COMMENTS_LEFT_OUT.format(comment) if comment else "")
            return max(behind, at + 1)
        return at + 1

    def _assigned_value(self, at: int) -> int | None:
        """Where the value begins that the name at `at`, or an item of it, is set to."""
        tokens = self._tokens
        behind = at + 1
        if tokens.mark(behind) == "[" and tokens.closing.get(behind) == behind + 2:
            behind += 3
        elif tokens.mark(behind) == ":" and tokens.word(behind + 1):  # an annotation
            behind += 2
            behind = tokens.closing.get(behind, behind - 1) + 1
        if tokens.mark(behind) == "=" and tokens.mark(behind + 1) not in ("=", ">"):
            return behind + 1
        return None

    def _assign(self, at: int, value_at: int) -> int:
        """Set the name; the token to go on from. Within what is not understood there may be calls to find."""
        values, name = self._values, self._tokens.word(at)
        value, behind = values.value(value_at)
        if self._tokens.mark(at + 1) == "[":
            self._set_item(name, at + 2, value)
        elif isinstance(values.names.get(name.rpartition(".")[0]), dict):
            owner, _dot, key = name.rpartition(".")
            values.names[owner][key] = value
        else:
            values.names[name] = value
            self._take_loose(value_at, value, is_named=True)
        return value_at if isinstance(value, Unknown) else max(behind, value_at + 1)

    def _set_item(self, name: str, key_at: int, value: Any) -> None:
        key, _behind = self._values.value(key_at)
        target = self._values.names.get(name)
        if isinstance(target, dict) and isinstance(key, str):
            target[key] = value

    def _updating(self, at: int) -> int:
        """`payload.update({…})`; any other call is stepped into."""
        owner, _dot, method = self._tokens.word(at).rpartition(".")
        target: Any = self._values.names.get(owner)
        if method == "update" and isinstance(target, dict):
            value, _behind = self._values.value(at + 2)
            cast("dict[str, Any]", target).update(
                cast("dict[str, Any]", value) if isinstance(value, dict) else {}
            )
        return at + 2

    def _take_loose(self, at: int, value: Any, *, correction: str = "", is_named: bool = False) -> None:
        values: list[Any] = cast("list[Any]", value)[:MOST_SAMPLES] if isinstance(value, list) else [value]
        for each in values:
            if not isinstance(each, Mapping) or id(each) in self._looked_at:  # pyright: ignore[reportUnknownArgumentType]
                continue
            payload = cast("Mapping[str, Any]", each)
            self._looked_at[id(payload)] = payload  # kept, so that no other gets its id
            if is_payload(payload) and len(self.loose) < MOST_SAMPLES:
                start, corrections = self._tokens.items[at].start, [correction] if correction else []
                self.loose.append(
                    Sample("JSON payload", start, payload, is_named=is_named, corrections=corrections)
                )

    def _batch(self) -> Iterator[Sample]:
        """The requests of one of our own notebooks."""
        shared, batch = self._values.names.get(_SHARED), self._values.names.get(_BATCH)
        if not isinstance(shared, dict) or not isinstance(batch, list):
            return
        common, names = cast("dict[str, Any]", shared), self._values.names
        self.loose.clear()
        headers = _pairs(names.get("headers"))
        for own in cast("list[Any]", batch)[:MOST_SAMPLES]:
            if isinstance(own, dict):
                payload = common | cast("dict[str, Any]", own)
                kind = "img2img" if "init_images" in payload else "txt2img"
                yield Sample("notebook", 0, payload, f"{names.get('ADDRESS', '')}/sdapi/v1/{kind}", headers)

    def _called(self, call: Call) -> None:
        if len(self.sent) < MOST_SAMPLES:
            sample = self._sample_of(call, self._tokens.items[call.at].start)
            self.sent += [sample] if sample else []

    def _sample_of(self, call: Call, start: int) -> Sample | None:
        owner, _dot, method = call.name.rpartition(".")
        if method in ROUTES:
            return _of_method(call, method, start)
        options = _options(call)
        key, body = _body(call, options)
        url = _url(call, options)
        payload, remarks = self._as_payload(body)
        if payload is None or not (is_payload(payload) or names_route(url)):
            return None
        wrong = _wrong_body(owner or method, key, body)
        form = _FORMS.get(owner.partition(".")[0] or method, _FORMS.get(method, "code"))
        headers = _pairs(options.get("headers", call.named.get("headers")))
        pair = _pair(call.named.get("auth", options.get("auth")))
        return Sample(form, start, payload, url, headers, pair, [*([wrong] if wrong else []), *remarks])

    def _as_payload(self, body: Any) -> tuple[Mapping[str, Any] | None, list[str]]:
        if isinstance(body, Mapping):
            return cast("Mapping[str, Any]", body), []
        return self._lenient.read(body) if isinstance(body, str) else (None, [])

    def strings(self) -> Iterator[tuple[int, str]]:
        """Every string of the text, with where it stands."""
        for token in self._tokens.items:
            if token.kind == "string":
                yield token.start, literals.content(self._tokens.text[token.start : token.end], token.sign)


def _is_sending(name: str) -> bool:
    return name.rpartition(".")[2] in _SENDING


def _of_method(call: Call, method: str, start: int) -> Sample | None:
    """A call such as `api.txt2img(prompt=…)`, whose names are the wire's."""
    named = {_WEBUIAPI.get(name, name): value for name, value in call.named.items()}
    if not is_payload(named):
        return None
    return Sample("Python (webuiapi)", start, named, f"/sdapi/v1/{method}")


def _options(call: Call) -> dict[str, Any]:
    """The objects by place that say how to send, not what."""
    found: dict[str, Any] = {}
    for value in call.positional:
        if isinstance(value, Mapping) and not isinstance(value, JsonText):
            named = cast("Mapping[str, Any]", value)
            if not is_payload(named) and {"method", "headers", "body", "data", "json", "url"} & named.keys():
                found |= named
    return found


def _body(call: Call, options: Mapping[str, Any]) -> tuple[str, Any]:
    for source in (call.named, options):
        for key in _BODIES:
            if isinstance(source.get(key), Mapping | str):
                return key, source[key]
    objects = [cast("Mapping[str, Any]", value) for value in call.positional if isinstance(value, Mapping)]
    texts = [value for value in call.positional if isinstance(value, str) and "{" in value]
    bodies: list[Any] = [value for value in objects if isinstance(value, JsonText) or is_payload(value)]
    bodies += [value for value in texts if not names_route(value)]
    return "", bodies[0] if bodies else None


def _wrong_body(sender: str, key: str, body: Any) -> str:
    if (
        not isinstance(body, Mapping)
        or isinstance(body, JsonText)
        or sender.partition(".")[0] in _SCRIPTED - {"fetch"}
    ):
        return ""
    if key == "body":
        return NOT_TEXT
    return {"data": FORM_SENT, "params": QUERY_SENT}.get(key, "")


def _url(call: Call, options: Mapping[str, Any]) -> str:
    named = [source[key] for source in (call.named, options) for key in ("url", "uri", "Uri") if key in source]
    for value in (*named, *call.positional):
        if isinstance(value, str) and (names_route(value) or "://" in value[:200]):
            return value
    return ""


def _pairs(headers: Any) -> list[tuple[str, Any]]:
    return list(cast("Mapping[str, Any]", headers).items()) if isinstance(headers, Mapping) else []


def _pair(auth: Any) -> Any:
    """`auth=("user", "password")`, or axios' `{username, password}`."""
    if isinstance(auth, Mapping):
        named = cast("Mapping[str, Any]", auth)
        auth = [named.get("username", ""), named.get("password", "")]
    if isinstance(auth, list) and len(cast("list[Any]", auth)) == 2:
        user, password = cast("list[Any]", auth)
        return f"{user}:{password}"
    return ""
