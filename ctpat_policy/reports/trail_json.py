"""Everything about the trail as JSON; schemas/outputs/trail.yaml says what each field means."""

from __future__ import annotations

from typing import Any

from ctpat_policy import __version__
from ctpat_policy.model import MUST
from ctpat_policy.reports.json_writer import entries, written
from ctpat_policy.reports.outcome import finding_outcome
from ctpat_policy.reports.trail_outcome import exit_code
from ctpat_policy.trail.report import RuleResult, TrailReport

#: Rises when a reader of the previous version could misread the new one.
VERSION = 1


def render(report: TrailReport) -> bytes:
    """ASCII JSON whose keys stand in the order of trail/report.py, with a line end."""
    head = {
        "version": VERSION,
        "tool": {"name": "ctpat-policy", "version": __version__},
        "exit_code": exit_code(report),
    }
    rules = ({**entries(rule), "findings": _findings(rule)} for rule in report.rules)
    return written({**head, **entries(report), "rules": rules})


def _findings(rule: RuleResult) -> list[dict[str, Any]]:
    return [{**entries(f), "outcome": finding_outcome(f, MUST)} for f in rule.findings]
