"""One shard of a check for `ctpat-policy merge`: the report as it is, no word of it changed."""

from __future__ import annotations

import json

from ctpat_policy import parts
from ctpat_policy.model import Report
from ctpat_policy.reports import clean


def render(report: Report) -> bytes:
    """ASCII JSON on one line, no part of which is a command to a runner."""
    text = json.dumps(parts.written(report), allow_nan=False, separators=(",", ":"))
    return (clean.json_document(text) + "\n").encode("ascii")
