"""Everything in the report as JSON; schemas/outputs/report.yaml says what each field means."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from ctpat_policy import __version__
from ctpat_policy.model import Report
from ctpat_policy.reports import clean
from ctpat_policy.reports.outcome import all_findings, exit_code, finding_outcome, outcome

#: Rises when a reader of the previous version could misread the new one.
VERSION = 1

#: Some YAML readers take a key `on` for true.
_KEYS = {"on": "due"}


def render(report: Report) -> bytes:
    """ASCII JSON whose keys stand in the order of model.py, with a line end."""
    whole = plain(report)
    rows = [
        {**row, "outcome": outcome(r, report.fail_on)}
        for row, r in zip(whole["rows"], report.rows, strict=True)
    ]
    findings = [
        {**plain(f), "outcome": finding_outcome(f, report.fail_on)} for f in all_findings(report)
    ]
    head = {
        "version": VERSION,
        "tool": {"name": "ctpat-policy", "version": __version__},
        "exit_code": exit_code(report),
    }
    document = {**head, **whole, "rows": rows, "findings": findings}
    return written(document)


def written(document: Any) -> bytes:
    """A value of `plain` as ASCII JSON with a line end; no line of it is a command to a runner."""
    text = json.dumps(document, ensure_ascii=True, allow_nan=False, indent=1)
    return (clean.json_document(text) + "\n").encode("ascii")


def plain(value: Any) -> Any:
    """Values of the model as mappings, lists, text, numbers, true, false and null."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return clean.json(value)
    if isinstance(value, Mapping):
        return {clean.json(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if is_dataclass(value):
        return {_KEYS.get(f.name, f.name): plain(getattr(value, f.name)) for f in fields(value)}
    return clean.json(str(value))
