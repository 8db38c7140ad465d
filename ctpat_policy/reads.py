"""What a criterion reads: the facts that its rules name, and the evidence kinds behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from ctpat_policy.criteria import Criterion, Join
from ctpat_policy.kinds import Kind
from ctpat_policy.model import Place

#: Sources of facts that are made of evidence records.
EVIDENCE = frozenset({"current", "records", "holes"})


@lru_cache(maxsize=4096)
def source_of(fact: str) -> tuple[str, str, tuple[str, ...]]:
    """Split a fact's path into its source, the name in it, and the rest."""
    source, _, rest = fact.partition(".")
    name, _, inner = rest.partition(".")
    return source, name, tuple(inner.split(".")) if inner else ()


def kinds_behind(criterion: Criterion, path: str) -> list[str]:
    """The evidence kinds behind a fact of a criterion, the first one leading."""
    source, name, _ = source_of(path)
    if source in EVIDENCE:
        return [name]
    if source != "views":
        return []
    view = criterion.views[name]
    facts = (*view.each, *(join.source for join in view.joins))
    return [kind for fact in facts for kind in kinds_behind(criterion, fact)]


def kinds_read(criterion: Criterion) -> set[str]:
    """The evidence kinds whose records a criterion reads."""
    read: set[str] = set()
    for fact in _facts_of(criterion):
        source, name, _ = source_of(fact)
        if source in EVIDENCE:
            read.add(name)
    return read | ({"event_register"} if events_known(criterion) else set())


def kinds_read_whole(criterion: Criterion, kinds: Mapping[str, Kind]) -> set[str]:
    """Those of them of which a dossier may see every record, not only those that its subject sees:
    all for the company, else the series of other units than its subject.
    """
    if criterion.scope == "company":
        return kinds_read(criterion)
    return {kind for kind in series_read(criterion) if kinds[kind].unit != criterion.scope}


def series_read(criterion: Criterion) -> set[str]:
    """The evidence kinds in whose series a hole would show."""
    sources = map(source_of, _facts_of(criterion))
    series = {name for source, name, _ in sources if source == "holes"}
    return series | ({"event_register"} if events_known(criterion) else set())


def events_known(criterion: Criterion) -> set[str]:
    """The events of which registers have to tell without a break."""
    return {view.known_by for view in criterion.views.values() if view.known_by}


def reads_partners(criterion: Criterion) -> bool:
    """Whether a dossier may see every business partner, not only its subject."""
    return criterion.scope == "company" or any(
        fact.startswith("company.partners") for fact in _facts_of(criterion)
    )


def _facts_of(criterion: Criterion) -> list[str]:
    return [fact for fact, _ in facts_with_places(criterion)]


def facts_with_places(criterion: Criterion) -> Iterator[tuple[str, Place]]:
    """Every fact that a criterion reads, and where it says so."""
    conditions = [criterion.applies, *(c.applies for c in criterion.clauses)]
    for condition in (*conditions, *(e.applies for e in criterion.elements)):
        if condition is not None:
            yield condition.of, condition.rule.place
    for test in (t for c in criterion.clauses for t in c.tests):
        yield test.of, test.rule.place
    for view in criterion.views.values():
        for fact in view.each:
            yield fact, view.place.inside("each")
        for join in all_joins(view.joins):
            yield join.source, join.place.inside("from")


def all_joins(joins: Sequence[Join]) -> list[Join]:
    return [each for join in joins for each in (join, *all_joins(join.joins))]
