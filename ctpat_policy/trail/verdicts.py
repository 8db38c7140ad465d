"""What the verdicts were: after each commit, and at the end of each month."""

from __future__ import annotations

import gc
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ctpat_policy import clock
from ctpat_policy.catalog import Catalog
from ctpat_policy.chronicle import Counts, Entry, Month, Standing, Turned
from ctpat_policy.concern import Concern
from ctpat_policy.errors import UsageError
from ctpat_policy.model import MUST, SHOULD
from ctpat_policy.reading import Reader
from ctpat_policy.remembered import judged
from ctpat_policy.request import Request
from ctpat_policy.trail.chain import Trail
from ctpat_policy.trail.repository import Repository
from ctpat_policy.trail.revision import Revision

#: From so many states on, several processes share them.
WORTH_A_PROCESS = 4
_Key = tuple[str, str, str, str]
#: The verdicts of a state by its rows; none where nothing could be judged.
Verdicts = Mapping[_Key, str]


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges past states of what a question is about."""

    repository: Repository
    law: Catalog
    reader: Reader
    request: Request
    about: Concern

    def at(self, states: Sequence[tuple[str, str]]) -> Iterator[Verdicts]:
        """The verdicts of each state, a commit and the day to judge it on, in order."""
        if self.reader.processes > 1 and len(states) >= WORTH_A_PROCESS:
            from ctpat_policy.parallel import forks, mapped

            if forks():
                alone = replace(self, reader=replace(self.reader, processes=1))
                yield from mapped(Judge.verdicts, alone, states, self.reader.processes)
                return
        yield from map(self.verdicts, states)

    def verdicts(self, state: tuple[str, str]) -> Verdicts:
        """The verdicts of one state."""
        commit, day = state
        if sys.stderr.isatty():
            print(f"\rjudging {day} ", end="", file=sys.stderr, flush=True)
        criteria = (self.about.criterion,) if self.about.criterion else ()
        past = replace(self.request, today=day, criteria=criteria)
        try:
            report = judged(Revision(self.repository, commit), self.law, past, self.reader)
        except UsageError:
            return {}  # on that day no account was judged by the criterion
        finally:
            gc.collect()  # nobody else does, and one state after another would stay
        return {row.key: row.verdict for row in report.rows if self.about.judges(row)}


def with_standings(trail: Trail, entries: Sequence[Entry], judge: Judge) -> list[Entry]:
    """The entries (newest first), each with the verdicts after it, judged on its day.

    A row has turned against the entry before; for the oldest, against the commit before it.
    """
    if not entries:
        return []
    numbers = {step.commit.id: step.number for step in trail.steps}
    start = numbers[entries[-1].hand.commit]
    states = [(step.commit.id, step.day) for step in trail.steps[:start][-1:]]
    found = judge.at([*states, *((e.hand.commit, e.day) for e in reversed(entries))])
    before = next(found) if states else {}
    told = []
    for entry, after in zip(reversed(entries), found, strict=True):
        standing = Standing(counts(after), tuple(_turned(before, after)))
        told.append(replace(entry, standing=standing))
        before = after
    return told[::-1]


def months(trail: Trail, judge: Judge) -> Iterator[Month]:
    """The state at the end of every month since the first commit, the current month today."""
    days = [step.day for step in trail.steps]
    ends = [
        (month, day, trail.steps[bisect_right(days, day) - 1].commit.id)
        for month, day in month_ends(days[0], trail.today)
        if days[0] <= day
    ]
    found = judge.at([(commit, day) for _, day, commit in ends])
    for (month, day, commit), verdicts in zip(ends, found, strict=True):
        yield Month(month, day, commit, counts(verdicts))


def month_ends(first: str, today: str) -> Iterator[tuple[str, str]]:
    """Every month from the first day to today, with the day on which it is judged."""
    month = first[:7]
    while month <= today[:7]:
        following = clock.plus(f"{month}-01", "P1M")
        yield month, min(clock.next_day(following, -1), today)
        month = following[:7]


def counts(verdicts: Verdicts) -> Counts:
    """The number of rows by level and verdict."""
    found = Counter((level, verdict) for (_, _, level, _), verdict in verdicts.items())
    levels = (level for level in (MUST, SHOULD) if any(lv == level for lv, _ in found))
    return {
        level: {verdict: n for (lv, verdict), n in sorted(found.items()) if lv == level}
        for level in levels
    }


def _turned(before: Verdicts, after: Verdicts) -> Iterator[Turned]:
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old != new:
            account, _, level, subject = key
            yield Turned(account, level, subject, old, new)
