"""What falls due as JSON; schemas/outputs/due.yaml says what each field means."""

from __future__ import annotations

from ctpat_policy import __version__
from ctpat_policy.agenda import Agenda
from ctpat_policy.reports.json_writer import entries, written

#: Rises when a reader of the previous version could misread the new one.
VERSION = 1


def render(agenda: Agenda) -> bytes:
    """ASCII JSON with a line end."""
    head = {"version": VERSION, "tool": {"name": "ctpat-policy", "version": __version__}}
    items = ({**entries(due), "overdue": due.on < agenda.today} for due in agenda.items)
    return written({**head, **entries(agenda), "items": items})
