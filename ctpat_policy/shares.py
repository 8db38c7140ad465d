"""Shares of the criteria: several runs that judge one each have judged all of them once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ctpat_policy.criteria import SCOPES, Criterion

#: More shards than this are a slip: no catalog has so many criteria.
MOST = 999


@dataclass(frozen=True, slots=True)
class Share:
    """Which share of how many; the only one of one is everything."""

    number: int = 1
    count: int = 1

    @property
    def is_possible(self) -> bool:
        """Whether there can be such a share."""
        return 1 <= self.number <= self.count <= MOST

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def of(self, criteria: Sequence[Criterion]) -> list[Criterion]:
        """The criteria of this share, each of them whole, in the order in which they came.

        They are dealt one by one, those of the company first, then those of sites, then those of
        partners: what one costs depends on how many subjects it is judged for. No document has a
        say, so that two states of a repository are shared alike.
        """
        by_scope = sorted(criteria, key=lambda criterion: SCOPES.index(criterion.scope))
        mine = {criterion.id for criterion in by_scope[self.number - 1 :: self.count]}
        return [criterion for criterion in criteria if criterion.id in mine]

    @property
    def notes(self) -> tuple[str, ...]:
        """What the report of a share must not leave unsaid; of everything there is nothing."""
        if self.count == 1:
            return ()
        others = "the other shards judge the other criteria, and ctpat-policy merge joins them"
        return (f"this is shard {self.number} of {self.count} only: {others}",)

    @property
    def filters(self) -> dict[str, str]:
        """How a report names the share beside its other filters."""
        return {} if self.count == 1 else {"shard": str(self)}


WHOLE = Share()
