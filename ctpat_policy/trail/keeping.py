"""Recordkeeping: per kind, the oldest day since when nothing that has to be kept was lost."""

from __future__ import annotations

from collections.abc import Iterator

from ctpat_policy import clock
from ctpat_policy.trail.chain import History, Trail
from ctpat_policy.trail.lineage import last_day
from ctpat_policy.trail.report import Kept
from ctpat_policy.trail.rules.attachments import wrong
from ctpat_policy.trail.rules.deletions import Loss, losses


def kept(trail: Trail) -> Iterator[Kept]:
    """Every kind of which there ever was a record that could be read, by its name."""
    start = str(trail.settings.get("records_from", ""))
    if trail.elsewhere and trail.first < len(trail.steps):
        start = max(start, trail.steps[trail.first].day)  # what lay elsewhere, nobody counted
    by_kind: dict[str, list[History]] = {}
    for history in trail.histories.values():
        if history.kind in trail.catalog.kinds and history.readable:
            by_kind.setdefault(history.kind, []).append(history)
    for name, found in sorted(by_kind.items()):
        present = [h for h in found if h.last.value is not None]
        lost = [h for h in found if _is_lost(trail, h)]
        gone = [*lost, *(h for h in found if any(_owed(trail, h)))]
        since = max([start, *(clock.next_day(last_day(trail, h)) for h in gone)])
        oldest = min((_day(h) for h in present), default="")
        retention = trail.catalog.kinds[name].retention
        yield Kept(name, len(present), oldest, since, retention, len(lost))


def _is_lost(trail: Trail, history: History) -> bool:
    """Whether a record, or a paper of it, is not there although it has to be."""
    if history.last.value is not None:
        return any(wrong(trail, history))
    if history.last.blob:
        return True
    return any(loss.step.number >= trail.judged_from for loss in _owed(trail, history))


def _owed(trail: Trail, history: History) -> Iterator[Loss]:
    """Deletions of a record that has to be kept still, those while papers were imported too."""
    return (loss for loss in losses(trail, history) if loss.keep_until >= trail.today)


def _day(history: History) -> str:
    last = history.readable[-1]
    assert last.value is not None
    return last.dated or str(last.value["recorded_on"])
