"""Everything about the trail as JSON; schemas/outputs/trail.yaml says what each field means."""

from __future__ import annotations

from ctpat_policy import __version__
from ctpat_policy.model import MUST, TrailReport
from ctpat_policy.reports.json_report import plain, written
from ctpat_policy.reports.outcome import finding_outcome
from ctpat_policy.reports.trail_outcome import exit_code

#: Rises when a reader of the previous version could misread the new one.
VERSION = 1


def render(report: TrailReport) -> bytes:
    """ASCII JSON whose keys stand in the order of model.py, with a line end."""
    whole = plain(report)
    for entries, rule in zip(whole["rules"], report.rules, strict=True):
        for entry, finding in zip(entries["findings"], rule.findings, strict=True):
            entry["outcome"] = finding_outcome(finding, MUST)
    head = {
        "version": VERSION,
        "tool": {"name": "ctpat-policy", "version": __version__},
        "exit_code": exit_code(report),
    }
    return written({**head, **whole})
