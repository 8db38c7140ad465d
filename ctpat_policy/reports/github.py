"""Annotations for GitHub Actions: workflow commands on standard output."""

from __future__ import annotations

from ctpat_policy.model import Report
from ctpat_policy.reports import clean
from ctpat_policy.reports.annotations import chosen, headed, told
from ctpat_policy.reports.issues import HEAVY, LIGHT, PROFILE, REMARK, Issue

_KINDS = {HEAVY: "error", LIGHT: "warning", REMARK: "notice"}


def render(report: Report) -> bytes:
    """A line an annotation, the most severe first, and one that says what the check says."""
    shown, last = chosen(report, _KINDS)
    lines = [_command(kind, issue) for kind, issue in shown]
    return "".join(f"{line}\n" for line in [*lines, last]).encode()


def _command(kind: str, issue: Issue) -> str:
    place = issue.place
    properties = {"file": clean.word(place.path) or PROFILE}
    if place.line > 0:
        properties |= {"line": str(place.line), "col": str(max(place.column, 1))}
    properties["title"] = clean.line(headed(issue))
    written = ",".join(f"{k}={clean.github_property(v)}" for k, v in properties.items())
    return f"::{kind} {written}::{clean.github(told(issue))}"
