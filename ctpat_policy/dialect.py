"""The JSON Schema that shipped schemas are written in: closed, so that a slip is no free pass."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Container, Iterator, Mapping
from typing import Any

import jsonschema_rs

from ctpat_policy.errors import BrokenRule
from ctpat_policy.model import Place, Pointer

DRAFT = "https://json-schema.org/draft/2020-12/schema"
FORMATS = ("date", "date-time", "duration", "uri")
#: What a text with `x-ref` may name.
NAMED = (
    "person",
    "site",
    "partner",
    "lane",
    "system",
    "procedure",
    "evidence",
    "corrective_action",
    "shipment",
)

_ONE = frozenset(
    {"items", "contains", "not", "if", "then", "else", "additionalProperties"}
    | {"unevaluatedProperties"}
)
_LIST = frozenset({"allOf", "anyOf", "oneOf"})
_MAP = frozenset({"properties", "patternProperties", "$defs", "dependentSchemas"})
_PLAIN = frozenset(
    {"type", "const", "enum", "required", "dependentRequired", "pattern", "$ref", "format"}
    | {"minItems", "maxItems", "minContains", "maxContains", "uniqueItems"}
    | {"minLength", "maxLength", "minProperties", "maxProperties"}
    | {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
    | {"$schema", "title", "description", "examples"}
    | {"x-ref", "x-gap", "x-evidence"}
)


def check(path: str, schema: Mapping[str, Any], files: Mapping[str, Any]) -> None:
    """Refuse whatever a validator would silently pass over.

    That is an unknown keyword, format or draft, and a `$ref` that leaves `files` (path to content)
    or names nothing. Raises BrokenRule with the place.
    """
    if schema.get("$schema") != DRAFT:
        raise BrokenRule(f"$schema must be {DRAFT}", Place(path, ("$schema",)))
    try:
        jsonschema_rs.meta.validate(dict(schema))
    except jsonschema_rs.ValidationError as error:
        message = str(error).splitlines()[0]
        raise BrokenRule(message, Place(path, tuple(error.instance_path))) from None
    for at, keyword, value in _keywords(schema, ()):
        wrong = _CHECKS.get(keyword, _unknown)(keyword, value, path, files)
        if wrong:
            raise BrokenRule(wrong, Place(path, at))


def _keywords(schema: Any, at: Pointer) -> Iterator[tuple[Pointer, str, Any]]:
    """Every keyword of a schema and of the schemas inside it, with its place."""
    if not isinstance(schema, Mapping):
        return  # true and false are schemas too
    for keyword, value in schema.items():
        here = (*at, keyword)
        yield here, keyword, value
        if keyword in _ONE:
            yield from _keywords(value, here)
        elif keyword in _LIST:
            for index, inner in enumerate(value):
                yield from _keywords(inner, (*here, index))
        elif keyword in _MAP:
            for name, inner in value.items():
                yield from _keywords(inner, (*here, name))


def _unknown(keyword: str, _: Any, __: str, ___: Mapping[str, Any]) -> str:
    known = keyword in _ONE or keyword in _LIST or keyword in _MAP or keyword in _PLAIN
    return "" if known else f"{keyword} is no keyword of these schemas"


def _one_of(allowed: Container[str]) -> Callable[[str, Any, str, Mapping[str, Any]], str]:
    def wrong(keyword: str, value: Any, _: str, __: Mapping[str, Any]) -> str:
        return "" if value in allowed else f"{keyword} may not be {value}"

    return wrong


def _reference(_: str, value: Any, path: str, files: Mapping[str, Any]) -> str:
    name, _, fragment = str(value).partition("#")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), name)) if name else path
    found: Any = files.get(target)
    for step in fragment.split("/")[1:]:
        found = found.get(step) if isinstance(found, Mapping) else None
    local = "://" not in name and (not fragment or fragment.startswith("/"))
    return "" if local and found is not None else f"$ref {value} names nothing in these schemas"


_CHECKS: Mapping[str, Callable[[str, Any, str, Mapping[str, Any]], str]] = {
    "format": _one_of(FORMATS),
    "x-ref": _one_of(NAMED),
    "$ref": _reference,
}
