"""Criteria as typed values: levels, applicability, elements, views, clauses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple, NoReturn

from ctpat_policy.definitions import Definitions
from ctpat_policy.errors import BrokenRule
from ctpat_policy.model import MUST, SHOULD, Place, Pointer
from ctpat_policy.rules import Rule

SCOPES = ("company", "site", "partner")
#: Operators of a join's condition that ask for an order, both ends included.
ORDERS = ("from", "to")
#: The clause that judges whether the procedures spell the criterion's elements out.
WRITTEN = "written"

_VIEW_REF = re.compile(r"\.\./\.\./views\.yaml#/([a-z_0-9]+)", re.ASCII)


class Applies(NamedTuple):
    """A condition: the rule that a fact must meet, and what to say when it does not."""

    of: str
    rule: Rule
    reason: str


class Test(NamedTuple):
    """One fact, one rule, one message."""

    of: str
    rule: Rule
    gap: str


class Clause(NamedTuple):
    """A list of tests of which all, or any one, must pass."""

    id: str
    level: str
    mode: str
    tests: tuple[Test, ...]
    gap: str
    applies: Applies | None


class Element(NamedTuple):
    """Something that the written procedure must spell out."""

    id: str
    says: str
    applies: Applies | None


class Join(NamedTuple):
    """Facts that a view joins to its rows."""

    name: str
    source: str
    where: tuple[tuple[str, str, str], ...]  # (path in candidate, is/has/from/to, path in row)
    at: str
    any_time: bool
    only: Rule | None
    joins: tuple[Join, ...]
    place: Place


class View(NamedTuple):
    """One row per entry of a fact, with matching facts joined."""

    name: str
    each: tuple[str, ...]
    only: Rule | None
    unique: str
    known_by: str
    #: Only rows whose record names the subject itself, or the whole company.
    here: bool
    joins: tuple[Join, ...]
    place: Place


class Level(NamedTuple):
    """The strength of a criterion for an entity type during some time, and how sure that is."""

    level: str
    basis: str
    start: str
    end: str


class Criterion(NamedTuple):
    """One criterion of the catalog."""

    id: str
    title: str
    requirement: str
    guidance: str
    category: int
    levels: Mapping[str, tuple[Level, ...]]
    scope: str
    applies: Applies | None
    review_within: str | None
    #: Criteria whose procedures this one's yearly review spans, besides its own.
    reviews: tuple[str, ...]
    elements: tuple[Element, ...]
    views: Mapping[str, View]
    clauses: tuple[Clause, ...]
    remedy: str
    asks: str
    path: str

    def level_on(self, entity_type: str, day: str) -> Level | None:
        """Its level for an entity type on a day; None when the catalog does not know one."""
        for level in self.levels.get(entity_type, ()):
            if level.start <= day <= level.end:
                return level
        return None

    def row_levels(self, level: str) -> tuple[str, ...]:
        """The levels of its rows: must and should clauses make two rows of one criterion."""
        if level == SHOULD:
            return (SHOULD,)
        found = {clause.level for clause in self.clauses}
        return tuple(each for each in (MUST, SHOULD) if each in found)

    def clauses_at(self, level: str, row_level: str) -> tuple[Clause, ...]:
        """The clauses of one row; a clause counts at the lower of its own and the criterion's."""
        if level == SHOULD:
            return self.clauses
        return tuple(clause for clause in self.clauses if clause.level == row_level)

    def rules(self) -> Iterator[Rule]:
        """Every rule: of conditions, of views and their joins, of tests."""
        conditions = [self.applies, *(c.applies for c in self.clauses)]
        conditions += [e.applies for e in self.elements]
        yield from (c.rule for c in conditions if c is not None)
        yield from (t.rule for c in self.clauses for t in c.tests)
        for view in self.views.values():
            yield from (r for r in (view.only, *_only(view.joins)) if r is not None)

    @property
    def number(self) -> tuple[int, int]:
        """For sorting: MSC-6.10 comes after MSC-6.9."""
        major, minor = self.id.removeprefix("MSC-").split(".")
        return int(major), int(minor)


def read(
    path: str, raw: Mapping[str, Any], facts: Definitions, shared_views: Mapping[str, Any]
) -> Criterion:
    """One criterion from its file below schemas/. Raises BrokenRule."""
    build = _Builder(path, facts, shared_views)
    try:
        return build.criterion(raw)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise BrokenRule(f"{type(error).__name__}: {error}", Place(path)) from None


class _Builder:
    """Holds what every part of one criterion needs: its file, the definitions, shared views.

    `at` is the way into the file: a place is only made where somebody keeps it.
    """

    def __init__(self, path: str, facts: Definitions, views: Mapping[str, Any]) -> None:
        self.path, self.facts, self.views = path, facts, views

    def criterion(self, raw: Mapping[str, Any]) -> Criterion:
        clauses = tuple(self.clause(c, ("clauses", i)) for i, c in enumerate(raw["clauses"]))
        for index, clause in enumerate(clauses):
            if clause.id in {c.id for c in clauses[:index]}:
                self.refuse(f"two clauses are called {clause.id}", "clauses", index)
        return Criterion(
            id=raw["criterion"],
            title=raw["title"],
            requirement=raw["requirement"],
            guidance=raw.get("guidance", ""),
            category=int(raw["criterion"].removeprefix("MSC-").split(".")[0]),
            levels={e: tuple(_level(x) for x in found) for e, found in raw["levels"].items()},
            scope=self.one_of(raw["scope"], SCOPES, "scope"),
            applies=self.applies(raw, ()),
            review_within=raw.get("review_within"),
            reviews=tuple(raw.get("reviews", ())),
            elements=tuple(
                self.element(k, v, ("elements", k)) for k, v in (raw.get("elements") or {}).items()
            ),
            views={k: self.view(k, v) for k, v in (raw.get("views") or {}).items()},
            clauses=clauses,
            remedy=raw["remedy"],
            asks=raw.get("asks", ""),
            path=f"schemas/{self.path}",
        )

    def clause(self, raw: Mapping[str, Any], at: Pointer) -> Clause:
        mode = "any" if "any" in raw else "all"
        tests = tuple(self.test(t, raw, (*at, mode, i)) for i, t in enumerate(raw.get(mode, ())))
        if not tests and raw["id"] != WRITTEN:
            self.refuse(f"clause {raw['id']} has no tests", *at)
        return Clause(
            id=raw["id"],
            level=self.one_of(raw["level"], (MUST, SHOULD), *at, "level"),
            mode=mode,
            tests=tests,
            gap=raw.get("gap", ""),
            applies=self.applies(raw, at),
        )

    def test(self, raw: Mapping[str, Any], clause: Mapping[str, Any], at: Pointer) -> Test:
        gap = raw.get("gap") or clause.get("gap")
        if not gap:
            self.refuse(f"clause {clause['id']} has a test without a gap", *at)
        return Test(raw["of"], self.rule(raw["rule"], Place(self.path, (*at, "rule"))), gap)

    def element(self, name: str, raw: Any, at: Pointer) -> Element:
        if isinstance(raw, str):
            return Element(name, raw, None)
        return Element(name, raw["says"], self.applies(raw, at))

    def applies(self, holder: Mapping[str, Any], at: Pointer) -> Applies | None:
        raw = holder.get("applies_when")
        if not raw:
            return None
        place = Place(self.path, (*at, "applies_when", "rule"))
        return Applies(raw["of"], self.rule(raw["rule"], place), raw["reason"])

    def view(self, name: str, raw: Mapping[str, Any]) -> View:
        place = Place(self.path, ("views", name))
        if "$ref" in raw:
            match = _VIEW_REF.fullmatch(raw["$ref"])
            if match is None or match[1] not in self.views:
                raise BrokenRule(f"view {name}: {raw['$ref']} is not in views.yaml", place)
            raw, place = self.views[match[1]], Place("views.yaml", (match[1],))
        each = raw["each"]
        return View(
            name=name,
            each=(each,) if isinstance(each, str) else tuple(each),
            only=self.rule(raw["only"], place.inside("only")) if "only" in raw else None,
            unique=raw.get("unique", ""),
            known_by=raw.get("known_by", ""),
            here=raw.get("here", False),
            joins=self.joins(raw, place),
            place=place,
        )

    def joins(self, holder: Mapping[str, Any], place: Place) -> tuple[Join, ...]:
        return tuple(
            self.join(name, raw, place.inside("with", name))
            for name, raw in (holder.get("with") or {}).items()
        )

    def join(self, name: str, raw: Mapping[str, Any], place: Place) -> Join:
        return Join(
            name=name,
            source=raw["from"],
            where=_conditions(raw["where"]),
            at=raw.get("at", ""),
            any_time=raw.get("any_time", False),
            only=self.rule(raw["only"], place.inside("only")) if "only" in raw else None,
            joins=self.joins(raw, place),
            place=place,
        )

    def rule(self, raw: Any, place: Place) -> Rule:
        return Rule(partial(self.facts.written_out, raw, place), place)

    def one_of(self, value: str, allowed: tuple[str, ...], *at: str | int) -> str:
        if value not in allowed:
            self.refuse(f"{value} is not one of {', '.join(allowed)}", *at)
        return value

    def refuse(self, message: str, *at: str | int) -> NoReturn:
        raise BrokenRule(message, Place(self.path, at))


def _only(joins: tuple[Join, ...]) -> Iterator[Rule | None]:
    for join in joins:
        yield join.only
        yield from _only(join.joins)


def _conditions(where: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    found = [
        (left, operator, path)
        for left, right in where.items()
        for operator, path in (right if isinstance(right, Mapping) else {"is": right}).items()
    ]
    # Candidates are looked up by the first one, which only works with what is equal.
    return tuple(sorted(found, key=lambda condition: condition[1] in ORDERS))


def _level(raw: Mapping[str, Any]) -> Level:
    return Level(
        raw["level"], raw["basis"], raw.get("from", "0001-01-01"), raw.get("until", "9999-12-31")
    )
