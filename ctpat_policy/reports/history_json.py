"""An answer about history as JSON; schemas/outputs/history.yaml says what each field means."""

from __future__ import annotations

from ctpat_policy import __version__
from ctpat_policy.chronicle import Chronicle
from ctpat_policy.reports.json_writer import entries, written

#: Rises when a reader of the previous version could misread the new one.
VERSION = 1


def render(chronicle: Chronicle) -> bytes:
    """ASCII JSON whose keys stand in the order of chronicle.py, with a line end."""
    head = {"version": VERSION, "tool": {"name": "ctpat-policy", "version": __version__}}
    return written({**head, **entries(chronicle)})
