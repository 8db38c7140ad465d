"""What falls due, for a person: one entry per line, month by month."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from ctpat_policy.agenda import Agenda
from ctpat_policy.model import Due
from ctpat_policy.reports import clean
from ctpat_policy.reports.lines import counted, whole, wrapped

_FIRST_HALF = ("January", "February", "March", "April", "May", "June")
_SECOND_HALF = ("July", "August", "September", "October", "November", "December")


def render(agenda: Agenda) -> bytes:
    """UTF-8 text, 80 columns; everything is listed."""
    late = [d for d in agenda.items if d.on < agenda.today]
    ahead = [d for d in agenda.items if d.on >= agenda.today]
    months = groupby(ahead, key=lambda d: d.on[:7])
    sections = [_section(_month(month), list(found)) for month, found in months]
    return whole([_head(agenda), _section("Overdue", late), *sections])


def _head(agenda: Agenda) -> Iterator[str]:
    member = clean.line(agenda.member) or "CTPAT"
    yield from wrapped(f"{member} · what falls due from {agenda.today} to {agenda.until}")
    if agenda.unread:
        documents = counted(agenda.unread, "document")
        yield from wrapped(f"INCOMPLETE: {documents} in trouble; ctpat-policy check says which")
    if not agenda.items:
        yield "nothing falls due"


def _section(title: str, found: list[Due]) -> Iterator[str]:
    if found:
        yield f"{title} ({len(found):,})"
    for due in found:
        account = f" [{clean.line(due.account)}]" if due.account else ""
        what = f"{clean.line(due.what)} · {clean.line(due.subject)}{account}"
        yield from wrapped(f"{clean.line(due.on)} {what}", 2, 13)


def _month(text: str) -> str:
    return f"{(_FIRST_HALF + _SECOND_HALF)[int(text[5:7]) - 1]} {text[:4]}"
