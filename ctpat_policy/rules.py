"""A criterion's rule: the closed JSON Schema dialect, its verdict, and where it fails."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from ctpat_policy.errors import BrokenRule

if TYPE_CHECKING:
    from jsonschema import ValidationError

#: Keywords whose value is one schema, a list of schemas, or a mapping of schemas.
_ONE = frozenset({"items", "contains", "not", "if", "then", "else"})
_LIST = frozenset({"anyOf", "allOf", "oneOf"})
_PLAIN = frozenset(
    {"type", "const", "enum", "required", "minContains", "maxContains", "minItems", "maxItems"}
    | {
        "minLength",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "pattern",
        "x-gap",
    }
)
#: The whole dialect. A typo such as `requird` would pass everything, so nothing else is taken.
KEYWORDS = _ONE | _LIST | _PLAIN | {"properties", "$ref"}

_REF = re.compile(r"(?:(?:\.\./\.\./)?facts\.yaml)?#/\$defs/([a-z_0-9]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Failure:
    """One place where a value breaks a rule.

    `trail` holds the values from the tested fact down to the failing one; `gap` is the nearest
    message above the failing keyword, or empty. `spot` leads further, into the first of several
    alternatives, to the value that a person would look at.
    """

    gap: str
    trail: tuple[Any, ...]
    spot: tuple[str | int, ...]


class Rule:
    """One rule with its references written out, so that it stands alone as a JSON Schema."""

    def __init__(self, schema: dict[str, Any], where: str) -> None:
        self.schema = schema
        self.where = where

    def passes(self, value: Any) -> bool:
        """Whether the value fits. Compiled on first use: most runs judge only some rules."""
        return self._compiled.is_valid(value)

    def failures(self, value: Any) -> list[Failure]:
        """Every place where the value breaks the rule; at least one when `passes` is false."""
        import jsonschema  # words failures only, and is slow to import

        validator = jsonschema.Draft202012Validator(self.schema)
        found = [self._failure(value, error) for error in validator.iter_errors(value)]
        return found or [Failure("", (value,), ())]

    @cached_property
    def _compiled(self) -> jsonschema_rs.Draft202012Validator:
        try:
            return jsonschema_rs.Draft202012Validator(self.schema, retriever=_refuse)
        except (jsonschema_rs.ValidationError, ValueError) as error:
            raise BrokenRule(f"{self.where}: {str(error).splitlines()[0]}") from None

    def _failure(self, value: Any, error: ValidationError) -> Failure:
        node: Any = self.schema
        gap = node.get("x-gap", "")
        for step in error.schema_path:
            node = node[step]
            if isinstance(node, Mapping) and isinstance(node.get("x-gap"), str):
                gap = node["x-gap"]
        leaf = error
        while leaf.validator == "anyOf" and leaf.context:
            leaf = leaf.context[0]
        return Failure(gap, trail_of(value, tuple(error.path)), tuple(leaf.absolute_path))


def trail_of(value: Any, path: tuple[str | int, ...]) -> tuple[Any, ...]:
    """The values on the way along a path, beginning with `value` itself."""
    trail = [value]
    for key in path:
        trail.append(trail[-1][key])
    return tuple(trail)


def written_out(
    rule: Any, facts: Mapping[str, Any], where: str, seen: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The rule with every `$ref` replaced by what it names.

    Raises BrokenRule for a keyword outside the dialect, an unknown or recursive reference, and a
    rule that could not fail.
    """
    if not isinstance(rule, Mapping) or not rule:
        raise BrokenRule(f"{where}: a rule must be a mapping with at least one keyword")
    out: dict[str, Any] = {}
    for keyword, value in rule.items():
        if keyword == "$ref":
            continue
        if keyword not in KEYWORDS:
            raise BrokenRule(f"{where}: {keyword} is not in the dialect of rules")
        if keyword == "properties":
            out[keyword] = {
                k: written_out(v, facts, f"{where}/{k}", seen) for k, v in value.items()
            }
        elif keyword in _ONE:
            # `not: {}` refuses everything and is the one place where an empty rule means something.
            empty = keyword == "not" and value == {}
            out[keyword] = {} if empty else written_out(value, facts, f"{where}/{keyword}", seen)
        elif keyword in _LIST:
            out[keyword] = [written_out(v, facts, f"{where}/{keyword}", seen) for v in value]
        else:
            out[keyword] = value
    if "if" in rule and not {"then", "else"} & set(rule):
        raise BrokenRule(f"{where}: an `if` without `then` or `else` decides nothing")
    return _with_reference(out, rule, facts, where, seen)


def properties(rule: Mapping[str, Any], under: str = "") -> Iterator[str]:
    """Dotted names of all properties that a rule speaks of, lists passed through."""
    for keyword, value in rule.items():
        if keyword == "properties":
            for name, inner in value.items():
                yield f"{under}{name}"
                yield from properties(inner, f"{under}{name}.")
        elif keyword in _ONE:
            yield from properties(value, under)
        elif keyword in _LIST:
            for inner in value:
                yield from properties(inner, under)


def _with_reference(
    out: dict[str, Any],
    rule: Mapping[str, Any],
    facts: Mapping[str, Any],
    where: str,
    seen: tuple[str, ...],
) -> dict[str, Any]:
    if "$ref" not in rule:
        return out
    match = _REF.fullmatch(str(rule["$ref"]))
    name = match[1] if match else ""
    if name not in facts or name in seen:
        raise BrokenRule(f"{where}: $ref {rule['$ref']} names no definition of facts.yaml")
    target = written_out(facts[name], facts, f"facts.yaml/{name}", (*seen, name))
    if not out:
        return target
    return {**out, "allOf": [*out.get("allOf", ()), target]}


def _refuse(uri: str) -> Any:
    raise ValueError(f"a rule may not refer to {uri}")
