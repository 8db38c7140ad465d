"""What a judged trail means for the exit code."""

from __future__ import annotations

from ctpat_policy.model import MUST
from ctpat_policy.reports.outcome import ERROR, FAILURE, finding_outcome
from ctpat_policy.trail.report import TrailReport


def exit_code(report: TrailReport) -> int:
    """3: not everything could be checked; 1: the trail breaks a rule; 0: it holds."""
    found = {finding_outcome(f, MUST) for rule in report.rules for f in rule.findings}
    return 3 if ERROR in found else 1 if FAILURE in found else 0
