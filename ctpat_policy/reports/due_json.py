"""What falls due as JSON; schemas/outputs/due.yaml says what each field means."""

from __future__ import annotations

from ctpat_policy import __version__
from ctpat_policy.agenda import Agenda
from ctpat_policy.reports.json_report import plain, written

#: Rises when a reader of the previous version could misread the new one.
VERSION = 1


def render(agenda: Agenda) -> bytes:
    """ASCII JSON with a line end."""
    head = {"version": VERSION, "tool": {"name": "ctpat-policy", "version": __version__}}
    whole = plain(agenda)
    items = [
        {**item, "overdue": due.on < agenda.today}
        for item, due in zip(whole["items"], agenda.items, strict=True)
    ]
    return written({**head, **whole, "items": items})
