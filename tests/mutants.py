"""Rule mutants: each rule of a criterion, and of facts.yaml, with one keyword taken away."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ctpat_policy import criteria
from ctpat_policy.criteria import Criterion
from ctpat_policy.definitions import Definitions
from ctpat_policy.errors import BrokenRule
from tests.clause_cases import Case, result
from tests.company import law

#: Values that are names or data, not keywords.
_DATA = frozenset({"const", "enum", "required", "type", "pattern", "x-gap", "$ref"})
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Mutant:
    """Where a keyword was taken away: the file, the way to it, and the clause it belongs to."""

    criterion: str
    path: Path
    clause: str

    @property
    def name(self) -> str:
        """For messages and for the list of survivors."""
        return f"{self.criterion}:{'/'.join(map(str, self.path))}"


def of_criterion(criterion: str) -> Iterator[Mutant]:
    """Every keyword of every rule of one criterion: tests, conditions, `only` of views."""
    raw = _raw(criterion)
    if "applies_when" in raw:
        yield from _keywords(criterion, raw["applies_when"]["rule"], ("applies_when", "rule"), "")
    for name, view in (raw.get("views") or {}).items():
        if "only" in view:
            yield from _keywords(criterion, view["only"], ("views", name, "only"), "")
    for index, clause in enumerate(raw["clauses"]):
        at: Path = ("clauses", index)
        if "applies_when" in clause:
            rule = clause["applies_when"]["rule"]
            yield from _keywords(criterion, rule, (*at, "applies_when", "rule"), clause["id"])
        for mode in ("all", "any"):
            for number, test in enumerate(clause.get(mode, ())):
                yield from _keywords(
                    criterion, test["rule"], (*at, mode, number, "rule"), clause["id"]
                )


def of_facts() -> Iterator[Mutant]:
    """Every keyword of every shared definition."""
    for name, rule in law().facts.items():
        yield from _keywords("facts.yaml", rule, (name,), "")


def survives(mutant: Mutant, cases: list[Case]) -> bool:
    """Whether no case notices that the keyword is gone."""
    facts, raw = law().facts, None
    if mutant.criterion == "facts.yaml":
        facts = copy.deepcopy(dict(facts))
        _remove(facts, mutant.path)
    changed: dict[str, Criterion] = {}
    for case in cases:
        if mutant.clause and case.clause != mutant.clause:
            continue
        try:
            if case.criterion not in changed:
                raw = copy.deepcopy(dict(_raw(case.criterion)))
                if mutant.criterion != "facts.yaml":
                    _remove(raw, mutant.path)
                path = law().criteria[case.criterion].path.removeprefix("schemas/")
                views = law().schemas.value("views.yaml")
                changed[case.criterion] = criteria.read(path, raw, Definitions(facts), views)
            found = result(case, changed[case.criterion])
        except BrokenRule:
            return False  # refused at load
        if found.state != case.expect or (
            case.gap and case.gap not in [g.message for g in found.gaps]
        ):
            return False
    return True


def uses(definition: str) -> list[str]:
    """Criteria whose rules refer to a definition of facts.yaml, directly or through another."""
    wanted = {definition}
    while True:
        more = {n for n, rule in law().facts.items() if n not in wanted and _names(rule) & wanted}
        if not more:
            break
        wanted |= more
    views = {k for k, v in law().schemas.value("views.yaml").items() if _names(v) & wanted}
    return [
        c
        for c in law().criteria
        if _names(_raw(c)) & wanted or any(f"views.yaml#/{v}" in str(_raw(c)) for v in views)
    ]


def _names(rule: Any) -> set[str]:
    if isinstance(rule, Mapping):
        own = {str(rule["$ref"]).rpartition("/")[2]} if "$ref" in rule else set()
        return own.union(*(_names(v) for v in rule.values())) if rule else own
    return set().union(*(_names(v) for v in rule)) if isinstance(rule, list) else set()


def _raw(criterion: str) -> Mapping[str, Any]:
    return law().schemas.value(law().criteria[criterion].path.removeprefix("schemas/"))


def _keywords(criterion: str, rule: Any, path: Path, clause: str) -> Iterator[Mutant]:
    for keyword, value in rule.items():
        yield Mutant(criterion, (*path, keyword), clause)
        if keyword == "properties":
            for name, inner in value.items():
                yield from _keywords(criterion, inner, (*path, keyword, name), clause)
        elif isinstance(value, Mapping) and keyword not in _DATA:
            yield from _keywords(criterion, value, (*path, keyword), clause)
        elif isinstance(value, list) and keyword not in _DATA:
            for index, inner in enumerate(value):
                yield from _keywords(criterion, inner, (*path, keyword, index), clause)


def _remove(holder: Any, path: Path) -> None:
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
