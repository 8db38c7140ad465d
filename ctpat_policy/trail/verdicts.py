"""What the verdicts were: after each commit, and at the end of each month."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from ctpat_policy import clock
from ctpat_policy.chronicle import Counts, Entry, Month, Standing, Turned
from ctpat_policy.model import MUST, SHOULD, Row
from ctpat_policy.trail.chain import Trail

#: The rows of a commit as judged on a day; none where nothing could be judged.
Judge = Callable[[str, str], Sequence[Row]]
_Key = tuple[str, str, str, str]


def with_standings(trail: Trail, entries: Sequence[Entry], judge: Judge) -> list[Entry]:
    """The entries (newest first), each with the verdicts after it, judged on its day.

    A row has turned against the entry before; for the oldest, against the commit before it.
    """
    if not entries:
        return []
    numbers = {step.commit.id: step.number for step in trail.steps}
    start = numbers[entries[-1].hand.commit]
    earlier = trail.steps[start - 1] if start else None
    before = _verdicts(judge(earlier.commit.id, earlier.day)) if earlier else {}
    found = []
    for entry in reversed(entries):
        rows = judge(entry.hand.commit, entry.day)
        after = _verdicts(rows)
        standing = Standing(counts(rows), tuple(_turned(before, after)))
        found.append(replace(entry, standing=standing))
        before = after
    return found[::-1]


def months(trail: Trail, judge: Judge) -> Iterator[Month]:
    """The state at the end of every month since the first commit, the current month today."""
    days = [step.day for step in trail.steps]
    for month, day in month_ends(days[0], trail.today):
        at = bisect_right(days, day)
        if at:
            commit = trail.steps[at - 1].commit.id
            yield Month(month, day, commit, counts(judge(commit, day)))


def month_ends(first: str, today: str) -> Iterator[tuple[str, str]]:
    """Every month from the first day to today, with the day on which it is judged."""
    month = first[:7]
    while month <= today[:7]:
        following = clock.plus(f"{month}-01", "P1M")
        yield month, min(clock.next_day(following, -1), today)
        month = following[:7]


def counts(rows: Iterable[Row]) -> Counts:
    """The number of rows by level and verdict."""
    found = Counter((row.level, row.verdict) for row in rows)
    levels = (level for level in (MUST, SHOULD) if any(lv == level for lv, _ in found))
    return {
        level: {verdict: n for (lv, verdict), n in sorted(found.items()) if lv == level}
        for level in levels
    }


def _verdicts(rows: Iterable[Row]) -> dict[_Key, str]:
    return {row.key: row.verdict for row in rows}


def _turned(before: dict[_Key, str], after: dict[_Key, str]) -> Iterator[Turned]:
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old != new:
            account, _, level, subject = key
            yield Turned(account, level, subject, old, new)
