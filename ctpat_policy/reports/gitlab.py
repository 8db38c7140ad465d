"""GitLab's code quality report: an entry per gap and per finding."""

from __future__ import annotations

from typing import Any

from ctpat_policy.model import UNREADABLE, Report
from ctpat_policy.reports import clean
from ctpat_policy.reports.annotations import headed
from ctpat_policy.reports.issues import HEAVY, LIGHT, PROFILE, REMARK, Issue, capped, issues
from ctpat_policy.reports.json_writer import written

#: As many as code scanning takes; GitLab itself shows fewer.
MOST = 25_000

_SEVERITIES = {HEAVY: "critical", LIGHT: "minor", REMARK: "info"}


def render(report: Report) -> bytes:
    """A JSON list, the most severe first."""
    return written([_entry(issue) for issue in capped(report, issues(report), MOST)])


def _entry(issue: Issue) -> dict[str, Any]:
    severity = "blocker" if issue.level == UNREADABLE else _SEVERITIES[issue.weight]
    accepted = f" (accepted: {issue.accepted})" if issue.accepted else ""
    return {
        "description": clean.line(f"{headed(issue)}: {issue.message}{accepted}"),
        "check_name": clean.word(issue.rule),
        "fingerprint": issue.fingerprint,
        "severity": severity,
        "location": {
            "path": clean.word(issue.place.path) or PROFILE,
            "lines": {"begin": max(issue.place.line, 1)},
        },
    }
