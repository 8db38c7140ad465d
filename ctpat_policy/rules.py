"""A criterion's rule: the closed JSON Schema dialect, its verdict, and where it fails."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from ctpat_policy.errors import BrokenRule
from ctpat_policy.model import Place, Pointer

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator, ValidationError

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


class Failure(NamedTuple):
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
        """Every place where the value breaks the rule, in the order in which it is written."""
        # No records at all is by far the most frequent failure, and always words itself alike.
        return self._on_nothing if value == [] else self._failures(value)

    @cached_property
    def _on_nothing(self) -> list[Failure]:
        return self._failures([])

    def _failures(self, value: Any) -> list[Failure]:
        found = sorted((self._told(error) for error in self._compiled.iter_errors(value)), key=_at)
        return [Failure(told.gap, trail_of(value, told.path), self._spot(told)) for told in found]

    @cached_property
    def _compiled(self) -> Draft202012Validator:
        import jsonschema_rs  # not loaded where all verdicts are known

        try:
            return jsonschema_rs.Draft202012Validator(self.schema, retriever=_refuse)
        except (jsonschema_rs.ValidationError, ValueError) as error:
            raise BrokenRule(str(error).splitlines()[0], self.place) from None

    def _told(self, error: ValidationError) -> _Told:
        """Where in the rule an error stands, with the nearest message above it.

        The validator itself tells errors in an order of its own.
        """
        node: Any = self.schema
        gap = _message(node)
        at: list[int] = []
        steps: Iterator[Any] = iter(error.schema_path)
        path: Iterator[Any] = iter(error.instance_path)
        for step in steps:
            keyword = _BLAMED.get(step, step)
            at.append(list(node).index(_JUDGED.get(keyword, keyword)))
            node = node[keyword]
            if keyword == "items":
                at.append(next(path))
            elif keyword == "properties":
                next(path)
                name = next(steps)
                at.append(list(node).index(name))
                node = node[name]
            elif keyword in _LIST and (index := next(steps, None)) is not None:
                at.append(index)
                node = node[index]
            gap = _message(node) or gap
        return _Told(at, gap, tuple(error.instance_path), error)

    def _spot(self, told: _Told) -> tuple[str | int, ...]:
        """The place to look at: of alternatives the first one's first error."""
        error: Any = told.error
        while error.kind.name == "anyOf":
            told = min((self._told(inner) for inner in error.kind.context[0]), key=_at)
            error = told.error
        return told.path


class _Told(NamedTuple):
    """An error with what orders it among the others: the way to it, in places of the rule."""

    at: list[int]
    gap: str
    path: tuple[str | int, ...]
    error: ValidationError


#: What the validator blames on a keyword beside the one that holds the rule.
_BLAMED = {"minContains": "contains", "maxContains": "contains"}
#: Where a keyword is judged that others lead to.
_JUDGED = {"then": "if", "else": "if"}


def _at(told: _Told) -> list[int]:
    return told.at


def _message(node: Any) -> str:
    """The message of a schema; lists and values have none."""
    found = node.get("x-gap") if isinstance(node, Mapping) else None
    return found if isinstance(found, str) else ""


def trail_of(value: Any, path: tuple[str | int, ...]) -> tuple[Any, ...]:
    """The values on the way along a path, beginning with `value` itself."""
    trail = [value]
    for key in path:
        trail.append(trail[-1][key])
    return tuple(trail)


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
            elif keyword in _LIST:
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
_MAY_BE_EMPTY = _LIST | {"properties", "required"}
_MAY_DECIDE_NOTHING = _MAY_BE_EMPTY | _BESIDE.keys() | {"minItems", "minLength"}
_SAID = frozenset({"x-gap"})


def _decides_nothing(keyword: str, value: Any, rule: Mapping[str, Any]) -> bool:
    """Whether a keyword passes everything: it lacks its fellow, names nothing, or asks for none."""
    if keyword in _BESIDE and not _BESIDE[keyword] & rule.keys():
        return True
    if keyword in _MAY_BE_EMPTY:
        return not value
    return keyword in ("minItems", "minLength", "minContains") and value == 0


def _refuse(uri: str) -> Any:
    raise ValueError(f"a rule may not refer to {uri}")
