"""Request bodies: read as FastAPI 0.94 read them, checked as pydantic 1 checked them, described for OpenAPI.

FastAPI now comes with pydantic 2, whose rules and complaints differ, so a table of `Field`s describes each body
and is checked here. The tables are in `fields`, the types of values in `kinds`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message
from typing import Any

from starlette.requests import Request

from sdstudio.practice.kinds import LIST, OBJECT, Kind, Location, Problems, note_missing, note_none
from sdstudio.practice.wire_errors import Declined, Invalid

LARGEST_BODY = 256 * 2**20  # a base64 PNG of 8192² pixels fits; the original has no limit at all

_MISSING: Any = object()


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a body. `nullable` fields take null as it is; `note` is for the documentation page."""

    name: str
    kind: Kind
    default: Any = None
    note: str = ""
    nullable: bool = True
    required: bool = False


async def body_of(request: Request, fields: Sequence[Field]) -> dict[str, Any]:
    """The request's body checked against a table; raises `Invalid` or `Declined`."""
    return validated(fields, await _decoded(request))


async def object_of(request: Request) -> dict[str, Any]:
    """The request's body as any JSON object; raises `Invalid` or `Declined`."""
    return checked(OBJECT, await _decoded(request), ("body",))


def validated(fields: Sequence[Field], body: Any) -> dict[str, Any]:
    """Every field of the table with its value or default; unknown keys are dropped. Raises `Invalid`."""
    given = checked(OBJECT, body, ("body",))
    problems: Problems = []
    values = _filled(fields, given, ("body",), problems)
    if problems:
        raise Invalid(problems)
    return values


def checked(kind: Kind, value: Any, location: Location) -> Any:
    """One required value on its own: a whole body, a query parameter. Raises `Invalid`."""
    problems: Problems = []
    if value is _MISSING or value is None:
        note_missing(problems, location)
    else:
        value = kind.coerce(value, location, problems)
    if problems:
        raise Invalid(problems)
    return value


def objects(fields: Sequence[Field]) -> Kind:
    """A list of objects, each described by a table."""

    def coerce(value: Any, location: Location, problems: Problems) -> list[dict[str, Any]]:
        items: list[Any] = LIST.coerce(value, location, problems) or []
        found: list[dict[str, Any]] = []
        for at, item in enumerate(items):
            here = (*location, at)
            given = OBJECT.coerce(item, here, problems)
            if given is not None:
                found.append(_filled(fields, given, here, problems))
        return found

    return Kind({"type": "array", "items": openapi_schema(fields)}, coerce)


def _filled(
    fields: Sequence[Field], given: dict[str, Any], location: Location, problems: Problems
) -> dict[str, Any]:
    return {field.name: _value(field, given, (*location, field.name), problems) for field in fields}


def _value(field: Field, given: dict[str, Any], location: Location, problems: Problems) -> Any:
    value = given.get(field.name, _MISSING)
    if value is _MISSING and field.required:
        return note_missing(problems, location)
    if value is _MISSING:
        return field.default  # never coerced: a default of 0 stays an integer in the echo
    if value is None:
        return None if field.nullable else note_none(problems, location)
    return field.kind.coerce(value, location, problems)


async def _decoded(request: Request) -> Any:
    body = await _bytes(request)
    if not body:
        return _MISSING
    if not _says_json(request.headers.get("content-type")):
        return body
    try:
        return json.loads(body)
    except json.JSONDecodeError as error:
        raise Invalid([_broken_json(error)]) from error
    except (ValueError, RecursionError) as error:  # not UTF-8, a number of thousands of digits, deep nesting
        raise Declined(400, "There was an error parsing the body") from error


async def _bytes(request: Request) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_BODY:
            raise Declined(413, f"The practice endpoint takes at most {LARGEST_BODY:,} bytes")
        parts.append(part)
    return b"".join(parts)


def _says_json(content_type: str | None) -> bool:
    if content_type is None:
        return True
    message = Message()
    message["content-type"] = content_type
    subtype = message.get_content_subtype()
    return message.get_content_maintype() == "application" and (subtype == "json" or subtype.endswith("+json"))


def _broken_json(error: json.JSONDecodeError) -> dict[str, Any]:
    place = {"msg": error.msg, "doc": error.doc, "pos": error.pos, "lineno": error.lineno, "colno": error.colno}
    return {"loc": ["body", error.pos], "msg": str(error), "type": "value_error.jsondecode", "ctx": place}


def openapi_body(fields: Sequence[Field]) -> dict[str, Any]:
    """What a route's `openapi_extra` needs, since FastAPI does not see these bodies."""
    content = {"application/json": {"schema": openapi_schema(fields)}}
    return {"requestBody": {"required": True, "content": content}}


def openapi_schema(fields: Sequence[Field]) -> dict[str, Any]:
    """The table as a JSON schema."""
    schema: dict[str, Any] = {"type": "object", "properties": {f.name: _openapi_field(f) for f in fields}}
    if required := [field.name for field in fields if field.required]:
        schema["required"] = required
    return schema


def _openapi_field(field: Field) -> dict[str, Any]:
    schema: dict[str, Any] = dict(field.kind.openapi)
    if field.nullable and not field.required:
        schema = {"anyOf": [schema, {"type": "null"}]}
    if not field.required:
        schema["default"] = field.default
    if field.note:
        schema["description"] = field.note
    return schema
