"""Calendar arithmetic on ISO 8601 text, freshness, and the holes of a series.

Days are text (`2026-10-31`), which sorts as time does; a date-time counts by its own local day.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

_DURATION = re.compile(
    r"P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?",
    re.ASCII,
)
FOREVER = "9999-12-31"
#: From some of these days on, a month is as short as it gets, and from some as long; a year, too.
_STARTS = tuple(f"{year}-{month:02}-01" for year in range(2001, 2005) for month in range(1, 13))


class Duration(NamedTuple):
    """A calendar duration: months are added first, then days, then hours, each begun one whole."""

    months: int
    days: int
    hours: int = 0


class Hole(NamedTuple):
    """Days that a series does not cover; `start` and `end` as they are said to people."""

    start: str
    end: str


@lru_cache(maxsize=512)
def duration(text: str) -> Duration:
    """Parse an ISO 8601 duration such as P1Y, P3M, P14D or PT4H. Raises ValueError."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f"not an ISO 8601 duration: {text}")
    years, months, weeks, days, hours, minutes, seconds = (int(p or 0) for p in match.groups())
    started = -(-(minutes * 60 + seconds) // 3600)
    return Duration(years * 12 + months, weeks * 7 + days, hours + started)


@lru_cache(maxsize=65536)
def plus(day: str, span: str) -> str:
    """The day `span` after `day`; the last day of a shorter month stands in for a missing one."""
    return _shift(day, duration(span), 1)


def may_be_longer(span: str, than: str) -> bool:
    """Whether a span is ever longer than another: P31D is, than P1M, and P1M is, than P30D."""
    return any(plus(day, span) > plus(day, than) for day in _STARTS)


@lru_cache(maxsize=65536)
def minus(day: str, span: str) -> str:
    """The day `span` before `day`."""
    return _shift(day, duration(span), -1)


def day_of(moment: str) -> str:
    """The local calendar day of a date or date-time."""
    return moment[:10]


def moment(text: str) -> datetime:
    """A moment that can be compared: a day counts from its midnight, UTC where no offset stands.

    A time such as 09:40 is one of some day, the same for all times.
    """
    if len(text) == len("2026-10-31"):
        text += "T00:00:00"
    elif len(text) == len("09:40"):
        text = f"2000-01-01T{text}"
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


@lru_cache(maxsize=65536)
def next_day(day: str, step: int = 1) -> str:
    """The day `step` days later."""
    return _days_later(date.fromisoformat(day), step)


def days_between(first: str, second: str) -> int:
    """Calendar days from `first` to `second`, as written; negative when second is earlier."""
    return (date.fromisoformat(day_of(second)) - date.fromisoformat(day_of(first))).days


def hours_between(first: str, second: str) -> float:
    """Hours between two moments; a bare date counts as its midnight, UTC where no offset stands."""
    return (moment(second) - moment(first)).total_seconds() / 3600


def missed(dates: Iterable[str], start: str, today: str, every: str, grace: str) -> list[Hole]:
    """Holes of a periodic series: spans longer than every + grace without a record.

    `dates` are the days of its records in any order. The series starts at `start`, which counts
    as if a record stood there, whatever lies before; the last span ends today.
    """
    holes: list[Hole] = []
    previous = start
    for day in [*sorted(d for d in dates if start < d <= today), today]:
        if in_time(previous, every, grace) < day:
            holes.append(Hole(previous, day))
        previous = day
    return holes


def uncovered(
    periods: Iterable[tuple[str, str]], start: str, today: str, every: str, grace: str
) -> list[Hole]:
    """Holes of a log: days from `start` on that no digest covers and that are due by now.

    A day is due once its period (`every`) and the grace have passed since.
    """
    last_due = due_by(today, every, grace)
    holes: list[Hole] = []
    cursor = start
    for begin, end in sorted(p for p in periods if p[0] <= p[1]):
        if begin > last_due:
            break
        if begin > cursor:
            holes.append(Hole(cursor, min(next_day(begin, -1), last_due)))
        cursor = max(cursor, next_day(end))
    if cursor <= last_due:
        holes.append(Hole(cursor, last_due))
    return holes


def in_time(day: str, every: str, grace: str) -> str:
    """The last day on which the record that follows one of `day` comes in time."""
    return plus(plus(day, every), grace)


def due_by(today: str, every: str, grace: str) -> str:
    """The last day that a log must have covered by today."""
    return minus(minus(today, grace), every)


def in_time_for(covered: str, every: str, grace: str) -> str:
    """The last day by which a log must not have covered more than it has up to `covered`."""
    day = in_time(covered, every, grace)
    # Months differ in length, so the way back may lead to an earlier day than one came from.
    while day < FOREVER and due_by(next_day(day), every, grace) <= covered:
        day = next_day(day)
    return day


def valid_until(
    anchor: str, valid_for: str | None, every: str | None, grace: str | None, printed: str | None
) -> str:
    """The last day on which a record proves something."""
    until = FOREVER
    if valid_for or every:
        by_life = plus(anchor, valid_for) if valid_for else ""
        by_rhythm = in_time(anchor, every, grace or "P0D") if every else ""
        until = max(by_life, by_rhythm)
    return min(until, day_of(printed)) if printed else until


def window(anniversary: str, today: str) -> tuple[str, str]:
    """The annual review window that ends next: ninety days before an anniversary (MM-DD) to it."""
    year = int(today[:4])
    closes = _in_year(anniversary, year)
    if closes < today:
        closes = _in_year(anniversary, min(year + 1, date.max.year))
    return minus(closes, "P90D"), closes


def _in_year(anniversary: str, year: int) -> str:
    month, day = (int(part) for part in anniversary.split("-"))
    return date(year, month, min(day, calendar.monthrange(year, month)[1])).isoformat()


def _shift(day: str, span: Duration, sign: int) -> str:
    start = date.fromisoformat(day_of(day))
    index = start.year * 12 + start.month - 1 + sign * span.months
    year, month = divmod(index, 12)
    if not date.min.year <= year <= date.max.year:
        return FOREVER if sign > 0 else date.min.isoformat()
    last = calendar.monthrange(year, month + 1)[1]
    moved = date(year, month + 1, min(start.day, last))
    # Whole days only: a deadline in hours falls due on the day on which it ends.
    return _days_later(moved, sign * (span.days + -(-span.hours // 24)))


def _days_later(day: date, days: int) -> str:
    try:
        return (day + timedelta(days=days)).isoformat()
    except OverflowError:
        return FOREVER if days > 0 else date.min.isoformat()
