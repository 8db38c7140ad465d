"""Chooses which gaps a person is shown: grouped by criterion, worst first, a few of each kind."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from ctpat_policy.model import Gap, Row
from ctpat_policy.reports.outcome import GAPS, NO_WORSE, badness, once, reasons, worst_first
from ctpat_policy.reports.tally import Tally, tally

#: How many gaps of one clause are shown, and how many where the partners are named anyway.
PER_CLAUSE, PER_PARTNER_CLAUSE = 5, 2


class Group(NamedTuple):
    """What one criterion lacks at one level in one account, its rows worst first."""

    account: str
    criterion: str
    level: str
    rows: tuple[Row, ...]
    #: Of all rows of the criterion, not only of those with gaps.
    counts: Tally
    of_partners: bool
    #: How many gaps of one clause are shown.
    most: int

    @property
    def shown(self) -> tuple[tuple[Row, tuple[Gap, ...]], ...]:
        """The rows of which gaps are shown, with these gaps."""
        seen: Counter[str] = Counter()
        chosen = []
        for row in self.rows:
            gaps = []
            for gap in once(reasons(row)):
                seen[gap.clause] += 1
                if seen[gap.clause] <= self.most:
                    gaps.append(gap)
            if gaps:
                chosen.append((row, tuple(gaps)))
        return tuple(chosen)

    @property
    def left_out(self) -> int:
        """How many gaps are not shown."""
        seen = Counter(gap.clause for row in self.rows for gap in once(reasons(row)))
        return sum(count - self.most for count in seen.values() if count > self.most)


def is_old(row: Row) -> bool:
    """Whether a row is no worse than at the revision it was compared with (check --since)."""
    return row.standing in NO_WORSE


def groups(rows: Iterable[Row], everything: bool = False) -> list[Group]:
    """Every criterion with new gaps, by account as the rows come, then worst first.

    With `everything` all gaps are shown, not only some of each clause.
    """
    kept: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        kept.setdefault((row.account, row.criterion, row.level), []).append(row)
    accounts = list(dict.fromkeys(account for account, _, _ in kept))
    found = []
    for key, all_rows in kept.items():
        gaps = worst_first(r for r in all_rows if r.verdict in GAPS and not is_old(r))
        if gaps:
            partners = all(r.scope == "partner" for r in gaps)
            most = PER_PARTNER_CLAUSE if partners else PER_CLAUSE
            most = sys.maxsize if everything else most
            found.append(Group(*key, tuple(gaps), tally(all_rows), partners, most))
    return sorted(found, key=lambda g: (accounts.index(g.account), badness(g.rows[0])))
