"""Turns a schema violation into a sentence for the person who wrote the document."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import jsonschema
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from ctpat_policy.schemas import FORMATS, Violation

_SHOWN = 60
_NAMED = 12
_KIND = {
    "object": "a mapping (key: value)",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}
_EXAMPLE = {
    "date": "2026-10-31",
    "date-time": "2026-10-31T14:05:00-05:00",
    "duration": "P3M (three months) or P14D (fourteen days)",
    "uri": "https://example.invalid/page",
}
_QUOTED = re.compile(r"'([^']*)'")


def explain(
    uri: str, value: Any, resources: Mapping[str, Mapping[str, Any]], base: str
) -> list[Violation]:
    """Every violation of the schema at `uri`, in the order of the document."""
    registry: Registry[Any] = Registry().with_resources(
        (base + path, DRAFT202012.create_resource(schema)) for path, schema in resources.items()
    )
    validator = jsonschema.Draft202012Validator(
        {"$ref": uri}, registry=registry, format_checker=_format_checker()
    )
    found = {
        (v.pointer, v.message): v
        for error in _leaves(list(validator.iter_errors(value)))
        for v in _worded(error)
    }
    return sorted(found.values(), key=lambda v: [str(step) for step in v.pointer])


def shown(value: Any) -> str:
    """A value as it may stand in a message: short, on one line."""
    plain = {True: "true", False: "false", None: "null"}
    text = plain[value] if value is None or isinstance(value, bool) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _format_checker() -> jsonschema.FormatChecker:
    checker = jsonschema.FormatChecker(formats=())
    for name, test in FORMATS.items():
        checker.checks(name)(partial(_fits, test))
    return checker


def _fits(test: Callable[[str], bool], value: object) -> bool:
    return not isinstance(value, str) or test(value)


def _leaves(errors: list[jsonschema.ValidationError]) -> Iterator[jsonschema.ValidationError]:
    """The errors worth wording: of alternatives, the one that comes nearest.

    A key that its own schema refused is also unevaluated further up; that is said only when
    nothing else is wrong.
    """
    specific = [e for e in errors if e.validator != "unevaluatedProperties"]
    for error in specific or errors:
        best = jsonschema.exceptions.best_match([error])
        alternatives = error.validator in ("anyOf", "oneOf") and error.context
        yield best if alternatives and best is not None else error


def _worded(error: jsonschema.ValidationError) -> Iterable[Violation]:
    pointer = tuple(error.absolute_path)
    name = str(pointer[-1]) if pointer else "the document"
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    limit: Any = error.validator_value
    match str(error.validator):
        case "required":
            missing = _quoted(error.message)[0]
            says = schema.get("properties", {}).get(missing, {}).get("description", "")
            hint = f"add {missing}: {says}" if says else f"add {missing}"
            return [Violation(pointer, f"{missing} is missing", hint)]
        case "additionalProperties":
            return _unknown_keys(error, pointer, name, list(schema.get("properties", {})))
        case "unevaluatedProperties":
            hint = "remove it, or move it below data"
            extra = _quoted(error.message)
            return [Violation((*pointer, x), f"{x} is not a key of {name}", hint) for x in extra]
        case "type":
            wanted = [limit] if isinstance(limit, str) else limit
            kinds = " or ".join(_KIND[k] for k in wanted)
            number = isinstance(error.instance, int | float) and "string" in wanted
            message = f"{name} must be {kinds}, not {shown(error.instance)}"
            return [Violation(pointer, message, "put it in quotes" if number else "")]
        case "enum":
            hint = _nearest(error.instance, limit) + f"one of: {', '.join(map(str, limit))}"
            return [Violation(pointer, f"{name} may not be {shown(error.instance)}", hint)]
        case "const":
            message = f"{name} must be {shown(limit)}, not {shown(error.instance)}"
            return [Violation(pointer, message)]
        case "pattern":
            examples = schema.get("examples")
            hint = f"for example {examples[0]}" if examples else f"it must match {limit}"
            return [Violation(pointer, f"{name} has the wrong form: {shown(error.instance)}", hint)]
        case "format":
            hint = f"for example {_EXAMPLE[str(limit)]}"
            return [Violation(pointer, f"{name} is no {limit}: {shown(error.instance)}", hint)]
        case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" as bound:
            message = f"{name} must be {_BOUND[bound]} {limit}, not {shown(error.instance)}"
            return [Violation(pointer, message)]
        case "minItems" | "maxItems" | "minLength" | "maxLength" | "minProperties" as size:
            unit = {"I": "entries", "L": "characters", "P": "keys"}[size[3]]
            way = "least" if size.startswith("min") else "most"
            return [Violation(pointer, f"{name} needs at {way} {limit} {unit}")]
    message = f"{name} does not fit its schema ({error.validator}): {shown(error.instance)}"
    return [Violation(pointer, message)]


_BOUND = {
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "more than",
    "exclusiveMaximum": "less than",
}


def _unknown_keys(
    error: jsonschema.ValidationError, pointer: tuple[str | int, ...], name: str, known: list[str]
) -> Iterator[Violation]:
    instance: Any = error.instance
    for extra in (key for key in instance if key not in known):
        hint = _nearest(extra, known) or f"remove it; known here: {', '.join(known[:_NAMED])}"
        yield Violation((*pointer, extra), f"{extra} is not a key of {name}", hint)


def _nearest(word: Any, known: Iterable[Any]) -> str:
    near = difflib.get_close_matches(str(word), [str(k) for k in known], 1)
    return f"did you mean {near[0]}? " if near else ""


def _quoted(message: str) -> list[str]:
    return _QUOTED.findall(message) or ["?"]
