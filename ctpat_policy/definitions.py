"""The closed JSON Schema dialect of rules, and the definitions that rules share, written out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ctpat_policy.errors import BrokenRule
from ctpat_policy.model import Place, Pointer
from ctpat_policy.rules import LISTS

#: Keywords whose value is one schema, and those whose value is none.
_ONE = frozenset({"items", "contains", "not", "if", "then", "else"})
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
KEYWORDS = _ONE | LISTS | _PLAIN | {"properties", "$ref"}

_REF = re.compile(r"(?:(?:\.\./\.\./)?facts\.yaml)?#/\$defs/([a-z_0-9]+)", re.ASCII)


class Definitions:
    """The definitions of facts.yaml; what a rule names is written out once and shared by all."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self._facts = facts
        self._known: dict[str, dict[str, Any]] = {}

    def need_to_stand(self) -> None:
        """Raise BrokenRule when a definition cannot be written out, whoever may name it."""
        for name in self._facts:
            self._definition(name, ())

    def written_out(self, rule: Any, place: Place) -> dict[str, Any]:
        """The rule with every `$ref` replaced by what it names; nobody may change it.

        `place` is where below schemas/ the rule is written. Raises BrokenRule for a keyword
        outside the dialect, an unknown or recursive reference, and a rule that could not fail.
        """
        return self._written(rule, place, (), ())

    def _written(self, rule: Any, top: Place, at: Pointer, seen: tuple[str, ...]) -> dict[str, Any]:
        """`at` leads to the rule from `top`; a place is made only of what is refused."""
        if not isinstance(rule, dict) or rule.keys() <= _SAID:
            message = "a rule must be a mapping with at least one keyword that decides"
            raise BrokenRule(message, top.inside(*at))
        out: dict[str, Any] = {}
        for keyword, value in rule.items():
            if keyword == "$ref":
                continue
            if keyword not in KEYWORDS:
                message = f"{keyword} is not in the dialect of rules"
                raise BrokenRule(message, top.inside(*at, keyword))
            if keyword in _MAY_DECIDE_NOTHING and _decides_nothing(keyword, value, rule):
                raise BrokenRule(f"`{keyword}` decides nothing here", top.inside(*at, keyword))
            if keyword == "properties":
                out[keyword] = {
                    k: self._written(v, top, (*at, keyword, k), seen) for k, v in value.items()
                }
            elif keyword in _ONE:
                # `not: {}` refuses everything: the one place where an empty rule means something.
                empty = keyword == "not" and value == {}
                out[keyword] = {} if empty else self._written(value, top, (*at, keyword), seen)
            elif keyword in LISTS:
                out[keyword] = [
                    self._written(v, top, (*at, keyword, i), seen) for i, v in enumerate(value)
                ]
            else:
                out[keyword] = value
        if "$ref" not in rule:
            return out
        target = self._named(rule["$ref"], top, at, seen)
        return {**out, "allOf": [*out.get("allOf", ()), target]} if out else target

    def _named(self, ref: Any, top: Place, at: Pointer, seen: tuple[str, ...]) -> dict[str, Any]:
        match = _REF.fullmatch(str(ref))
        name = match[1] if match else ""
        if name not in self._facts:
            message = f"$ref {ref} names no definition of facts.yaml"
            raise BrokenRule(message, top.inside(*at, "$ref"))
        if name in seen:
            raise BrokenRule(f"$ref {ref} leads back to itself", top.inside(*at, "$ref"))
        return self._definition(name, seen)

    def _definition(self, name: str, seen: tuple[str, ...]) -> dict[str, Any]:
        if name not in self._known:
            place = Place("facts.yaml", ("$defs", name))
            self._known[name] = self._written(self._facts[name], place, (), (*seen, name))
        return self._known[name]


#: Keywords that only mean something beside another one.
_BESIDE = {
    "if": frozenset({"then", "else"}),
    "then": frozenset({"if"}),
    "else": frozenset({"if"}),
    "minContains": frozenset({"contains"}),
    "maxContains": frozenset({"contains"}),
}
#: Keywords that mean something, but not with a value of nothing.
_MAY_BE_EMPTY = LISTS | {"properties", "required"}
_MAY_DECIDE_NOTHING = _MAY_BE_EMPTY | _BESIDE.keys() | {"minItems", "minLength"}
#: What decides nothing by itself.
_SAID = frozenset({"x-gap"})


def _decides_nothing(keyword: str, value: Any, rule: Mapping[str, Any]) -> bool:
    """Whether a keyword passes everything: it lacks its fellow, names nothing, or asks for none."""
    if keyword in _BESIDE and not _BESIDE[keyword] & rule.keys():
        return True
    if keyword in _MAY_BE_EMPTY:
        return not value
    return keyword in ("minItems", "minLength", "minContains") and value == 0
