"""Chooses what becomes an annotation: the most severe, as many as a CI system shows."""

from __future__ import annotations

from collections.abc import Mapping

from ctpat_policy.model import Report
from ctpat_policy.reports import clean
from ctpat_policy.reports.headline import verdict
from ctpat_policy.reports.issues import WEIGHTS, Issue, issues
from ctpat_policy.reports.lines import counted

#: GitHub and Azure both show the first ten of a kind a step.
MOST = 10


def chosen(report: Report, kinds: Mapping[str, str]) -> tuple[list[tuple[str, Issue]], str]:
    """Kind and issue of each annotation, and the line that says what else there is.

    `kinds`: weight -> what the CI system calls it; other weights are only counted.
    """
    found = issues(report)
    shown: list[tuple[str, Issue]] = []
    more = []
    for weight in WEIGHTS:
        mine = [issue for issue in found if issue.seen == weight]
        most = MOST if weight in kinds else 0
        shown += [(kinds[weight], issue) for issue in mine[:most]]
        more += [counted(len(mine) - most, weight)] if len(mine) > most else []
    rest = f"; {', '.join(more)} more in the other reports of this run" if more else ""
    return shown, clean.inert(f"CTPAT: {verdict(report)}{rest}")


def headed(issue: Issue) -> str:
    """What it is about, in a line: criterion, level, account and subject."""
    return f"{issue.rule} {issue.level} {issue.about}" if issue.about else issue.rule


def told(issue: Issue) -> str:
    """The message with why it is accepted, and what to do on a line of its own."""
    lines = [clean.line(issue.message)]
    lines += [clean.line(f"accepted: {issue.accepted}")] if issue.accepted else []
    lines += [clean.line("before the change, too")] if issue.old else []
    lines += [f"Do: {clean.line(issue.remedy)}"] if issue.remedy and not issue.accepted else []
    return "\n".join(lines)
