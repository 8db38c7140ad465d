"""Criteria that do not apply to an account at all, with their reasons: each has to be argued."""

from __future__ import annotations

from typing import NamedTuple

from ctpat_policy.model import MUST, SHOULD, AccountHead, Report, Row
from ctpat_policy.order import number
from ctpat_policy.reports.lines import counted
from ctpat_policy.reports.phrases import Item, Phrase, Section, Theirs


class Unasked(NamedTuple):
    """One criterion at its highest level that does not apply, and every reason for it."""

    level: str
    criterion: str
    reasons: tuple[str, ...]


def unasked(report: Report, account: str) -> list[Unasked]:
    """What no subject of an account is judged by, musts first."""
    kept: dict[tuple[str, str], list[Row]] = {}
    for row in report.rows:
        if row.account == account:
            kept.setdefault((row.level, row.criterion), []).append(row)
    found: dict[str, Unasked] = {}
    for level, criterion in sorted(kept, key=lambda k: (k[0] != MUST, number(k[1]))):
        rows = kept[level, criterion]
        if all(row.verdict == "not_applicable" for row in rows):
            reasons = tuple(dict.fromkeys(row.reason for row in rows))
            found.setdefault(criterion, Unasked(level, criterion, reasons))
    return list(found.values())


def counts(report: Report, head: AccountHead) -> str:
    """How many musts and shoulds do not apply to an account; empty where all do."""
    levels = [one.level for one in unasked(report, head.id)]
    parts = [counted(n, level) for level in (MUST, SHOULD) if (n := levels.count(level))]
    verb = "does" if len(levels) == 1 else "do"
    return f"{' and '.join(parts)} {verb} not apply; the reasons are below" if parts else ""


def section(report: Report) -> Section:
    """What does not apply, by account; what has the same reasons is one entry."""
    items, count = [], 0
    for head in report.accounts:
        alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for one in unasked(report, head.id):
            alike.setdefault((one.level, one.reasons), []).append(one.criterion)
            count += 1
        whose = (Theirs(head.id), " ") if len(report.accounts) > 1 else ()
        items += [Item((*whose, *_words(*key, names))) for key, names in alike.items()]
    return Section("Does not apply", tuple(items), count)


def _words(level: str, reasons: tuple[str, ...], criteria: list[str]) -> Phrase:
    named = ", ".join([criteria[0], *(c.removeprefix("MSC-") for c in criteria[1:])])
    others = f" (and {counted(len(reasons) - 1, 'more reason')})" if len(reasons) > 1 else ""
    return (Theirs(level), " ", Theirs(named), ": ", Theirs(reasons[0]), others)
