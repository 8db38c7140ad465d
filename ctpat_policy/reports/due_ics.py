"""What falls due as a calendar (RFC 5545): all-day events that a newer export moves."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator

from ctpat_policy import __version__, clock
from ctpat_policy.agenda import Agenda
from ctpat_policy.model import Due
from ctpat_policy.reports import clean

#: A line holds at most so many octets, its end not counted.
OCTETS = 75
#: Kinds whose file is what falls due; of the others a newer file takes the place of an older one.
_OF_FILES = ("procedure", "corrective_action", "criterion_exception")


def render(agenda: Agenda) -> bytes:
    """UTF-8 with CRLF. The time stamp is the day of the check, so that equal input is equal."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//ctpat-policy//{__version__}//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(f'CTPAT {agenda.member}')}",
    ]
    seen: Counter[str] = Counter()
    for due in agenda.items:
        key = _key(due)
        lines += _event(due, agenda, f"{key}/{seen[key]}")
        seen[key] += 1
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines).encode("utf-8", "replace")


def escaped(text: str) -> str:
    """Text as a value: one line, in which no sign has a meaning."""
    # A fold may put it at the start of a line, where GitHub's runner looks for commands.
    shown = clean.inert(clean.line(text)).replace("::", "\\x3a:").replace("\\", "\\\\")
    return shown.replace(";", "\\;").replace(",", "\\,")


def folded(line: str) -> str:
    """The line in pieces of 75 octets at most; no character is torn."""
    pieces, size = [""], 0
    for character in line:
        octets = len(character.encode("utf-8", "replace"))
        if size + octets > OCTETS:
            pieces.append("")
            size = 1  # the blank that continues
        pieces[-1] += character
        size += octets
    return "\r\n ".join(pieces)


def _event(due: Due, agenda: Agenda, key: str) -> Iterator[str]:
    uid = hashlib.sha256(f"{agenda.member}\n{key}".encode("utf-8", "replace")).hexdigest()[:32]
    late = "OVERDUE: " if due.on < agenda.today else ""
    account = f" [{due.account}]" if due.account else ""
    yield "BEGIN:VEVENT"
    yield f"UID:{uid}@ctpat-policy"
    yield f"DTSTAMP:{_basic(agenda.today)}T000000Z"
    yield f"DTSTART;VALUE=DATE:{_basic(due.on)}"
    yield f"DTEND;VALUE=DATE:{_basic(clock.next_day(due.on))}"
    yield f"SUMMARY:{late}{escaped(f'{due.what} · {due.subject}{account}')}"
    yield f"DESCRIPTION:{escaped(str(due.place))}"
    yield f"CATEGORIES:CTPAT,{escaped(due.kind)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _key(due: Due) -> str:
    """What stays when a new record, approval or date moves the day."""
    file = due.place.path if due.kind in _OF_FILES else ""
    return "\n".join((due.kind, due.account, due.subject, file))


def _basic(day: str) -> str:
    return day.replace("-", "")
