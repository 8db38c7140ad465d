"""The state at the end of each month: which commit it was, and how its verdicts count up."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from ctpat_policy import clock
from ctpat_policy.chronicle import Month
from ctpat_policy.trail import commits
from ctpat_policy.trail.repository import Repository
from ctpat_policy.trail.verdicts import Judge, State


def line(repository: Repository, head: str, today: str) -> list[State]:
    """Every first-parent commit with its day, oldest first, as the steps of a trail have them."""
    dated = list(commits.line(repository, head))
    moments = commits.latest((seconds for _, seconds in dated), today)
    return [(c, commits.day_at(m)) for (c, _), m in zip(dated, moments, strict=True)]


def counted(states: Sequence[State], today: str, judge: Judge) -> Iterator[Month]:
    """The state at the end of every month since the first commit, the current month today.

    `states` is every first-parent commit with its day, oldest first.
    """
    days = [day for _, day in states]
    ends = [
        (month, day, states[bisect_right(days, day) - 1][0])
        for month, day in month_ends(days[0], today)
        if days[0] <= day
    ]
    counts = judge.counted([(commit, day) for _, day, commit in ends])
    for (month, day, commit), found in zip(ends, counts, strict=True):
        yield Month(month, day, commit, found)


def month_ends(first: str, today: str) -> Iterator[tuple[str, str]]:
    """Every month from the first day to today, with the day on which it is judged."""
    month = first[:7]
    while month <= today[:7]:
        following = clock.plus(f"{month}-01", "P1M")
        yield month, min(clock.next_day(following, -1), today)
        month = following[:7]
