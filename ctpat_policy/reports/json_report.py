"""Everything in the report as JSON; schemas/outputs/report.yaml says what each field means."""

from __future__ import annotations

from ctpat_policy import __version__
from ctpat_policy.model import Report
from ctpat_policy.reports.json_writer import entries, written
from ctpat_policy.reports.outcome import all_findings, exit_code, finding_outcome, outcome

#: Rises when a reader of the previous version could misread the new one.
VERSION = 1


def render(report: Report) -> bytes:
    """ASCII JSON whose keys stand in the order of model.py, with a line end."""
    at = report.fail_on
    head = {
        "version": VERSION,
        "tool": {"name": "ctpat-policy", "version": __version__},
        "exit_code": exit_code(report),
    }
    lists = {
        "rows": ({**entries(r), "outcome": outcome(r, at)} for r in report.rows),
        "findings": (
            {**entries(f), "outcome": finding_outcome(f, at)} for f in all_findings(report)
        ),
    }
    whole = {**head, **entries(report), **lists}
    del whole["seal"]
    return written(whole)
