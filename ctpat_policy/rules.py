"""A criterion's rule: the closed JSON Schema dialect, its verdict, and where it fails."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from ctpat_policy.errors import BrokenRule
from ctpat_policy.model import Place

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

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
    """One rule with its references written out, so that it stands alone as a JSON Schema.

    `place` is where below schemas/ it is written.
    """

    def __init__(self, schema: dict[str, Any], place: Place) -> None:
        self.schema = schema
        self.place = place

    def passes(self, value: Any) -> bool:
        """Whether the value fits. Compiled on first use: no run judges every rule."""
        return self._compiled.is_valid(value)

    def need_to_compile(self) -> None:
        """Raise BrokenRule when the rule is no schema; the catalog asks this of every rule."""
        _ = self._compiled

    def failures(self, value: Any) -> list[Failure]:
        """Every place where the value breaks the rule; at least one when `passes` is false."""
        # No records at all is by far the most frequent failure, and always words itself alike.
        return self._on_nothing if value == [] else self._failures(value)

    @cached_property
    def _on_nothing(self) -> list[Failure]:
        return self._failures([])

    def _failures(self, value: Any) -> list[Failure]:
        found = [self._failure(value, error) for error in self._wording.iter_errors(value)]
        return found or [Failure("", (value,), ())]

    @cached_property
    def _compiled(self) -> jsonschema_rs.Draft202012Validator:
        try:
            return jsonschema_rs.Draft202012Validator(self.schema, retriever=_refuse)
        except (jsonschema_rs.ValidationError, ValueError) as error:
            raise BrokenRule(str(error).splitlines()[0], self.place) from None

    @cached_property
    def _wording(self) -> Draft202012Validator:
        from jsonschema import Draft202012Validator  # words failures only, and is slow to import

        return Draft202012Validator(self.schema)

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
    rule: Any, facts: Mapping[str, Any], place: Place, seen: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The rule with every `$ref` replaced by what it names.

    `place` is where below schemas/ the rule is written. Raises BrokenRule for a keyword outside
    the dialect, an unknown or recursive reference, and a rule that could not fail.
    """
    if not isinstance(rule, Mapping) or not rule.keys() - {"x-gap"}:
        raise BrokenRule("a rule must be a mapping with at least one keyword that decides", place)
    out: dict[str, Any] = {}
    for keyword, value in rule.items():
        here = place.inside(keyword)
        if keyword == "$ref":
            continue
        if keyword not in KEYWORDS:
            raise BrokenRule(f"{keyword} is not in the dialect of rules", here)
        if _decides_nothing(keyword, value, rule):
            raise BrokenRule(f"`{keyword}` decides nothing here", here)
        if keyword == "properties":
            out[keyword] = {
                k: written_out(v, facts, here.inside(k), seen) for k, v in value.items()
            }
        elif keyword in _ONE:
            # `not: {}` refuses everything and is the one place where an empty rule means something.
            empty = keyword == "not" and value == {}
            out[keyword] = {} if empty else written_out(value, facts, here, seen)
        elif keyword in _LIST:
            out[keyword] = [
                written_out(v, facts, here.inside(i), seen) for i, v in enumerate(value)
            ]
        else:
            out[keyword] = value
    return _with_reference(out, rule, facts, place, seen)


def definition(name: str) -> Place:
    """Where a shared definition is written."""
    return Place("facts.yaml", ("$defs", name))


#: Keywords that only mean something beside another one.
_BESIDE = {
    "if": frozenset({"then", "else"}),
    "then": frozenset({"if"}),
    "else": frozenset({"if"}),
    "minContains": frozenset({"contains"}),
    "maxContains": frozenset({"contains"}),
}


def _decides_nothing(keyword: str, value: Any, rule: Mapping[str, Any]) -> bool:
    """Whether a keyword passes everything: it lacks its fellow, names nothing, or asks for none."""
    if keyword in _BESIDE and not _BESIDE[keyword] & rule.keys():
        return True
    if keyword in ("properties", "required", *_LIST):
        return not value
    return keyword in ("minItems", "minLength", "minContains") and value == 0


def _with_reference(
    out: dict[str, Any],
    rule: Mapping[str, Any],
    facts: Mapping[str, Any],
    place: Place,
    seen: tuple[str, ...],
) -> dict[str, Any]:
    if "$ref" not in rule:
        return out
    here = place.inside("$ref")
    match = _REF.fullmatch(str(rule["$ref"]))
    name = match[1] if match else ""
    if name not in facts:
        raise BrokenRule(f"$ref {rule['$ref']} names no definition of facts.yaml", here)
    if name in seen:
        raise BrokenRule(f"$ref {rule['$ref']} leads back to itself", here)
    target = written_out(facts[name], facts, definition(name), (*seen, name))
    if not out:
        return target
    return {**out, "allOf": [*out.get("allOf", ()), target]}


def _refuse(uri: str) -> Any:
    raise ValueError(f"a rule may not refer to {uri}")
