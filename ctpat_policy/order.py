"""The order of what a report tells: the same, however many judged it and in what turns. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from ctpat_policy.model import Finding, Report, Row

_NUMBER = re.compile(r"[0-9]{1,9}")


def in_order(report: Report) -> Report:
    """Rows by account and criterion, where they keep their turns; findings by place."""
    ranks = {head.id: rank for rank, head in enumerate(report.accounts)}

    def turn(row: Row) -> tuple[int, str, tuple[int, ...], str]:
        rank = ranks.get(row.account, len(ranks))
        return rank, row.account, number(row.criterion), row.criterion

    rows, findings = sorted(report.rows, key=turn), sorted(report.findings, key=_by_place)
    return replace(report, rows=tuple(rows), findings=tuple(findings))


@lru_cache(maxsize=1000)
def number(criterion: str) -> tuple[int, ...]:
    """The numbers of a criterion, so that MSC-6.10 sorts behind MSC-6.9."""
    return tuple(int(found) for found in _NUMBER.findall(criterion))


def _by_place(finding: Finding) -> tuple[str | int, ...]:
    """By everything, as what stands at one place comes from no one list."""
    place = finding.place
    what = (finding.code, finding.message, finding.severity, finding.hint, repr(place.pointer))
    return place.path, place.line, place.column, *what
