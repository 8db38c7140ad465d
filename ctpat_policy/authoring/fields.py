"""The fields of a schema as a person fills them in: required first, each with what it means."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ctpat_policy import conditions
from ctpat_policy.schemas import Schemas

_FORMATS = {
    "date": "A day, such as 2026-10-31",
    "date-time": "Day and time with the offset from UTC, such as 2026-10-31T14:05:00-05:00",
    "duration": "A span, such as P90D or P1Y",
    "uri": "An address",
}
_TYPES = {"boolean": "true or false", "integer": "A number", "number": "A number"}


@dataclass(frozen=True, slots=True)
class Field:
    """One field: what to write (`says`), and what stands inside it, if anything."""

    name: str
    required: bool
    says: str
    schema: Mapping[str, Any]
    #: Fields of a mapping, or of the items of a list.
    inner: tuple[Field, ...]
    listed: bool

    @property
    def to(self) -> str:
        """What a text names (`site`, `person`), or nothing."""
        schema = self.schema.get("items", self.schema) if self.listed else self.schema
        found: str = schema.get("x-ref", "")
        return found


def fields(schemas: Schemas, path: str, schema: Mapping[str, Any]) -> tuple[Field, ...]:
    """The fields of a mapping's schema that stands in the file `path`, required ones first."""
    schema, path = resolved(schemas, schema, path)
    required = {*schema.get("required", ()), *_first_branch(schema)}
    found = [
        _field(schemas, path, name, inner, name in required)
        for name, inner in schema.get("properties", {}).items()
    ]
    when = conditions.needed(schema)
    found = [
        replace(each, says=f"{each.says}. Needed {when[each.name]}")
        if each.name in when and not each.required
        else each
        for each in found
    ]
    return tuple(sorted(found, key=lambda field: not field.required))


def resolved(
    schemas: Schemas, schema: Mapping[str, Any], path: str
) -> tuple[Mapping[str, Any], str]:
    """A schema without `$ref`, and the file in which it stands; its own words come first."""
    while "$ref" in schema:
        file, _, inside = schema["$ref"].partition("#")
        own = {key: value for key, value in schema.items() if key != "$ref"}
        path = posixpath.normpath(posixpath.join(posixpath.dirname(path), file)) if file else path
        target: Any = schemas.value(path)
        for step in inside.strip("/").split("/") if inside.strip("/") else ():
            target = target[step]
        schema = {**target, **own}
    return schema, path


def _field(
    schemas: Schemas, path: str, name: str, schema: Mapping[str, Any], required: bool
) -> Field:
    schema, path = resolved(schemas, schema, path)
    listed = schema.get("type") == "array" or "items" in schema
    one, where = resolved(schemas, schema["items"], path) if "items" in schema else (schema, path)
    inner = fields(schemas, where, one) if "properties" in one else ()
    says = ". ".join(_sentences(schema, one, listed))
    return Field(name, required, says, schema, inner, listed)


def _sentences(schema: Mapping[str, Any], one: Mapping[str, Any], listed: bool) -> Iterator[str]:
    if "description" in schema:
        yield schema["description"].strip().rstrip(".")
    if listed:
        yield "A list"
    if "enum" in one:
        yield f"One of: {', '.join(str(word) for word in one['enum'])}"
    elif "const" in one:
        yield f"Write {str(one['const']).lower()}"
    elif one.get("format") in _FORMATS:
        yield _FORMATS[one["format"]]
    elif one.get("type") in _TYPES:
        yield _TYPES[one["type"]]


def _first_branch(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """What the first of several alternatives needs."""
    branches: Any = schema.get("oneOf") or schema.get("anyOf") or ({},)
    return tuple(branches[0].get("required", ()))
