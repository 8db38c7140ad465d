"""One criterion for people: what it asks, of whom, how sure that is, and what proves it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from ctpat_policy.catalog import Catalog
from ctpat_policy.criteria import WRITTEN, Clause, Criterion
from ctpat_policy.reads import kinds_read


def criterion(law: Catalog, one: Criterion) -> Iterator[str]:
    """The lines about one criterion; an indented line belongs to the one above it."""
    yield f"{one.id}  {one.title}"
    yield one.requirement
    if one.guidance:
        yield f"Guidance: {one.guidance}"
    yield ""
    yield "Asked of"
    yield from _levels(law, one)
    yield f"Judged per {one.scope}." + (f" {_condition(one)}" if one.applies else "")
    if one.review_within:
        yield f"The written procedure must be reviewed within {one.review_within}."
    yield ""
    if one.elements:
        yield "The written procedure must spell out"
        yield from (f"  {e.id}: {e.says}" for e in one.elements)
        yield ""
    yield "Clauses (the first one carries the row)"
    for clause in one.clauses:
        yield f"  {one.id}/{clause.id} ({clause.level}) fails with"
        yield from (f"    {gap}" for gap in _gaps(clause))
    yield ""
    yield "Evidence it reads"
    for kind in sorted(kinds_read(one)):
        yield f"  evidence/{kind}/: {law.kinds[kind].title}"
    yield ""
    yield f"Do: {one.remedy}"
    if one.asks:
        yield f"A validator asks: {one.asks}"
    yield f"The rules: {one.path}"


def _levels(law: Catalog, one: Criterion) -> Iterator[str]:
    by_level: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for entity, levels in one.levels.items():
        for level in levels:
            key = (level.level, level.basis, level.start, level.end)
            by_level[key].append(law.entity_types[entity]["title"])
    for (level_name, basis, start, end), entities in sorted(by_level.items()):
        when = f", from {start}" if start > "0001-01-01" else ""
        when += f", until {end}" if end < "9999-12-31" else ""
        yield f"  {level_name} ({basis}{when}): {', '.join(entities)}"
    missing = [row["title"] for e, row in law.entity_types.items() if e not in one.levels]
    if missing:
        yield f"  not known for: {', '.join(missing)}"


def _condition(one: Criterion) -> str:
    return f"It does not apply where {one.applies.reason}." if one.applies else ""


def _gaps(clause: Clause) -> Iterator[str]:
    """Every message of a clause, each once, in the order of its rules."""
    if clause.id == WRITTEN and not clause.tests:
        yield "an element is not spelled out, not approved, or its review is overdue"
        return
    if clause.mode == "any" and clause.gap:
        yield clause.gap
        return
    said = [gap for test in clause.tests for gap in (test.gap, *_messages(test.rule.schema))]
    yield from dict.fromkeys(said)


def _messages(rule: Any) -> Iterator[str]:
    if isinstance(rule, Mapping):
        if isinstance(rule.get("x-gap"), str):
            yield rule["x-gap"]
        for inner in rule.values():
            yield from _messages(inner)
    elif isinstance(rule, list):
        for inner in rule:
            yield from _messages(inner)
