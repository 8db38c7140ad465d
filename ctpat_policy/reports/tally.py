"""Counts rows as the head of a report says them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from ctpat_policy.model import Row


class Tally(NamedTuple):
    """Rows that apply, each counted once: `total` is the sum of the others."""

    met: int
    gaps: int
    not_assessed: int
    under_action: int
    not_adopted: int
    total: int


def tally(rows: Iterable[Row]) -> Tally:
    """Counts rows that apply; only a plain met counts as met."""
    found = Counter(row.verdict for row in rows)
    del found["not_applicable"]
    return Tally(
        met=found["met"],
        gaps=found["not_met"] + found["partly_met"],
        not_assessed=found["not_assessed"],
        under_action=found["action_open"],
        not_adopted=found["not_adopted"],
        total=sum(found.values()),
    )
