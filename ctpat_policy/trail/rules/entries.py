"""When records entered the trail: after they say they were made, and not long after."""

from __future__ import annotations

from collections.abc import Iterator

from ctpat_policy import clock
from ctpat_policy.model import INVALID, NOTE, Finding, Place
from ctpat_policy.trail.chain import History, Trail, Version

#: So many late records in one commit are a batch.
_BATCH = 10
#: Models of kinds whose records are written when the thing happens; a certificate may be older.
_AT_ONCE = ("periodic", "event", "log")


def find(trail: Trail) -> Iterator[Finding]:
    """Records dated after their commit, late ones, and batches of late ones."""
    late: dict[int, list[str]] = {}
    came_from = {(h.kind, v.renamed) for h in trail.histories.values() for v in h.versions}
    for key, history in trail.histories.items():
        if history.kind not in trail.catalog.kinds or not history.readable:
            continue
        yield from _after(trail, history)
        first = history.versions[0]
        if first.step >= trail.judged_from and key not in came_from:
            since = _since(trail, history)
            if clock.plus(since, trail.within) < trail.steps[first.step].day:
                late.setdefault(first.step, []).append(since)
                yield _late(trail, history, first, since)
    for number, days in sorted(late.items()):
        if len(days) >= _BATCH:
            message = (
                f"{trail.steps[number].told} brought in {len(days):,} late records at once, "
                f"the oldest of {min(days)}"
            )
            hint = "say in the commit or in a record where they were kept until then"
            yield Finding("late-batch", NOTE, message, Place(""), hint)


def _after(trail: Trail, history: History) -> Iterator[Finding]:
    for version in history.readable:
        step = trail.steps[version.step]
        assert version.value is not None
        day = max(version.dated, version.value["recorded_on"])
        if step.number >= trail.judged_from and day > step.last_day:
            message = f"it is dated {day}, but came with {step.told}, before that day"
            hint = "a record is written when the thing has happened: declare it void, write it anew"
            severity = NOTE if "void" in (history.last.value or {}) else INVALID
            yield Finding("record-after-commit", severity, message, Place(version.path), hint)
            return


def _since(trail: Trail, history: History) -> str:
    """The day from which on the record could have been committed."""
    version = history.readable[0]
    assert version.value is not None
    recorded = str(version.value["recorded_on"])
    at_once = trail.catalog.kinds[history.kind].model in _AT_ONCE
    return min(recorded, version.dated) if at_once and version.dated else recorded


def _late(trail: Trail, history: History, first: Version, since: str) -> Finding:
    step = trail.steps[first.step]
    days = clock.days_between(since, step.day)
    message = f"late entry: a record of {since}, committed {days:,} days later with {step.told}"
    hint = f"commit records within {trail.within} of their day (setting commit_within)"
    return Finding("late-entry", NOTE, message, Place(history.last.path), hint)
