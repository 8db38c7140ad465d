"""What falls due as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
import re

from ctpat_policy import clock
from ctpat_policy.agenda import Agenda
from ctpat_policy.reports import clean

COLUMNS = ("due", "days_left", "account", "kind", "subject", "what", "file", "line")
#: Where a spreadsheet would compute instead of show, also one whose cells end with a semicolon; the
#: full-width forms count in some languages.
_FORMULA = re.compile(r"(^|;)(?=[\s\"]*[=+\-@\uff1d\uff0b\uff0d\uff20])")


def render(agenda: Agenda) -> bytes:
    """UTF-8 with the mark that Excel asks for, RFC 4180; no cell is a formula."""
    table = io.StringIO()
    write = csv.writer(table, lineterminator="\r\n")
    write.writerow(COLUMNS)
    for due in agenda.items:
        left = clock.days_between(agenda.today, due.on)
        words = (due.account, due.kind, due.subject, due.what, due.place.path)
        write.writerow([due.on, left, *map(cell, words), due.place.line or ""])
    return table.getvalue().encode("utf-8-sig", "replace")


def cell(text: str) -> str:
    """Text for one cell: one line, and a sign before what would be a formula."""
    return _FORMULA.sub(r"\1'", clean.inert(clean.line(text)))
