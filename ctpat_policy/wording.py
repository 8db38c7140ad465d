"""Turns a schema violation into a sentence for the person who wrote the document."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import jsonschema
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from ctpat_policy.conditions import described, worded
from ctpat_policy.model import Pointer
from ctpat_policy.schemas import FORMATS, Violation
from ctpat_policy.sentences import Error, choice, words

#: What helps where nothing better is known.
_LOOK = "ctpat-policy explain says what belongs here, as does the editor"


def explain(
    uri: str, value: Any, resources: Mapping[str, Mapping[str, Any]], base: str
) -> list[Violation]:
    """Every violation of the schema at `uri`, sorted by place.

    Where a condition (`if` and `then`) says in `x-gap` what it is about, that is the message.
    """
    # Without `$schema`, or the library would go on with its own validator instead of ours.
    plain = ((p, {k: v for k, v in s.items() if k != "$schema"}) for p, s in resources.items())
    registry: Registry[Any] = Registry().with_resources(
        (base + path, DRAFT202012.create_resource(schema)) for path, schema in plain
    )
    path = uri.removeprefix(base)
    known = _keys(path, resources) if path in resources else []
    said: dict[int, str] = {}
    asked: dict[int, str] = {}
    kind = jsonschema.validators.extend(  # type: ignore[no-untyped-call]
        jsonschema.Draft202012Validator, {"if": partial(_conditional, said, asked)}
    )
    validator = kind({"$ref": uri}, registry=registry, format_checker=_format_checker())
    errors = list(validator.iter_errors(value))  # kept, as `said` knows them by identity
    found: dict[tuple[Pointer, str], Violation] = {}
    for error in _specific(errors):
        for violation in _worded(_nearest_alternative(error), known):
            told = violation
            if gap := said.get(id(error)):
                told = violation._replace(message=gap, hint=violation.message)
            elif when := asked.get(id(error)):
                missing = violation.message.partition(" ")[0]
                says = described(resources.get(path, {}), (*violation.pointer, missing))
                hint = f"{violation.hint}: {says}" if says else violation.hint
                message = f"{violation.message}; it is needed {when}"
                told = violation._replace(message=message, hint=hint)
            found.setdefault((told.pointer, told.message), told)
    return sorted(found.values(), key=lambda v: [_in_order(step) for step in v.pointer])


def _in_order(step: str | int) -> tuple[int, str]:
    return (step, "") if isinstance(step, int) else (0, step)


def _format_checker() -> jsonschema.FormatChecker:
    checker = jsonschema.FormatChecker(formats=())
    for name, test in FORMATS.items():
        checker.checks(name)(partial(_fits, test))
    return checker


def _fits(test: Callable[[str], bool], value: object) -> bool:
    return not isinstance(value, str) or test(value)


def _conditional(
    said: dict[int, str],
    asked: dict[int, str],
    validator: Any,
    condition: Any,
    value: Any,
    schema: Mapping[str, Any],
) -> Iterator[Error]:
    """The keyword `if`, which notes what its branch says of an error, or when it asks for a key."""
    for error in jsonschema.Draft202012Validator.VALIDATORS["if"](
        validator, condition, value, schema
    ):
        way, *deeper = error.schema_path
        branch = schema[way]
        if isinstance(branch, Mapping) and "x-gap" in branch:
            said[id(error)] = branch["x-gap"]
        elif deeper == ["required"] and (when := worded(condition)):
            asked[id(error)] = f"{'where' if way == 'then' else 'unless'} {when}"
        yield error


def _specific(errors: list[Error]) -> list[Error]:
    """The errors worth wording.

    A key that its own schema refused is also unevaluated further up; that is said only when
    nothing else is wrong.
    """
    return [e for e in errors if e.validator != "unevaluatedProperties"] or errors


def _nearest_alternative(error: Error) -> Error:
    """Of alternatives the one that comes nearest, unless they only ask for one key or another."""
    if error.validator not in ("anyOf", "oneOf") or not error.context or choice(error):
        return error
    best = jsonschema.exceptions.best_match([error])
    return error if best is None else best


def _keys(path: str, resources: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The keys that a document may have at its top, those of what its schema builds on, too."""
    schema = resources[path]
    found = [*schema.get("properties", {})]
    for part in schema.get("allOf", ()):
        other = posixpath.normpath(posixpath.join(posixpath.dirname(path), part.get("$ref", "")))
        found += _keys(other, resources) if other in resources else []
    return found


def _worded(error: Error, known: Sequence[str]) -> Iterator[Violation]:
    """`known` are the keys at the top, where alone keys are refused that nothing evaluated."""
    pointer = tuple(error.absolute_path)
    for at, message, hint in words(error, known):
        says = error.schema.get("description", "") if isinstance(error.schema, Mapping) else ""
        yield Violation((*pointer, *at), message, hint.strip() or " ".join(says.split()) or _LOOK)
