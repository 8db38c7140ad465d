"""Judges criteria: those on unchanged ground are remembered, and processes share the others."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from ctpat_policy.catalog import Catalog
from ctpat_policy.clock import FOREVER
from ctpat_policy.criteria import Criterion
from ctpat_policy.dossiers.facts import company_facts
from ctpat_policy.dossiers.ledger import Ledger
from ctpat_policy.encoding import rows_from, rows_text
from ctpat_policy.grounds import Grounds
from ctpat_policy.hearing import Hearing
from ctpat_policy.model import Gap, Place, Row
from ctpat_policy.program import Locator, Programme
from ctpat_policy.reading import Reader
from ctpat_policy.reads import kinds_read
from ctpat_policy.sources import Source

#: From so many subjects to judge on, a second process pays.
WORTH_A_PROCESS = 200
#: Partners of one criterion may be dealt out to several processes, so many to each.
_PER_PART = 250


class Case(NamedTuple):
    """One criterion to judge for one account (by its number), at its level and basis today."""

    account: int
    criterion: Criterion
    level: tuple[str, str]


class Judged(NamedTuple):
    """The rows of a case, and the last day on which they are the same."""

    rows: list[Row]
    lasts: str


class Bench:
    """What cases of one programme are judged with."""

    def __init__(
        self,
        catalog: Catalog,
        programme: Programme,
        accounts: Sequence[Mapping[str, Any]],
        source: Source,
    ) -> None:
        self._programme = programme
        self.ledgers = [Ledger(catalog, programme, account) for account in accounts]
        self._companies = [company_facts(ledger) for ledger in self.ledgers]
        self._locator = Locator(source.read)
        self.today = programme.today

    def rows(self, case: Case, part: slice = slice(None)) -> Judged:
        """The rows of a case, or of a part of its subjects, with the lines of their places."""
        hearing = self.hearing(case)
        rows = list(hearing.rows(part))
        places = [row.place for row in rows]
        places += [gap.place for row in rows for clause in row.clauses for gap in clause.gaps]
        located = self._locator.locate(places)
        return Judged([_located(row, located) for row in rows], hearing.ledger.today.lasts)

    def hearing(self, case: Case) -> Hearing:
        """What a case is judged by."""
        ledger, company = self.ledgers[case.account], self._companies[case.account]
        return Hearing(ledger, company, case.criterion, case.level)

    def size(self, case: Case) -> int:
        """How many subjects a case has, at most."""
        if case.criterion.scope == "partner":
            return len(self._companies[case.account]["partners"])
        return len(self.ledgers[case.account].sites) if case.criterion.scope == "site" else 1

    def records(self, kind: str) -> int:
        """How many records of a kind there are."""
        return len(self._programme.records.get(kind, ()))


def judged(
    bench: Bench, cases: Sequence[Case], grounds: Grounds | None, reader: Reader
) -> list[list[Row]]:
    """The rows of each case, in order. Without `grounds` nothing is remembered."""
    if grounds is None:
        return [found.rows for found in _fresh(bench, cases, reader)]
    accounts = [ledger.account["id"] for ledger in bench.ledgers]
    keys = [grounds.key(accounts[c.account], c.criterion, c.level) for c in cases]
    known = {key: _decoded(text, bench.today) for key, text in reader.cache.get(keys).items()}
    missing = [case for case, key in zip(cases, keys, strict=True) if known.get(key) is None]
    fresh = _fresh(bench, missing, reader)
    kept: dict[str, str] = {}
    found = []
    for key in keys:
        rows = known.get(key)
        if rows is None:
            rows, lasts = next(fresh)
            kept[key] = f"{bench.today} {lasts}\n{rows_text(rows)}"
        found.append(rows)
    reader.cache.put(kept)
    return found


class _Part(NamedTuple):
    """Some subjects of a case: its number, the first and the one behind the last."""

    case: int
    start: int
    end: int


def _fresh(bench: Bench, cases: Sequence[Case], reader: Reader) -> Iterator[Judged]:
    work = sum(map(bench.size, cases))
    if reader.processes == 1 or work < WORTH_A_PROCESS:
        yield from (bench.rows(case) for case in cases)
        return
    from ctpat_policy.parallel import shared_out  # not loaded where most is known

    shares = _shares(bench, cases, reader.processes)
    done = shared_out(partial(_judge, bench, cases), shares, reader.processes)
    found = {
        part: judged
        for share, several in zip(shares, done, strict=True)
        for part, judged in zip(share, several, strict=True)
    }
    whole = [Judged([], FOREVER) for _ in cases]
    for part in sorted(found):
        before, more = whole[part.case], found[part]
        whole[part.case] = Judged(before.rows + more.rows, min(before.lasts, more.lasts))
    yield from whole


#: What takes how long, in microseconds: to judge a subject, to open a record, to look at it again.
_SUBJECT, _OPENED, _LOOKED_AT = 70, 30, 6


def _shares(bench: Bench, cases: Sequence[Case], count: int) -> list[list[_Part]]:
    """The work dealt out to processes: each has the same to do, and few open the same records."""
    weights: list[tuple[int, _Part, set[str]]] = []
    for number, case in enumerate(cases):
        kinds = kinds_read(case.criterion)
        looked_at = sum(map(bench.records, kinds)) * _LOOKED_AT
        size = max(bench.size(case), 1)
        for start in range(0, size, _PER_PART):
            end = min(start + _PER_PART, size)
            own = _SUBJECT * (end - start) + looked_at * (end - start) // size
            weights.append((own, _Part(number, start, end), kinds))
    weights.sort(key=lambda w: (-w[0] - _OPENED * sum(map(bench.records, w[2])), w[1]))
    shares: list[list[_Part]] = [[] for _ in range(count)]
    loads, opened = [0] * count, [set[str]() for _ in range(count)]
    for own, part, kinds in weights:
        more = [own + _OPENED * sum(map(bench.records, kinds - known)) for known in opened]
        least = min(range(count), key=lambda n: loads[n] + more[n])
        shares[least].append(part)
        loads[least] += more[least]
        opened[least] |= kinds
    return [sorted(share) for share in shares]


def _judge(bench: Bench, cases: Sequence[Case], part: _Part) -> Judged:
    return bench.rows(cases[part.case], slice(part.start, part.end))


def _decoded(text: str, today: str) -> list[Row] | None:
    """Kept rows, where they hold today."""
    days, _, rows = text.partition("\n")
    first, _, last = days.partition(" ")
    if not first <= today <= last:
        return None
    try:
        return rows_from(json.loads(rows))
    except (ValueError, TypeError):
        return None


def _located(row: Row, located: Mapping[Place, Place]) -> Row:
    clauses = tuple(
        c._replace(gaps=tuple(_located_gap(g, located) for g in c.gaps)) if c.gaps else c
        for c in row.clauses
    )
    return row._replace(clauses=clauses, place=located.get(row.place, row.place))


def _located_gap(gap: Gap, located: Mapping[Place, Place]) -> Gap:
    return Gap(gap.clause, gap.message, located.get(gap.place, gap.place), gap.unknown)
