"""The JSON Schema that shipped schemas are written in: closed, so that a slip is no free pass."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Container, Mapping
from typing import Any

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
    {"type", "const", "enum", "required", "dependentRequired", "pattern"}
    | {"minItems", "maxItems", "minContains", "maxContains", "uniqueItems"}
    | {"minLength", "maxLength", "minProperties", "maxProperties"}
    | {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
    | {"$schema", "title", "description", "examples"}
    | {"x-gap", "x-evidence"}
)


def check(path: str, schema: Mapping[str, Any], files: Mapping[str, Any]) -> None:
    """Refuse whatever a validator would silently pass over.

    That is an unknown keyword, format or draft, and a `$ref` that leaves `files` (path to content)
    or names nothing. Raises BrokenRule with the place.
    """
    if schema.get("$schema") != DRAFT:
        raise BrokenRule(f"$schema must be {DRAFT}", Place(path, ("$schema",)))
    import jsonschema_rs

    try:
        jsonschema_rs.meta.validate(dict(schema))
    except jsonschema_rs.ValidationError as error:
        message = str(error).splitlines()[0]
        raise BrokenRule(message, Place(path, tuple(error.instance_path))) from None
    _check(schema, path, (), files)


def _check(schema: Any, path: str, at: Pointer, files: Mapping[str, Any]) -> None:
    """Every keyword of a schema and of the schemas inside it."""
    if not isinstance(schema, dict):
        return  # true and false are schemas too
    for keyword, value in schema.items():
        if keyword in _CHECKS:
            wrong = _CHECKS[keyword](keyword, value, path, files)
            if wrong:
                raise BrokenRule(wrong, Place(path, (*at, keyword)))
        elif keyword in _ONE:
            _check(value, path, (*at, keyword), files)
        elif keyword in _LIST:
            for index, inner in enumerate(value):
                _check(inner, path, (*at, keyword, index), files)
        elif keyword in _MAP:
            for name, inner in value.items():
                _check(inner, path, (*at, keyword, name), files)
        elif keyword not in _PLAIN:
            message = f"{keyword} is no keyword of these schemas"
            raise BrokenRule(message, Place(path, (*at, keyword)))


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
